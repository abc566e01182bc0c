"""The first step of every mail: stored as it came, once. Nothing is read, so nothing in it can stop this."""

import hashlib
import re
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from tickets.core.enums import MailCause, MailState
from tickets.mail.domain.reading import MOST_HEADER_BYTES, message_id_of
from tickets.mail.models import IncomingMail, MailSource

# What is kept of a mail that is too large to be taken.
KEPT_OF_LARGE = 64 * 1024
# Headers that servers write on the way: two copies of one mail differ in them.
_ON_THE_WAY = re.compile(
    rb"^(?:received|return-path|delivered-to|x-original-to|envelope-to|x-received|x-spam[a-z-]*|x-virus[a-z-]*"
    rb"|arc-[a-z-]+|authentication-results|received-spf|dkim-signature|lines|status|x-uid):.*(?:\r?\n[ \t].*)*\r?\n",
    re.IGNORECASE | re.MULTILINE,
)


def store(
    raw: bytes, *, mailbox: str, now: datetime, size: int | None = None, key: str = ""
) -> tuple[IncomingMail, bool]:
    """The row of this mail, and whether it is new: the same mail in the same mailbox is stored once.

    `size`: how large the mail is, when `raw` is only its beginning. `key`: what tells two mails apart when the bytes
    cannot, because they were put together from a web hook.
    """
    whole = size is None and len(raw) <= settings.MAIL_MAX_BYTES
    rfc_id, content = message_id_of(raw), key or content_hash(raw, size or len(raw))
    try:
        with transaction.atomic():
            mail = IncomingMail.objects.create(
                mailbox=mailbox[:120], rfc_id=rfc_id, content_hash=content, received_at=now,
                **{} if whole else {
                    "state": MailState.QUARANTINED, "cause": MailCause.TOO_LARGE, "decided_at": now,
                    "detail": f"{size or len(raw)} bytes",
                },
            )  # fmt: skip
            MailSource.objects.create(mail=mail, data=raw if whole else raw[:KEPT_OF_LARGE], is_cut=not whole)
    except IntegrityError:
        return IncomingMail.objects.get(mailbox=mailbox[:120], rfc_id=rfc_id, content_hash=content), False
    return mail, True


def content_hash(raw: bytes, size: int) -> str:
    """The fingerprint of what the sender wrote; what servers added on the way is left out."""
    end = re.search(rb"\r?\n\r?\n", raw[: MOST_HEADER_BYTES + 4])
    border = end.end() if end else 0
    header = _ON_THE_WAY.sub(b"", raw[:border]).replace(b"\r\n", b"\n")
    body = raw[border:].replace(b"\r\n", b"\n")
    return hashlib.sha256(header + b"\0" + body + b"\0" + (b"" if size == len(raw) else str(size).encode())).hexdigest()
