"""Business time over an edit of opening hours: each moment counts in the hours that were in force at it.

Pure Python, as `sla.business_time`: an edit never reaches back, so what had passed by then stays as it was counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sla.business_time import BusinessCalendar, NoOpenTime, Window

_ZERO = timedelta()
_DAY = timedelta(days=1)
# The longest interval of a day closes within 48 hours of its midnight.
_REACH = timedelta(days=3)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Period:
    """`calendar` is in force from `since` (None: from the beginning) until the next period begins."""

    since: datetime | None
    calendar: BusinessCalendar


class SuccessiveHours:
    """The interface of BusinessCalendar that promises are counted with, over calendars that followed one another."""

    __slots__ = ("periods",)

    def __init__(self, periods: Sequence[Period]) -> None:
        if not periods or periods[0].since is not None:
            raise ValueError("The first period begins with time itself.")
        moments = [period.since for period in periods[1:]]
        if None in moments or moments != sorted(moments, key=lambda moment: moment or _LAST):
            raise ValueError("Periods follow one another.")
        self.periods = tuple(periods)

    def within(self, start: datetime, end: datetime) -> list[tuple[BusinessCalendar, datetime, datetime]]:
        """Which calendar was in force in which part of [start, end), in order, without a gap."""
        found = []
        for calendar, since, until in self._spans():
            first, last = max(start, since or start), min(end, until or end)
            if first < last:
                found.append((calendar, first, last))
        return found

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """As BusinessCalendar.add."""
        for calendar, since, until in self._spans():
            at = max(start, since or start)
            if until is None:
                return calendar.add(at, amount)
            if at >= until:
                continue
            if amount and amount <= (passed := calendar.between(at, until)):
                return calendar.add(at, amount)
            if not amount:
                opening = _opening(calendar, at)
                if opening is not None and opening < until:
                    return opening
                continue
            amount -= passed
        raise NoOpenTime(f"So much open time never comes: {amount}.")  # pragma: no cover (the last period has no end)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """As BusinessCalendar.between."""
        if end < start:
            return -self.between(end, start)
        return sum((calendar.between(first, last) for calendar, first, last in self.within(start, end)), _ZERO)

    def windows(self, start: datetime, end: datetime) -> list[Window]:
        """As BusinessCalendar.windows: what is open on both sides of an edit is one window."""
        found: list[Window] = []
        for calendar, first, last in self.within(start, end):
            for opens, closes in calendar.windows(first, last):
                if found and found[-1][1] == opens:
                    found[-1] = (found[-1][0], closes)
                else:
                    found.append((opens, closes))
        return found

    def closing_of_business_day_after(self, at: datetime) -> datetime:
        """As BusinessCalendar.closing_of_business_day_after: the first closing that was one when it came."""
        for calendar, since, until in self._spans():
            if until is not None and at >= until:
                continue
            closing = _closing_after(calendar, at, since)
            if until is None or (closing is not None and closing <= until):
                if closing is None:
                    break
                return closing
        raise NoOpenTime(f"No business day within a year after {at.isoformat()}.")

    def _spans(self) -> list[tuple[BusinessCalendar, datetime | None, datetime | None]]:
        ends = [*(period.since for period in self.periods[1:]), None]
        return [(period.calendar, period.since, until) for period, until in zip(self.periods, ends, strict=True)]


def _opening(calendar: BusinessCalendar, at: datetime) -> datetime | None:
    try:
        return calendar.next_opening(at)
    except NoOpenTime:
        return None


def _closing_after(calendar: BusinessCalendar, at: datetime, since: datetime | None) -> datetime | None:
    """The first closing of a business day after the local day of `at` that comes after `since`."""
    day = at if since is None else max(at, since - _REACH)
    try:
        while since is not None and (closing := calendar.closing_of_business_day_after(day)) <= since:
            day += _DAY
        return calendar.closing_of_business_day_after(day) if since is None else closing
    except NoOpenTime:
        return None
