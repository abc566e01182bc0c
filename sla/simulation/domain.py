"""The history of a promise under another tier: the same events, other targets (semantics §3 for each of them)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from accounts.core.enums import Basis, Tier
from sla.core.domain.due_calculation import DueCalculation, count_in_event, stored_calculation
from sla.core.enums import ChangeCause, CheckInRule, ClockEventKind, ClockKind, Coverage, Priority
from sla.core.models import Clock, ClockEvent, Target

Cells = Mapping[tuple[Tier, Priority], Target]


def due_under(clock: Clock, events: Sequence[ClockEvent], tier: Tier, cells: Cells) -> datetime | None:
    """When `clock` would have been due at `tier`; None when the tier runs no such clock (check-ins of a P4).

    Priorities, regions, languages and calendars change as they did; changes of seat, contract and target do not count,
    because the question fixes the tier. What was overdue by then stayed so. `events` are the clock's, in order.
    """
    first = count_in_event(clock.kind, events[0].data["count"]) if events else stored_calculation(clock)
    count = _at_tier(first, tier, first.priority, cells, own=_own_language(first, cells))
    due_at = count.due_at if count else None
    for event in events:
        if event.kind != ClockEventKind.DUE_CHANGED or count is None or due_at is None:
            continue
        if due_at <= event.occurred_at:
            break
        count, due_at = _after(event, count, due_at, clock, tier, cells)
    return due_at


def _after(
    event: ClockEvent, count: DueCalculation, due_at: datetime, clock: Clock, tier: Tier, cells: Cells
) -> tuple[DueCalculation | None, datetime | None]:
    """The count and the due moment after one change, at the other tier."""
    cause = ChangeCause(event.data["cause"])
    there = count_in_event(clock.kind, event.data["count"])
    if cause in {ChangeCause.REGION, ChangeCause.CALENDAR}:
        moved = count.in_calendar(there.calendar_id, there.calendar_version)
        return moved, moved.due_at
    if cause == ChangeCause.PRIORITY:
        priority = Priority(event.data["new_priority"])
        is_raised = priority < count.priority
        since = event.occurred_at if is_raised else clock.started_at
        own = count.coverage == Coverage.BUSINESS_HOURS and cells[tier, count.priority].coverage == Coverage.ALWAYS
        other = _at_tier(count.from_moment(since), tier, priority, cells, own=own)
        return _earlier(count, due_at, other) if is_raised else (other, _due(other))
    if cause == ChangeCause.LANGUAGE and clock.kind == ClockKind.RESPONSE:
        own = event.data.get("language_choice") == "own"
        since = clock.started_at if own else event.occurred_at
        other = _at_tier(count.from_moment(since), tier, count.priority, cells, own=own)
        return (other, _due(other)) if own else _earlier(count, due_at, other)
    if cause == ChangeCause.MERGED and event.data["applied"]:
        taken = _at_tier(there, tier, there.priority, cells, own=_own_language(there, cells))
        return taken, _due(taken)
    return count, due_at


def _due(count: DueCalculation | None) -> datetime | None:
    return count.due_at if count else None


def _earlier(
    count: DueCalculation, due_at: datetime, other: DueCalculation | None
) -> tuple[DueCalculation | None, datetime | None]:
    if other is None:
        return None, None
    return (other, other.due_at) if other.due_at < due_at else (count, due_at)


def _at_tier(
    count: DueCalculation, tier: Tier, priority: Priority, cells: Cells, *, own: bool
) -> DueCalculation | None:
    target = cells[tier, priority]
    response = count.kind == ClockKind.RESPONSE
    rule = None if response else CheckInRule(target.check_in_rule)
    if rule == CheckInRule.STATUS_CHANGE:
        return None
    coverage = Coverage(target.coverage) if response and not own else Coverage.BUSINESS_HOURS
    return replace(
        count, tier=tier, basis=Basis.SEAT, priority=priority, coverage=coverage, rule=rule,
        target_minutes=target.response_minutes if response else target.check_in_minutes,
        target_version=target.version,
    )  # fmt: skip


def _own_language(count: DueCalculation, cells: Cells) -> bool:
    """Counted in business hours at a tier that answers around the clock: the requester chose their own language."""
    cell = cells.get((count.tier, count.priority))
    return (
        count.kind == ClockKind.RESPONSE
        and count.coverage == Coverage.BUSINESS_HOURS
        and cell is not None
        and cell.coverage == Coverage.ALWAYS
    )
