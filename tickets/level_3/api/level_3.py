"""What level 3 does with a ticket, by program: take it, decline it, hand it back."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.strict import parameters
from tickets.core.api import examples, shapes
from tickets.core.api.base import TicketResource
from tickets.level_3.domain import escalation

_STAFF = {
    **examples.TICKET, "account": {"id": 3, "name": "Acme"}, "requester_email": "marc@acme.example",
    "routed_by": "match",
}  # fmt: skip
_WITH = {"state": "taken", "since": "2026-11-09T10:00:00Z", "agent": {"id": 5, "name": "Kenji Sato"}}


class TakeAtLevel3(TicketResource):
    """A specialist takes the ticket."""

    route, versioned = "ticket-level-3-take", True

    @extend_schema(
        operation_id="take_at_level_3", summary="Take the ticket at level 3", request=shapes.NothingIn,
        responses=shapes.TicketStaffOut,
        description="Agents of level 3 only. It goes back to whoever has it now. 409 `NO_ESCALATION` when nothing "
        "waits for level 3.",
        examples=[
            examples.sent("Nothing more to say", {}),
            examples.answered("With level 3", {**_STAFF, "level_3": _WITH, "version": 3, "routed_by": "level_3"}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        self.read(shapes.NothingIn)
        escalation.accept(ticket, by=request.user.agent, now=self.now)
        return self.show(ticket.pk)


class DeclineLevel3(TicketResource):
    """The ticket stays where it is."""

    route, versioned = "ticket-level-3-decline", True

    @extend_schema(
        operation_id="decline_level_3", summary="Decline level 3", request=shapes.EscalateIn,
        responses=shapes.TicketStaffOut, description="A customer who asked reads the reason.",
        examples=[
            examples.sent("Why", {"reason": "The fix of yesterday covers this fault."}),
            examples.answered("Declined", {**_STAFF, "version": 3}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        escalation.decline(ticket, reason=self.read(shapes.EscalateIn)["reason"], by=request.user, now=self.now)
        return self.show(ticket.pk)


class HandBack(TicketResource):
    """Level 3 has found the cause."""

    route, versioned = "ticket-level-3-hand-back", True

    @extend_schema(
        operation_id="hand_back_from_level_3", summary="Hand the ticket back from level 3", request=shapes.HandBackIn,
        responses=shapes.TicketStaffOut,
        description="For the agent who took it, other specialists and team leads. The customer can read the reply.",
        examples=[
            examples.sent("What was found", {"answer": "The maker’s certificate had expired; it is renewed."}),
            examples.answered("Handed back", {**_STAFF, "version": 4}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        answer = self.read(shapes.HandBackIn)["answer"]
        escalation.return_ticket(ticket, answer=answer, by=request.user.agent, now=self.now)
        return self.show(ticket.pk)
