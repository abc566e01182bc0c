"""Workarounds by program: staff record and withdraw one, customers say that it does not work."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.strict import parameters
from tickets.core.api import examples, shapes
from tickets.core.api.base import TicketResource
from tickets.core.enums import Channel
from tickets.workarounds.domain import record_workaround, reject_workaround, withdraw_workaround

WORKAROUND = {
    "id": 7, "description": "Start the kiosks from the USB stick in the drawer.",
    "recorded_at": "2026-11-09T10:00:00Z", "recorded_by": "Léa Fontaine",
}  # fmt: skip
P1 = {**examples.TICKET, "priority": 1}


class RecordWorkaround(TicketResource):
    """How the customer can go on meanwhile."""

    route, versioned = "ticket-workaround", True

    @extend_schema(
        operation_id="record_workaround", summary="Record a workaround of a P1 or P2", request=shapes.WorkaroundIn,
        responses=shapes.TicketStaffOut,
        description="It replaces one that is in place. The customer is notified; targets and check-ins go on.",
        examples=[
            examples.sent("A way round it", {"description": WORKAROUND["description"]}),
            examples.answered("In place", {
                **P1, "version": 2, "workaround": WORKAROUND, "account": {"id": 3, "name": "Acme"},
                "requester_email": "marc@acme.example", "routed_by": "match",
            }),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        description = self.read(shapes.WorkaroundIn)["description"]
        record_workaround(ticket, description=description, by=request.user, now=self.now)
        return self.show(ticket.pk)


class WithdrawWorkaround(TicketResource):
    """It was wrong, or does harm."""

    route, versioned = "ticket-workaround-withdraw", True

    @extend_schema(
        operation_id="withdraw_workaround", summary="Withdraw the workaround", request=shapes.NothingIn,
        responses=shapes.TicketStaffOut, description="The customer is notified. 409 `NO_WORKAROUND` without one.",
        examples=[
            examples.sent("Nothing more to say", {}),
            examples.answered("None in place", {
                **P1, "version": 3, "account": {"id": 3, "name": "Acme"}, "requester_email": "marc@acme.example",
                "routed_by": "match",
            }),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        self.read(shapes.NothingIn)
        withdraw_workaround(ticket, by=request.user, now=self.now)
        return self.show(ticket.pk)


class RejectWorkaround(TicketResource):
    """The customer finds that it does not work."""

    route, versioned = "ticket-workaround-reject", True

    @extend_schema(
        operation_id="reject_workaround", summary="Say that the workaround does not work",
        request=shapes.RejectWorkaroundIn, responses=shapes.TicketOut,
        description="The reason becomes a message, which needs our reply within its target. 409 `NO_WORKAROUND` when "
        "the workaround has ended, `WORKAROUND_CHANGED` when another one has replaced it.",
        examples=[
            examples.sent("It does not work", {"workaround": 7, "reason": "The stick is not recognised."}),
            examples.answered("None in place", {**P1, "status": "open", "version": 3}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        values = self.read(shapes.RejectWorkaroundIn)
        reject_workaround(
            ticket, workaround=values["workaround"], reason=values["reason"], by=self.actor, channel=Channel.API,
            now=self.now,
        )  # fmt: skip
        return self.show(ticket.pk)
