"""Rebuilds every clock from its events and compares: what the tables say must be what happened.

Reads in the order of the keys, a batch at a time, so memory stays flat however long the history is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from django.db import transaction
from django.db.models import Prefetch

from sla.core.domain.clocks import business_time_of
from sla.core.domain.due_calculation import DueCalculation, count_in_event, stored_calculation
from sla.core.enums import ClockEventKind, Outcome
from sla.core.models import Clock, ClockEvent

BATCH = 1000
# The sweep runs every ten seconds and recounts follow within seconds: only what stays behind longer is a difference.
PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True)
class Difference:
    """One thing that the tables say and the history does not; `cause` is a code word, values are as text.

    Without a ticket it is a roll-up of the reports.
    """

    ticket_id: int | None
    clock_id: int | None
    cause: str
    stored: str
    rebuilt: str

    def as_json(self) -> dict[str, Any]:
        return {
            "ticket": self.ticket_id,
            "clock": self.clock_id,
            "cause": self.cause,
            "stored": self.stored,
            "rebuilt": self.rebuilt,
        }


@dataclass
class Rebuilt:
    """A clock as its events tell it."""

    count: DueCalculation
    started_at: datetime
    due_at: datetime
    breached_at: datetime | None = None
    outcome: str = Outcome.RUNNING
    stopped_at: datetime | None = None
    warned: bool = False


class Broken(Exception):
    """The history contradicts itself: cause, what one event says, what another one does."""


def clock_batch(after: int, *, now: datetime, size: int = BATCH) -> tuple[int | None, int, list[Difference]]:
    """The differences of the next `size` clocks after the key `after`.

    Returns the last key looked at (None: there was none left), how many clocks, and what differs. A difference is
    looked at again with the clock locked, because people work while this reads.
    """
    clocks = list(_with_events(Clock.objects.filter(pk__gt=after).order_by("pk"))[:size])
    if not clocks:
        return None, 0, []
    suspects = [clock.pk for clock in clocks if list(differences(clock, now=now))]
    return clocks[-1].pk, len(clocks), [found for pk in suspects for found in _again(pk, now=now)]


def _again(pk: int, *, now: datetime) -> list[Difference]:
    with transaction.atomic():
        held = Clock.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if held is None:
            return []
        return list(differences(_with_events(Clock.objects.filter(pk=pk)).get(), now=now))


def _with_events(clocks: Any) -> Any:
    events = ClockEvent.objects.order_by("pk")
    return clocks.select_related("calendar").prefetch_related(Prefetch("events", queryset=events))


def differences(clock: Clock, *, now: datetime) -> Iterator[Difference]:
    """Whatever the row of a clock, with its events and calendar loaded, says otherwise than its history."""
    try:
        rebuilt = rebuild(clock, list(clock.events.all()))
    except Broken as broken:
        cause, stored, other = broken.args
        yield Difference(clock.ticket_id, clock.pk, cause, str(stored), str(other))
        return
    count = rebuilt.count
    pairs = [
        ("started", clock.started_at, rebuilt.started_at),
        ("count", stored_calculation(clock), count),
        ("due", clock.due_at, rebuilt.due_at),
        ("due_soon", clock.due_soon_at, count.share_used_at(0.75)),
        ("announce", clock.announce_at, count.share_used_at(0.5)),
        ("overdue", clock.breached_at, rebuilt.breached_at),
        ("warned", clock.warned_at is None or rebuilt.warned, True),
        ("outcome", clock.outcome, rebuilt.outcome),
        ("stopped", clock.stopped_at, rebuilt.stopped_at),
        ("business_time", clock.business_seconds, _business_time(clock)),
    ]
    for cause, stored, other in pairs:
        if stored != other:
            yield Difference(clock.ticket_id, clock.pk, cause, str(stored), str(other))
    if clock.is_running and clock.breached_at is None and clock.due_at < now - PATIENCE:
        yield Difference(clock.ticket_id, clock.pk, "not_flagged", "", clock.due_at.isoformat())
    if clock.outcome == Outcome.MET and clock.stopped_at and clock.stopped_at > clock.due_at:
        yield Difference(clock.ticket_id, clock.pk, "met_too_late", str(clock.stopped_at), str(clock.due_at))


def _business_time(clock: Clock) -> int | None:
    """None also for what ended before business time was kept."""
    if clock.stopped_at is None or clock.business_seconds is None:
        return None
    return business_time_of(clock, clock.stopped_at)


def rebuild(clock: Clock, events: Sequence[ClockEvent]) -> Rebuilt:
    """Walk through the history. Raises Broken where it contradicts itself."""
    if not events or events[0].kind != ClockEventKind.STARTED:
        raise Broken("no_start", clock.started_at, "")
    first = events[0]
    if "count" not in first.data:  # from before counts were kept: nothing to compare with
        return _as_stored(clock)
    count = count_in_event(clock.kind, first.data["count"])
    state = Rebuilt(count=count, started_at=first.occurred_at, due_at=count.due_at)
    _must("start_adds_up", first.data["due_at"], state.due_at)
    for event in events[1:]:
        kind = ClockEventKind(event.kind)
        match kind:
            case ClockEventKind.STARTED:
                raise Broken("started_twice", first.occurred_at.isoformat(), event.occurred_at.isoformat())
            case ClockEventKind.DUE_CHANGED:
                _change(state, clock, event)
            case ClockEventKind.OVERDUE:
                state.breached_at = event.occurred_at
            case ClockEventKind.DUE_SOON:
                state.warned = True
            case ClockEventKind.STOPPED:
                state.outcome, state.stopped_at = event.data["outcome"], event.occurred_at
            case _:
                assert_never(kind)
    if state.breached_at is not None:
        _must("flag_time", state.breached_at.isoformat(), state.due_at)
    return state


def _change(state: Rebuilt, clock: Clock, event: ClockEvent) -> None:
    data = event.data
    _must("chain", data["old_due_at"], state.due_at)
    if data["applied"]:
        if "started_at" in data:
            state.started_at = datetime.fromisoformat(data["started_at"])
        state.count = count_in_event(clock.kind, data["count"])
        state.due_at = state.count.due_at
    _must("recount_adds_up", data["new_due_at"], state.due_at)


def _must(cause: str, said: str, rebuilt: datetime) -> None:
    if datetime.fromisoformat(said) != rebuilt:
        raise Broken(cause, said, rebuilt.isoformat())


def _as_stored(clock: Clock) -> Rebuilt:
    return Rebuilt(
        stored_calculation(clock),
        clock.started_at,
        clock.due_at,
        clock.breached_at,
        clock.outcome,
        clock.stopped_at,
        True,
    )
