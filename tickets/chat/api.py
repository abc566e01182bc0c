"""Chats over the API: the same verbs as on the pages. Notes of the desk are another table, which nothing here reads."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.lib.errors import DomainError
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import StrictInteger, StrictSerializer, StrictText, parameters
from sla.core.enums import Priority
from tickets.chat.domain import handling, talking
from tickets.chat.domain.availability import place_of
from tickets.chat.domain.converting import make_ticket
from tickets.chat.domain.lines import LONGEST_KEY, LONGEST_LINE
from tickets.chat.domain.wording import sentence
from tickets.chat.models import Chat, ChatLine
from tickets.core.api.examples import answered, sent
from tickets.core.api.shapes import NothingIn
from tickets.core.enums import ChatSide, ChatState


def _key() -> StrictText:
    return StrictText(
        max_length=LONGEST_KEY, required=False, help_text="Your name for the line: sent again, it stands once."
    )


class ChatIn(StrictSerializer):
    topic = StrictText(max_length=talking.LONGEST_TOPIC)
    body = StrictText(max_length=LONGEST_LINE, help_text="The first line; the response target counts from it.")
    key = _key()


class ChatLineIn(StrictSerializer):
    body = StrictText(max_length=LONGEST_LINE)
    key = _key()


class EndIn(StrictSerializer):
    summary = StrictText(max_length=LONGEST_LINE, required=False, help_text="For staff, who must give one.")


class ChatTicketIn(StrictSerializer):
    subject = StrictText(max_length=200, required=False)
    priority = StrictInteger(min_value=1, max_value=4, required=False)


class ChatOut(Shape):
    id = serializers.CharField()
    topic = serializers.CharField()
    state = serializers.ChoiceField(ChatState.choices)
    language = serializers.CharField()
    contact = NamedOut()
    agent = NamedOut(allow_null=True)
    place = serializers.IntegerField(allow_null=True, help_text="In the queue; 1 is next.")
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="Our target for the first answer.")
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    last_line = serializers.IntegerField(help_text="Number of the last line.")
    ticket = serializers.CharField(allow_null=True)


class ChatLineOut(Shape):
    number = serializers.IntegerField(help_text="1, 2, 3 … without a gap.")
    side = serializers.ChoiceField(ChatSide.choices)
    author = serializers.CharField(allow_null=True)
    body = serializers.CharField()
    created_at = serializers.DateTimeField()


CHAT = {
    "id": "Yk3…", "topic": "Scanner", "state": "waiting", "language": "en",
    "contact": {"id": 12, "name": "Marc Petit"}, "agent": None, "place": 1, "started_at": "2026-11-09T09:00:00Z",
    "due_at": "2026-11-09T12:00:00Z", "answered_at": None, "ended_at": None, "last_line": 1, "ticket": None,
}  # fmt: skip
LINE = {
    "number": 1, "side": "customer", "author": "Marc Petit", "body": "The scanner shows E7.",
    "created_at": "2026-11-09T09:00:00Z",
}  # fmt: skip


class ChatResource(Resource):
    """A resource that stands on chats: a customer's own, all of them for staff."""

    tag = "Chats"

    def find(self, key: str) -> Chat:
        chat = Chat.objects.visible_to(self.request.user, self.actor).for_page().filter(key=key).first()
        if chat is None:
            raise Http404
        return chat

    def show(self, key: str, *, status: int = 200, **headers: str) -> Response:
        return Response(chat_out(self.find(key)), status=status, headers=headers)


def chat_out(chat: Chat) -> dict[str, Any]:
    return {
        "id": chat.key, "topic": chat.topic, "state": chat.state, "language": chat.language,
        "contact": {"id": chat.contact_id, "name": chat.contact.name},
        "agent": {"id": chat.agent.pk, "name": chat.agent.name} if chat.agent else None,
        "place": place_of(chat), "started_at": chat.started_at, "due_at": chat.due_at,
        "answered_at": chat.answered_at, "ended_at": chat.ended_at, "last_line": chat.lines_count,
        "ticket": chat.ticket.number if chat.ticket else None,
    }  # fmt: skip


def line_out(line: ChatLine) -> dict[str, Any]:
    return {
        "number": line.number, "side": line.side, "author": line.author.name if line.author else None,
        "body": sentence(line) if line.event else line.body, "created_at": line.created_at,
    }  # fmt: skip


