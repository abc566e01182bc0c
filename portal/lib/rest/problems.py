"""Every refusal as problem details (RFC 9457): a stable `reason` for programs, sentences for people."""

import logging
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from portal.lib.errors import DomainError, NotAllowed
from portal.lib.rest.refusals import OtherVersion, Refusal, ScopeMissing, TooLarge

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# Reason → what kind of problem it is. The page at /api/v1/docs lists them; `type` and `doc_url` point into it.
TITLES = {
    "CLASH": gettext_lazy("Executive sponsor not available"),
    "FULL": gettext_lazy("Limit reached"),
    "AMOUNT": gettext_lazy("Incorrect number of hours"),
    "ALREADY_ESCALATED": gettext_lazy("Level 3 already requested"),
    "ALREADY_SEATED": gettext_lazy("Contact already has a seat"),
    "BAD_CURSOR": gettext_lazy("Incorrect cursor"),
    "BAD_EMAIL": gettext_lazy("Incorrect email address"),
    "BAD_IDEMPOTENCY_KEY": gettext_lazy("Incorrect Idempotency-Key"),
    "BAD_INPUT": gettext_lazy("Incorrect input"),
    "BAD_JSON": gettext_lazy("Unreadable body"),
    "BAD_LIFETIME": gettext_lazy("Incorrect expiry"),
    "BAD_PARAMETER": gettext_lazy("Incorrect parameter"),
    "BAD_SCOPE": gettext_lazy("Incorrect permissions"),
    "BAD_TOKEN": gettext_lazy("Token not accepted"),
    "BAD_NUMBER": gettext_lazy("Incorrect phone number"),
    "CALL_ENDED": gettext_lazy("Call already ended"),
    "CALL_PLANNED": gettext_lazy("Call already planned"),
    "BUSY": gettext_lazy("Sample data being reloaded"),
    "CANNOT_MOVE": gettext_lazy("Time out of range"),
    "CANNOT_MERGE": gettext_lazy("Tickets cannot be merged"),
    "CHAT_CLOSED": gettext_lazy("Chat not available"),
    "CHAT_ENDED": gettext_lazy("Chat already ended"),
    "CHAT_NOT_YOURS": gettext_lazy("Chat accepted by somebody else"),
    "CHAT_OPEN": gettext_lazy("Chat already open"),
    "CHAT_TAKEN": gettext_lazy("Chat already accepted"),
    "CHOOSE_ACCOUNT": gettext_lazy("Account required"),
    "CLOSED": gettext_lazy("Ticket solved or closed"),
    "DATES": gettext_lazy("Incorrect dates"),
    "EMPTY": gettext_lazy("Required text missing"),
    "FILE_REFUSED": gettext_lazy("File not accepted"),
    "FOREIGN_REGION": gettext_lazy("Region of another account"),
    "IDEMPOTENCY_KEY_REUSED": gettext_lazy("Idempotency-Key already used"),
    "INACTIVE_AGENT": gettext_lazy("Agent no longer in the team"),
    "INSUFFICIENT_SCOPE": gettext_lazy("Permission missing"),
    "INTERNAL_ERROR": gettext_lazy("Something went wrong on our side"),
    "LATER_THAN_PROMISED": gettext_lazy("Later than the target"),
    "LEVEL_3_NOT_INCLUDED": gettext_lazy("Level 3 not included"),
    "ON_ITS_WAY": gettext_lazy("Time change in progress"),
    "LOSES_DATA": gettext_lazy("Confirmation required to go back in time"),
    "METHOD_NOT_ALLOWED": gettext_lazy("Method not allowed"),
    "NEWER_MESSAGE": gettext_lazy("New message since then"),
    "NOT_ACCEPTABLE": gettext_lazy("JSON required"),
    "NOT_ALLOWED": gettext_lazy("Access denied"),
    "NOT_A_COLLEAGUE": gettext_lazy("Contact of another account"),
    "NOT_ENOUGH_HOURS": gettext_lazy("Not enough hours"),
    "NO_REGIONS": gettext_lazy("Seats have no region on this tier"),
    "NO_HOURS": gettext_lazy("No hours in the contract"),
    "TOO_MANY": gettext_lazy("Too many pending requests"),
    "WRONG_STEP": gettext_lazy("Not possible in this status"),
    "NOT_FOUND": gettext_lazy("Not found"),
    "NOTHING_DUE": gettext_lazy("No later due time"),
    "NO_CHECK_IN": gettext_lazy("No check-in planned"),
    "NOT_PUBLISHED": gettext_lazy("Not published yet"),
    "NO_LANGUAGE_CHOICE": gettext_lazy("No choice of language"),
    "NO_REGION": gettext_lazy("Unknown region"),
    "NO_SEATS": gettext_lazy("No Premium contacts in this tier"),
    "NO_WORKAROUND": gettext_lazy("No workaround"),
    "WORKAROUND_CHANGED": gettext_lazy("Workaround replaced"),
    "WORKAROUND_PRIORITY": gettext_lazy("Workarounds for P1 and P2 only"),
    "NO_TARGET": gettext_lazy("Target missing"),
    "OTHER_ACCOUNT": gettext_lazy("Contact of another account"),
    "PARTS_MISSING": gettext_lazy("Enhanced check-in required"),
    "PAST": gettext_lazy("Moment in the past"),
    "REFUSED": gettext_lazy("Not possible now"),
    "RESPONSE_OWED": gettext_lazy("Reply required"),
    "SEATS_FULL": gettext_lazy("No free seat"),
    "SIGN_IN_FAILED": gettext_lazy("Sign-in failed"),
    "SLOT_TAKEN": gettext_lazy("Time no longer available"),
    "STALE": gettext_lazy("Changed by somebody else"),
    "TOKEN_IN_QUERY": gettext_lazy("Token sent in the URL"),
    "TOKEN_REQUIRED": gettext_lazy("Token required"),
    "TOO_LARGE": gettext_lazy("Request too large"),
    "TOO_LONG": gettext_lazy("Text too long"),
    "TOO_MANY_REQUESTS": gettext_lazy("Too many requests"),
    "UNCHANGED": gettext_lazy("No change"),
    "UNKNOWN_PARAMETER": gettext_lazy("Unknown parameter"),
    "UNKNOWN_VERSION": gettext_lazy("Unknown API version"),
    "UNSUPPORTED_MEDIA_TYPE": gettext_lazy("Unsupported content type"),
    "VERSION_MISMATCH": gettext_lazy("Changed since then"),
    "WRONG_STATUS": gettext_lazy("Not possible in this status"),
}

