"""Business time the slow way, to hold `sla.business_time` against: nothing in common, not even the approach.

Every local day is expanded by itself, every wall time turned into UTC by itself; nothing is merged, sorted into a
table or kept up to date. A question is answered by walking from interval to interval, starting at the instant.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Stretch = tuple[datetime, datetime]

PATIENCE = timedelta(days=366)
DAY = timedelta(days=1)
REACH = 4  # days: the longest interval lasts two, a zone can skip one, and one for its offset


class NeverOpens(Exception):
    """What the oracle says where a calendar must raise NoOpenTime."""


class Oracle:
    """Takes what BusinessCalendar takes, and answers `slow_…` for each of its methods."""

    def __init__(
        self,
        zone: str,
        weekly: Mapping[int, list[tuple[str, str]]],
        exceptions: Mapping[date, list[tuple[str, str]]] | None = None,
    ) -> None:
        self.zone, self.weekly, self.exceptions = ZoneInfo(zone), weekly, exceptions or {}
        self._expanded: dict[date, list[Stretch]] = {}

    def intervals_of(self, day: date) -> list[Stretch]:
        """What opens on a local day, in UTC, in the order it was written."""
        if day not in self._expanded:
            hours = self.exceptions.get(day, self.weekly.get(day.weekday(), [])) if self._exists(day) else []
            self._expanded[day] = [
                (first, last)
                for opens, closes in hours
                if (first := self._instant(day, opens)) < (last := self._instant(_last_day(day, opens, closes), closes))
            ]
        return self._expanded[day]

    def slow_is_open(self, at: datetime) -> bool:
        return any(first <= at < last for first, last in self._near(at.astimezone(UTC).date()))

    def slow_next_opening(self, at: datetime) -> datetime:
        at = at.astimezone(UTC)
        if self.slow_is_open(at):
            return at
        for days in range(PATIENCE.days + 2):
            # Where a zone skips a day, days do not open in their order: those on either side are looked at too.
            today = at.date() + days * DAY
            openings = [first for first, _ in self._near(today) if first > at and first.date() <= today]
            if openings and min(openings) - at <= PATIENCE:
                return min(openings)
        raise NeverOpens

    def slow_next_closing(self, at: datetime) -> datetime | None:
        opening = here = self.slow_next_opening(at)
        while self.slow_is_open(here):
            here = self._closing_at(here)
            if here - opening > PATIENCE:
                return None
        return here

    def slow_add(self, start: datetime, amount: timedelta) -> datetime:
        here = self.slow_next_opening(start)
        while amount > self._closing_at(here) - here:
            amount -= self._closing_at(here) - here
            here = self.slow_next_opening(self._closing_at(here))
        return here + amount

    def slow_windows(self, start: datetime, end: datetime) -> list[Stretch]:
        stretches: list[Stretch] = []
        here = start.astimezone(UTC)
        while here < end:
            try:
                opening = self.slow_next_opening(here)
            except NeverOpens:
                here += PATIENCE
                continue
            if opening >= end:
                break
            here = opening
            while here < end and self.slow_is_open(here):
                here = self._closing_at(here)
            stretches.append((opening, min(here, end.astimezone(UTC))))
        return stretches

    def slow_between(self, start: datetime, end: datetime) -> timedelta:
        if end < start:
            return -self.slow_between(end, start)
        return sum((last - first for first, last in self.slow_windows(start, end)), timedelta())

    def slow_day_closing(self, day: date) -> datetime | None:
        return max((last for _, last in self.intervals_of(day)), default=None)

    def slow_closing_of_business_day_after(self, at: datetime) -> datetime:
        today = at.astimezone(self.zone).date()
        for days in range(1, PATIENCE.days + 1):
            closing = self.slow_day_closing(today + days * DAY)
            if closing is not None:
                return closing
        raise NeverOpens

    def _exists(self, day: date) -> bool:
        """Some half hour of it was shown by a watch; of a date that the zone skipped, none."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        halves = (midnight + n * timedelta(minutes=30) for n in range(48))
        return any(wall.astimezone(UTC).astimezone(self.zone).date() == wall.date() for wall in halves)

    def _instant(self, day: date, wall: str) -> datetime:
        if wall == "24:00":
            day, wall = day + DAY, "00:00"
        return datetime.fromisoformat(f"{day.isoformat()}T{wall}").replace(tzinfo=self.zone).astimezone(UTC)

    def _near(self, day: date) -> list[Stretch]:
        """All that is open at any time of the day in UTC, and more."""
        return [stretch for n in range(-REACH, REACH + 1) for stretch in self.intervals_of(day + n * DAY)]

    def _closing_at(self, at: datetime) -> datetime:
        """The latest end of the intervals that hold `at`; another interval may go on from there."""
        return max(last for first, last in self._near(at.astimezone(UTC).date()) if first <= at < last)


def _last_day(day: date, opens: str, closes: str) -> date:
    return day if closes > opens else day + DAY


def rfc5545_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a naive wall time by the letter of RFC 5545 §3.3.5, found by trial.

    Every offset in force within two days is tried: those that lead back to `wall` give its instants, and the first
    counts. When none does, `wall` was skipped: it takes the offset in force before the change.
    """
    around = [(wall + timedelta(minutes=15 * step)).replace(tzinfo=UTC) for step in range(-192, 193)]
    local = {instant: instant.astimezone(zone) for instant in around}
    candidates = {(wall - offset).replace(tzinfo=UTC) for offset in (at.utcoffset() for at in local.values()) if offset}
    candidates |= {wall.replace(tzinfo=UTC)}
    fitting = [instant for instant in candidates if instant.astimezone(zone).replace(tzinfo=None) == wall]
    if fitting:
        return min(fitting)
    before = [at for at in local.values() if at.replace(tzinfo=None) < wall][-1].utcoffset()
    assert before is not None
    return (wall - before).replace(tzinfo=UTC)
