"""Starts, stops and recounts the clocks of a ticket. Callers hold the ticket's row lock and their transaction is open.

Whoever stops or changes a clock settles it first: a clock that is already past due is flagged overdue, with the due
moment as its time, before anything else happens to it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Min

from accounts.models import User
from sla.domain.sweep import flag
from sla.domain.terms import Terms, share_used_at
from sla.enums import ClockEventKind, ClockKind, Coverage, Outcome, StartCause
from sla.models import Clock, ClockEvent


def build_clock(kind: ClockKind, terms: Terms, *, cause: StartCause, now: datetime) -> Clock | None:
    """An unsaved clock counted from `now`; None when these terms run no clock of this kind (check-ins of a P4)."""
    due_at = terms.due(kind, now)
    if due_at is None:
        return None
    clock = Clock(kind=kind, cause=cause, started_at=now, basis=terms.basis)
    _count(clock, terms, counted_from=now, due_at=due_at)
    return clock


def save_clocks(ticket_id: int, clocks: Iterable[Clock | None], *, by: User | None, now: datetime) -> list[Clock]:
    """Store built clocks for the ticket, each with its event; two statements however many."""
    new = [clock for clock in clocks if clock is not None]
    for clock in new:
        clock.ticket_id = ticket_id
    Clock.objects.bulk_create(new)
    ClockEvent.objects.bulk_create(
        _event(clock, ClockEventKind.STARTED, at=clock.started_at, by=by, now=now, due_at=clock.due_at.isoformat())
        for clock in new
    )
    return new


def start_clock(
    ticket_id: int, kind: ClockKind, terms: Terms, *, cause: StartCause, by: User | None, now: datetime
) -> Clock | None:
    """Start a promise at `now`. Nothing changes when one of this kind runs: the oldest unanswered message counts."""
    if Clock.objects.running().of(kind).filter(ticket=ticket_id).exists():
        return None
    saved = save_clocks(ticket_id, [build_clock(kind, terms, cause=cause, now=now)], by=by, now=now)
    return saved[0] if saved else None


def record_check_in(ticket_id: int, terms: Terms, *, by: User | None, now: datetime) -> Clock:
    """The update that a change of status sends on a P4: a check-in, met in the moment it is sent."""
    clock = Clock(
        kind=ClockKind.CHECK_IN, cause=StartCause.STATUS_CHANGE, started_at=now, stopped_at=now, outcome=Outcome.MET,
        basis=terms.basis,
    )  # fmt: skip
    _terms_onto(clock, terms, counted_from=now)
    clock.due_at = clock.due_soon_at = clock.announce_at = now
    save_clocks(ticket_id, [clock], by=by, now=now)
    _write_event(clock, ClockEventKind.STOPPED, at=now, by=by, now=now, outcome=Outcome.MET)
    return clock


def running_clocks(ticket_id: int) -> dict[ClockKind, Clock]:
    """The clocks that count down on a ticket, locked, at most one of each kind."""
    rows = Clock.objects.running().filter(ticket=ticket_id).select_related("calendar__region")
    return {ClockKind(clock.kind): clock for clock in rows.select_for_update(of=("self",)).order_by("pk")}


def settle(clock: Clock, *, now: datetime) -> None:
    """Flag `clock` as overdue when it is past due, before it is stopped or changed. A flag is never taken back."""
    if clock.overdue_at is None and clock.due_at < now:
        flag([clock], ClockEventKind.OVERDUE, now=now)
        clock.overdue_at = clock.due_at


def stop(clock: Clock, *, by: User | None, now: datetime) -> Clock:
    """The promise is fulfilled at `now`: met when that is at or before due, otherwise missed."""
    settle(clock, now=now)
    return _end(clock, Outcome.MET if clock.overdue_at is None else Outcome.MISSED, by=by, now=now)


def cancel(clock: Clock, *, by: User | None, now: datetime, reason: str) -> Clock:
    """The promise ends without being kept or broken; what was overdue before stays flagged. `reason` is a code word."""
    settle(clock, now=now)
    return _end(clock, Outcome.CANCELLED, by=by, now=now, reason=reason)


def skip(clock: Clock, *, reason: str, by: User, now: datetime) -> Clock:
    """An agent leaves out one check-in, with a reason in their words; counted apart from met and missed."""
    settle(clock, now=now)
    return _end(clock, Outcome.SKIPPED, by=by, now=now, reason=reason)


def due_under(clock: Clock, terms: Terms, *, better: bool, now: datetime) -> datetime | None:
    """The due moment that a running clock has under other terms, see `recount`; None when they run no such clock."""
    counted = terms.due(ClockKind(clock.kind), now if better else clock.started_at)
    if counted is None:
        return None
    if clock.overdue_at is not None or clock.due_at < now:
        return clock.due_at
    return min(clock.due_at, counted) if better else counted


def recount(clock: Clock, terms: Terms, *, better: bool, cause: str, by: User | None, now: datetime) -> Clock | None:
    """The terms of a running clock changed (semantics §3); returns the clock, or None when these terms run none.

    `better` (priority raised): due is the earlier of the present due and now + new target, because a promise never
    starts before it was asked for. Otherwise (lowered): due is counted from the clock's own start with the new
    target. A clock that is already overdue keeps its due moment.
    """
    settle(clock, now=now)
    due_at = due_under(clock, terms, better=better, now=now)
    if due_at is None:
        cancel(clock, by=by, now=now, reason=cause)
        return None
    old_due, old_priority = clock.due_at, clock.priority
    applies = clock.overdue_at is None and (due_at < old_due if better else True)
    if applies:
        _count(clock, terms, counted_from=now if better else clock.started_at, due_at=due_at)
        clock.warned_at = clock.warned_at if clock.due_soon_at <= now else None
        clock.save()
        if not better:
            settle(clock, now=now)
    _write_event(
        clock, ClockEventKind.DUE_CHANGED, at=now, by=by, now=now,
        cause=cause, old_due_at=old_due.isoformat(), new_due_at=clock.due_at.isoformat(), applied=applies,
        old_priority=old_priority, new_priority=int(terms.priority),
    )  # fmt: skip
    return clock


def next_due_at(ticket_id: int) -> datetime | None:
    """The earliest due moment among the running clocks of a ticket."""
    earliest: datetime | None = Clock.objects.running().filter(ticket=ticket_id).aggregate(at=Min("due_at"))["at"]
    return earliest


def _terms_onto(clock: Clock, terms: Terms, *, counted_from: datetime) -> None:
    response = clock.kind == ClockKind.RESPONSE
    clock.tier, clock.priority, clock.counted_from = terms.tier, terms.priority, counted_from
    clock.coverage = terms.coverage if response else Coverage.BUSINESS_HOURS
    clock.rule = "" if response else terms.check_in_rule
    clock.target_minutes = terms.response_minutes if response else terms.check_in_minutes
    clock.calendar, clock.calendar_version = terms.calendar, terms.calendar.version


def _count(clock: Clock, terms: Terms, *, counted_from: datetime, due_at: datetime) -> None:
    _terms_onto(clock, terms, counted_from=counted_from)
    hours = terms.response_hours if clock.kind == ClockKind.RESPONSE else terms.hours
    clock.due_at = due_at
    clock.due_soon_at = share_used_at(hours, counted_from, due_at, 0.75)
    clock.announce_at = share_used_at(hours, counted_from, due_at, 0.5)


def _end(clock: Clock, outcome: Outcome, *, by: User | None, now: datetime, reason: str = "") -> Clock:
    # Never before its start (a watch set back), nor before the due moment of a flag that somebody else raised first.
    clock.stopped_at = max(now, clock.overdue_at or clock.started_at)
    clock.outcome = outcome
    clock.save(update_fields=["outcome", "stopped_at", "overdue_at"])
    _write_event(clock, ClockEventKind.STOPPED, at=clock.stopped_at, by=by, now=now, outcome=outcome, reason=reason)
    return clock


def _event(
    clock: Clock, kind: ClockEventKind, *, at: datetime, by: User | None, now: datetime, **data: Any
) -> ClockEvent:
    return ClockEvent(clock=clock, kind=kind, occurred_at=at, recorded_at=now, actor=by, data=data)


def _write_event(
    clock: Clock, kind: ClockEventKind, *, at: datetime, by: User | None, now: datetime, **data: Any
) -> None:
    _event(clock, kind, at=at, by=by, now=now, **data).save()