# The framework's codes whose own sentences say too little or are not ours.
_SENTENCES = {
    "required": gettext_lazy("Enter a value."),
    "null": gettext_lazy("Enter a value."),
    "blank": gettext_lazy("Enter a value."),
    "unknown_field": gettext_lazy("This field does not exist. Remove it."),
    "null_characters_not_allowed": gettext_lazy("Remove the invisible characters (NUL)."),
    "surrogate_characters_not_allowed": gettext_lazy("Remove the invisible characters (lone surrogates)."),
}


def problem(error: Exception, context: dict[str, Any]) -> Response:
    """The answer to `error`. Whatever is not a known refusal becomes a 500 that tells nothing of our inside."""
    request = context["request"]
    headers: dict[str, str] = {}
    if isinstance(error, exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = 'Bearer realm="api", error="invalid_token"'
    elif isinstance(error, ScopeMissing):
        headers["WWW-Authenticate"] = 'Bearer realm="api", error="insufficient_scope"'
    elif isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(_pause(error))
    elif isinstance(error, OtherVersion):
        headers["ETag"] = error.metadata.pop("etag", "")
    status, reason, detail, metadata, errors = _facts(error)
    if status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="api"')
    if status == 500:
        logger.error("api.failed", exc_info=error, extra={"request_id": getattr(request, "request_id", "")})
    return respond(
        request, status=status, reason=reason, detail=detail, metadata=metadata, errors=errors, headers=headers
    )


def respond(
    request: Any, *, status: int, reason: str, detail: str, metadata: dict[str, Any] | None = None,
    errors: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """Problem details as an answer."""
    response = Response(
        document(request, status=status, reason=reason, detail=detail, metadata=metadata or {}, errors=errors or []),
        status=status,
        headers=headers,
    )
    response.content_type = MEDIA_TYPE
    return response


def document(
    request: Any, *, status: int, reason: str, detail: str, metadata: dict[str, Any], errors: list[dict[str, str]]
) -> dict[str, Any]:
    doc_url = f"{settings.SITE_URL}/api/v1/docs#{anchor(reason)}"
    return {
        "type": doc_url,
        "title": str(TITLES.get(reason, TITLES["REFUSED"])),
        "status": status,
        "detail": detail,
        "instance": request.path,
        "reason": reason,
        "metadata": metadata,
        "errors": errors,
        "doc_url": doc_url,
        "request_id": getattr(request, "request_id", ""),
    }


def anchor(reason: str) -> str:
    """The place of a reason on the page about the API."""
    return "error-" + reason.lower().replace("_", "-")


def _pause(error: exceptions.Throttled) -> int:
    """Whole seconds, never too few."""
    return int(getattr(error, "wait", None) or 0) + 1


Facts = tuple[int, str, str, dict[str, Any], list[dict[str, str]]]


def _facts(error: Exception) -> Facts:
    match error:
        case DomainError():
            return _domain(error)
        case exceptions.ValidationError():
            return (
                400,
                "BAD_INPUT",
                _("Correct the fields named in errors."),
                {},
                list(_fields(error.get_full_details())),
            )
        case Refusal():
            errors = [_field(error.pointer, error.reason, str(error.detail))] if error.pointer else []
            return error.status_code, error.reason.upper(), str(error.detail), error.metadata, errors
        case exceptions.Throttled():
            wait = _pause(error)
            return (
                429,
                "TOO_MANY_REQUESTS",
                _("Try again in %(seconds)s seconds.") % {"seconds": wait},
                {"retry_after": wait},
                [],
            )
        case exceptions.NotAuthenticated():
            return 401, "TOKEN_REQUIRED", _("Send a token in the header: Authorization: Bearer …"), {}, []
        case exceptions.AuthenticationFailed():
            return 401, str(error.get_codes()).upper(), str(error.detail), {}, []
        case exceptions.PermissionDenied() | PermissionDenied():
            return 403, "NOT_ALLOWED", _("Your role does not allow this."), {}, []
        case exceptions.NotFound() | Http404():
            return 404, "NOT_FOUND", _("It does not exist, or you do not have access to it."), {}, []
        case exceptions.MethodNotAllowed():
            return 405, "METHOD_NOT_ALLOWED", _("The Allow header lists the methods of this URL."), {}, []
        case exceptions.NotAcceptable():
            return (
                406,
                "NOT_ACCEPTABLE",
                _("Responses are in application/json. Accept this type, or remove the header."),
                {},
                [],
            )
        case exceptions.UnsupportedMediaType():
            return 415, "UNSUPPORTED_MEDIA_TYPE", _("Send the content type documented for this URL."), {}, []
        case exceptions.ParseError():
            return 400, "BAD_JSON", str(error.detail), {}, []
        case RequestDataTooBig():
            return 413, "TOO_LARGE", str(TooLarge.default_detail), {}, []
        case BadRequest() | SuspiciousOperation():
            return 400, "BAD_JSON", _("Send the body documented for this URL."), {}, []
    return 500, "INTERNAL_ERROR", _("Try again. If it fails again, send us the request_id."), {}, []


def _domain(error: DomainError) -> Facts:
    reason = error.code.upper()
    if isinstance(error, NotAllowed):
        return 403, reason, str(error.message), error.metadata, []
    if error.field:
        return (
            400,
            reason,
            str(error.message),
            error.metadata,
            [_field(f"/{error.field}", error.code, str(error.message))],
        )
    return 409, reason, str(error.message), error.metadata, []


def _fields(details: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """One entry per wrong field, with the JSON pointer to it, from the framework's nested details."""
    if isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["code"], str):
        yield _field(pointer, details["code"], str(_SENTENCES.get(details["code"], details["message"])))
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _fields(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    else:
        for inner in details:
            yield from _fields(inner, pointer)


def _field(pointer: str, code: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "message": message}
