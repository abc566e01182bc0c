"""Is every promise on the desk in order? Reads all clocks, events and tickets, and says what is wrong with them."""

from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection

from sla.core.domain.due_calculation import stored_calculation
from sla.core.domain.explanation import DoesNotAddUp, explain_clock
from sla.core.enums import ClockEventKind, ClockKind, Outcome, Priority
from sla.models import Clock, ClockEvent
from tickets.core.enums import LIVE, OUR_TURN
from tickets.models import Ticket

Kind = ClockEventKind


def flags() -> dict[int, datetime]:
    """Every overdue flag, by clock: the moment it carries."""
    rows = ClockEvent.objects.filter(kind=Kind.OVERDUE).values_list("clock", "occurred_at")
    found = dict(rows)
    assert len(found) == len(rows)
    return found


def tickets_with_a_wrong_due_moment() -> list[int]:
    """The tickets whose row does not carry the earliest due moment of their running clocks; cheap to ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM tickets_ticket LEFT JOIN (SELECT ticket_id, MIN(due_at) AS due FROM sla_clock "
            "WHERE outcome = 'running' GROUP BY ticket_id) AS running ON ticket_id = tickets_ticket.id "
            "WHERE next_due_at <> due OR (next_due_at IS NULL) <> (due IS NULL)"
        )
        return [pk for (pk,) in cursor.fetchall()]


def what_is_wrong(*, tick: timedelta | None) -> list[str]:
    """One sentence for each thing that is not as promised. `tick`: how soon a flag had to be noticed, if at all."""
    wrong: list[str] = []
    running: dict[int, list[Clock]] = {}
    clocks = Clock.objects.select_related("calendar__region").prefetch_related("events").order_by("pk")
    for clock in clocks.iterator(chunk_size=2000):
        events = sorted(clock.events.all(), key=lambda event: event.pk)
        wrong += [f"clock {clock.pk}: {what}" for what in _of_clock(clock, events, tick)]
        if clock.is_running:
            running.setdefault(clock.ticket_id, []).append(clock)
    for ticket in Ticket.objects.order_by("pk").iterator(chunk_size=2000):
        wrong += [f"ticket {ticket.pk}: {what}" for what in _of_ticket(ticket, running.get(ticket.pk, []))]
    return wrong


def _of_clock(clock: Clock, events: list[ClockEvent], tick: timedelta | None) -> list[str]:
    wrong = []

    def expect(true: bool, what: str) -> None:
        if not true:
            wrong.append(what)

    try:
        explain_clock(clock, events)
    except DoesNotAddUp as error:
        wrong.append(f"does not explain itself: {error}")

    # The chain: started, what moved it, stopped; each link begins where the one before ended.
    chain = [event for event in events if event.kind in (Kind.STARTED, Kind.DUE_CHANGED, Kind.STOPPED)]
    kinds = [event.kind for event in chain]
    middle = [Kind.DUE_CHANGED] * (len(kinds) - 1 - (not clock.is_running))
    expect(kinds == [Kind.STARTED, *middle, *([] if clock.is_running else [Kind.STOPPED])], f"its events are {kinds}")
    counted = [event for event in chain if event.kind != Kind.STOPPED]
    for before, after in pairwise(counted):
        expect(before.data["count"] == after.data["old_count"], f"event {after.pk} begins with another count")
        expect(_due_after(before) == _moment(after.data["old_due_at"]), f"event {after.pk} begins with another due")
    expect(counted[-1].data["count"] == stored_calculation(clock).as_json(), "its last count is not what it carries")
    expect(_due_after(counted[-1]) == clock.due_at, "its last due moment is not what it carries")
    expect(clock.started_at <= clock.due_at, "due before it started")

    # The flag: once, with its true moment, soon noticed, never moved afterwards.
    raised = [event for event in events if event.kind == Kind.OVERDUE]
    expect(len(raised) == (clock.breached_at is not None), f"{len(raised)} flags, overdue since {clock.breached_at}")
    for flag in raised:
        earlier = [event for event in counted if event.pk < flag.pk]
        expect(flag.occurred_at == clock.breached_at == clock.due_at, "the flag carries another moment than the clock")
        expect(flag.occurred_at == _due_after(earlier[-1]), "the flag carries another moment than the clock had then")
        by_change = earlier[-1].recorded_at == flag.recorded_at
        late = flag.recorded_at - flag.occurred_at
        if tick is not None:
            expect(by_change or timedelta() <= late <= tick, f"the flag was noticed {late} late")
    expect(sum(event.kind == Kind.DUE_SOON for event in events) <= 1, "called due soon more than once")

    # The outcome agrees with the moments.
    if clock.is_running:
        expect(clock.stopped_at is None, "runs and has stopped")
    elif clock.outcome == Outcome.MET:
        expect(clock.stopped_at <= clock.due_at and not raised, "met, but late or flagged")
    elif clock.outcome == Outcome.MISSED:
        expect(clock.stopped_at >= clock.due_at and len(raised) == 1, "missed, but in time or not flagged")
    else:
        expect(bool(raised) == (clock.stopped_at > clock.due_at or clock.breached_at is not None), "late, no flag")
    if not clock.is_running:
        expect(chain[-1].occurred_at == clock.stopped_at, "stopped at another moment than its last event")
        expect(chain[-1].data["outcome"] == clock.outcome, "its last event has another outcome")
    return wrong


def _of_ticket(ticket: Ticket, running: list[Clock]) -> list[str]:
    wrong = []
    if ticket.next_due_at != min((clock.due_at for clock in running), default=None):
        wrong.append(f"next due {ticket.next_due_at}, its clocks {[clock.due_at for clock in running]}")
    kinds = [clock.kind for clock in running]
    if len(set(kinds)) != len(kinds) or (running and ticket.status not in LIVE):
        wrong.append(f"{ticket.status}, with {kinds} running")
    checked = ticket.status in OUR_TURN and ticket.priority != Priority.LOW
    if checked != (ClockKind.CHECK_IN in kinds):
        wrong.append(f"{ticket.status}, P{ticket.priority}, check-in running: {not checked}")
    return wrong


def _due_after(event: ClockEvent) -> datetime:
    return _moment(event.data["due_at" if event.kind == Kind.STARTED else "new_due_at"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
