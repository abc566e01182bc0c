"""From hand to hand: take, pass on with a note, give back, end."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Agent, Contact, User
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from tickets.chat.domain import presence
from tickets.chat.domain.converting import into_ticket
from tickets.chat.domain.lines import NotYours, locked, record_event, refuse_over, save, text_of
from tickets.chat.models import Chat, ChatNote
from tickets.core.enums import ChatEnding, ChatEvent, ChatNoteKind, ChatState


class ChatTaken(Stale):
    """A colleague was faster."""

    code = "chat_taken"


class TooManyChats(DomainError):
    """The agent holds as many chats as one can answer well."""

    code = "too_many_chats"


@transaction.atomic
def accept(chat: Chat, *, by: Agent, now: datetime) -> Chat:
    """An agent takes a waiting chat; their own again changes nothing. Raises ChatTaken, TooManyChats, ChatOver."""
    presence.locked(by, now=now)
    chat = locked(chat)
    refuse_over(chat)
    if chat.agent_id == by.pk:
        return chat
    if chat.agent is not None:
        raise ChatTaken(_("%(name)s has accepted this chat. Select another one.") % {"name": chat.agent.name})
    _refuse_too_many(by)
    chat.state, chat.agent, chat.taken_at = ChatState.ACTIVE, by, chat.taken_at or now
    record_event(chat, ChatEvent.TAKEN, about=by.name, now=now)
    save(chat)
    return chat


@transaction.atomic
def transfer(chat: Chat, *, to: Agent | None, note: str, by: Agent, now: datetime) -> Chat:
    """Pass the chat to a colleague who takes chats, or back to the queue (None), with a note that only staff read."""
    if to is not None:
        presence.locked(to, now=now)
    chat = locked(chat)
    refuse_over(chat)
    if chat.agent_id != by.pk:
        raise NotYours(_("Only the agent assigned to this chat can transfer it."))
    text = text_of(note, field="note")
    if to is not None:
        if to.pk == by.pk:
            raise DomainError(
                _("This chat is already assigned to you. Select a colleague."), code="unchanged", field="to"
            )
        if to not in presence.agents_on(now):
            raise DomainError(
                _("%(name)s is not accepting chats. Select another colleague or the chat queue.") % {"name": to.name},
                code="not_there",
                field="to",
            )
        _refuse_too_many(to)
    ChatNote.objects.create(chat=chat, author=by.user, kind=ChatNoteKind.TRANSFER, body=text, created_at=now)
    chat.agent, chat.agent_read = to, 0
    if to is None:
        chat.state = ChatState.WAITING
        record_event(chat, ChatEvent.RETURNED, now=now)
    else:
        record_event(chat, ChatEvent.PASSED, about=to.name, now=now)
    save(chat)
    return chat


@transaction.atomic
def end_as_agent(chat: Chat, *, by: Agent, summary: str, now: datetime) -> Chat:
    """The agent ends the chat with a summary for the desk; the customer gets the transcript by mail.

    Refused while the customer's last line is unanswered: answer it, or make it a ticket.
    """
    chat = locked(chat)
    if not chat.is_open:
        return chat
    if chat.agent_id != by.pk:
        raise NotYours(_("Accept the chat before you end it."))
    if chat.asked_at is not None:
        raise DomainError(
            _("The customer is waiting for a reply. Reply, or turn the chat into a ticket."), code="response_owed"
        )
    text = text_of(summary, field="summary")
    ChatNote.objects.create(chat=chat, author=by.user, kind=ChatNoteKind.SUMMARY, body=text, created_at=now)
    end(chat, ChatEnding.AGENT, now=now)
    return chat


@transaction.atomic
def end_as_customer(chat: Chat, *, by: Contact, now: datetime) -> Chat:
    """The customer leaves. What nobody has answered goes on as a ticket: the answer comes by mail."""
    chat = locked(chat)
    if not chat.is_open:
        return chat
    if chat.asked_at is not None:
        into_ticket(chat, by=by.user, now=now)
    else:
        end(chat, ChatEnding.CUSTOMER, now=now)
    return chat


def end(chat: Chat, ending: ChatEnding, *, now: datetime) -> None:
    """End a locked chat whose last word is ours; the transcript follows by mail."""
    chat.state, chat.ending, chat.ended_at = ChatState.ENDED, ending, now
    record_event(chat, ChatEvent.ENDED, about=ending.value, now=now)
    save(chat)
    send_transcript(chat, to=chat.contact.user, now=now)


def send_transcript(chat: Chat, *, to: User, now: datetime) -> None:
    """Mail the lines so far to somebody of the chat; asked for twice without a new line it is sent once."""
    outbox.write(
        "chat_transcript",
        key=f"chat_transcript:{chat.pk}:{chat.lines_count}:{to.pk}",
        recipients=[to.pk],
        data={"chat": chat.pk, "until": chat.lines_count},
        now=now,
    )


def _refuse_too_many(agent: Agent) -> None:
    most = settings.CHATS_PER_AGENT
    if Chat.objects.held_by(agent).count() >= most:
        raise TooManyChats(
            ngettext(
                "%(name)s has %(count)s chat, which is the maximum. End or transfer one first.",
                "%(name)s has %(count)s chats, which is the maximum. End or transfer one first.",
                most,
            )
            % {"name": agent.name, "count": most}
        )
