"""The time of a demonstration, by API: for tests of programs. The address exists in demonstration mode only."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.demo import going, passing
from portal.lib import clock, demo_clock
from portal.lib.rest.moments import stamp
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import StrictMoment, parameters

MOST_MINUTES = 731 * 24 * 60
_REST: dict[str, Any] = {"now": "2026-11-10T16:30:00Z", "at_rest": True, "on_its_way_to": None, "laying_data_at": None}


class DemoClockOut(Shape):
    now = serializers.DateTimeField(help_text="The time that every page and job uses as now.")
    at_rest = serializers.BooleanField(help_text="False while what falls due on the way is still happening.")
    on_its_way_to = serializers.DateTimeField(allow_null=True)
    laying_data_at = serializers.DateTimeField(
        allow_null=True, help_text="The moment around which the sample data is being laid anew."
    )


class ClockMoveIn(Shape):
    """Exactly one of the three."""

    to = StrictMoment(required=False, help_text="A moment with its offset.")
    by_minutes = serializers.IntegerField(required=False, min_value=1, max_value=MOST_MINUTES)
    move = serializers.ChoiceField(
        ["next_due", "back", "stop"],
        required=False,
        help_text="To the next due time; back to now; or stop on the way.",
    )
    lay_anew = serializers.BooleanField(
        default=False, help_text="Allows going back: the sample data is laid anew, and everything else is lost."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len({"to", "by_minutes", "move"} & set(attrs)) != 1:
            raise serializers.ValidationError(_("Send one of to, by_minutes and move."), code="one_of")
        return attrs


class TheClock(Resource):
    """Where the time stands, and what moves it."""

    route, tag = "demo-clock", "Demonstration"

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        if not settings.DEMO:
            raise Http404
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="demo_clock", summary="The time of the demonstration", responses=DemoClockOut,
        examples=[OpenApiExample("At rest", response_only=True, value=_REST)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        return Response(_out())

    @extend_schema(
        operation_id="demo_clock_move", summary="Move the time of the demonstration", request=ClockMoveIn,
        responses={200: DemoClockOut, 202: DemoClockOut},
        examples=[
            OpenApiExample("By an hour", request_only=True, value={"by_minutes": 60}),
            OpenApiExample("There", response_only=True, status_codes=["200"], value=_REST),
            OpenApiExample(
                "On its way", response_only=True, status_codes=["202"],
                value=_REST | {"at_rest": False, "on_its_way_to": "2027-11-10T16:30:00Z"},
            ),
        ],
    )  # fmt: skip
    def post(self, request: ApiRequest) -> Response:
        """Everything that falls due on the way happens at its moment. 202: it goes on; ask again until at_rest.

        409 ON_ITS_WAY: it is still going to an earlier goal. Wait, or send `"move": "stop"`.
        """
        values = self.read(ClockMoveIn)
        if values.get("move") == "stop":
            going.stop()
            return Response(_out())
        if "to" in values:
            goal = values["to"]
        elif "by_minutes" in values:
            goal = clock.now() + timedelta(minutes=values["by_minutes"])
        else:
            goal = passing.next_due() if values["move"] == "next_due" else clock.machine_now()
        is_there = going.go_to(goal, may_lay_anew=values["lay_anew"])
        return Response(_out(), status=200 if is_there else 202)


def _out() -> dict[str, Any]:
    known = demo_clock.current_row()
    return {
        "now": stamp(clock.now()),
        "at_rest": not going.is_under_way(),
        "on_its_way_to": stamp(known.goal) if known.goal else None,
        "laying_data_at": stamp(known.lay_at) if known.lay_at else None,
    }
