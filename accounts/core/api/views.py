"""Who I am, my account, its people and its seats."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.response import Response

from accounts.core.api import shapes
from accounts.core.domain.contacts import regions_of
from accounts.core.domain.entitlements import contract_in_force, entitlements_of
from accounts.core.models import Account, Contact, Region, Seat
from accounts.seats.domain import seats
from portal.lib.access import role_of
from portal.lib.errors import DomainError
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.strict import parameters

_SEAT = {
    "number": 2, "contact": {"id": 12, "name": "Marc Petit"}, "region": "france", "state": "nominated",
    "over_limit": False, "nominated_at": "2026-11-09T09:00:00Z", "validated_at": None,
}  # fmt: skip


class Me(Resource):
    """Who the token speaks for."""

    route, tag = "me", "Account"

    @extend_schema(
        operation_id="me", summary="Who you are, and which targets apply to you", responses=shapes.MeOut,
        examples=[OpenApiExample("A Premium contact", response_only=True, value={
            "id": 12, "name": "Marc Petit", "email": "marc@acme.example", "language": "en",
            "time_zone": "Europe/Paris", "role": "member", "account": {"id": 3, "name": "Acme"},
            "region": {"code": "france", "name": "France", "time_zone": "Europe/Paris"},
            "entitlement": {
                "tier": "gold", "account_tier": "gold", "basis": "seat", "seat": 2,
                "reason": "You are a Premium contact of Acme (seat 2 of 3): Premium Gold targets apply.",
            },
            "token": {
                "name": "Monitoring", "begins_with": "sup_live_Ab3x", "scopes": ["read", "write"],
                "account": {"id": 3, "name": "Acme"}, "created_at": "2026-11-02T08:00:00Z",
                "expires_at": "2027-01-31T08:00:00Z", "last_used_at": "2026-11-09T09:00:00Z",
            },
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        user, contact = request.user, self.actor
        return Response({
            "id": contact.pk if contact else None,
            "name": user.name,
            "email": user.email,
            "language": user.language,
            "time_zone": user.time_zone,
            "role": role_of(user, contact).value,
            "account": {"id": contact.account_id, "name": contact.account.name} if contact else None,
            "region": shapes.region_out(contact.own_region) if contact else None,
            "entitlement": shapes.entitlement_out(entitlements_of(contact, self.now)) if contact else None,
            "token": shapes.token_out(request.auth),
        })  # fmt: skip


class TheAccount(Resource):
    """The account that the token acts for."""

    route, tag = "account", "Account"

    @extend_schema(
        operation_id="account", summary="Your account and its contract", responses=shapes.AccountOut,
        examples=[OpenApiExample("A Gold account", response_only=True, value={
            "id": 3, "name": "Acme", "segment": "enterprise",
            "home_region": {"code": "france", "name": "France", "time_zone": "Europe/Paris"}, "regions": [],
            "contract": {
                "tier": "gold", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "premium_contacts": 3,
                "professional_services_hours": 8, "price_usd": "28000.00",
            },
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        account: Account = self.actor.account
        contract = contract_in_force(account, self.now)
        shows_price = contract is not None and self.actor.is_admin and contract.price_usd is not None
        return Response({
            "id": account.pk,
            "name": account.name,
            "segment": account.segment,
            "home_region": shapes.region_out(account.home_region),
            "regions": [shapes.region_out(region) for region in account.regions.order_by("code")],
            "contract": contract and {
                "tier": contract.tier,
                "starts_on": contract.starts_on.isoformat(),
                "ends_on": contract.ends_on.isoformat(),
                "premium_contacts": contract.premium_contacts,
                "professional_services_hours": contract.professional_services_hours,
                "price_usd": str(contract.price_usd) if shows_price else None,
            },
        })  # fmt: skip


class Contacts(Resource):
    """The people of the account."""

    route, tag = "contact-list", "Account"
    pagination_class = Cursor

    @extend_schema(
        operation_id="contacts", summary="The people of your account", responses=shapes.ContactOut(many=True),
        examples=[OpenApiExample("One of them", response_only=True, value={
            "id": 12, "name": "Marc Petit", "role": "member", "region": "france", "is_active": True,
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        people = Contact.objects.visible_to(request.user).filter(account=self.actor.account_id)
        return Cursor().listing(people.for_acting(), request, show=shapes.contact_out, order="pk")


class Seats(Resource):
    """The Premium seats of the account."""

    route, tag = "seat-list", "Seats"

    @extend_schema(
        operation_id="seats", summary="The Premium seats of your account", responses=shapes.SeatPlanOut,
        examples=[OpenApiExample("Two of three taken", response_only=True, value={
            "limit": 3, "used": 2, "free": 1, "seats": [_SEAT],
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        plan = seats.seat_plan(self.actor.account, self.now)
        shown = [shapes.seat_out(seat, limit=plan.limit) for seat in plan.seats]
        return Response({"limit": plan.limit, "used": plan.used, "free": plan.free, "seats": shown})

    @extend_schema(
        operation_id="nominate", summary="Nominate a contact for a free seat", request=shapes.SeatIn,
        description="Account administrators only. The support team approves it. Until then, Standard targets apply.",
        responses={201: shapes.SeatOut},
        examples=[
            OpenApiExample("Marc", request_only=True, value={"contact": 12, "region": "france"}),
            OpenApiExample("Nominated", response_only=True, value=_SEAT, status_codes=["201"]),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest) -> Response:
        values = self.read(shapes.SeatIn)
        people = Contact.objects.active().visible_to(request.user).filter(account=self.actor.account_id)
        contact = people.for_acting().filter(pk=values["contact"]).first()
        if contact is None:
            raise DomainError(_("Choose an active contact of the account."), code="not_a_colleague", field="contact")
        code = values.get("region")
        region = region_of(self.actor.account, code) if code is not None else None
        seat = seats.nominate(contact, region=region, by=request.user, now=self.now)
        headers = {"Location": reverse("api:seat-detail", args=[seat.number])}
        limit = seats.seat_limit(contact.account, self.now)
        return Response(shapes.seat_out(seat, limit=limit), status=201, headers=headers)


def region_of(account: Account, code: str) -> Region:
    """The region of the account with this code. Raises DomainError for any other."""
    region = regions_of(account).filter(code=code).first()
    if region is None:
        raise DomainError(_("Choose one of the regions of the account."), code="foreign_region", field="region")
    return region


class OneSeat(Resource):
    """A taken seat, by its number."""

    route, tag = "seat-detail", "Seats"

    @extend_schema(
        operation_id="seat", summary="One seat", responses=shapes.SeatOut,
        examples=[OpenApiExample("Seat 2", response_only=True, value=_SEAT)],
    )  # fmt: skip
    def get(self, request: ApiRequest, number: int) -> Response:
        parameters(request)
        limit = seats.seat_limit(self.actor.account, self.now)
        return Response(shapes.seat_out(self._seat(number), limit=limit))

    @extend_schema(
        operation_id="move_seat", summary="Give a seat another region", request=shapes.SeatRegionIn,
        description="Account administrators only; Gold and Platinum. New tickets follow, open ones stay.",
        responses=shapes.SeatOut,
        examples=[
            OpenApiExample("To Asia", request_only=True, value={"region": "apac"}),
            OpenApiExample("Moved", response_only=True, value=_SEAT),
        ],
    )  # fmt: skip
    def patch(self, request: ApiRequest, number: int) -> Response:
        seat = self._seat(number)
        region = region_of(self.actor.account, self.read(shapes.SeatRegionIn)["region"])
        seats.change_region(seat, region, by=request.user, now=self.now)
        return Response(shapes.seat_out(seat, limit=seats.seat_limit(self.actor.account, self.now)))

    @extend_schema(
        operation_id="withdraw", summary="Remove a seat", responses={204: None}, request=None,
        description="Account administrators only. Running targets stay. New messages get Standard targets.",
    )  # fmt: skip
    def delete(self, request: ApiRequest, number: int) -> Response:
        parameters(request)
        seats.withdraw(self._seat(number), by=request.user, now=self.now)
        return Response(status=204)

    def _seat(self, number: int) -> Seat:
        taken: Any = Seat.objects.taken().filter(account=self.actor.account_id, number=number)
        seat: Seat | None = taken.select_related("contact__user", "contact__account", "region").first()
        if seat is None:
            raise Http404
        return seat
