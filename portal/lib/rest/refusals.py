"""The refusals of the API itself; those of the business are `portal.lib.errors.DomainError`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, AuthenticationFailed


class Refusal(APIException):
    """An answer of the API other than success, with figures for programs."""

    def __init__(self, detail: Any = None, code: str | None = None, *, pointer: str = "", **metadata: Any) -> None:
        super().__init__(detail, code)
        self.reason = code or self.default_code
        self.pointer = pointer
        self.metadata = metadata


class BadToken(AuthenticationFailed):
    """One sentence for a token that is wrong, expired or revoked: the difference is nobody's business."""

    default_detail = _("This token is unknown, expired or revoked. Create another one.")
    default_code = "bad_token"


class TokenInQuery(Refusal):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("Send tokens in the Authorization header, never in the URL. Revoke this one.")
    default_code = "token_in_query"


class ScopeMissing(Refusal):
    status_code = status.HTTP_403_FORBIDDEN
    default_detail = _("This token does not have the permission required. Create one that has it.")
    default_code = "insufficient_scope"


class UnknownParameter(Refusal):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("The URL has a parameter that does not exist here.")
    default_code = "unknown_parameter"


class BadParameter(Refusal):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("A parameter in the URL has an incorrect value.")
    default_code = "bad_parameter"


class BadCursor(Refusal):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("This cursor belongs to another list. Start again without it.")
    default_code = "bad_cursor"


class TooLarge(Refusal):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request is too large. Send it in smaller parts.")
    default_code = "too_large"


class OtherVersion(Refusal):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("It has changed since you read it. Read it again, then decide.")
    default_code = "version_mismatch"


class KeyReused(Refusal):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This Idempotency-Key was used for another request. Use a new key for each new request.")
    default_code = "idempotency_key_reused"


class BadKey(Refusal):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("An Idempotency-Key has 1 to 100 characters, without spaces.")
    default_code = "bad_idempotency_key"


class UnknownVersion(Refusal):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("This API version does not exist. Remove the header, or send an existing version.")
    default_code = "unknown_version"
