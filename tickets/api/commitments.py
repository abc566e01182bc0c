"""The promises on a ticket, each with the derivation of its due moment."""

import logging
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest
from portal.lib.rest.strict import parameters
from sla.domain.explanation import DoesNotAddUp, explain_clock
from sla.models import Clock
from tickets.api import examples, rows, shapes
from tickets.api.base import TicketResource
from tickets.api.outlook import explanation_out

logger = logging.getLogger(__name__)


class Commitments(TicketResource):
    """Every promise on the ticket, the newest first."""

    route, tag = "ticket-commitments", "Commitments"
    pagination_class = Cursor

    @extend_schema(
        operation_id="commitments", summary="The promises on a ticket and why they are due when they are",
        responses=shapes.ExplainedOut(many=True),
        description="`explanation` is null only while a promise is being counted again after its calendar changed.",
        examples=[examples.answered("A response", {**examples.COMMITMENT, "explanation": examples.EXPLANATION})],
    )  # fmt: skip
    def get(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.find(number)
        clocks = Clock.objects.filter(ticket=ticket).select_related("calendar__region").prefetch_related("events")
        return Cursor().listing(clocks, request, show=self._explained)

    def _explained(self, clock: Clock) -> dict[str, Any]:
        region = clock.calendar.region
        values = [
            clock.kind, clock.outcome, clock.started_at, clock.due_at, clock.due_soon_at, clock.stopped_at,
            clock.overdue_at, region.code, region.time_zone, clock.coverage, clock.target_minutes, clock.rule,
            clock.tier, clock.priority,
        ]  # fmt: skip
        explanation = None
        try:
            zone_name = self.request.user.time_zone
            explanation = explanation_out(explain_clock(clock), zone_name=zone_name, now=self.now)
        except DoesNotAddUp:
            logger.exception("api.explanation_does_not_add_up", extra={"clock_id": clock.pk})
        return {**rows.commitment_out(values, now=self.now), "explanation": explanation}
