"""The sweep among open clocks: 10 and 10 000 that fall due among 100 000 and 1 000 000, beside the same in bare SQL.

The clocks come in groups that fall due at moments of their own, so every run finds as much work as the one before.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection, transaction

from accounts.core.enums import Basis, Tier
from bench.bulk import blank, copy, settle
from bench.figures import Cost, count, measured, ms, peak_memory, ratio, show, typical
from bench.people import load_people
from bench.plans import scans
from sla.core.domain.sweep import BATCH, sweep
from sla.core.enums import ClockEventKind, ClockKind, Coverage, Priority, StartCause
from sla.models import Calendar, Clock, ClockEvent
from tickets.core.enums import Channel, Status
from tickets.models import Ticket

NOW = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KINDS = (ClockKind.RESPONSE, ClockKind.CHECK_IN)
FEW, MANY, RUNS = 10, 10_000, 3
CHUNK = 20_000

# What somebody would write by hand: find, mark and write down in one statement.
FLAG = """
WITH due AS (
    SELECT id FROM sla_clock
    WHERE outcome = 'running' AND breached_at IS NULL AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), marked AS (
    UPDATE sla_clock SET breached_at = due_at FROM due WHERE sla_clock.id = due.id RETURNING sla_clock.id, due_at
)
INSERT INTO sla_clockevent (clock_id, kind, occurred_at, recorded_at, data)
SELECT id, 'overdue', due_at, %(now)s, '{}' FROM marked ON CONFLICT DO NOTHING
"""
WARN = """
WITH soon AS (
    SELECT id FROM sla_clock
    WHERE outcome = 'running' AND breached_at IS NULL AND warned_at IS NULL
      AND due_soon_at <= %(now)s AND due_at > %(now)s
    ORDER BY due_soon_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), marked AS (
    UPDATE sla_clock SET warned_at = due_soon_at FROM soon WHERE sla_clock.id = soon.id
    RETURNING sla_clock.id, due_soon_at
)
INSERT INTO sla_clockevent (clock_id, kind, occurred_at, recorded_at, data)
SELECT id, 'due_soon', due_soon_at, %(now)s, '{}' FROM marked ON CONFLICT DO NOTHING
"""


def main(*, quick: bool) -> None:
    sizes, many = ((20_000, 100_000), 1_000) if quick else ((100_000, 1_000_000), MANY)
    rows, plans = [], []
    fewest: dict[int, Cost] = {}
    for open_clocks in sizes:
        groups = [FEW, *[FEW] * 2 * RUNS, *[many] * 2 * RUNS]
        begun = time.monotonic()
        load(open_clocks, groups)
        print(f"  {count(open_clocks)} open clocks loaded in {time.monotonic() - begun:.0f} s", flush=True)
        turns = iter(enumerate(groups))
        run(by_product, *next(turns))  # the first run of a process loads what the next ones have
        for due in (FEW, many):
            ours, hand = [], []
            for _ in range(RUNS):
                ours.append(run(by_product, *next(turns)))
                hand.append(run(by_hand, *next(turns)))
            product, bare = typical(ours), typical(hand)
            rows.append(line(open_clocks, due, product, bare, fewest.setdefault(due, product)))
        plans.append((open_clocks, indexes_used(ours[-1].statements)))
    show(
        f"Sweep: flag what is due, in batches of {count(BATCH)} (milliseconds, median of {RUNS}; bare SQL beside it)",
        ("open clocks", "due", "job CPU", "server CPU", "wall", "statements", "clocks/s", "bare CPU", "bare wall",
         "bare clocks/s", "rate to bare", "CPU to bare", f"CPU to {count(sizes[0])} open"),
        rows,
    )  # fmt: skip
    for open_clocks, indexes in plans:
        print(f"  Among {count(open_clocks)} open clocks the sweep reads: {', '.join(indexes)}.")
    print(flush=True)
    backlog(100_000 if quick else 1_000_000)


def backlog(size: int) -> None:
    """Everything is overdue at once, as after a day without beat: flagged by the sweep, and by bare SQL."""
    rows = []
    for name, act in (("sweep", by_product), ("bare SQL", by_hand)):
        load(size, [size])
        with measured() as cost:
            while act(NOW):
                pass
        flagged = Clock.objects.exclude(breached_at=None).count()
        rows.append((name, flagged, cost))
    bare = rows[1][2].wall
    show(
        f"Backlog: {count(size)} clocks overdue at once",
        ("by", "flagged", "wall s", "clocks/s", "rate to bare", "peak memory MB"),
        [
            [name, count(flagged), f"{cost.wall:.1f}", count(round(flagged / cost.wall)), ratio(bare, cost.wall),
             f"{peak_memory():.0f}"]
            for name, flagged, cost in rows
        ],
    )  # fmt: skip


def line(open_clocks: int, due: int, product: Cost, bare: Cost, fewest: Cost) -> list[str]:
    return [
        count(open_clocks),
        count(due),
        ms(product.cpu),
        ms(product.server),
        ms(product.wall),
        count(len(product.statements)),
        count(round(due / product.wall)),
        ms(_all(bare)),
        ms(bare.wall),
        count(round(due / bare.wall)),
        ratio(bare.wall, product.wall),
        ratio(_all(product), _all(bare)),
        ratio(_all(product), _all(fewest)),
    ]


def _all(cost: Cost) -> float:
    return cost.cpu + (cost.server or 0.0)


def by_product(now: datetime) -> int:
    return sweep(now=now)["overdue"]


def by_hand(now: datetime) -> int:
    """The same work without Django's ORM: one statement and one commit for each batch of each kind."""
    flagged = 0
    for statement in (FLAG, WARN):
        done = BATCH
        while done:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, {"now": now, "limit": BATCH})
                done = cursor.rowcount
            flagged += done
    return flagged


