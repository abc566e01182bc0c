"""Who calls: a token in the header `Authorization: Bearer sup_live_…`, and nothing else. Sessions open no API."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import Throttled

from accounts.core.models import User
from accounts.identity.domain.tokens import PREFIX, find_token, saw
from accounts.identity.models import ApiToken
from portal.lib.clock import machine_now
from portal.lib.limits import network_of
from portal.lib.rest.refusals import BadToken, TokenInQuery
from portal.lib.rest.throttles import spend


class TokenAuthentication(BaseAuthentication):
    """Sets `request.user` to the person and `request.auth` to the token (whose `contact` they act as)."""

    def authenticate(self, request: Any) -> tuple[User, ApiToken] | None:
        if any(PREFIX in value for _name, values in request.query_params.lists() for value in values):
            raise TokenInQuery
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        now = machine_now()
        scheme, _space, secret = header.partition(" ")
        token = find_token(secret.strip(), now=now) if scheme.lower() == "bearer" else None
        if token is None:
            budget = spend("bad_token", f"n{network_of(request._request)}", now=now)
            if budget.left < 0:
                raise Throttled(wait=budget.resets_in)
            raise BadToken
        saw(token, now=now)
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):
    """How the documentation names it."""

    target_class = "accounts.identity.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http", "scheme": "bearer", "bearerFormat": "sup_live_…",
            "description": "Made on the page “API tokens” or by POST /api/v1/token. Scopes: read, write.",
        }  # fmt: skip
