"""Everything the ticket page shows, gathered in a bounded number of statements."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.core.domain.entitlements import Entitlements
from accounts.models import Agent, Contact, Region
from portal.lib import drafts
from portal.lib.durations import say_duration, shown_margin
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from portal.lib.notice import Notice
from sla.business_time import NoOpenTime
from sla.core.domain.coming import coming_check_ins
from sla.core.domain.explanation import DoesNotAddUp, explain_clock
from sla.core.domain.wording import Line, lines
from sla.core.enums import ClockEventKind, ClockKind, Priority
from sla.models import Clock, ClockEvent
from tickets.core.desk import context_card
from tickets.core.desk.forms import CheckInForm, NoteForm, ReplyForm, moves
from tickets.core.domain.check_ins import has_parts, next_update
from tickets.core.domain.clocks import may_choose_language
from tickets.core.domain.conversation import NewerMessage
from tickets.core.domain.history import sentence
from tickets.core.domain.preview import Consequence
from tickets.core.domain.routing_words import last_routing
from tickets.core.enums import EventKind, LanguageChoice
from tickets.core.models import Attachment, InternalNote, Message, Ticket, TicketEvent
from tickets.core.models.ticket import PREFIX, ticket_pk
from tickets.level_3.desk import level_3_card
from tickets.mail.desk.deliveries import deliveries_of
from tickets.workarounds.domain import may_have_workaround, workaround_of

# A form with the newest message that its writer had read.
Written = TypeVar("Written", ReplyForm, CheckInForm)

logger = logging.getLogger(__name__)

# No database holds a larger key.
MOST_PK = 10**15
# The forms in which an agent writes on the page: routes of their acts.
COMPOSERS = ("reply", "check_in", "note")

MOST_COLLEAGUES = 300

# Said by the message or the note itself.
SAID_ELSEWHERE = frozenset({EventKind.MESSAGE, EventKind.NOTE})


@dataclass(frozen=True)
class ThreadEntry:
    """One item of the thread: `kind` is message, note or event."""

    kind: str
    at: datetime
    item: Any
    text: str = ""
    is_latest: bool = False
    mailed: Sequence[Notice] = ()


@dataclass(frozen=True)
class Promise:
    """One clock with its derivation in words; no lines for a clock that has ended, except the last response."""

    clock: Clock
    lines: list[Line]
    cannot_explain: bool = False


@dataclass(frozen=True, kw_only=True)
class Unsent:
    """What an agent wrote that was not accepted: the forms as they were sent, and the files that are stored already."""

    reply: ReplyForm | None = None
    note: NoteForm | None = None
    check_in: CheckInForm | None = None
    uploads: Sequence[Attachment] = ()


@dataclass(frozen=True)
class _Rows:
    """The rows of the ticket, each of which several parts of the page show; of clocks the newest."""

    messages: list[Message]
    notes: list[InternalNote]
    events: list[TicketEvent]
    clocks: list[Clock]

    @cached_property
    def running(self) -> list[Clock]:
        return sorted((clock for clock in self.clocks if clock.is_running), key=lambda clock: (clock.due_at, clock.pk))

    def running_clock(self, kind: ClockKind) -> Clock | None:
        return next((clock for clock in self.running if clock.kind == kind), None)

    @property
    def newest_message(self) -> int:
        return max((message.pk for message in self.messages), default=0)

    def has(self, kind: EventKind) -> bool:
        return any(event.kind == kind for event in self.events)


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
    unsent: Unsent | None = None,
    refusal: DomainError | str | None = None,
    preview: Consequence | None = None,
) -> dict[str, Any]:
    """What the template needs; forms come back filled in after a refusal."""
    unsent = unsent or Unsent()
    rows = _rows_of(ticket)
    ticket.running_clocks = rows.running  # type: ignore[attr-defined]
    beside = context_card.context(ticket, running=rows.running, now=now)
    entitlements = beside["entitlements"]
    return {
        "title": f"{ticket.number} {ticket.subject}",
        "ticket": ticket,
        "now": now,
        "agent": request.user.agent,
        "refusal": refusal,
        "held": isinstance(refusal, NewerMessage),
        "newer_message": _newer(refusal, rows.messages, "message_id"),
        "newer_note": _newer(refusal, rows.notes, "note_id"),
        "mode": request.GET.get("mode", ""),
        "back": request.GET.get("back", "") or request.POST.get("back", ""),
        "preview": preview,
        **_conversation(request, ticket, rows),
        **_clocks(rows, now=now),
        **_forms(request, ticket, rows, unsent, entitlements=entitlements, now=now),
        **_asked(ticket, rows),
        **_choices(ticket, entitlements),
        "may_have_workaround": may_have_workaround(ticket),
        "workaround": workaround_of(ticket) if rows.has(EventKind.WORKAROUND) else None,
        **level_3_card.context(ticket, entitlements),
        **beside,
    }


def _rows_of(ticket: Ticket) -> _Rows:
    return _Rows(
        messages=list(ticket.messages.select_related("author", "quote").prefetch_related("attachments")),
        notes=list(ticket.notes.select_related("author")),
        events=list(ticket.events.select_related("actor")),
        clocks=list(ticket.clocks.select_related("calendar__region").order_by("-pk")[:20]),
    )


def _conversation(request: PortalRequest, ticket: Ticket, rows: _Rows) -> dict[str, Any]:
    """The thread, with or without what happened in between, and the whole history."""
    show = "conversation" if request.GET.get("show") == "conversation" else "all"
    events = rows.events if show == "all" else []
    return {
        "thread": _thread(rows.messages, rows.notes, events, deliveries_of(ticket), newest=rows.newest_message),
        "show": show,
        "history": [(event, sentence(event)) for event in reversed(rows.events)],
        "routed": last_routing(rows.events),
    }


def _clocks(rows: _Rows, *, now: datetime) -> dict[str, Any]:
    """What runs, what has ended, and the check-ins that come."""
    check_in = rows.running_clock(ClockKind.CHECK_IN)
    return {
        "promises": promises(rows.running, rows.clocks, now=now),
        "past_clocks": [clock for clock in rows.clocks if not clock.is_running],
        "check_in": check_in,
        "coming": coming_check_ins(check_in, now=now) if check_in else [],
        "response": rows.running_clock(ClockKind.RESPONSE),
    }


def _forms(
    request: PortalRequest,
    ticket: Ticket,
    rows: _Rows,
    unsent: Unsent,
    *,
    entitlements: Entitlements,
    now: datetime,
) -> dict[str, Any]:
    """What an agent writes in: as it was sent, or empty, or as it was kept while they were elsewhere."""
    kept = _kept(request, ticket)
    seen = {"seen": rows.newest_message, "seen_note": max((note.pk for note in rows.notes), default=0)}
    enhanced = ticket.is_live and has_parts(entitlements)
    is_due = rows.running_clock(ClockKind.CHECK_IN) and not rows.running_clock(ClockKind.RESPONSE)
    reply, check_in = unsent.reply, unsent.check_in
    return {
        "enhanced": enhanced,
        "check_in_form": _check_in_form(ticket, check_in, entitlements, seen=seen | kept["check_in"], now=now)
        if check_in or (enhanced and is_due)
        else None,
        "check_in_bound": check_in is not None,
        "reply_form": _with_seen(reply, seen) if reply else ReplyForm(ticket=ticket, initial=seen | kept["reply"]),
        "note_form": unsent.note or NoteForm(initial=kept["note"]),
        "uploads": unsent.uploads,
    }


def _asked(ticket: Ticket, rows: _Rows) -> dict[str, Any]:
    """What the customer or colleagues did that the page names: the priority they asked for, tickets merged into it."""
    asked = (event.data["reason"] for event in reversed(rows.events) if event.kind == EventKind.PRIORITY_ASKED)
    return {
        "asked": Priority(ticket.asked_priority) if ticket.asked_priority else None,
        "asked_why": next(asked, ""),
        "merged": [event.data["number"] for event in rows.events if event.kind == EventKind.MERGED],
    }


def _choices(ticket: Ticket, entitlements: Entitlements) -> dict[str, Any]:
    """What the forms beside the thread offer."""
    return {
        "moves": moves(ticket),
        "priorities": list(Priority),
        "agents": list(Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name")[:200]),
        "followers": list(ticket.followers.select_related("contact__user")),
        "regions": list(Region.objects.filter(calendar__isnull=False).order_by("name_en")) if ticket.is_live else [],
        "language_choices": _language_choices(ticket, entitlements),
        "colleagues": _colleagues(ticket),
    }


def _kept(request: PortalRequest, ticket: Ticket) -> dict[str, Any]:
    """What the agent was writing here, by form. Other acts on the page keep it; sending it does not."""
    places = {name: reverse(f"admin:tickets_ticket_{name}", args=[ticket.number]) for name in COMPOSERS}
    found = drafts.of(request.user, None, list(places.values()))
    return {name: found[place].fields if place in found else {} for name, place in places.items()}


def _check_in_form(
    ticket: Ticket, form: CheckInForm | None, entitlements: Entitlements, *, seen: dict[str, Any], now: datetime
) -> CheckInForm:
    """As it was sent, or empty with the moment by which we promise the update after this one."""
    if form:
        return _with_seen(form, seen)
    return CheckInForm(initial={"next_at": next_update(ticket, entitlements, now=now), **seen})


def _language_choices(ticket: Ticket, entitlements: Entitlements) -> list[LanguageChoice]:
    """Both, where the requester has the choice."""
    has_it = ticket.is_live and may_choose_language(entitlements, ticket.requester.user.language)
    return list(LanguageChoice) if has_it else []


def _colleagues(ticket: Ticket) -> list[Contact]:
    """Who could follow: active contacts of the account, without those who hear of the ticket already."""
    people = Contact.objects.active().filter(account=ticket.account_id).exclude(pk=ticket.requester_id)
    people = people.exclude(following__ticket=ticket).select_related("user").order_by("user__name", "pk")
    return list(people[:MOST_COLLEAGUES])


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
    return say_duration(shown_margin(clock.due_at, stopped) or timedelta(seconds=1))


def _thread(
    messages: list[Any], notes: list[Any], events: list[Any], mailed: dict[int, list[Notice]], *, newest: int
) -> list[ThreadEntry]:
    entries = [
        ThreadEntry("message", m.created_at, m, is_latest=m.pk == newest, mailed=mailed.get(m.pk, ())) for m in messages
    ]
    entries += [ThreadEntry("note", n.created_at, n) for n in notes]
    entries += [ThreadEntry("event", e.created_at, e, sentence(e)) for e in events if e.kind not in SAID_ELSEWHERE]
    # What happened in one moment: the event stands above the words it belongs to.
    order = {"event": 0, "message": 1, "note": 2}
    return sorted(entries, key=lambda entry: (entry.at, order[entry.kind], entry.item.pk))


def _newer(refusal: DomainError | str | None, rows: list[Any], named: str) -> Any:
    """What was written meanwhile, when that is why the answer was held back."""
    wanted = refusal.metadata.get(named) if isinstance(refusal, DomainError) else None
    return next((row for row in rows if row.pk == wanted), None)


def _with_seen(form: Written, seen: dict[str, Any]) -> Written:
    """The form again, now that the reader sees the newest words: the next press sends anyway."""
    data: Any = dict(form.data.items())
    form.data = data | {name: str(seen[name]) for name in ("seen", "seen_note")}
    return form
