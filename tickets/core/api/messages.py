"""The conversation on a ticket. Internal notes are another table, which nothing here reads."""

from functools import partial
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.strict import parameters
from tickets.core.api import examples, rows, shapes
from tickets.core.api.base import TicketResource
from tickets.core.api.tickets import either
from tickets.core.domain.check_ins import send_check_in
from tickets.core.domain.conversation import ReplyDetails, reply_as_agent, reply_as_customer
from tickets.core.enums import Channel, MessageKind, Status
from tickets.core.models import Message, Ticket


class Messages(TicketResource):
    """What was said, oldest first, and saying more."""

    route, versioned, tag = "ticket-messages", True, "Messages"
    pagination_class = Cursor

    @extend_schema(
        operation_id="messages", summary="Read the conversation", responses=shapes.MessageOut(many=True),
        examples=[examples.answered("A message", examples.MESSAGE)],
    )  # fmt: skip
    def get(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.find(number)
        messages = Message.objects.filter(ticket=ticket).select_related("author").prefetch_related("attachments")
        show = partial(rows.message_out, files=rows.file_address())
        return Cursor().listing(messages, request, show=show, order="created_at")

    @extend_schema(
        operation_id="send_message", summary="Write on a ticket",
        description="A customer’s message starts a response target; a message from staff ends it. On a closed ticket a "
        "customer's message opens a follow-up ticket, on a merged one it goes to the other ticket; `ticket` names "
        "it. Staff's check-ins have four `parts` where the tier has enhanced check-ins.",
        request=either("NewMessage", shapes.MessageIn, shapes.MessageStaffIn),
        responses={201: shapes.MessageOut},
        examples=[
            examples.sent("A customer", {"body": "It is Android 16.", "attachments": []}),
            examples.sent("Staff", {"body": "Restart it once more.", "status_after": "waiting", "seen_message": 96}),
            examples.sent("An enhanced check-in", {"kind": "check_in", "parts": examples.PARTS}),
            examples.answered("Sent", examples.MESSAGE, 201),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        ticket = self.held(number)
        message = self._as_staff(ticket) if self.staff else self._as_customer(ticket)
        return Response(rows.message_out(message, files=rows.file_address()), status=201)

    def _as_customer(self, ticket: Ticket) -> Message:
        values = self.read(shapes.MessageIn)
        return reply_as_customer(
            ticket, body=values["body"], by=self.actor, channel=Channel.API, now=self.now,
            attachments=self.uploads(values.get("attachments", [])), seen_message=values.get("seen_message"),
        )  # fmt: skip

    def _as_staff(self, ticket: Ticket) -> Message:
        values: dict[str, Any] = self.read(shapes.MessageStaffIn)
        after = values.get("status_after")
        details = ReplyDetails(
            channel=Channel.API, seen_message=values.get("seen_message"),
            attachments=self.uploads(values.get("attachments", [])),
        )  # fmt: skip
        said: dict[str, Any] = {
            "by": self.request.user, "now": self.now, "status_after": Status(after) if after else None,
            "details": details,
        }  # fmt: skip
        if values.get("kind") == MessageKind.CHECK_IN:
            return send_check_in(ticket, parts=values.get("parts"), body=values.get("body", ""), **said)
        return reply_as_agent(ticket, body=values["body"], **said)
