"""A chat becomes a ticket: its lines as messages, its promise counted from the customer's first line."""

from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from sla.core.domain import clocks
from sla.core.enums import ClockKind, Priority, StartCause
from tickets.chat.domain.lines import NotYours, locked, record_event, save
from tickets.chat.models import Chat, ChatLine
from tickets.core.domain import clocks as promises
from tickets.core.domain.history import record, sentence_for
from tickets.core.domain.lifecycle import move
from tickets.core.domain.locking import touch
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.enums import (
    AuthorKind,
    Channel,
    ChatEnding,
    ChatEvent,
    ChatSide,
    ChatState,
    EventKind,
    LanguageChoice,
    RoutedBy,
    Status,
)
from tickets.core.models import InternalNote, Message, Ticket

# Lines of one person within so much belong to one message.
LONGEST_PAUSE = 600


@transaction.atomic
def make_ticket(
    chat: Chat, *, by: User, now: datetime, subject: str = "", priority: Priority = Priority.MEDIUM
) -> Ticket:
    """The customer, or the agent who has the chat, makes it a ticket, where the conversation goes on.

    Twice is once: the ticket there is is returned. A chat that ended without a ticket may still become one.
    """
    chat = locked(chat)
    if chat.ticket is not None:
        return chat.ticket
    is_customer = by.pk == chat.contact.user_id
    if not is_customer and (chat.agent is None or chat.agent.user_id != by.pk):
        raise NotYours(_("Accept the chat before you turn it into a ticket."))
    return into_ticket(chat, by=by, now=now, subject=subject, priority=priority)


def into_ticket(
    chat: Chat, *, by: User | None, now: datetime, subject: str = "", priority: Priority = Priority.MEDIUM
) -> Ticket:
    """Make a locked chat a ticket; `by` None: a job does it, for the customer.

    The response clock starts with the customer's first line. It stops with the agent's first line, or, when an agent
    opens the ticket in the conversation without having written, now. What the customer wrote since our last line
    starts the next one at that line.
    """
    lines = list(chat.lines.exclude(side=ChatSide.SYSTEM).select_related("author"))
    blocks = _blocks(lines)
    by_agent = by is not None and by.pk != chat.contact.user_id
    new = OpenTicket(
        requester=chat.contact,
        subject=(subject.strip() or chat.topic)[:200],
        body=blocks[0].body,
        priority=priority,
        channel=Channel.CHAT,
        asked_at=chat.started_at,
        language_choice=LanguageChoice.ENGLISH if chat.language == "en" else LanguageChoice.OWN,
        region=chat.region,
    )
    ticket = open_ticket(new, by=by or chat.contact.user, now=now)
    for block in blocks[1:]:
        block.ticket = ticket
    Message.objects.bulk_create(blocks[1:])
    notes = [
        InternalNote(ticket=ticket, author_id=note.author_id, body=note.body, created_at=note.created_at)
        for note in chat.notes.all()
    ]
    InternalNote.objects.bulk_create(notes)
    answered_at = chat.answered_at or (now if by_agent else None)
    if answered_at is not None:
        _end_response(ticket, chat, answered_at=answered_at, by=by, now=now)
    if ticket.assignee is None and chat.agent is not None:
        ticket.assignee, ticket.routed_by = chat.agent, RoutedBy.AGENT
        record(ticket, EventKind.ASSIGNED, by=by, now=now, to=chat.agent.name, routed_by=RoutedBy.AGENT)
    record(ticket, EventKind.CHAT, by=by, now=now, lines=len(lines), chat=chat.key)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    if chat.is_open:
        chat.state, chat.ending, chat.ended_at = ChatState.ENDED, ChatEnding.TICKET, now
    chat.ticket, chat.asked_at = ticket, None
    record_event(chat, ChatEvent.TICKET, about=ticket.number, now=now)
    save(chat)
    return ticket


def _end_response(ticket: Ticket, chat: Chat, *, answered_at: datetime, by: User | None, now: datetime) -> None:
    """The answer was given in the chat: the promise of the first line ends there, and what came after has its own."""
    writer = chat.agent.user if chat.agent else by
    first = clocks.running_clocks(ticket.pk).get(ClockKind.RESPONSE)
    if first is not None:
        clocks.stop(first, by=writer, now=answered_at)
    move(ticket, Status.OPEN, by=by, now=now)
    if chat.answered_at is not None and chat.asked_at is not None:
        promises.start(ticket, ClockKind.RESPONSE, cause=StartCause.CHAT, by=chat.contact.user, now=chat.asked_at)


def _blocks(lines: list[ChatLine]) -> list[Message]:
    """What one side said without a longer pause, as one message with its true author and time."""
    blocks: list[Message] = []
    for (side, _author), group in groupby(lines, key=lambda line: (line.side, line.author_id)):
        for line in group:
            last = blocks[-1] if blocks else None
            if (
                last is not None
                and last.author_id == line.author_id
                and (line.created_at - last.created_at).total_seconds() <= LONGEST_PAUSE
            ):
                last.body = f"{last.body}\n\n{line.body}"
                continue
            blocks.append(
                Message(
                    author=line.author,
                    author_kind=AuthorKind.AGENT if side == ChatSide.AGENT else AuthorKind.CUSTOMER,
                    channel=Channel.CHAT,
                    body=line.body,
                    created_at=line.created_at,
                )
            )
    return blocks


def transcript(chat: Chat, *, until: int) -> list[ChatLine]:
    """The lines up to number `until` that people wrote."""
    return list(chat.lines.filter(number__lte=until).exclude(side=ChatSide.SYSTEM).select_related("author"))


@sentence_for(EventKind.CHAT)
def came_from_chat(data: dict[str, object]) -> str:
    count = int(str(data.get("lines", 0)))
    return ngettext(
        "created the ticket from a chat of %(count)s message",
        "created the ticket from a chat of %(count)s messages",
        count,
    ) % {"count": count}
