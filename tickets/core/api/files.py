"""Files: uploaded first, then named by a message; downloaded with the rights of their ticket."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.lib.errors import DomainError
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.strict import Uploads, parameters
from tickets.core.api import examples, rows, shapes
from tickets.core.domain.attachments import accept_upload
from tickets.core.models import Attachment


class Attachments(Resource):
    """Uploads."""

    route, tag = "attachment-list", "Attachments"
    parser_classes = [Uploads]

    @extend_schema(
        operation_id="upload", summary="Upload a file", request={"multipart/form-data": shapes.UploadIn},
        responses={201: shapes.AttachmentOut},
        description="Name the id in a ticket or message within a day; after that the file is removed.",
        examples=[examples.answered("Uploaded", examples.ATTACHMENT, 201)],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest) -> Response:
        parameters(request)
        given = request.FILES.getlist("file")
        if len(given) != 1 or set(request.data) != {"file"}:
            raise DomainError(_("Send one file, in the field “file”."), code="empty", field="file")
        attachment = accept_upload(given[0], by=request.user, now=self.now)
        shown = rows.attachment_out(attachment, files=rows.file_address())
        return Response(shown, status=201, headers={"Location": shown["url"]})


class OneAttachment(Resource):
    """One file."""

    route, tag = "attachment-detail", "Attachments"

    @extend_schema(
        operation_id="download", summary="Download a file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )  # fmt: skip
    def get(self, request: ApiRequest, key: str) -> FileResponse:
        parameters(request)
        attachment = Attachment.objects.visible_to(request.user, self.actor).filter(key=key).first()
        if attachment is None:
            raise Http404
        try:
            file = default_storage.open(attachment.path)
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(
            file, as_attachment=True, filename=attachment.name, content_type=attachment.content_type
        )
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response
