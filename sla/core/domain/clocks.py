"""Starts, stops and recounts the clocks of a ticket. Callers hold the ticket's row lock and their transaction is open.

Whoever stops or changes a clock settles it first: a clock that is already past due is flagged overdue, with the due
moment as its time, before anything else happens to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Min

from accounts.models import User
from portal.lib.bulk import rewrite
from sla.core.domain.calendars import calendar_snapshot
from sla.core.domain.due_calculation import DueCalculation, calculation_for, status_update, stored_calculation
from sla.core.domain.sweep import flag
from sla.core.domain.terms import Terms
from sla.core.enums import ChangeCause, ClockEventKind, ClockKind, Coverage, Outcome, StartCause
from sla.core.models import Calendar, Clock, ClockEvent


class Rule(StrEnum):
    """How a change bears on a clock that runs (semantics §3)."""

    EARLIER = "earlier"  # the earlier of the present due and the moment of change + the new target
    FROM_START = "from_start"  # counted anew from the clock's own start
    SAME_TIME = "same_time"  # the same time from the same moment, in other hours
    KEEP = "keep"  # the promise stays; only the history tells of the change


@dataclass(frozen=True)
class Change:
    """What changed, from when on it counts, and who did it. `detail` holds JSON values for the explanation.

    Of a change that is dated back `at` is when it was entered, and `detail["dated_at"]` the moment that it names.
    """

    cause: ChangeCause
    at: datetime
    by: User | None
    detail: dict[str, Any] = field(default_factory=dict)


class ClockEffect(NamedTuple):
    """What a change means for one running clock; `terms` are the new ones, for SAME_TIME the calendar."""

    clock: Clock
    rule: Rule
    terms: Terms | Calendar | None = None
    detail: Mapping[str, Any] = MappingProxyType({})


# What a new count writes onto a clock.
COUNTED = [
    "tier", "basis", "priority", "coverage", "rule", "target_minutes", "target_version", "calendar",
    "calendar_version", "counted_from", "due_at", "due_soon_at", "announce_at", "warned_at", "announced_at",
]  # fmt: skip


@dataclass(frozen=True)
class DueChange:
    """A running clock whose due moment a change moved; `new_due_at` None: the clock ended by it."""

    clock: Clock
    old_due_at: datetime
    new_due_at: datetime | None


def build_clock(kind: ClockKind, terms: Terms, *, cause: StartCause, now: datetime) -> Clock | None:
    """An unsaved clock counted from `now`; None when these terms run no clock of this kind (check-ins of a P4)."""
    count = calculation_for(terms, kind, since=now)
    if count is None:
        return None
    clock = Clock(kind=kind, cause=cause, started_at=now)
    count.write_onto(clock)
    return clock


def save_clocks(
    ticket_id: int, account_id: int, clocks: Iterable[Clock | None], *, by: User | None, now: datetime
) -> list[Clock]:
    """Store built clocks for the ticket, each with its event; two statements however many."""
    new = [clock for clock in clocks if clock is not None]
    for clock in new:
        clock.ticket_id, clock.account_id = ticket_id, account_id
    Clock.objects.bulk_create(new)
    ClockEvent.objects.bulk_create(started_event(clock, by=by, now=now) for clock in new)
    return new


def started_event(clock: Clock, *, by: User | None, now: datetime) -> ClockEvent:
    """The first event of a clock, unsaved: its count, from which everything else can be rebuilt."""
    return _event(
        clock, ClockEventKind.STARTED, at=clock.started_at, by=by, now=now,
        due_at=clock.due_at.isoformat(), count=stored_calculation(clock).as_json(),
    )  # fmt: skip


def start_clock(
    ticket_id: int,
    account_id: int,
    kind: ClockKind,
    terms: Terms,
    *,
    cause: StartCause,
    by: User | None,
    now: datetime,
) -> Clock | None:
    """Start a promise at `now`. Nothing changes when one of this kind runs: the oldest unanswered message counts."""
    if Clock.objects.running().of(kind).filter(ticket=ticket_id).exists():
        return None
    saved = save_clocks(ticket_id, account_id, [build_clock(kind, terms, cause=cause, now=now)], by=by, now=now)
    return saved[0] if saved else None


def record_check_in(ticket_id: int, account_id: int, terms: Terms, *, by: User | None, now: datetime) -> Clock:
    """The update that a change of status sends on a P4: a check-in, met in the moment it is sent."""
    clock = Clock(
        kind=ClockKind.CHECK_IN, cause=StartCause.STATUS_CHANGE, started_at=now, stopped_at=now, outcome=Outcome.MET,
        ended_by=by, business_seconds=0,
    )  # fmt: skip
    status_update(terms, since=now).write_onto(clock)
    clock.due_at = clock.due_soon_at = clock.announce_at = now
    save_clocks(ticket_id, account_id, [clock], by=by, now=now)
    _write_event(clock, ClockEventKind.STOPPED, at=now, by=by, now=now, outcome=Outcome.MET)
    return clock


def running_clocks(ticket_id: int) -> dict[ClockKind, Clock]:
    """The clocks that count down on a ticket, locked, at most one of each kind."""
    rows = Clock.objects.running().filter(ticket=ticket_id).select_related("calendar__region")
    return {ClockKind(clock.kind): clock for clock in rows.select_for_update(of=("self",)).order_by("pk")}


def flag_if_due(clock: Clock, *, now: datetime) -> None:
    """Flag `clock` as overdue when it is past due, before an answer stops it. A flag is never taken back."""
    if clock.breached_at is None and clock.due_at < now:
        flag([clock], ClockEventKind.OVERDUE, now=now)
        clock.breached_at = clock.due_at


def _flag_due_by(clocks: Iterable[Clock], moment: datetime, *, now: datetime) -> None:
    """As `settle`, for a change or another end: what is due at this very moment is overdue, as nobody answers in it."""
    late = [clock for clock in clocks if clock.breached_at is None and clock.due_at <= moment]
    flag(late, ClockEventKind.OVERDUE, now=now)
    for clock in late:
        clock.breached_at = clock.due_at


def stop(clock: Clock, *, by: User | None, now: datetime) -> Clock:
    """The promise is fulfilled at `now`: met when that is at or before due, otherwise missed."""
    flag_if_due(clock, now=now)
    return _end(clock, Outcome.MET if clock.breached_at is None else Outcome.MISSED, by=by, now=now)


def cancel(clock: Clock, *, by: User | None, now: datetime, reason: str) -> Clock:
    """The promise ends without being kept or broken; what was overdue before stays flagged. `reason` is a code word."""
    _flag_due_by([clock], now, now=now)
    return _end(clock, Outcome.CANCELLED, by=by, now=now, reason=reason)


def skip(clock: Clock, *, reason: str, by: User, now: datetime) -> Clock:
    """An agent leaves out one check-in, with a reason in their words; counted apart from met and missed."""
    _flag_due_by([clock], now, now=now)
    return _end(clock, Outcome.SKIPPED, by=by, now=now, reason=reason)


def counted_under(clock: Clock, rule: Rule, *, at: datetime, terms: Terms | Calendar | None) -> DueCalculation | None:
    """The count a running clock has after a change at `at`; its own when nothing moves, None when it would end.

    `terms` are the new ones, for SAME_TIME the calendar, for KEEP None. What is overdue by then keeps its count.
    """
    own = stored_calculation(clock)
    is_overdue = clock.breached_at is not None or clock.due_at <= at
    if isinstance(terms, Terms):
        since = clock.started_at if rule == Rule.FROM_START else max(at, clock.started_at)
        counted = calculation_for(terms, own.kind, since=since)
        if counted is None:
            return None
        stays = is_overdue or (rule == Rule.EARLIER and counted.due_at >= clock.due_at)
        return own if stays else counted
    if terms is None or is_overdue or own.coverage == Coverage.ALWAYS:
        return own
    return own.in_calendar(terms.pk, terms.version)


def apply_all(change: Change, bearings: Iterable[ClockEffect], *, now: datetime) -> list[DueChange]:
    """Apply a change to running clocks, locked by the caller, and write it into their history.

    `change.at` is when it took effect, `now` when it is applied (later, when a job does it). What was overdue before
    the change is flagged first; what the new count makes overdue is flagged at once. A handful of statements, however
    many clocks. Returns those whose due moment moved.
    """
    bearings = list(bearings)
    _flag_due_by([bearing.clock for bearing in bearings], change.at, now=now)
    moved: list[DueChange] = []
    events: list[ClockEvent] = []
    counted: list[Clock] = []
    for clock, rule, terms, detail in bearings:
        old, old_due_at = stored_calculation(clock), clock.due_at
        count = counted_under(clock, rule, at=change.at, terms=terms)
        if count is None:
            cancel(clock, by=change.by, now=now, reason=change.cause)
            moved.append(DueChange(clock, old_due_at, None))
            continue
        if count != old:
            count.write_onto(clock)
            clock.warned_at = clock.warned_at if clock.due_soon_at <= now else None
            clock.announced_at = clock.announced_at if clock.announce_at <= now else None
            counted.append(clock)
        if clock.due_at != old_due_at:
            moved.append(DueChange(clock, old_due_at, clock.due_at))
        events.append(
            _changed_event(change, clock, old, old_due_at, applied=count != old, now=now, rule=rule.value, **detail)
        )
    rewrite(counted, COUNTED)
    ClockEvent.objects.bulk_create(events)
    _flag_due_by([bearing.clock for bearing in bearings if bearing.clock.is_running], now, now=now)
    return moved


def inherits_due(clock: Clock, other: Clock, *, now: datetime) -> bool:
    """Merge: `clock` gets the due moment of `other`, because that is earlier and its own has not passed."""
    return clock.breached_at is None and now < clock.due_at and other.due_at < clock.due_at


def inherit_due(clock: Clock, other: Clock, change: Change, *, now: datetime) -> DueChange | None:
    """Merge: `clock` survives and keeps the earlier due of the two, with the count that gave it (semantics §3)."""
    earlier = inherits_due(clock, other, now=now)
    _flag_due_by([clock], now, now=now)
    old, old_due_at = stored_calculation(clock), clock.due_at
    if earlier:
        clock.started_at = min(clock.started_at, other.started_at)
        stored_calculation(other).write_onto(clock)
        clock.warned_at = None
        clock.save()
    started = {"started_at": clock.started_at.isoformat()}
    _changed_event(change, clock, old, old_due_at, applied=earlier, now=now, **started).save()
    _flag_due_by([clock], now, now=now)
    return DueChange(clock, old_due_at, clock.due_at) if earlier else None


def inherit(other: Clock, ticket_id: int, *, by: User | None, now: datetime) -> Clock:
    """Merge, where the surviving ticket runs no such clock: the promise goes on there, with its start and its count."""
    clock = Clock(kind=other.kind, cause=StartCause.MERGED, started_at=other.started_at)
    stored_calculation(other).write_onto(clock)
    save_clocks(ticket_id, other.account_id, [clock], by=by, now=now)
    _flag_due_by([clock], now, now=now)
    return clock


def next_due_at(ticket_id: int) -> datetime | None:
    """The earliest due moment among the running clocks of a ticket."""
    earliest: datetime | None = Clock.objects.running().filter(ticket=ticket_id).aggregate(at=Min("due_at"))["at"]
    return earliest


def business_time_of(clock: Clock, until: datetime) -> int:
    """Seconds of the region's business hours between the start of a clock and `until`, in the calendar it names."""
    hours = calendar_snapshot(clock.calendar_id, clock.calendar_version).counted
    return round(hours.between(clock.started_at, until).total_seconds())


