"""The check-ins still to come on a ticket, reckoned from the one that runs."""

from datetime import datetime, timedelta

from sla.domain.calendars import business_calendar
from sla.domain.terms import MINUTE
from sla.enums import CheckInRule
from sla.models import Clock


def coming_check_ins(clock: Clock, *, now: datetime, count: int = 3) -> list[datetime]:
    """The next `count` moments, when each check-in is sent at its due moment. `clock.calendar.region` should be loaded.

    A moment that has passed is left out: what is overdue is said elsewhere, the plan goes on from now.
    """
    hours = business_calendar(clock.calendar)
    amount: timedelta = (clock.target_minutes or 0) * MINUTE
    moments = [clock.due_at] if clock.due_at > now else []
    last = max(clock.due_at, now)
    while len(moments) < count:
        last = (
            hours.closing_of_business_day_after(last)
            if clock.rule == CheckInRule.BUSINESS_DAY
            else hours.add(last, amount)
        )
        moments.append(last)
    return moments
