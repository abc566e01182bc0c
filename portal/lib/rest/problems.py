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
    "CLASH": gettext_lazy("The sponsor has another meeting then"),
    "FULL": gettext_lazy("There is no room for more"),
    "AMOUNT": gettext_lazy("The amount does not fit"),
    "ALREADY_ESCALATED": gettext_lazy("Level 3 was asked for already"),
    "ALREADY_SEATED": gettext_lazy("This person already holds a seat"),
    "BAD_CURSOR": gettext_lazy("The cursor does not fit"),
    "BAD_EMAIL": gettext_lazy("The address does not fit"),
    "BAD_IDEMPOTENCY_KEY": gettext_lazy("The Idempotency-Key cannot be used"),
    "BAD_INPUT": gettext_lazy("Some of the input does not fit"),
    "BAD_JSON": gettext_lazy("The body cannot be read"),
    "BAD_LIFETIME": gettext_lazy("The lifetime does not fit"),
    "BAD_PARAMETER": gettext_lazy("A parameter does not fit"),
    "BAD_SCOPE": gettext_lazy("The scopes do not fit"),
    "BAD_TOKEN": gettext_lazy("The token does not work"),
    "BAD_NUMBER": gettext_lazy("The phone number does not fit"),
    "CALL_ENDED": gettext_lazy("The call is over"),
    "CALL_PLANNED": gettext_lazy("A call is planned already"),
    "BUSY": gettext_lazy("The sample data is being laid anew"),
    "CANNOT_MOVE": gettext_lazy("The time cannot go there"),
    "CANNOT_MERGE": gettext_lazy("These tickets stay apart"),
    "CHAT_CLOSED": gettext_lazy("The chat is closed now"),
    "CHAT_ENDED": gettext_lazy("The chat is over"),
    "CHAT_NOT_YOURS": gettext_lazy("Somebody else has the chat"),
    "CHAT_OPEN": gettext_lazy("A chat is open already"),
    "CHAT_TAKEN": gettext_lazy("The chat is taken"),
    "CHOOSE_ACCOUNT": gettext_lazy("Name the account to act for"),
    "CLOSED": gettext_lazy("The ticket is finished"),
    "DATES": gettext_lazy("The dates do not fit"),
    "EMPTY": gettext_lazy("Something is missing"),
    "FILE_REFUSED": gettext_lazy("The file is not accepted"),
    "FOREIGN_REGION": gettext_lazy("The region is not of the account"),
    "IDEMPOTENCY_KEY_REUSED": gettext_lazy("The Idempotency-Key belongs to another request"),
    "INACTIVE_AGENT": gettext_lazy("This agent has left"),
    "INSUFFICIENT_SCOPE": gettext_lazy("The token lacks a scope"),
    "INTERNAL_ERROR": gettext_lazy("Something broke on our side"),
    "LATER_THAN_PROMISED": gettext_lazy("We promise it earlier"),
    "LEVEL_3_NOT_INCLUDED": gettext_lazy("Your tier has no level 3"),
    "ON_ITS_WAY": gettext_lazy("The time is on its way"),
    "LOSES_DATA": gettext_lazy("Going back loses what was done"),
    "METHOD_NOT_ALLOWED": gettext_lazy("This address does not take that method"),
    "NEWER_MESSAGE": gettext_lazy("The other side has written meanwhile"),
    "NOT_ACCEPTABLE": gettext_lazy("Only JSON is spoken here"),
    "NOT_ALLOWED": gettext_lazy("This is not open to you"),
    "NOT_A_COLLEAGUE": gettext_lazy("This person is not of the account"),
    "NOT_ENOUGH_HOURS": gettext_lazy("The balance is too small"),
    "NO_REGIONS": gettext_lazy("The tier has no regions for seats"),
    "NO_HOURS": gettext_lazy("The contract includes no hours"),
    "TOO_MANY": gettext_lazy("Enough of these wait already"),
    "WRONG_STEP": gettext_lazy("The state does not allow this"),
    "NOT_FOUND": gettext_lazy("There is nothing here"),
    "NOTHING_DUE": gettext_lazy("Nothing falls due later"),
    "NO_CHECK_IN": gettext_lazy("No check-in is planned"),
    "NOT_PUBLISHED": gettext_lazy("There is nothing to read yet"),
    "NO_LANGUAGE_CHOICE": gettext_lazy("There is no language to choose"),
    "NO_REGION": gettext_lazy("There is no such region"),
    "NO_SEATS": gettext_lazy("The tier has no Premium contacts"),
    "NO_WORKAROUND": gettext_lazy("No workaround is in place"),
    "WORKAROUND_CHANGED": gettext_lazy("The workaround was replaced"),
    "WORKAROUND_PRIORITY": gettext_lazy("Only P1 and P2 tickets have a workaround"),
    "NO_TARGET": gettext_lazy("A target is not set up"),
    "OTHER_ACCOUNT": gettext_lazy("This person is not of the account"),
    "PARTS_MISSING": gettext_lazy("The check-in needs its four parts"),
    "PAST": gettext_lazy("The moment has passed"),
    "REFUSED": gettext_lazy("This is not possible now"),
    "RESPONSE_OWED": gettext_lazy("The customer waits for an answer"),
    "SEATS_FULL": gettext_lazy("All seats are taken"),
    "SIGN_IN_FAILED": gettext_lazy("The sign-in did not work"),
    "SLOT_TAKEN": gettext_lazy("The time is taken"),
    "STALE": gettext_lazy("Somebody else was faster"),
    "TOKEN_IN_QUERY": gettext_lazy("A token stood in the address"),
    "TOKEN_REQUIRED": gettext_lazy("A token is needed"),
    "TOO_LARGE": gettext_lazy("The request is too large"),
    "TOO_LONG": gettext_lazy("The text is too long"),
    "TOO_MANY_REQUESTS": gettext_lazy("Too many requests"),
    "UNCHANGED": gettext_lazy("Nothing would change"),
    "UNKNOWN_PARAMETER": gettext_lazy("A parameter is unknown"),
    "UNKNOWN_VERSION": gettext_lazy("There is no such version of the API"),
    "UNSUPPORTED_MEDIA_TYPE": gettext_lazy("The body is of the wrong type"),
    "VERSION_MISMATCH": gettext_lazy("It has changed meanwhile"),
    "WRONG_STATUS": gettext_lazy("The status does not allow this"),
}

