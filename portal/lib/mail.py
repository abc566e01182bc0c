"""Mails: three templates, the reader's language and time zone, a stable Message-ID."""

import hashlib
import hmac
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal.lib import clock
from portal.lib.zones import zone


def one_line(text: str) -> str:
    """`text` without line breaks: what may stand in a header."""
    return " ".join(text.split())


# The first line of a mail that may be answered, by language; whatever an answer holds below it is a quotation.
# Exactly these lines are looked for in mails that come in.
ANSWER_ABOVE = {
    "en": "— Write your reply above this line —",
    "fr": "— Répondez au-dessus de cette ligne —",
}

# Longer chains say nothing more to a mail program, and some servers refuse them.
MOST_REFERENCES = 10
LONGEST_REFERENCE = 250


def message_id(key: str) -> str:
    """A Message-ID that only we can make, and always the same for `key`."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"message-id:{key}".encode(), hashlib.sha256).hex()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def compose(
    name: str, *, to: Any, key: str, context: dict[str, Any], bounces_to: str | None = None
) -> EmailMultiAlternatives:
    """Render templates/emails/<name>/{subject.txt,body.txt,body.html} for `to` (a User), in their language and zone.

    `key` gives the Message-ID, so a mail that is sent twice can be recognised as one. It comes back to `bounces_to`.
    The context may also say: `references`, Message-IDs that readers see this mail together with; `reply_to`, where
    answers go; `from_name`; `automatic` (None for what a person wrote); `unsubscribe`, an address that takes a POST.
    """
    answerable = ANSWER_ABOVE[to.language] if context.get("reply_to") else ""
    values = {
        "recipient": to, "site_url": settings.SITE_URL, "site_name": settings.SITE_NAME,
        "answer_above": answerable, **context,
    }  # fmt: skip
    with translation.override(to.language), timezone.override(zone(to.time_zone)):
        subject, text, html = (
            render_to_string(f"emails/{name}/{part}", values) for part in ("subject.txt", "body.txt", "body.html")
        )
    name_part, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=one_line(subject),
        body=text.strip() + "\n",
        from_email=bounces_to or address,
        to=[to.email],
        reply_to=[context["reply_to"]] if answerable else None,
        headers={
            "From": formataddr((one_line(context.get("from_name", name_part)), address)),
            "Message-ID": message_id(key),
            "Date": format_datetime(clock.now()),
            "Content-Language": to.language,
            **_thread(context.get("references", [])),
            **_automatic(context.get("automatic", "auto-generated")),
            **_unsubscribe(context.get("unsubscribe", "")),
        },
    )
    mail.attach_alternative(html, "text/html")
    if calendar := context.get("calendar"):  # (method, text): an invitation, or its end
        mail.attach("invitation.ics", calendar[1], f"text/calendar; method={calendar[0]}")
    return mail


def _thread(references: list[str]) -> dict[str, str]:
    """The root and the newest of what this mail belongs to."""
    usable = [one_line(reference) for reference in references if len(reference) <= LONGEST_REFERENCE]
    kept = usable if len(usable) <= MOST_REFERENCES else [usable[0], *usable[1 - MOST_REFERENCES :]]
    return {"In-Reply-To": kept[-1], "References": " ".join(kept)} if kept else {}


def _automatic(how: str | None) -> dict[str, str]:
    """Asks other machines not to answer (RFC 3834)."""
    return {"Auto-Submitted": how, "X-Auto-Response-Suppress": "All"} if how else {}


def _unsubscribe(url: str) -> dict[str, str]:
    """One press in the mail program; a POST, so that programs which open links unsubscribe nobody (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}
