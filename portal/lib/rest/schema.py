"""What every operation of the documentation has in common: its headers and its refusals, with an example each."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from portal.lib.access import Role
from portal.lib.permissions import TABLE
from portal.lib.rest.problems import MEDIA_TYPE, TITLES, anchor


class FieldProblemOut(serializers.Serializer[Any]):
    """One wrong field."""

    pointer = serializers.CharField(help_text="JSON pointer into the body, or the name of a query parameter.")
    code = serializers.CharField()
    message = serializers.CharField(help_text="For people, in the language of the response.")


class ProblemOut(serializers.Serializer[Any]):
    """A refusal (RFC 9457). `reason` is stable; `title` and `detail` follow Accept-Language."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    reason = serializers.CharField(help_text="UPPER_SNAKE, for programs.")
    metadata = serializers.DictField(help_text="Figures about the reason.")
    errors = FieldProblemOut(many=True)  # type: ignore[assignment]  # a field of the answer, not of the class
    doc_url = serializers.URLField()
    request_id = serializers.CharField(help_text="Send us this when you have a question about the response.")


_HEADERS = [
    OpenApiParameter(
        "Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER,
        description="Language of sentences: en or fr.", examples=[],
    ),
    OpenApiParameter(
        "API-Version", OpenApiTypes.STR, OpenApiParameter.HEADER,
        description="Date of the API version you use. Without it: the current version.",
    ),
]  # fmt: skip
_KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER,
    description="A random key of your own for this request. Sent again within 48 hours, it returns the first response, "
    "with the header Idempotent-Replayed, and no second effect.",
)  # fmt: skip
_IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER,
    description="The ETag you read. If the ticket has changed since, the response is 412 and nothing happens.",
)  # fmt: skip
# Status → an example of a reason that answers with it, and a sentence.
_REFUSALS = {
    400: ("BAD_INPUT", "Correct the fields named in errors."),
    401: ("BAD_TOKEN", "This token is unknown, expired or revoked. Create another one."),
    403: ("INSUFFICIENT_SCOPE", "This token does not have the permission required. Create one that has it."),
    404: ("NOT_FOUND", "It does not exist, or you do not have access to it."),
    406: ("NOT_ACCEPTABLE", "Responses are in application/json. Accept this type, or remove the header."),
    409: ("CLOSED", "The ticket is closed for good."),
    412: ("VERSION_MISMATCH", "It has changed since you read it. Read it again, then decide."),
    413: ("TOO_LARGE", "The request is too large. Send it in smaller parts."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Send the content type documented for this URL."),
    422: ("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key came with another request before."),
    429: ("TOO_MANY_REQUESTS", "Wait 12 seconds."),
}


class ApiSchema(AutoSchema):
    """Adds to each operation what it does not say itself."""

    def get_override_parameters(self) -> list[Any]:
        parameters = [*super().get_override_parameters(), *_HEADERS]
        if self._repeatable:
            parameters.append(_KEY)
        if self._versioned:
            parameters.append(_IF_MATCH)
        return parameters

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "Other")]

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        for status in self._refusals():
            responses.setdefault(str(status), self._refusal(status))
        return dict(sorted(responses.items()))

    def _refusal(self, status: int) -> dict[str, Any]:
        reason, detail = _REFUSALS[status]
        component = self.resolve_serializer(ProblemOut, "response")
        place = f"https://support.example/api/v1/docs#{anchor(reason)}"
        wrong = {"pointer": "/subject", "code": "required", "message": "Enter a value."}
        example = {
            "type": place, "title": str(TITLES[reason]), "status": status, "detail": detail,
            "instance": "/api/v1/tickets", "reason": reason, "metadata": {},
            "errors": [wrong] if status == 400 else [], "doc_url": place, "request_id": "req_5f0c2d9be1a34c77",
        }  # fmt: skip
        return {
            "description": str(TITLES[reason]),
            "content": {MEDIA_TYPE: {"schema": component.ref, "examples": {reason: {"value": example}}}},
        }

    def _refusals(self) -> list[int]:
        writes = self.method in {"POST", "PATCH", "DELETE"}
        found = [400, 406, 429]
        if not self._open:
            found += [401, 403]
        if "{" in self.path:
            found.append(404)
        if writes:
            found.append(409)
        if self.method in {"POST", "PATCH"}:
            found += [413, 415]
        if self._repeatable:
            found.append(422)
        if self._versioned:
            found.append(412)
        return found

    @property
    def _open(self) -> bool:
        rule = TABLE.get(f"api:{getattr(self.view, 'route', '')}", {})
        return Role.ANONYMOUS in rule.get(self.method, frozenset())

    @property
    def _repeatable(self) -> bool:
        return hasattr(getattr(self.view, self.method.lower(), None), "repeatable")

    @property
    def _versioned(self) -> bool:
        return self.method in {"POST", "PATCH"} and getattr(self.view, "versioned", False)
