"""Who has a ticket and why, and who would get it now."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.lib.rest.resource import ApiRequest
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import parameters
from tickets.core.api import examples
from tickets.core.api.base import TicketResource
from tickets.core.domain.routing import Route, need_of, route
from tickets.core.domain.routing_words import last_routing, reason
from tickets.core.enums import RoutedBy


class RouteOut(Shape):
    agent = NamedOut(allow_null=True, help_text="null: it waits for the team.")
    routed_by = serializers.ChoiceField(RoutedBy.choices)
    reason = serializers.CharField(help_text="As text; empty when it was assigned by a person.")


class RoutingOut(Shape):
    assigned = RouteOut(help_text="Who has the ticket, and why.")
    now = RouteOut(help_text="Who would get it if it were opened at this moment. Nothing is changed.")


class Routing(TicketResource):
    """Where the ticket went, and where it would go."""

    route = "ticket-routing"

    @extend_schema(
        operation_id="ticket_routing", summary="Why an agent has the ticket, and who would get it now",
        responses=RoutingOut,
        examples=[examples.answered("Matched", {
            "assigned": {
                "agent": {"id": 4, "name": "Sam Okoro"}, "routed_by": "match",
                "reason": "best match of 3: speaks English, works in EMEA, has 4 open tickets",
            },
            "now": {
                "agent": {"id": 3, "name": "Léa Fontaine"}, "routed_by": "match",
                "reason": "best match of 2: speaks English, works in EMEA, is on now, has 2 open tickets",
            },
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.find(number)
        history = list(ticket.events.select_related("actor"))
        present = Route(ticket.assignee, RoutedBy(ticket.routed_by))
        way = route(need_of(ticket, now=self.now), now=self.now)
        said = reason({"routed_by": way.routed_by, "why": way.why}, for_staff=True)
        return Response({"assigned": _out(present, last_routing(history)), "now": _out(way, said)})


def _out(way: Route, said: str) -> dict[str, Any]:
    agent = way.agent
    return {
        "agent": {"id": agent.pk, "name": agent.name} if agent else None,
        "routed_by": way.routed_by.value,
        "reason": said,
    }
