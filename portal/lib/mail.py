"""Mails: three templates, the reader's language and time zone, a stable Message-ID."""

import hashlib
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal.lib.zones import zone


def one_line(text: str) -> str:
    """`text` without line breaks: what may stand in a header."""
    return " ".join(text.split())


def _id(key: str) -> str:
    """A Message-ID that only we can make, and always the same for `key`."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{key}".encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def compose(name: str, *, to: Any, key: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Render templates/emails/<name>/{subject.txt,body.txt,body.html} for `to` (a User), in their language and zone.

    `key` gives the Message-ID, so a mail that is sent twice can be recognised as one. Mails whose context names the
    same `thread` refer to one root, so that readers see them as one conversation.
    """
    values = {"recipient": to, "site_url": settings.SITE_URL, "site_name": settings.SITE_NAME, **context}
    with translation.override(to.language), timezone.override(zone(to.time_zone)):
        subject, text, html = (
            render_to_string(f"emails/{name}/{part}", values) for part in ("subject.txt", "body.txt", "body.html")
        )
    thread = context.get("thread")
    root = {"In-Reply-To": _id(thread), "References": _id(thread)} if thread else {}
    name_part, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=one_line(subject),
        body=text.strip() + "\n",
        from_email=formataddr((one_line(context.get("from_name", name_part)), address)),
        to=[to.email],
        headers={
            "Message-ID": _id(key),
            "Auto-Submitted": "auto-generated",
            "Content-Language": to.language,
            **root,
        },
    )
    mail.attach_alternative(html, "text/html")
    return mail


def send(mail: EmailMultiAlternatives) -> None:
    """Hand the mail to the configured backend; raises what the backend raises."""
    mail.send(fail_silently=False)
