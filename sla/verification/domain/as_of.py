"""A promise as it stood at an earlier moment: what people were shown then."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime

from sla.core.enums import Outcome
from sla.core.models import Clock, ClockEvent
from sla.verification.domain.verification import Broken, rebuild


def clock_as_of(clock: Clock, events: Sequence[ClockEvent], moment: datetime) -> tuple[Clock, list[ClockEvent]] | None:
    """`clock` as it was at `moment`, never to be saved, with the history it had; None before it was there.

    Rebuilt from what had been noted by then. A history that contradicts itself
    gives the clock as it is: the self-check tells of it.
    """
    known = [event for event in events if event.recorded_at <= moment]
    if not known:
        return None
    try:
        then = rebuild(clock, known)
    except Broken:
        return clock, list(events)
    past = copy(clock)
    then.count.write_onto(past)
    past.started_at, past.due_at = then.started_at, then.due_at
    past.outcome, past.stopped_at = then.outcome, then.stopped_at
    past.breached_at = then.breached_at
    if past.outcome == Outcome.RUNNING:
        past.business_seconds = past.ended_by_id = None
    return past, known
