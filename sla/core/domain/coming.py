"""The check-ins still to come on a ticket, reckoned from the one that runs."""

from datetime import datetime

from sla.business_time import BusinessCalendar
from sla.core.domain.calendars import business_calendar
from sla.core.domain.terms import MINUTE
from sla.core.enums import CheckInRule
from sla.core.models import Clock


def coming_check_ins(clock: Clock, *, now: datetime, count: int = 3) -> list[datetime]:
    """The next `count` moments, when each check-in is sent at its due moment. `clock.calendar.region` should be loaded.

    A moment that has passed is left out: what is overdue is said elsewhere, the plan goes on from now.
    """
    return moments(
        clock.due_at, clock.rule, clock.target_minutes, business_calendar(clock.calendar), now=now, count=count
    )


def moments(
    due_at: datetime, rule: str, minutes: int | None, hours: BusinessCalendar, *, now: datetime, count: int = 3
) -> list[datetime]:
    """The same from the values of a running check-in clock, without its instance."""
    found = [due_at] if due_at > now else []
    last = max(due_at, now)
    while len(found) < count:
        last = (
            hours.closing_of_business_day_after(last)
            if rule == CheckInRule.BUSINESS_DAY
            else hours.add(last, (minutes or 0) * MINUTE)
        )
        found.append(last)
    return found
