"""What an account was entitled to at a moment, by API."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.domain.as_of import SeatAsOf, entitlements_as_of
from accounts.core.enums import SeatState, Tier
from accounts.core.models import Account
from portal.lib.rest.moments import stamp
from portal.lib.rest.refusals import BadParameter
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import moment, parameters


class HeldOut(Shape):
    number = serializers.IntegerField()
    contact = NamedOut()
    region = serializers.CharField(allow_null=True, help_text="Code of the region that the seat named then.")
    state = serializers.ChoiceField(SeatState.choices, help_text="nominated or active.")
    tier = serializers.ChoiceField(Tier.choices, help_text="What applied to this person.")


class EntitlementsOut(Shape):
    as_of = serializers.DateTimeField()
    tier = serializers.ChoiceField(Tier.choices, help_text="Of the account; standard without a contract.")
    limit = serializers.IntegerField(help_text="How many Premium seats it had.")
    seats = HeldOut(many=True)


_PARAMETERS = [
    OpenApiParameter(
        "as_of", {"type": "string", "format": "date-time"},
        description="A moment that has passed, with its offset. Without it: now.",
    )
]  # fmt: skip
_EXAMPLES = [OpenApiExample("Gold in March", response_only=True, value={
    "as_of": "2026-03-02T12:00:00Z", "tier": "gold", "limit": 3,
    "seats": [{
        "number": 2, "contact": {"id": 12, "name": "Marc Petit"}, "region": "france", "state": "active", "tier": "gold",
    }],
})]  # fmt: skip


class AccountEntitlements(Resource):
    """What one account was entitled to, for staff."""

    route, tag = "account-entitlements", "Accounts"

    @extend_schema(
        operation_id="account_entitlements", summary="What an account was entitled to at a moment",
        responses=EntitlementsOut, parameters=_PARAMETERS, examples=_EXAMPLES,
    )  # fmt: skip
    def get(self, request: ApiRequest, account: int) -> Response:
        found = Account.objects.filter(pk=account).first() if self.actor is None else None
        if found is None:
            raise Http404
        return _answer(self, request, found)


class OwnEntitlements(Resource):
    """What one's own account was entitled to, for its administrators."""

    route, tag = "own-entitlements", "Account"

    @extend_schema(
        operation_id="own_entitlements", summary="What your account was entitled to at a moment",
        responses=EntitlementsOut, parameters=_PARAMETERS, examples=_EXAMPLES,
        description="Account administrators only, as the history of the seats.",
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        return _answer(self, request, self.actor.account)


def _answer(resource: Resource, request: ApiRequest, account: Account) -> Response:
    values = parameters(request, "as_of")
    at = moment("as_of", values["as_of"]) if "as_of" in values else resource.now
    if at > resource.now:
        raise BadParameter(_("Enter a moment in the past."), pointer="as_of")
    past = entitlements_as_of(account, at)
    return Response({
        "as_of": stamp(at), "tier": past.tier.value, "limit": past.limit, "seats": [_held(row) for row in past.seats],
    })  # fmt: skip


def _held(row: SeatAsOf) -> dict[str, Any]:
    return {
        "number": row.seat.number,
        "contact": {"id": row.seat.contact_id, "name": row.seat.contact.name},
        "region": row.region.code if row.region else None,
        "state": row.state.value,
        "tier": row.tier.value,
    }