def run(act: Callable[[datetime], int], turn: int, due: int) -> Cost:
    """One run at the moment at which the group of this turn is due."""
    with measured() as cost:
        flagged = act(due_moment(turn))
    if flagged != due:
        print(f"  bench: {flagged} flagged where {due} were due", flush=True)
    return cost


def due_moment(turn: int) -> datetime:
    return NOW + turn * MINUTE


def load(open_clocks: int, groups: list[int]) -> None:
    """Two running clocks a ticket: first the groups, warned of already, then the others, due from tomorrow on."""
    cast = load_people(1000, now=NOW)
    calendar = Calendar.objects.first()
    dues = chain.from_iterable([due_moment(turn)] * size for turn, size in enumerate(groups))
    began = NOW - 3 * HOUR
    ticket = blank(Ticket) | {
        "subject": "A case", "priority": Priority.MEDIUM, "status": Status.OPEN, "channel": Channel.PORTAL,
        "tier": Tier.GOLD, "opened_at": began, "updated_at": began, "status_changed_at": began,
        "account_id": cast.large.pk, "requester_id": cast.reader.pk, "region_id": cast.large.home_region_id,
    }  # fmt: skip
    clock = blank(Clock) | {
        "cause": StartCause.OPENED, "started_at": began, "counted_from": began, "tier": Tier.GOLD, "basis": Basis.SEAT,
        "priority": Priority.MEDIUM, "coverage": Coverage.ALWAYS, "target_minutes": 180, "calendar_id": calendar.pk,
        "calendar_version": 1, "account_id": cast.large.pk,
    }  # fmt: skip
    event = blank(ClockEvent) | {"kind": ClockEventKind.STARTED, "occurred_at": began, "recorded_at": began}
    tickets: list[dict[str, Any]] = []
    clocks: list[dict[str, Any]] = []
    for n in range(open_clocks):
        due = next(dues, None)
        moments = {
            "due_at": due or NOW + DAY + n * SECOND, "due_soon_at": NOW if due else NOW + 20 * HOUR,
            "announce_at": NOW if due else NOW + 10 * HOUR, "warned_at": NOW if due else None,
        }  # fmt: skip
        if n % 2 == 0:
            tickets.append(ticket | {"id": n // 2 + 1, "next_due_at": moments["due_at"]})
        clocks.append(clock | moments | {"id": n + 1, "ticket_id": n // 2 + 1, "kind": KINDS[n % 2]})
        if len(clocks) == CHUNK or n == open_clocks - 1:
            copy(Ticket, tickets)
            copy(Clock, clocks)
            copy(ClockEvent, [event | {"id": row["id"], "clock_id": row["id"]} for row in clocks])
            tickets, clocks = [], []
    settle(Ticket, Clock, ClockEvent)


def indexes_used(statements: list[tuple[str, Any]]) -> list[str]:
    """How the planner reads the clocks for each statement of a sweep that looks for work."""
    return sorted({step for sql, params in statements if sql.startswith("SELECT") for step in scans(sql, params)})
