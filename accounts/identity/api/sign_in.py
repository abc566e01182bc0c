"""Tokens by password, and the token that one is using."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.exceptions import Throttled
from rest_framework.response import Response

from accounts.core.api import shapes
from accounts.core.models import Contact, User
from accounts.identity.domain.sign_in import TooManyAttempts, authenticate
from accounts.identity.domain.tokens import SCOPES, create_token, revoke
from portal.lib.clock import machine_now
from portal.lib.limits import network_of
from portal.lib.rest.refusals import Refusal
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.strict import parameters

DAYS = 30

_TOKEN = {
    "name": "Monitoring", "begins_with": "sup_live_Ab3x", "scopes": ["read", "write"],
    "account": {"id": 3, "name": "Acme"}, "created_at": "2026-11-09T09:00:00Z",
    "expires_at": "2026-12-09T09:00:00Z", "last_used_at": None,
}  # fmt: skip


class SignInFailed(Refusal):
    """The same response for an unknown address, a wrong password and somebody without an account."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "sign_in_failed"


class ChooseAccount(Refusal):
    status_code = status.HTTP_409_CONFLICT
    default_code = "choose_account"


class NewToken(Resource):
    """Sign-in of programs. No token makes another token: each is made with a password."""

    route, tag = "token", "Tokens"
    authentication_classes = []

    @extend_schema(
        operation_id="create_token", summary="Sign in and get a token", request=shapes.TokenIn, auth=[],
        description="The secret is in this response only. Contacts of several accounts name the one to act "
        "for. Wrong passwords count together with those of the sign-in page.",
        responses={201: shapes.NewTokenOut},
        examples=[
            OpenApiExample("Sign in", request_only=True, value={
                "email": "marc@acme.example", "password": "correct horse battery staple", "name": "Monitoring",
                "scopes": ["read", "write"], "days": 30,
            }),
            OpenApiExample("Signed in", response_only=True, status_codes=["201"], value={
                **_TOKEN, "token": "sup_live_Ab3xK7m0WmT5uH2cVq9LzRdYe1sNfJgXbP4oQiCt8Da",
            }),
        ],
    )  # fmt: skip
    def post(self, request: ApiRequest) -> Response:
        parameters(request)
        values = self.read(shapes.TokenIn)
        user = self._person(values["email"], values["password"])
        contact = None if user.staff_role else self._contact(user, values.get("account"))
        token, secret = create_token(
            user=user, contact=contact, name=values.get("name") or _("Sign-in by API"),
            scopes=values.get("scopes") or list(SCOPES), days=values.get("days", DAYS), now=machine_now(),
        )  # fmt: skip
        return Response({**shapes.token_out(token), "token": secret}, status=201)

    def _person(self, email: str, password: str) -> User:
        """Counted together with the tries on the sign-in page, in the database."""
        try:
            user = authenticate(email, password, network=network_of(self.request._request), now=machine_now())
        except TooManyAttempts as refusal:
            raise Throttled(wait=int(refusal.wait.total_seconds())) from None
        if user is None:
            raise SignInFailed(_("The email address or password is incorrect. Try again."))
        return user

    def _contact(self, user: User, wanted: int | None) -> Contact:
        contacts = list(Contact.objects.active().for_acting().filter(user=user).order_by("account__name"))
        if wanted is not None:
            contacts = [contact for contact in contacts if contact.account_id == wanted]
        if not contacts:
            raise SignInFailed(
                _("You are not a contact of this account, or it is not active. Contact its administrator.")
            )
        if len(contacts) > 1:
            raise ChooseAccount(
                _("You are a contact of several accounts. Send the id of one of them as “account”."),
                accounts=[{"id": contact.account_id, "name": contact.account.name} for contact in contacts],
            )
        return contacts[0]


class CurrentToken(Resource):
    """The token that this request came with."""

    route, tag = "token-current", "Tokens"

    @extend_schema(
        operation_id="token", summary="The token you are using", responses=shapes.TokenOut,
        examples=[OpenApiExample("A token", response_only=True, value=_TOKEN)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        return Response(shapes.token_out(request.auth))

    @extend_schema(
        operation_id="revoke_token", summary="Revoke the token you are using", request=None, responses={204: None},
        description="From the next request on it opens nothing.",
    )  # fmt: skip
    def delete(self, request: ApiRequest) -> Response:
        parameters(request)
        revoke(request.auth, now=machine_now())
        return Response(status=204)
