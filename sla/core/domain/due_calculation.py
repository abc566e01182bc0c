"""How a due moment is reached: an amount of time, counted from a moment in certain hours; or a closing time.

A clock carries one count, its events carry each count it ever had, and everything that says when something is due
(the clock, the form before it exists, the dry run, the replay, the self-check) asks this one class.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from accounts.core.enums import Basis, Tier
from sla.business_time import ALWAYS_OPEN, AlwaysOpen, BusinessCalendar
from sla.core.domain.calendars import calendar_snapshot
from sla.core.domain.successive_hours import SuccessiveHours
from sla.core.domain.terms import MINUTE, Terms, share_used_at
from sla.core.enums import CheckInRule, ClockKind, Coverage, Priority
from sla.core.models import Calendar, Clock

CountedHours: TypeAlias = BusinessCalendar | SuccessiveHours | AlwaysOpen
"""What a promise is counted in: an edit of opening hours counts from its own moment on."""


@dataclass(frozen=True, slots=True)
class DueCalculation:
    """One count of one promise, with the terms that gave it. `target_minutes` are minutes of `coverage`."""

    kind: ClockKind
    tier: Tier
    basis: Basis
    priority: Priority
    coverage: Coverage
    rule: CheckInRule | None
    target_minutes: int | None
    target_version: int
    calendar_id: int
    calendar_version: int
    counted_from: datetime

    @property
    def hours(self) -> CountedHours:
        if self.coverage == Coverage.ALWAYS:
            return ALWAYS_OPEN
        return calendar_snapshot(self.calendar_id, self.calendar_version).counted

    @property
    def amount(self) -> timedelta:
        return (self.target_minutes or 0) * MINUTE

    @property
    def due_at(self) -> datetime:
        """When the count is used up. The update that a change of status sends is due the moment it is sent."""
        return self.due_in(self.hours)

    def due_in(self, hours: CountedHours) -> datetime:
        """The due moment, were it counted in `hours`."""
        if self.rule == CheckInRule.STATUS_CHANGE:
            return self.counted_from
        if self.rule == CheckInRule.BUSINESS_DAY and not isinstance(hours, AlwaysOpen):
            return hours.closing_of_business_day_after(self.counted_from)
        return hours.add(self.counted_from, self.amount)

    def share_used_at(self, share: float) -> datetime:
        """The moment at which `share` (0 to 1) of the time has passed, in the hours of the count."""
        if self.rule == CheckInRule.STATUS_CHANGE:
            return self.counted_from
        return share_used_at(self.hours, self.counted_from, self.due_at, share)

    def in_calendar(self, calendar_id: int, version: int) -> "DueCalculation":
        """The same time from the same moment, in other hours."""
        return replace(self, calendar_id=calendar_id, calendar_version=version)

    def from_moment(self, moment: datetime) -> "DueCalculation":
        return replace(self, counted_from=moment)

    def write_onto(self, clock: Clock) -> None:
        """Make it the count of `clock`, with the moments that follow from it; the caller saves."""
        clock.tier, clock.basis, clock.priority = self.tier, self.basis, self.priority
        clock.coverage, clock.rule = self.coverage, self.rule or ""
        clock.target_minutes, clock.target_version = self.target_minutes, self.target_version
        clock.calendar_id, clock.calendar_version = self.calendar_id, self.calendar_version
        clock.counted_from = self.counted_from
        # Stored even if nothing is counted in it: the end and the explanation of a 24x7 clock ask for this version.
        calendar_snapshot(self.calendar_id, self.calendar_version)
        clock.due_at = self.due_at
        clock.due_soon_at, clock.announce_at = self.share_used_at(0.75), self.share_used_at(0.5)

    def as_json(self) -> dict[str, Any]:
        """What an event keeps of it: enough to count again."""
        return {
            "tier": self.tier.value,
            "basis": self.basis.value,
            "priority": int(self.priority),
            "coverage": self.coverage.value,
            "rule": self.rule.value if self.rule else "",
            "target_minutes": self.target_minutes,
            "target_version": self.target_version,
            "calendar": self.calendar_id,
            "calendar_version": self.calendar_version,
            "counted_from": self.counted_from.astimezone(UTC).isoformat(),
        }


def calculation_for(terms: Terms, kind: ClockKind, *, since: datetime) -> DueCalculation | None:
    """The count that `terms` give from `since`; None when they run no clock of this kind (check-ins of a P4)."""
    if kind == ClockKind.CHECK_IN and terms.check_in_rule == CheckInRule.STATUS_CHANGE:
        return None
    return status_update(terms, since=since) if kind == ClockKind.CHECK_IN else _count(terms, kind, since)


def status_update(terms: Terms, *, since: datetime) -> DueCalculation:
    """The count of a check-in whatever its rule: that of a P4 is due when it is sent."""
    return _count(terms, ClockKind.CHECK_IN, since)


def stored_calculation(clock: Clock) -> DueCalculation:
    """The count that a clock carries now."""
    return DueCalculation(
        kind=ClockKind(clock.kind),
        tier=Tier(clock.tier),
        basis=Basis(clock.basis),
        priority=Priority(clock.priority),
        coverage=Coverage(clock.coverage),
        rule=CheckInRule(clock.rule) if clock.rule else None,
        target_minutes=clock.target_minutes,
        target_version=clock.target_version,
        calendar_id=clock.calendar_id,
        calendar_version=clock.calendar_version,
        counted_from=clock.counted_from,
    )


def count_in_event(kind: str, data: dict[str, Any]) -> DueCalculation:
    """The count that an event kept, see `Count.as_json`."""
    return DueCalculation(
        kind=ClockKind(kind),
        tier=Tier(data["tier"]),
        basis=Basis(data["basis"]),
        priority=Priority(data["priority"]),
        coverage=Coverage(data["coverage"]),
        rule=CheckInRule(data["rule"]) if data["rule"] else None,
        target_minutes=data["target_minutes"],
        target_version=data["target_version"],
        calendar_id=data["calendar"],
        calendar_version=data["calendar_version"],
        counted_from=datetime.fromisoformat(data["counted_from"]),
    )


def _count(terms: Terms, kind: ClockKind, since: datetime) -> DueCalculation:
    response = kind == ClockKind.RESPONSE
    calendar: Calendar = terms.calendar
    return DueCalculation(
        kind=kind,
        tier=terms.tier,
        basis=terms.basis,
        priority=terms.priority,
        coverage=terms.coverage if response else Coverage.BUSINESS_HOURS,
        rule=None if response else terms.check_in_rule,
        target_minutes=terms.response_minutes if response else terms.check_in_minutes,
        target_version=terms.target_version,
        calendar_id=calendar.pk,
        calendar_version=calendar.version,
        counted_from=since,
    )