class Chats(ChatResource):
    """Your chats, newest first."""

    route = "chat-list"
    pagination_class = Cursor

    @extend_schema(
        operation_id="chats", summary="List chats", responses=ChatOut(many=True), examples=[answered("A chat", CHAT)]
    )
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        chats = Chat.objects.visible_to(request.user, self.actor).for_page()
        return Cursor().listing(chats, request, show=chat_out)

    @extend_schema(
        operation_id="start_chat", summary="Start a chat with its first line", request=ChatIn, responses={201: ChatOut},
        description="Refused with `chat_closed` and `opens_at` when nobody is there: open a ticket instead.",
        examples=[sent("A chat", {"topic": "Scanner", "body": "It shows E7."}), answered("Started", CHAT, 201)],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest) -> Response:
        parameters(request)
        values = self.read(ChatIn)
        chat = talking.start_chat(
            self.actor, topic=values["topic"], body=values["body"], key=values.get("key", ""), now=self.now
        )
        return self.show(chat.key, status=201, Location=reverse("api:chat-detail", args=[chat.key]))


class OneChat(ChatResource):
    """One chat."""

    route = "chat-detail"

    @extend_schema(
        operation_id="chat", summary="Read a chat", responses=ChatOut, examples=[answered("A chat", CHAT)]
    )  # fmt: skip
    def get(self, request: ApiRequest, key: str) -> Response:
        parameters(request)
        return self.show(key)


class Lines(ChatResource):
    """What is said."""

    route = "chat-lines"

    @extend_schema(
        operation_id="chat_lines", summary="Read the lines after a number", responses=ChatLineOut(many=True),
        parameters=[OpenApiParameter("after", int, description="Number of the last line you have; 0 reads all.")],
        examples=[answered("A line", LINE)],
    )  # fmt: skip
    def get(self, request: ApiRequest, key: str) -> Response:
        values = parameters(request, "after")
        chat = self.find(key)
        if self.actor is not None:
            talking.customer_is_there(chat, now=self.now)
        text = values.get("after", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise DomainError(_("“after” must be the number of a message."), code="bad_parameter", field="after")
        return Response([line_out(line) for line in talking.lines_after(chat, int(text))])

    @extend_schema(
        operation_id="say_in_chat", summary="Say something", request=ChatLineIn, responses={201: ChatLineOut},
        examples=[sent("A line", {"body": "It is red.", "key": "line-2"}), answered("Said", LINE, 201)],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, key: str) -> Response:
        parameters(request)
        chat, values = self.find(key), self.read(ChatLineIn)
        said: dict[str, Any] = {"body": values["body"], "key": values.get("key", ""), "now": self.now}
        if self.actor is not None:
            line = talking.say_as_customer(chat, by=self.actor, **said)
        else:
            line = talking.say_as_agent(chat, by=request.user.agent, **said)
        return Response(line_out(line), status=201)


class Take(ChatResource):
    """For staff."""

    route = "chat-take"

    @extend_schema(
        operation_id="take_chat", summary="Take a waiting chat", request=NothingIn, responses=ChatOut,
        examples=[sent("Take it", {}), answered("Taken", CHAT)],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, key: str) -> Response:
        parameters(request)
        chat = self.find(key)
        self.read(NothingIn)
        handling.accept(chat, by=request.user.agent, now=self.now)
        return self.show(key)


class End(ChatResource):
    """It is over."""

    route = "chat-end"

    @extend_schema(
        operation_id="end_chat", summary="End a chat", request=EndIn, responses=ChatOut,
        description="When a customer leaves with an open question, it becomes a ticket; `ticket` names it.",
        examples=[sent("A customer", {}), sent("Staff", {"summary": "Restarted."}), answered("Ended", CHAT)],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, key: str) -> Response:
        parameters(request)
        chat, values = self.find(key), self.read(EndIn)
        if self.actor is not None:
            handling.end_as_customer(chat, by=self.actor, now=self.now)
        else:
            handling.end_as_agent(chat, by=request.user.agent, summary=values.get("summary", ""), now=self.now)
        return self.show(key)


class IntoTicket(ChatResource):
    """It goes on as a ticket."""

    route = "chat-ticket"

    @extend_schema(
        operation_id="chat_into_ticket", summary="Make a chat a ticket", request=ChatTicketIn, responses=ChatOut,
        description="The response promise counts from the first line of the chat. Twice is once.",
        examples=[sent("A ticket", {"priority": 2}), answered("Done", {**CHAT, "ticket": "SUP-1042"})],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, key: str) -> Response:
        parameters(request)
        chat, values = self.find(key), self.read(ChatTicketIn)
        make_ticket(
            chat, by=request.user, now=self.now, subject=values.get("subject", ""),
            priority=Priority(values.get("priority", talking.USUAL_PRIORITY)),
        )  # fmt: skip
        return self.show(key)
