"""Accounts for the programs of staff: the list, one account, and decisions about its seats."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.api import shapes
from accounts.core.api.views import region_of
from accounts.core.domain.entitlements import contract_day
from accounts.core.enums import Segment, Tier
from accounts.core.models import Account, Contact, Contract, Seat
from accounts.seats.domain import seats
from portal.lib.errors import DomainError
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import StrictSerializer, StrictText, parameters

A_DAY = timedelta(days=1)
_ACCOUNT = {
    "id": 3, "name": "Acme", "segment": "enterprise", "tier": "gold", "home_region": "france", "regions": ["emea"],
    "is_active": True,
}  # fmt: skip
_SEAT = {
    "number": 2, "contact": {"id": 12, "name": "Marc Petit"}, "region": "france", "state": "active",
    "over_limit": False, "nominated_at": "2026-11-09T09:00:00Z", "validated_at": "2026-11-09T10:00:00Z",
}  # fmt: skip


class AccountRowOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    segment = serializers.ChoiceField(Segment.choices)
    tier = serializers.ChoiceField(Tier.choices, help_text="Of the contract in force; standard without one.")
    home_region = serializers.CharField(help_text="Code of the region.")
    regions = serializers.ListField(child=serializers.CharField(), help_text="Codes of the others.")
    is_active = serializers.BooleanField()


class ReasonIn(StrictSerializer):
    reason = StrictText(max_length=200, help_text="The account’s administrator reads it.")


class Accounts(Resource):
    """All accounts, for staff."""

    route, tag = "account-list", "Accounts"
    pagination_class = Cursor

    @extend_schema(
        operation_id="accounts", summary="All accounts, by their ids", responses=AccountRowOut(many=True),
        parameters=[OpenApiParameter("q", description="Part of the name.")],
        examples=[OpenApiExample("One of them", response_only=True, value=_ACCOUNT)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        values = parameters(request, "q")
        rows = _accounts(self)
        if "q" in values:
            rows = rows.filter(name__icontains=values["q"])
        return Cursor().listing(rows, request, show=self._out, order="pk")

    def _out(self, account: Account) -> dict[str, Any]:
        return account_out(account, at=self.now)


class OneAccount(Resource):
    """One account, for staff."""

    route, tag = "account-detail", "Accounts"

    @extend_schema(
        operation_id="one_account", summary="One account", responses=AccountRowOut,
        examples=[OpenApiExample("A Gold account", response_only=True, value=_ACCOUNT)],
    )  # fmt: skip
    def get(self, request: ApiRequest, account: int) -> Response:
        parameters(request)
        found = _accounts(self).filter(pk=account).first()
        if found is None:
            raise Http404
        return Response(account_out(found, at=self.now))


class AccountSeats(Resource):
    """The seats of an account, for staff."""

    route, tag = "account-seat-list", "Seats"

    @extend_schema(
        operation_id="account_seats", summary="The Premium seats of an account", responses=shapes.SeatPlanOut,
        examples=[OpenApiExample("One of three taken", response_only=True, value={
            "limit": 3, "used": 1, "free": 2, "seats": [_SEAT],
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest, account: int) -> Response:
        parameters(request)
        plan = seats.seat_plan(account_or_404(self, account), self.now)
        shown = [shapes.seat_out(seat, limit=plan.limit) for seat in plan.seats]
        return Response({"limit": plan.limit, "used": plan.used, "free": plan.free, "seats": shown})

    @extend_schema(
        operation_id="nominate_for_account", summary="Nominate a contact for a customer", request=shapes.SeatIn,
        description="Approving it is a step of its own; until then Standard applies.", responses={201: shapes.SeatOut},
        examples=[
            OpenApiExample("Marc", request_only=True, value={"contact": 12, "region": "france"}),
            OpenApiExample("Nominated", response_only=True, status_codes=["201"], value={
                **_SEAT, "state": "nominated", "validated_at": None,
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, account: int) -> Response:
        parameters(request)
        of, values = account_or_404(self, account), self.read(shapes.SeatIn)
        contact = Contact.objects.active().filter(account=of, pk=values["contact"]).for_acting().first()
        if contact is None:
            raise DomainError(_("Choose an active contact of the account."), code="not_a_colleague", field="contact")
        region = region_of(of, values["region"]) if "region" in values else None
        seat = seats.nominate(contact, region=region, by=request.user, now=self.now)
        headers = {"Location": reverse("api:account-seat-list", args=[of.pk])}
        return Response(_shown(seat, self), status=201, headers=headers)


class _Decision(Resource):
    """A decision about the seat with a number; the response shows the seat as it is afterwards."""

    tag = "Seats"

    def seat(self, account: int, number: int) -> Seat:
        taken: Any = Seat.objects.taken().filter(account=account_or_404(self, account), number=number)
        rows = taken.select_related("account__home_region", "contact__user", "contact__account__home_region", "region")
        seat: Seat | None = rows.first()
        if seat is None:
            raise Http404
        return seat


class ApproveSeat(_Decision):
    """The nomination is right."""

    route = "account-seat-approve"

    @extend_schema(
        operation_id="approve_seat", summary="Approve a nomination", request=None, responses=shapes.SeatOut,
        description="The tier of the account applies to this person from now on, also to what runs.",
        examples=[OpenApiExample("Approved", response_only=True, value=_SEAT)],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, account: int, number: int) -> Response:
        parameters(request)
        seat = seats.validate(self.seat(account, number), by=request.user, now=self.now)
        return Response(_shown(seat, self))


class DeclineSeat(_Decision):
    """The nomination is refused."""

    route = "account-seat-decline"

    @extend_schema(
        operation_id="decline_seat", summary="Decline a nomination", request=ReasonIn, responses=shapes.SeatOut,
        examples=[
            OpenApiExample("Why", request_only=True, value={"reason": "This person has left Acme."}),
            OpenApiExample("Declined", response_only=True, value={**_SEAT, "state": "declined", "validated_at": None}),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, account: int, number: int) -> Response:
        parameters(request)
        seat, reason = self.seat(account, number), self.read(ReasonIn)["reason"]
        return Response(_shown(seats.decline(seat, reason=reason, by=request.user, now=self.now), self))


class WithdrawSeat(_Decision):
    """The seat ends."""

    route = "account-seat-withdraw"

    @extend_schema(
        operation_id="withdraw_seat", summary="Remove a Premium contact", request=ReasonIn, responses=shapes.SeatOut,
        description="Team leads only. Running targets stay; new ones are those of Standard.",
        examples=[
            OpenApiExample("Why", request_only=True, value={"reason": "Asked for by the customer."}),
            OpenApiExample("Withdrawn", response_only=True, value={**_SEAT, "state": "withdrawn"}),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, account: int, number: int) -> Response:
        parameters(request)
        seat, reason = self.seat(account, number), self.read(ReasonIn)["reason"]
        return Response(_shown(seats.withdraw(seat, reason=reason, by=request.user, now=self.now), self))


class MoveSeat(_Decision):
    """The seat belongs to another region."""

    route = "account-seat-region"

    @extend_schema(
        operation_id="move_seat_of_account", summary="Give a seat another region", request=shapes.SeatRegionIn,
        responses=shapes.SeatOut, description="Gold and Platinum. New tickets follow, open ones stay.",
        examples=[
            OpenApiExample("To Europe", request_only=True, value={"region": "emea"}),
            OpenApiExample("Moved", response_only=True, value={**_SEAT, "region": "emea"}),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, account: int, number: int) -> Response:
        parameters(request)
        seat = self.seat(account, number)
        region = region_of(seat.account, self.read(shapes.SeatRegionIn)["region"])
        return Response(_shown(seats.change_region(seat, region, by=request.user, now=self.now), self))


def _accounts(resource: Resource) -> Any:
    """With the contracts that may be in force: a day more on both sides, for the zones of the home regions."""
    today = resource.now.date()
    near = Contract.objects.overlapping(today - A_DAY, today + A_DAY)
    rows = Account.objects.visible_to(resource.request.user).select_related("home_region")
    return rows.prefetch_related("regions", Prefetch("contracts", queryset=near, to_attr="contracts_near"))


def account_or_404(resource: Resource, pk: int) -> Account:
    found: Account | None = Account.objects.visible_to(resource.request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown(seat: Seat, resource: Resource) -> dict[str, Any]:
    return shapes.seat_out(seat, limit=seats.seat_limit(seat.contact.account, resource.now))


def account_out(account: Any, *, at: datetime) -> dict[str, Any]:
    """An account of `_accounts`."""
    day = contract_day(account, at)
    tiers = [contract.tier for contract in account.contracts_near if contract.starts_on <= day <= contract.ends_on]
    return {
        "id": account.pk,
        "name": account.name,
        "segment": account.segment,
        "tier": tiers[0] if tiers else Tier.STANDARD.value,
        "home_region": account.home_region.code,
        "regions": sorted(region.code for region in account.regions.all()),
        "is_active": account.is_active,
    }