# The framework's codes whose own sentences say too little or are not ours.
_SENTENCES = {
    "required": gettext_lazy("Fill this in."),
    "null": gettext_lazy("Fill this in."),
    "blank": gettext_lazy("Fill this in."),
    "unknown_field": gettext_lazy("This field does not exist here. Leave it out."),
    "null_characters_not_allowed": gettext_lazy("Leave out signs that nobody can see (NUL)."),
    "surrogate_characters_not_allowed": gettext_lazy("Leave out half signs (lone surrogates)."),
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
                _("Wait %(seconds)s seconds.") % {"seconds": wait},
                {"retry_after": wait},
                [],
            )
        case exceptions.NotAuthenticated():
            return 401, "TOKEN_REQUIRED", _("Send a token in the header: Authorization: Bearer …"), {}, []
        case exceptions.AuthenticationFailed():
            return 401, str(error.get_codes()).upper(), str(error.detail), {}, []
        case exceptions.PermissionDenied() | PermissionDenied():
            return 403, "NOT_ALLOWED", _("Your role does not include this."), {}, []
        case exceptions.NotFound() | Http404():
            return 404, "NOT_FOUND", _("It does not exist, or not for you."), {}, []
        case exceptions.MethodNotAllowed():
            return 405, "METHOD_NOT_ALLOWED", _("The header Allow names the methods of this address."), {}, []
        case exceptions.NotAcceptable():
            return (
                406,
                "NOT_ACCEPTABLE",
                _("Answers are application/json. Accept that, or leave the header out."),
                {},
                [],
            )
        case exceptions.UnsupportedMediaType():
            return 415, "UNSUPPORTED_MEDIA_TYPE", _("Send the type of body that this address documents."), {}, []
        case exceptions.ParseError():
            return 400, "BAD_JSON", str(error.detail), {}, []
        case RequestDataTooBig():
            return 413, "TOO_LARGE", str(TooLarge.default_detail), {}, []
        case BadRequest() | SuspiciousOperation():
            return 400, "BAD_JSON", _("Send a body as this address documents it."), {}, []
    return 500, "INTERNAL_ERROR", _("Try again. If it stays, tell us the request_id."), {}, []


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
