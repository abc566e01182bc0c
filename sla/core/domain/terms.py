"""Which cell of the matrix binds, and the arithmetic that turns it into moments. Pure once the rows are read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.core.enums import Basis, Tier
from accounts.models import Region
from portal.lib.errors import DomainError
from sla.business_time import ALWAYS_OPEN, AlwaysOpen, BusinessCalendar
from sla.core.domain.calendars import business_calendar, calendar_of
from sla.core.domain.successive_hours import SuccessiveHours
from sla.core.enums import CheckInRule, ClockKind, Coverage, Priority
from sla.core.models import Calendar, Target

MINUTE = timedelta(minutes=1)


class NoTarget(DomainError):
    """A cell of the matrix is empty, or a region has no opening hours: staff must fill it in."""

    code = "no_target"


@dataclass(frozen=True, slots=True)
class Terms:
    """What binds a promise: who (tier and why), how urgent, how much time, counted in which hours.

    `response_minutes` are minutes of `coverage`; `check_in_minutes` business minutes of `calendar` on every tier.
    """

    tier: Tier
    basis: Basis
    priority: Priority
    coverage: Coverage
    response_minutes: int
    check_in_rule: CheckInRule
    check_in_minutes: int | None
    calendar: Calendar
    target_version: int = 1

    @property
    def hours(self) -> BusinessCalendar:
        """The business hours of the region."""
        return business_calendar(self.calendar)

    @property
    def response_hours(self) -> BusinessCalendar | AlwaysOpen:
        """The hours in which the response is counted."""
        return hours_of(self.coverage, self.calendar)

    def response_due(self, start: datetime) -> datetime:
        """The last moment at which an answer is in time, for a message that came at `start`."""
        return self.response_hours.add(start, self.response_minutes * MINUTE)

    def check_in_due(self, start: datetime) -> datetime | None:
        """By when the customer hears from us unasked, counted from `start`; None when only a change of status tells."""
        if self.check_in_rule == CheckInRule.STATUS_CHANGE:
            return None
        if self.check_in_rule == CheckInRule.BUSINESS_DAY:
            return self.hours.closing_of_business_day_after(start)
        return self.hours.add(start, (self.check_in_minutes or 0) * MINUTE)

    def coming_check_ins(self, start: datetime, count: int = 3) -> list[datetime]:
        """The next `count` check-ins when each is sent at its due moment."""
        moments: list[datetime] = []
        while len(moments) < count and (due := self.check_in_due(moments[-1] if moments else start)):
            moments.append(due)
        return moments

    def due(self, kind: ClockKind, start: datetime) -> datetime | None:
        return self.response_due(start) if kind == ClockKind.RESPONSE else self.check_in_due(start)


def hours_of(coverage: str, calendar: Calendar, version: int | None = None) -> BusinessCalendar | AlwaysOpen:
    """The hours a coverage is counted in; `version` of the calendar, None for the present one."""
    return ALWAYS_OPEN if coverage == Coverage.ALWAYS else business_calendar(calendar, version)


def share_used_at(
    hours: BusinessCalendar | SuccessiveHours | AlwaysOpen, start: datetime, due: datetime, share: float
) -> datetime:
    """The moment at which `share` (0 to 1) of the open time between `start` and `due` has passed."""
    return hours.add(start, hours.between(start, due) * share)


def matrix() -> dict[tuple[Tier, Priority], Target]:
    """All cells, by tier and priority, in one query."""
    return {(Tier(t.tier), Priority(t.priority)): t for t in Target.objects.all()}


def missing_cells() -> list[tuple[Tier, Priority]]:
    """The cells of the matrix that have no row: must be empty on a healthy installation."""
    cells = matrix()
    return [(tier, priority) for tier in Tier for priority in Priority if (tier, priority) not in cells]


def terms_for(
    *,
    tier: Tier,
    basis: Basis,
    priority: Priority,
    region: Region,
    own_language: bool = False,
    target: Target | None = None,
    calendar: Calendar | None = None,
) -> Terms:
    """The terms for a promise that starts now.

    `own_language`: the requester of a 24x7 tier chose to be answered in another language than English, which is
    counted in business hours. `target` and `calendar` save a query when the caller has read them. Raises NoTarget.
    """
    target = target or Target.objects.filter(tier=tier, priority=priority).first()
    if target is None:
        raise NoTarget(f"No target for {tier.label} and P{priority}. Add it on the desk under Targets.")
    try:
        calendar = calendar or calendar_of(region)
    except Calendar.DoesNotExist:
        raise NoTarget(f"The region {region.code} has no calendar. Add it on the desk under Calendars.") from None
    return Terms(
        tier=tier,
        basis=basis,
        priority=priority,
        coverage=Coverage.BUSINESS_HOURS if own_language else Coverage(target.coverage),
        response_minutes=target.response_minutes,
        check_in_rule=CheckInRule(target.check_in_rule),
        check_in_minutes=target.check_in_minutes,
        calendar=calendar,
        target_version=target.version,
    )
