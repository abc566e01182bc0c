"""Acts on a ticket that customers do in one step."""

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.strict import parameters
from sla.core.enums import Priority
from tickets.core.api import examples, shapes
from tickets.core.api.base import TicketResource
from tickets.core.domain.conversation import reply_as_customer
from tickets.core.domain.lifecycle import WrongStatus, ask_for_priority, close_by_customer
from tickets.core.domain.locking import TicketClosed
from tickets.core.enums import Channel, Status


class Close(TicketResource):
    """It is done."""

    route, versioned = "ticket-close", True

    @extend_schema(
        operation_id="close_ticket", summary="Say that it is solved", responses=shapes.TicketOut,
        request=shapes.NothingIn, description="Its targets are no longer due. It can be reopened for seven days.",
        examples=[examples.sent("Nothing more to say", {}), examples.answered("Solved", {
            **examples.TICKET, "status": "solved", "turn": "done", "solved_at": "2026-11-09T10:00:00Z",
            "reopens_until": "2026-11-16T10:00:00Z", "next_due_at": None, "clocks": [], "version": 2,
        })],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        self.read(shapes.NothingIn)
        close_by_customer(ticket, by=request.user, now=self.now)
        return self.show(ticket.pk)


class Reopen(TicketResource):
    """It is not done after all."""

    route, versioned = "ticket-reopen", True

    @extend_schema(
        operation_id="reopen_ticket", summary="Bring a solved ticket back, with a message", request=shapes.ReopenIn,
        responses=shapes.TicketOut, description="The message starts a response target. For a closed ticket, send a "
        "message instead: it opens a follow-up.",
        examples=[
            examples.sent("Still there", {"message": "It happens again since this morning."}),
            examples.answered("Open again", {**examples.TICKET, "status": "open", "version": 5}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        values = self.read(shapes.ReopenIn)
        if ticket.status == Status.CLOSED:
            raise TicketClosed(_("This ticket is permanently closed. Send a message to open a follow-up ticket."))
        if ticket.status != Status.SOLVED:
            raise WrongStatus(_("Only a solved ticket can be reopened. Send a message instead."), status=ticket.status)
        reply_as_customer(ticket, body=values["message"], by=self.actor, channel=Channel.API, now=self.now)
        return self.show(ticket.pk)


class RequestPriority(TicketResource):
    """The customer finds another priority right."""

    route, versioned = "ticket-request-priority", True

    @extend_schema(
        operation_id="request_priority", summary="Ask for another priority", request=shapes.PriorityIn,
        responses=shapes.TicketOut, description="An agent decides. Until then, every target stays the same.",
        examples=[
            examples.sent("It got worse", {"priority": 1, "reason": "Now all 400 devices are locked out."}),
            examples.answered("Asked", {**examples.TICKET, "asked_priority": 1, "version": 2}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        values = self.read(shapes.PriorityIn)
        ask_for_priority(ticket, Priority(values["priority"]), reason=values["reason"], by=request.user, now=self.now)
        return self.show(ticket.pk)
