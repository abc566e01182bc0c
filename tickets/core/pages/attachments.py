"""Files: shown to whoever may read their message, always as a download."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from portal.lib.http import PortalRequest
from tickets.core.models import Attachment


@require_GET
def download(request: PortalRequest, key: str) -> FileResponse:
    """The file as it came in. Never shown inside a page of ours, whatever it claims to be."""
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user, request.contact), key=key)
    try:
        file = default_storage.open(attachment.path)
    except FileNotFoundError:
        raise Http404("the file is gone from the storage") from None
    response = FileResponse(file, as_attachment=True, filename=attachment.name, content_type=attachment.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
