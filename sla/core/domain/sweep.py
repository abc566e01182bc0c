"""Notices what time has done to the clocks: overdue and due soon, each flagged exactly once.

Any number of copies may run at once: on PostgreSQL each takes the rows that no other holds, on SQLite a transaction
is alone; and on both a flag is a unique row written in the transaction that marks the clock. The time of a flag is the
moment it fell due, not the moment somebody noticed.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from sla.core.enums import ClockEventKind, Outcome
from sla.core.models import Clock, ClockEvent

BATCH = 1000


def flag_breaches(*, now: datetime, limit: int = BATCH) -> int:
    """Flag up to `limit` running clocks that are due at or before `now`; return how many."""
    due = Clock.objects.running().unflagged().due_by(now).order_by("due_at")
    return _flag_batch(due[:limit], ClockEventKind.OVERDUE, now=now)


def flag_due_soon(*, now: datetime, limit: int = BATCH) -> int:
    """Flag up to `limit` running clocks that have used three quarters of their time; return how many.

    A clock that is overdue already is not called due soon as well.
    """
    soon = Clock.objects.running().unflagged().filter(warned_at=None, due_soon_at__lte=now, due_at__gt=now)
    return _flag_batch(soon.order_by("due_soon_at")[:limit], ClockEventKind.DUE_SOON, now=now)


def sweep(*, now: datetime, most: int = 200_000) -> dict[str, int]:
    """Flag everything that is due, in batches that commit one by one; return the counts by kind.

    Stops after `most` of a kind, so that one run ends; the next one goes on.
    """
    counts = {}
    for kind, flag_some in ((ClockEventKind.OVERDUE, flag_breaches), (ClockEventKind.DUE_SOON, flag_due_soon)):
        total = 0
        while total < most and (done := flag_some(now=now)):
            total += done
        counts[kind.value] = total
    return counts


@transaction.atomic
def _flag_batch(clocks, kind: ClockEventKind, *, now: datetime) -> int:  # type: ignore[no-untyped-def]
    if connection.features.has_select_for_update_skip_locked:
        clocks = clocks.select_for_update(skip_locked=True, of=("self",))
    return flag(list(clocks.only("pk", "due_at", "due_soon_at")), kind, now=now)


def flag(clocks: Sequence[Clock], kind: ClockEventKind, *, now: datetime) -> int:
    """Mark these clocks, locked by the caller, and write their event rows; return how many were not marked before."""
    if not clocks:
        return 0
    column, moment = ("breached_at", "due_at") if kind == ClockEventKind.OVERDUE else ("warned_at", "due_soon_at")
    unmarked = Clock.objects.filter(pk__in=[clock.pk for clock in clocks], outcome=Outcome.RUNNING, **{column: None})
    marked = unmarked.update(**{column: F(moment)})
    ClockEvent.objects.bulk_create(
        [
            ClockEvent(clock_id=clock.pk, kind=kind, occurred_at=getattr(clock, moment), recorded_at=now)
            for clock in clocks
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    return marked
