"""Who held which seat when, by API."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.enums import SeatState
from accounts.core.models import Seat, SeatMove
from portal.lib.rest.moments import stamp
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import parameters


class SeatMoveOut(Shape):
    from_region = serializers.CharField(allow_null=True, help_text="Code of the region before.")
    to_region = serializers.CharField()
    moved_at = serializers.DateTimeField()


class SeatHoldingOut(Shape):
    number = serializers.IntegerField()
    contact = NamedOut()
    region = serializers.CharField(allow_null=True, help_text="Code of the region, now or at the end.")
    state = serializers.ChoiceField(SeatState.choices)
    nominated_at = serializers.DateTimeField()
    validated_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    moves = SeatMoveOut(many=True, help_text="When the seat was given another region.")


class SeatHistory(Resource):
    """Every holding of a seat of the account, newest first."""

    route, tag = "seat-history", "Seats"
    pagination_class = Cursor

    @extend_schema(
        operation_id="seat_history", summary="Who held which seat when",
        description="Account administrators only. Every holding there ever was, newest first.",
        responses=SeatHoldingOut(many=True),
        examples=[OpenApiExample("Replaced", response_only=True, value={
            "number": 2, "contact": {"id": 12, "name": "Marc Petit"}, "region": "emea", "state": "withdrawn",
            "nominated_at": "2026-03-02T09:00:00Z", "validated_at": "2026-03-02T11:00:00Z",
            "ended_at": "2026-11-09T09:00:00Z", "reason": "",
            "moves": [{"from_region": "apac", "to_region": "emea", "moved_at": "2026-06-01T08:00:00Z"}],
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        moves = SeatMove.objects.select_related("old_region", "new_region")
        holdings = Seat.objects.filter(account=self.actor.account_id).select_related("contact__user", "region")
        holdings = holdings.prefetch_related(Prefetch("moves", queryset=moves, to_attr="moved"))
        return Cursor().listing(holdings, request, show=_holding, order="-nominated_at")


def _holding(seat: Any) -> dict[str, Any]:
    return {
        "number": seat.number,
        "contact": {"id": seat.contact_id, "name": seat.contact.name},
        "region": seat.region.code if seat.region else None,
        "state": seat.state,
        "nominated_at": stamp(seat.nominated_at),
        "validated_at": stamp(seat.validated_at),
        "ended_at": stamp(seat.ended_at),
        "reason": seat.reason,
        "moves": [
            {
                "from_region": move.old_region.code if move.old_region else None,
                "to_region": move.new_region.code,
                "moved_at": stamp(move.moved_at),
            }
            for move in seat.moved
        ],
    }
