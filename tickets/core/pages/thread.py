"""The conversation of a ticket as one list in the order of time: messages, and what happened between them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from tickets.core.domain.history import sentence
from tickets.core.enums import PUBLIC_EVENTS, EventKind
from tickets.core.models import Message, Ticket, TicketEvent

# A page shows this many messages; the older ones are one click away.
SHOWN = 60
SHOWN_ALL = 2000


@dataclass(frozen=True)
class Happening:
    """One event in words; `actor` is empty when nobody did it, `number` names a ticket that it leads to."""

    at: datetime
    actor: str
    text: str
    kind: EventKind
    number: str = ""
    tells_itself: bool = False


@dataclass
class ThreadEntry:
    """Either a message or the events between two messages. `new_day` when it is the first of its local day."""

    at: datetime
    message: Message | None = None
    happenings: list[Happening] = field(default_factory=list)
    new_day: date | None = None


@dataclass(frozen=True)
class Thread:
    entries: list[ThreadEntry]
    earlier: bool
    last_message: Message | None

    @property
    def follow_ups(self) -> list[str]:
        """The numbers of the tickets that were opened after this one was closed."""
        return self._named(EventKind.FOLLOWED_UP)

    @property
    def merged(self) -> list[str]:
        """The numbers of the tickets that became part of this one."""
        return self._named(EventKind.MERGED)

    def may_tell(self, kind: EventKind) -> bool:
        """False when nothing of this kind ever happened: then nobody has to look for what it left behind."""
        return self.earlier or any(said.kind == kind for entry in self.entries for said in entry.happenings)

    def _named(self, kind: EventKind) -> list[str]:
        return [said.number for entry in self.entries for said in entry.happenings if said.kind == kind]


def thread_of(ticket: Ticket, *, everything: bool = False) -> Thread:
    """The thread with its files and public events; three queries, however long it is."""
    limit = SHOWN_ALL if everything else SHOWN
    newest = (
        ticket.messages.select_related("author", "quote").prefetch_related("attachments").order_by("-created_at", "-pk")
    )
    rows = list(newest[: limit + 1])
    earlier, messages = len(rows) > limit, list(reversed(rows[:limit]))
    events = ticket.events.filter(kind__in=sorted(PUBLIC_EVENTS)).select_related("actor").order_by("-created_at", "-pk")
    if earlier:
        events = events.filter(created_at__gte=messages[0].created_at)
    happened = [event for event in reversed(events[:500]) if event.kind != EventKind.OPENED]
    return Thread(entries=_merged(messages, happened), earlier=earlier, last_message=messages[-1] if messages else None)


def _merged(messages: list[Message], events: list[TicketEvent]) -> list[ThreadEntry]:
    """One list; neighbouring events share an entry; the first entry of each local day carries the day."""
    # A message comes before what it caused in the same moment.
    items = sorted([(m.created_at, 0, m.pk, m) for m in messages] + [(e.created_at, 1, e.pk, e) for e in events])
    entries: list[ThreadEntry] = []
    day: date | None = None
    for at, _order, _pk, item in items:
        local_day = timezone.localtime(at).date()
        opens_day = local_day != day
        day = local_day
        if isinstance(item, Message):
            entries.append(ThreadEntry(at=at, message=item, new_day=local_day if opens_day else None))
            continue
        if opens_day or not entries or entries[-1].message:
            entries.append(ThreadEntry(at=at, new_day=local_day if opens_day else None))
        actor = item.actor.name if item.actor else ""
        entries[-1].happenings.append(
            Happening(
                at=at,
                actor=actor,
                text=sentence(item),
                kind=EventKind(item.kind),
                number=_other(item),
                tells_itself=item.tells_itself,
            )
        )
    return entries


def _other(event: TicketEvent) -> str:
    """The ticket that an event leads to; a moved due moment names a merged ticket in its words already."""
    leads = event.kind in {EventKind.FOLLOWED_UP, EventKind.MERGED, EventKind.MERGED_INTO}
    return str(event.data["number"]) if leads else ""