def _end(clock: Clock, outcome: Outcome, *, by: User | None, now: datetime, reason: str = "") -> Clock:
    # Never before its start (a watch set back), nor before the due moment of a flag that somebody else raised first.
    clock.stopped_at = max(now, clock.breached_at or clock.started_at)
    clock.outcome, clock.ended_by = outcome, by
    clock.business_seconds = business_time_of(clock, clock.stopped_at)
    clock.save(update_fields=["outcome", "stopped_at", "breached_at", "ended_by", "business_seconds"])
    _write_event(clock, ClockEventKind.STOPPED, at=clock.stopped_at, by=by, now=now, outcome=outcome, reason=reason)
    return clock


def _event(
    clock: Clock, kind: ClockEventKind, *, at: datetime, by: User | None, now: datetime, **data: Any
) -> ClockEvent:
    return ClockEvent(clock=clock, kind=kind, occurred_at=at, recorded_at=now, actor=by, data=data)


def _changed_event(
    change: Change, clock: Clock, old: DueCalculation, old_due_at: datetime, *, now: datetime, **facts: Any
) -> ClockEvent:
    # Of a clock that was being written in the very moment of the change it counts from the start.
    return _event(
        clock, ClockEventKind.DUE_CHANGED, at=max(change.at, clock.started_at), by=change.by, now=now,
        cause=change.cause, old_due_at=old_due_at.isoformat(), new_due_at=clock.due_at.isoformat(),
        old_priority=int(old.priority), old_count=old.as_json(), count=stored_calculation(clock).as_json(),
        **change.detail, **facts,
    )  # fmt: skip


def _write_event(
    clock: Clock, kind: ClockEventKind, *, at: datetime, by: User | None, now: datetime, **data: Any
) -> None:
    _event(clock, kind, at=at, by=by, now=now, **data).save()
