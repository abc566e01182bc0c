"""Promises that ended, by the hundred: rows as the engine leaves them, and what they say, counted in plain Python."""

import math
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.core.enums import Basis, Tier
from sla.attainment.domain.attainment import Figures, Times
from sla.core.enums import CheckInRule, ClockKind, Coverage, Outcome, Priority, StartCause
from sla.models import Clock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_ended(
    ticket: Any, stopped_at: datetime, *, outcome: Outcome = Outcome.MET, took: timedelta = HOUR,
    late: timedelta = HOUR, business: int | None = 600, by: Any = None, **fields: Any,
) -> Clock:  # fmt: skip
    """A clock that ended at `stopped_at` after `took`; a missed one was `late`."""
    started_at = stopped_at - took
    missed = outcome == Outcome.MISSED
    due_at = stopped_at - min(late, took) if missed else stopped_at
    values: dict[str, Any] = {
        "ticket": ticket, "account_id": ticket.account_id, "kind": ClockKind.RESPONSE, "outcome": outcome,
        "cause": StartCause.OPENED, "started_at": started_at, "counted_from": started_at, "due_at": due_at,
        "due_soon_at": due_at, "announce_at": due_at, "stopped_at": stopped_at,
        "breached_at": due_at if missed else None, "ended_by": by, "business_seconds": business,
        "tier": Tier.GOLD, "basis": Basis.SEAT,
        "priority": Priority.MEDIUM, "coverage": Coverage.ALWAYS, "target_minutes": 60,
        "calendar": ticket.region.calendar, "calendar_version": 1,
    }  # fmt: skip
    return Clock(**(values | fields))


def make_many(number: int, tickets: list[Any], people: list[Any], *, first: date, last: date, seed: int = 7) -> None:
    """Clocks of every kind, outcome, tier, priority, region and person, ended between two UTC days."""
    dice = random.Random(seed)
    start = datetime.combine(first, datetime.min.time(), UTC)
    length = (last - first) + DAY
    clocks = []
    for _ in range(number):
        ticket = dice.choice(tickets)
        kind = dice.choice(list(ClockKind))
        took = timedelta(seconds=math.exp(dice.uniform(0, 14)))
        clocks.append(
            make_ended(
                ticket, start + length * dice.random(),
                kind=kind,
                outcome=dice.choices(list(Outcome)[1:], (70, 15, 10, 5))[0],
                took=took, late=took * dice.random(),
                business=None if dice.random() < 0.1 else int(took.total_seconds() * dice.random()),
                by=dice.choice(people), tier=dice.choice(list(Tier)), priority=dice.choice(list(Priority)),
                rule=CheckInRule.STATUS_CHANGE if kind == ClockKind.CHECK_IN and dice.random() < 0.2 else "",
            )
        )  # fmt: skip
    Clock.objects.bulk_create(clocks)


def counted(clocks: list[Clock]) -> Figures:
    """The same as a report says, from rows in plain Python."""
    outcomes = Counter(clock.outcome for clock in clocks)
    timed = [c for c in clocks if c.outcome in {"met", "missed"} and c.rule != CheckInRule.STATUS_CHANGE]
    return Figures(
        kept=outcomes["met"],
        missed=outcomes["missed"],
        cancelled=outcomes["cancelled"],
        skipped=outcomes["skipped"],
        elapsed=times([(c.stopped_at - c.started_at).total_seconds() for c in timed]),
        business=times([c.business_seconds for c in timed if c.business_seconds is not None]),
        late=times([(c.stopped_at - c.due_at).total_seconds() for c in timed if c.outcome == "missed"]),
    )


def times(seconds: list[float]) -> Times:
    """Median and 90th percentile by nearest rank: the exact value, brought to the middle of its bucket of 2 %."""
    return Times(*(rounded(nearest_rank(seconds, share)) for share in (0.5, 0.9)))


def nearest_rank(seconds: list[float], share: float) -> float | None:
    return sorted(seconds)[max(1, math.ceil(share * len(seconds))) - 1] if seconds else None


def rounded(seconds: float | None) -> float | None:
    if seconds is None or seconds <= 1:
        return None if seconds is None else 0.0
    return 1.02 ** (math.ceil(math.log(seconds) / math.log(1.02)) - 0.5)
