"""Files: checked when they come in, stored under a random key, taken by one message, removed when none takes them."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from portal.lib.errors import DomainError
from tickets.core.models import Attachment, Message
from tickets.core.models.message import new_key

MAX_LOOSE = 50
LOOSE_FOR = timedelta(hours=24)

# Extension → (content type that we serve, how such a file begins). An empty tuple: text, checked to hold no NUL.
# HTML, SVG, scripts and programs are not in it: they come as a zip, which nobody here opens.
TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", (b"RIFF",)),
    "heic": ("image/heic", ()),
    "mp4": ("video/mp4", ()),
    "mov": ("video/quicktime", ()),
    "pdf": ("application/pdf", (b"%PDF-",)),
    "txt": ("text/plain", ()),
    "log": ("text/plain", ()),
    "csv": ("text/csv", ()),
    "json": ("application/json", ()),
    "md": ("text/plain", ()),
    "har": ("application/json", ()),
    "eml": ("message/rfc822", ()),
    "zip": ("application/zip", (b"PK\x03\x04", b"PK\x05\x06")),
    "gz": ("application/gzip", (b"\x1f\x8b",)),
    "7z": ("application/x-7z-compressed", (b"7z\xbc\xaf\x27\x1c",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK\x03\x04",)),
    "odt": ("application/vnd.oasis.opendocument.text", (b"PK\x03\x04",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", (b"PK\x03\x04",)),
}
TEXT = frozenset({"txt", "log", "csv", "json", "md", "har", "eml"})
ISO_MEDIA = frozenset({"heic", "mp4", "mov"})  # "ftyp" stands at the fifth byte


class FileRefused(DomainError):
    """The file cannot be taken; the message says what to do instead."""

    code = "file_refused"


def safe_name(name: str) -> str:
    """The name people see: no folders, no invisible or control signs, at most 200 letters; never a path on our disk."""
    folded = unicodedata.normalize("NFC", name.replace("\\", "/"))
    last = PurePosixPath(folded).name
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    stem, dot, extension = visible.strip().strip(".").rpartition(".")
    return f"{stem[:190]}{dot}{extension[:9]}" if dot else extension[:200]


def accept_upload(file: "File[bytes]", *, by: User, now: datetime) -> Attachment:
    """Check and store one uploaded file that no message has taken yet. Raises FileRefused; nothing is stored then.

    The type is decided by extension and first bytes, never by what the browser claims.
    """
    name = safe_name(file.name or "")
    extension = name.rpartition(".")[2].lower()
    limit = settings.ATTACHMENT_MAX_BYTES
    values = {"name": name or _("The file"), "limit": limit // 1024 // 1024}
    if not file.size:
        raise FileRefused(_("“%(name)s” is empty. Choose another file.") % values, field="files")
    if file.size > limit:
        raise FileRefused(_("“%(name)s” is larger than %(limit)s MB. Choose a smaller file.") % values, field="files")
    if extension not in TYPES:
        raise FileRefused(
            _("Files such as “%(name)s” are not accepted. Choose a picture, a PDF, a text or office file, or a zip.")
            % values,
            field="files",
        )
    content_type, beginnings = TYPES[extension]
    head = file.read(4096)
    if not _begins_right(extension, beginnings, head):
        raise FileRefused(
            _("The content of “%(name)s” does not match its file type. Save it again in the right format.") % values,
            field="files",
        )
    if Attachment.objects.loose().filter(uploaded_by=by).count() >= MAX_LOOSE:
        raise FileRefused(
            _("You have uploaded too many files without sending a message. Send them first, or try again tomorrow."),
            field="files",
        )
    attachment = Attachment(
        key=new_key(), name=name, content_type=content_type, size=file.size, uploaded_by=by, uploaded_at=now
    )
    # The file first: a row never points at nothing. A crash in between leaves a file without a row, harmless.
    default_storage.save(attachment.path, file)
    attachment.save()
    return attachment


def attach(attachments: Sequence[Attachment], message: Message) -> None:
    """Bind uploads to the message that carries them; each can be taken once, and only by who uploaded it."""
    wanted = {attachment.pk for attachment in attachments}
    taken = Attachment.objects.loose().filter(pk__in=wanted, uploaded_by=message.author).update(message=message)
    if taken != len(wanted):
        raise FileRefused(_("One of the files is no longer available. Add it again."), field="files")


def purge_uploads(*, now: datetime, limit: int = 500) -> int:
    """Remove uploads that no message took within a day; return how many."""
    removed = 0
    for attachment in Attachment.objects.loose_since(now - LOOSE_FOR).order_by("uploaded_at")[:limit]:
        with transaction.atomic():
            gone, _rows = Attachment.objects.loose().filter(pk=attachment.pk).delete()
        if gone:
            default_storage.delete(attachment.path)
            removed += 1
    return removed


def _begins_right(extension: str, beginnings: tuple[bytes, ...], head: bytes) -> bool:
    if extension in TEXT:
        return b"\x00" not in head
    if extension in ISO_MEDIA:
        return head[4:8] == b"ftyp"
    return head.startswith(beginnings)
