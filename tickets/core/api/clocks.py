"""The promises on a ticket, each with the derivation of its due moment."""

import logging
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from portal.lib.rest.pages import Cursor
from portal.lib.rest.refusals import BadParameter
from portal.lib.rest.resource import ApiRequest
from portal.lib.rest.strict import moment, parameters
from sla.core.domain.explanation import DoesNotAddUp, explain_clock
from sla.core.enums import ClockEventKind
from sla.models import Clock, ClockEvent
from sla.verification.domain.as_of import clock_as_of
from tickets.core.api import examples, rows, shapes
from tickets.core.api.base import TicketResource
from tickets.core.api.outlook import explanation_out

logger = logging.getLogger(__name__)


class Clocks(TicketResource):
    """Every promise on the ticket, the newest first."""

    route, tag = "ticket-clocks", "Clocks"
    pagination_class = Cursor

    @extend_schema(
        operation_id="clocks", summary="The targets of a ticket and how their due times are calculated",
        responses=shapes.ExplainedOut(many=True),
        description="`explanation` is null only while a due time is being recalculated after its calendar changed. "
        "With `as_of`, every target that ran at that moment, as it was then: terms, due time and changes.",
        parameters=[
            OpenApiParameter(
                "as_of", {"type": "string", "format": "date-time"},
                description="A moment that has passed, with its offset. Without it: now.",
            ),
        ],
        examples=[examples.answered("A response", {**examples.CLOCK, "explanation": examples.EXPLANATION})],
    )  # fmt: skip
    def get(self, request: ApiRequest, number: str) -> Response:
        values = parameters(request, "as_of")
        ticket = self.find(number)
        clocks = Clock.objects.filter(ticket=ticket).select_related("calendar__region").prefetch_related("events")
        if "as_of" not in values:
            return Cursor().listing(clocks, request, show=lambda clock: self._explained(clock, now=self.now))
        at = moment("as_of", values["as_of"])
        if at > self.now:
            raise BadParameter(_("Enter a moment in the past."), pointer="as_of")
        there = ClockEvent.objects.filter(kind=ClockEventKind.STARTED, recorded_at__lte=at, clock__ticket=ticket)
        clocks = clocks.filter(pk__in=there.values("clock"))
        return Cursor().listing(clocks, request, show=lambda clock: self._then(clock, at))

    def _then(self, clock: Clock, at: datetime) -> dict[str, Any]:
        past, events = clock_as_of(clock, list(clock.events.all()), at) or (clock, [])
        return self._explained(past, events, now=at)

    def _explained(self, clock: Clock, events: list[ClockEvent] | None = None, *, now: datetime) -> dict[str, Any]:
        region = clock.calendar.region
        values = [
            clock.kind, clock.outcome, clock.started_at, clock.due_at, clock.due_soon_at, clock.stopped_at,
            clock.breached_at, region.code, region.time_zone, clock.coverage, clock.target_minutes, clock.rule,
            clock.tier, clock.priority,
        ]  # fmt: skip
        explanation = None
        try:
            zone_name = self.request.user.time_zone
            explanation = explanation_out(explain_clock(clock, events), zone_name=zone_name, now=now)
        except DoesNotAddUp:
            logger.exception("api.explanation_does_not_add_up", extra={"clock_id": clock.pk})
        return {**rows.clock_out(values, now=now), "explanation": explanation}
