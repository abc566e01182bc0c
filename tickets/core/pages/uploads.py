"""Files that arrive with a form: stored first, so that an error elsewhere in the form does not lose them.

A stored file waits without a message; the form that is shown again names it in a ticked box, and takes it when the
box is still ticked. Only the sender's own waiting files can be named that way.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.utils.translation import gettext as _

from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from tickets.core.domain.attachments import FileRefused, accept_upload
from tickets.core.models import Attachment

KEPT = "attachments"


@dataclass
class Uploads:
    """The files of one form: those that are stored and may be taken, and what was wrong with the others."""

    kept: list[Attachment] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_uploads(request: PortalRequest, *, now: datetime) -> Uploads:
    """Store the files that came with this form and find those that came with an earlier try.

    A key that names no waiting file of this person is one error, the same for a foreign, a taken and a missing file.
    """
    uploads = Uploads()
    wanted = list(dict.fromkeys(request.POST.getlist(KEPT)))[:20]
    if wanted:
        own = Attachment.objects.loose().filter(uploaded_by=request.user, key__in=wanted)
        uploads.kept = list(own)
        if len(uploads.kept) != len(wanted):
            uploads.errors.append(_("One of the files is no longer available. Add it again."))
    for file in request.FILES.getlist("files"):
        if isinstance(file, UploadedFile):
            try:
                uploads.kept.append(accept_upload(file, by=request.user, now=now))
            except FileRefused as refusal:
                uploads.errors.append(str(refusal))
    return uploads


def add_refusal(form: Form, refusal: DomainError) -> None:
    """Show a verb's refusal beside the field it belongs to, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
