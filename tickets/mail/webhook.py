"""A provider's calls with mail that came in, read and checked by django-anymail: one route for the one provider that
is configured. The answer says nothing about tickets."""

import hashlib
import importlib
from collections.abc import Callable
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, inbound
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.lib import clock
from tickets.mail.domain import headers
from tickets.mail.domain.intake import store

# Name in MAIL_WEBHOOK → the class in anymail.webhooks.<name>. Those that sign their calls need a key instead.
PROVIDERS = {
    "brevo": "BrevoInboundWebhookView",
    "mailgun": "MailgunInboundWebhookView",
    "mailjet": "MailjetInboundWebhookView",
    "mandrill": "MandrillCombinedWebhookView",
    "postmark": "PostmarkInboundWebhookView",
    "sendgrid": "SendGridInboundWebhookView",
    "sparkpost": "SparkPostInboundWebhookView",
}
SIGNING = {"mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY", "mandrill": "MANDRILL_WEBHOOK_KEY"}


class ForeignRecipient(Exception):
    """The mail is not for any address of ours."""


@csrf_exempt
@require_POST
def inbound_mail(request: HttpRequest, provider: str) -> HttpResponse:
    """204 when the mail is stored (again: once), 403 without a valid signature, 409 for a foreign recipient."""
    if not _is_configured(provider):
        raise Http404
    secret = settings.ANYMAIL.get("WEBHOOK_SECRET")
    if secret and not constant_time_compare(get_request_basic_auth(request) or "", secret):
        return HttpResponse(status=403)
    if secret and (refused := _read_body(request)):
        return refused
    try:
        _view(provider)(request)
    except AnymailWebhookValidationFailure:
        return HttpResponse(status=403)
    except ForeignRecipient:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@receiver(inbound, dispatch_uid="tickets.mail_in")
def store_inbound(event: AnymailInboundEvent, esp_name: str, **kwargs: Any) -> None:
    """Store the mail; sorting it is the business of the next run."""
    message = event.message
    raw = message.as_bytes()
    said = [(name.lower(), str(value)) for name, value in message.raw_items()]
    envelope = message.envelope_recipient or ""
    if envelope and not any(name == "delivered-to" and envelope in value for name, value in said):
        # The provider says where it went; the headers need not. Nothing of the sender reaches this line unchecked.
        if headers.addresses_in([("to", envelope)], "to") != [envelope.lower()]:
            raise ForeignRecipient
        raw = b"Delivered-To: " + envelope.encode("ascii", "replace") + b"\r\n" + raw
        said.append(("delivered-to", envelope))
    if not any(headers.is_ours(address) for address in headers.recipients_of(said)):
        raise ForeignRecipient
    store(raw, mailbox=f"webhook:{esp_name.lower()}", now=clock.now(), key=_key(message))


def _is_configured(provider: str) -> bool:
    known = provider == settings.MAIL_WEBHOOK and provider in PROVIDERS
    return known and bool(settings.ANYMAIL.get("WEBHOOK_SECRET") or settings.ANYMAIL.get(SIGNING.get(provider, "")))


def _view(provider: str) -> Callable[[HttpRequest], HttpResponse]:
    module = importlib.import_module(f"anymail.webhooks.{provider}")
    view: Callable[[HttpRequest], HttpResponse] = getattr(module, PROVIDERS[provider]).as_view()
    return view


def _read_body(request: HttpRequest) -> HttpResponse | None:
    """Read the body of a caller who has shown the secret: mails are larger than any form of the site may be."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > 1.5 * settings.MAIL_MAX_BYTES:
        return HttpResponse(status=413)
    request._body = request.read(int(length))
    return None


def _key(message: AnymailInboundMessage) -> str:
    """What the mail holds. The bytes would not do: some providers send parts, and the mail is put together anew."""
    digest = hashlib.sha256()
    for name in ("from", "to", "cc", "subject", "date", "message-id", "in-reply-to"):
        digest.update(f"{name}:{message.get(name, '')}\0".encode("utf-8", "replace"))
    for part in message.walk():
        if not part.is_multipart():
            digest.update(f"{part.get_content_type()}:{part.get_filename()}\0".encode("utf-8", "replace"))
            digest.update(part.get_payload(decode=True) or b"")
    return digest.hexdigest()
