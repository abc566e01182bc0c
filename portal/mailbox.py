"""The mailbox of the demonstration: what was really written to whoever is signed in, from the files it became.

Mails leave as files there (`EMAIL_URL=filemail://…`), so this shows the mails themselves, not what they would say now.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.lib.http import PortalRequest

# The newest files that are looked into, whoever they are for, and the mails that are shown.
LOOKED_AT = 1000
SHOWN = 50


@dataclass(frozen=True)
class Mail:
    sender: str
    subject: str
    at: datetime | None
    text: str


@require_GET
def mailbox(request: PortalRequest) -> HttpResponse:
    """Mails to the reader, the newest first; 404 outside of the demonstration."""
    if not settings.DEMO:
        raise Http404
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    mails = mails_to(request.user.email, Path(folder)) if folder else []
    return render(request, "portal/mailbox.html", {"mails": mails, "in_files": bool(folder)})


def mails_to(address: str, folder: Path) -> list[Mail]:
    """The newest mails in `folder` that are addressed to `address` alone."""
    found: list[Mail] = []
    for path in sorted(folder.glob("*.log"), reverse=True)[:LOOKED_AT]:
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if parseaddr(str(mail["To"]))[1].lower() != address:
            continue
        body = mail.get_body(("plain",))
        found.append(
            Mail(
                sender=parseaddr(str(mail["From"]))[0],
                subject=str(mail["Subject"]),
                at=_sent(str(mail["Date"] or "")),
                text=str(body.get_content()) if body else "",
            )
        )
        if len(found) == SHOWN:
            break
    return found


def _sent(date: str) -> datetime | None:
    """UTC, which mails write as a zone that they do not know."""
    return parsedate_to_datetime(date).replace(tzinfo=UTC) if date else None
