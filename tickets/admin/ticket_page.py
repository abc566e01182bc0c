"""Everything the ticket page shows, gathered in a bounded number of statements."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone

from accounts.models import Agent
from portal.lib.durations import say_duration
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from portal.lib.submissions import new_token
from sla.business_time import NoOpenTime
from sla.domain.explanation import DoesNotAddUp, explain_clock
from sla.domain.wording import Line, lines
from sla.enums import ClockEventKind, ClockKind, Priority
from sla.models import Clock, ClockEvent
from tickets.admin import context_card
from tickets.admin.forms import NoteForm, ReplyForm, moves
from tickets.domain.history import sentence
from tickets.domain.preview import PriorityChange
from tickets.enums import AuthorKind, EventKind
from tickets.models import Attachment, Ticket
from tickets.models.ticket import PREFIX, ticket_pk

logger = logging.getLogger(__name__)

# No database holds a larger key.
MOST_PK = 10**15

# Said by the message or the note itself.
SAID_ELSEWHERE = frozenset({EventKind.MESSAGE, EventKind.NOTE})


@dataclass(frozen=True)
class Entry:
    """One item of the thread: `kind` is message, note or event."""

    kind: str
    at: datetime
    item: Any
    text: str = ""
    is_latest: bool = False


@dataclass(frozen=True)
class Promise:
    """One clock with its derivation in words; no lines for a clock that has ended, except the last response."""

    clock: Clock
    lines: list[Line]
    cannot_explain: bool = False


def find(request: PortalRequest, number: str) -> Ticket:
    """The ticket behind `SUP-1042` (or a row's own key, as the admin's links have it); 404 for anything else."""
    pk = ticket_pk(number) if number.upper().startswith(PREFIX) else (int(number) if number.isdigit() else None)
    tickets = Ticket.objects.visible_to(request.user).for_detail().select_related("assignee__user")
    ticket = tickets.filter(pk=pk).first() if pk and pk < MOST_PK else None
    if ticket is None:
        raise Http404
    ticket.requester.account = ticket.account
    return ticket


def context(
    request: PortalRequest,
    ticket: Ticket,
    *,
    now: datetime,
    reply: ReplyForm | None = None,
    note: NoteForm | None = None,
    refusal: DomainError | str | None = None,
    uploads: list[Attachment] | None = None,
    preview: PriorityChange | None = None,
) -> dict[str, Any]:
    """What the template needs; forms come back filled in after a refusal."""
    messages = list(ticket.messages.select_related("author").prefetch_related("attachments"))
    notes = list(ticket.notes.select_related("author"))
    events = list(ticket.events.select_related("actor"))
    clocks = list(ticket.clocks.select_related("calendar__region").order_by("-pk")[:20])
    running = sorted((clock for clock in clocks if clock.is_running), key=lambda clock: (clock.due_at, clock.pk))
    ticket.running_clocks = running  # type: ignore[attr-defined]
    seen = max((message.pk for message in messages if message.author_kind == AuthorKind.CUSTOMER), default=0)
    newest = max((message.pk for message in messages), default=0)
    show = "conversation" if request.GET.get("show") == "conversation" else "all"
    return {
        "title": f"{ticket.number} {ticket.subject}",
        "ticket": ticket,
        "now": now,
        "agent": request.user.agent,
        "refusal": refusal,
        "newer_message": _newer(refusal, messages),
        "thread": _thread(messages, notes, events if show == "all" else [], newest=newest),
        "show": show,
        "history": [(event, sentence(event)) for event in reversed(events)],
        "promises": promises(running, clocks, now=now),
        "past_clocks": [clock for clock in clocks if not clock.is_running],
        "check_in": next((clock for clock in running if clock.kind == ClockKind.CHECK_IN), None),
        "response": next((clock for clock in running if clock.kind == ClockKind.RESPONSE), None),
        "reply_form": _with_seen(reply, seen) if reply else ReplyForm(ticket=ticket, initial={"seen": seen}),
        "note_form": note or NoteForm(),
        "uploads": uploads or [],
        "token": new_token(),
        "moves": moves(ticket),
        "priorities": list(Priority),
        "asked": Priority(ticket.asked_priority) if ticket.asked_priority else None,
        "asked_why": next((e.data["reason"] for e in reversed(events) if e.kind == EventKind.PRIORITY_ASKED), ""),
        "preview": preview,
        "agents": list(Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name")[:200]),
        "followers": list(ticket.followers.select_related("contact__user")),
        **context_card.context(ticket, running=running, now=now),
    }


def promises(running: list[Clock], clocks: list[Clock], *, now: datetime) -> list[Promise]:
    """The running promises, and the last response when none runs, each with its derivation."""
    shown = list(running)
    if not any(clock.kind == ClockKind.RESPONSE for clock in running):
        last = next((clock for clock in clocks if clock.kind == ClockKind.RESPONSE), None)
        shown += [last] if last else []
    changes: dict[int, list[ClockEvent]] = {clock.pk: [] for clock in shown}
    for event in ClockEvent.objects.filter(clock__in=changes, kind=ClockEventKind.DUE_CHANGED):
        changes[event.clock_id].append(event)
    return [_explained(clock, changes[clock.pk], now=now) for clock in shown]


def _explained(clock: Clock, events: list[ClockEvent], *, now: datetime) -> Promise:
    try:
        explanation = explain_clock(clock, events)
    except (DoesNotAddUp, NoOpenTime):
        # A calendar that was edited since; never shown as if it were right, and never in the way of the work.
        logger.exception("clock.unexplained", extra={"clock_id": clock.pk})
        return Promise(clock, [], cannot_explain=True)
    return Promise(clock, lines(explanation, now=now, zone_name=timezone.get_current_timezone_name()))


def margin(clock: Clock) -> str:
    """By how much an ended clock was in time, or late."""
    stopped = clock.stopped_at or clock.due_at
    return say_duration(abs(clock.due_at - stopped) or timedelta(seconds=1))


def _thread(messages: list[Any], notes: list[Any], events: list[Any], *, newest: int) -> list[Entry]:
    entries = [Entry("message", m.created_at, m, is_latest=m.pk == newest) for m in messages]
    entries += [Entry("note", n.created_at, n) for n in notes]
    entries += [Entry("event", e.created_at, e, sentence(e)) for e in events if e.kind not in SAID_ELSEWHERE]
    # What happened in one moment: the event stands above the words it belongs to.
    order = {"event": 0, "message": 1, "note": 2}
    return sorted(entries, key=lambda entry: (entry.at, order[entry.kind], entry.item.pk))


def _newer(refusal: DomainError | str | None, messages: list[Any]) -> Any:
    wanted = refusal.metadata.get("message") if isinstance(refusal, DomainError) else None
    return next((message for message in messages if message.pk == wanted), None)


def _with_seen(form: ReplyForm, seen: int) -> ReplyForm:
    """The form again, now that the reader sees the newest message: the next press sends anyway."""
    data: Any = dict(form.data.items())
    data["seen"] = str(seen)
    form.data = data
    return form
