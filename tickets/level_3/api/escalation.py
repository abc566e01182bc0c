"""Level 3 by program: customers ask for it, staff pass the ticket on."""

from django.db import transaction
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.response import Response

from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.strict import parameters
from tickets.core.api import examples, shapes
from tickets.core.api.base import TicketResource
from tickets.level_3.domain.escalation import ask_for_level_3, escalate


class Escalate(TicketResource):
    """The ticket needs a specialist."""

    route, versioned = "ticket-escalate", True

    @extend_schema(
        operation_id="escalate_ticket", summary="Ask for level 3, or pass the ticket on to it",
        request=shapes.EscalateIn,
        responses=PolymorphicProxySerializer(
            "EscalatedTicket", [shapes.TicketOut, shapes.TicketStaffOut], resource_type_field_name=None
        ),
        description="A customer requests it, and an agent decides; staff escalate the ticket to level 3. No target "
        "changes. Where the requester's tier does not include level 3, the response is 409 `LEVEL_3_NOT_INCLUDED` "
        "and says which tiers do.",
        examples=[
            examples.sent("It needs a specialist", {"reason": "The same fault came back three times."}),
            examples.answered("Asked", {
                **examples.TICKET, "version": 2,
                "level_3": {"state": "asked", "since": "2026-11-09T10:00:00Z", "agent": None},
            }),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        act = escalate if self.staff else ask_for_level_3
        act(ticket, reason=self.read(shapes.EscalateIn)["reason"], by=request.user, now=self.now)
        return self.show(ticket.pk)
