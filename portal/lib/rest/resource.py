"""The base of every resource: one `now`, the reader's language, versions, limits and repeats, said in headers."""

import functools
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.lib import clock
from portal.lib.idempotency import Answer, OtherRequest, fingerprint, is_key, once
from portal.lib.rest.refusals import BadKey, KeyReused, OtherVersion, UnknownVersion
from portal.lib.rest.schema import ApiSchema
from portal.lib.rest.strict import StrictJSON
from portal.lib.rest.throttles import Budget

# The shapes of bodies as of this day. A change that could break a program gets a new day; the old one goes on.
VERSION = "2026-11-01"
VERSIONS = (VERSION,)
_KEPT_HEADERS = ("ETag", "Location")
Method = Callable[..., Response]


class ApiRequest(Request):
    """A request behind our authentication: `user` is the person, `auth` their token."""

    user: Any
    auth: Any
    FILES: Any


class Resource(APIView):
    """One address. A method is four moves: find through `visible_to`, read the input, call one verb, answer."""

    parser_classes = [StrictJSON]
    metadata_class = None
    schema = ApiSchema()
    request: ApiRequest
    budgets: list[Budget] = []
    now: datetime

    # --- around every request ------------------------------------------------------------------------------------

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        self.now = clock.now()
        # The language of the answer is the caller's wish, not that of a session that may come along.
        translation.activate(translation.get_language_from_request(request))
        timezone.activate("UTC")
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        wanted = request.headers.get("API-Version", VERSION)
        if wanted not in VERSIONS:
            raise UnknownVersion(versions=list(VERSIONS))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["API-Version"] = VERSION
        response["Content-Language"] = translation.get_language() or "en"
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        if self.budgets:
            response["RateLimit-Policy"] = ", ".join(budget.policy for budget in self.budgets)
            response["RateLimit"] = ", ".join(budget.state for budget in self.budgets)
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The methods of this address, in the header Allow."""
        return Response(status=204)

    # --- moves ---------------------------------------------------------------------------------------------------

    def read(self, shape: Any) -> dict[str, Any]:
        """The body in this shape, or a refusal that names each wrong field."""
        serializer = shape(data=self.request.data, context={"request": self.request, "now": self.now})
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    @property
    def actor(self) -> Any:
        """The contact that the token acts as; None for staff."""
        return self.request.auth.contact

    # --- versions ------------------------------------------------------------------------------------------------

    def expect(self, etag: str) -> None:
        """Go on only when the caller's If-Match names this version, or none is asked for."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None or wanted.strip() == "*":
            return
        if etag not in [tag.strip().removeprefix("W/") for tag in wanted.split(",")]:
            raise OtherVersion(etag=etag, version=etag.strip('"'))


def repeatable(method: Method) -> Method:
    """A POST that may be sent again under its Idempotency-Key: one effect, the same answer."""

    @functools.wraps(method)
    def answered_once(self: Resource, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return method(self, request, *args, **kwargs)
        if not is_key(key):
            raise BadKey
        token = request.auth
        owner = f"{token.user_id}:{token.contact_id or 'staff'}"
        body = json.dumps(request.data, sort_keys=True, default=_content_of).encode()
        mark = fingerprint((request.method or "").encode(), request.path.encode(), body)

        def act() -> Answer:
            response = method(self, request, *args, **kwargs)
            kept = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
            return Answer(response.status_code, response.data, kept)

        try:
            answer = once(owner, key, mark, act, now=self.now)
        except OtherRequest:
            raise KeyReused from None
        headers = answer.headers | ({"Idempotent-Replayed": "true"} if answer.replayed else {})
        return Response(answer.body, status=answer.status, headers=headers)

    answered_once.repeatable = True  # type: ignore[attr-defined]
    return answered_once


def _content_of(file: Any) -> str:
    """What an uploaded file adds to the fingerprint of its request."""
    digest = hashlib.sha256(str(file.name).encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
