"""Business time: how much open time lies between two instants, and when a given amount of it has passed.

Pure Python: no Django, no database, no clock. The rules are those of `docs/promises.md` §4.

How it is fast. Wall times are resolved once into open windows of UTC, kept in a table with the open time that lies
before each of them; `add` and `between` are then two bisections, over ten thousand hours as over one. Tables are
made by whole years, when they are first needed, around the dates that were asked for. Instants in UTC are quickest.

How it is safe. A table is never changed: a longer one takes its place. Threads that race build the same one twice.

The range. Instants lie in the years 2 to 9997 (UTC); others raise ValueError, and so do datetimes without a zone,
everywhere. What would come later never comes: NoOpenTime.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from operator import sub
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

__all__ = ["ALWAYS_OPEN", "AlwaysOpen", "BusinessCalendar", "Hours", "Interval", "NoOpenTime", "Window"]

Interval: TypeAlias = tuple[str, str]
"""(opens, closes) in local wall time: ("09:00", "17:30"), ("22:00", "06:00") over midnight, ("00:00", "24:00")."""

Window: TypeAlias = tuple[datetime, datetime]
"""[opens, closes) in UTC."""

_ZERO = timedelta()
_DAY = timedelta(days=1)
_PATIENCE = timedelta(days=366)
_LONGEST = timedelta(days=10_000 * 366)  # longer than the range: whatever is asked beyond it never comes
_FIRST_YEAR, _LAST_YEAR = 2, 9997  # room at both ends for zones, nights and a year of patience
_END = datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC)
_WALL_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class NoOpenTime(Exception):
    """The calendar does not open within the 366 days in which an opening is needed."""


class _Table(NamedTuple):
    """The open windows from the first of January on which `opens[0]` lies until `high`, ascending, never touching.

    Window 0 begins where the table begins and may be empty, so that every instant has a window that opened before
    it. `before[i]` is the open time before window i; its one more, last entry is the sum of all. `gaps` are the
    windows that more than 366 closed days precede: none, in a calendar that serves anybody.
    """

    high: datetime
    opens: list[datetime]
    closes: list[datetime]
    before: list[timedelta]
    gaps: list[int]

    def passed(self, at: datetime) -> timedelta:
        """The open time from the beginning of the table until `at`, which lies in it."""
        i = bisect_right(self.opens, at)
        passed, most = self.before[i - 1] + (at - self.opens[i - 1]), self.before[i]
        return passed if passed < most else most


class BusinessCalendar:
    """Opening hours in one time zone: a value, equal to any other calendar with the same zone and hours.

    time_zone     IANA name, such as "Europe/Paris".
    weekly_hours  weekday (0 = Monday) → intervals ("09:00", "17:30") in local wall time, any number a day, in any
                  order; a weekday left out is closed. An end at or before its start crosses midnight and belongs to
                  the day it opens, so ("09:00", "09:00") lasts 24 hours. "24:00" is an end only.
    exceptions    local date → the intervals of that date in place of the weekly ones; an empty list is a closed day.
                  What opened the evening before still runs into it.

    Raises ValueError for an unknown zone, a malformed time or a weekday outside 0 to 6. A calendar that never opens
    can be made; what needs open time of it raises NoOpenTime.

    Elapsed time is real time: a clock-change night counts its real length. Wall times are resolved as in RFC 5545:
    one that a clock change skips takes the offset from before the change, one that comes twice is the first of the
    two. An interval that a clock change leaves empty is dropped; overlapping and touching ones are one window. A local
    date that the zone skipped altogether has no hours.
    """

    __slots__ = ("_key", "_special", "_tables", "_weekly", "_zone", "exceptions", "time_zone", "weekly_hours")

    time_zone: Final[str]
    weekly_hours: Final[Mapping[int, tuple[Interval, ...]]]  # all seven weekdays; intervals sorted, each once
    exceptions: Final[Mapping[date, tuple[Interval, ...]]]  # ascending

    def __init__(
        self,
        time_zone: str,
        weekly_hours: Mapping[int, Iterable[Interval]],
        exceptions: Mapping[date, Iterable[Interval]] = MappingProxyType({}),
    ) -> None:
        self._zone = _zone(time_zone)
        for weekday in weekly_hours:
            if not isinstance(weekday, int) or not 0 <= weekday <= 6:
                raise ValueError(f"A weekday is a number from 0 (Monday) to 6 (Sunday), not {weekday!r}.")
        for day in exceptions:
            if not isinstance(day, date) or isinstance(day, datetime):
                raise ValueError(f"The day of an exception is a date, not {day!r}.")
        week = {weekday: _normalised(weekly_hours.get(weekday, ())) for weekday in range(7)}
        special = {day: _normalised(exceptions[day]) for day in sorted(exceptions)}

        self.time_zone = time_zone
        self.weekly_hours = MappingProxyType(week)
        self.exceptions = MappingProxyType(special)
        self._key = (time_zone, tuple(week.values()), tuple(special.items()))
        self._weekly = [_spans(intervals) for intervals in week.values()]
        self._special = {day: _spans(intervals) for day, intervals in special.items()}
        self._tables: dict[int, _Table] = {}  # by the year that a table begins with; it may reach into later ones

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, BusinessCalendar) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        week = {weekday: intervals for weekday, intervals in self.weekly_hours.items() if intervals}
        return f"BusinessCalendar({self.time_zone!r}, {week!r}, {dict(self.exceptions)!r})"

    def __reduce__(self) -> tuple[type["BusinessCalendar"], tuple[object, ...]]:
        return BusinessCalendar, (self.time_zone, dict(self.weekly_hours), dict(self.exceptions))

    # Arithmetic

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The first instant at which `amount` of open time has passed since `start`.

        start   aware, any zone; outside opening hours the count begins at the next opening.
        amount  elapsed open time; zero gives the next opening. Used up exactly at closing time it gives that
                closing time, not the next opening: an answer at that instant is on time.
        Returns UTC. Raises ValueError when `amount` is negative, NoOpenTime when more than 366 days in a row
        without an opening lie in between.
        """
        if not _ZERO <= amount <= _LONGEST:
            raise _impossible(amount)
        at = _utc(start)
        table = self._tables.get(at.year) or self._table(at)
        target = table.passed(at) + amount
        find = bisect_left if amount else bisect_right
        while (i := find(table.before, target) - 1) == len(table.opens):
            table = self._longer(table, at, target)
        if table.gaps:
            _refuse_gaps(table, at, i)
        return table.opens[i] + (target - table.before[i])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time between two aware instants; negative when `end` is before `start`. Never NoOpenTime."""
        first, last = _utc(start), _utc(end)
        if last < first:
            return -self.between(last, first)
        table = self._tables.get(first.year) or self._table(first)
        if last >= table.high:
            table = self._table(first, last)
        return table.passed(last) - table.passed(first)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in a window; the closing instant itself does not."""
        at = _utc(at)
        table = self._table(at)
        return at < table.closes[bisect_right(table.opens, at) - 1]

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant at or after `at`: `at` itself (in UTC) when open. Raises NoOpenTime."""
        return self.add(at, _ZERO)

    def next_closing(self, at: datetime) -> datetime | None:
        """The end of the open stretch that holds `at`, or of the next one. Raises NoOpenTime when none comes.

        None when that stretch goes on for more than 366 days after `at` or its opening: hours around the clock.
        """
        opening = self.next_opening(at)
        limit = min(opening + _PATIENCE, _END - _DAY)
        table = self._table(opening)
        i = bisect_right(table.opens, opening) - 1
        if table.closes[i] == table.high:  # it may go on where the table ends
            table = self._table(opening, limit)
        return table.closes[i] if table.closes[i] <= limit else None

    def windows(self, start: datetime, end: datetime) -> list[Window]:
        """The open stretches clipped to [start, end), ascending, in UTC; they add up to `between(start, end)`.

        Empty when `end` is not after `start`, and when nothing is open.
        """
        first, last = _in_range(_utc(start)), _in_range(_utc(end))
        if last <= first:
            return []
        table = self._table(first, last)
        begin, stop = bisect_right(table.closes, first), bisect_left(table.opens, last)
        clipped = zip(table.opens[begin:stop], table.closes[begin:stop], strict=True)
        return [(max(first, opens), min(closes, last)) for opens, closes in clipped]

    # Local days

    def is_exception(self, day: date) -> bool:
        """Whether the local date `day` has hours of its own in place of the weekly ones."""
        return day in self.exceptions

    def intervals_on(self, day: date) -> tuple[Interval, ...]:
        """The wall intervals that open on the local date `day`, as given, sorted; empty on a closed day."""
        special = self.exceptions.get(day)
        return self.weekly_hours[day.weekday()] if special is None else special

    def day_closing(self, day: date) -> datetime | None:
        """The last closing (UTC) of what opens on the local date `day`; None when nothing does.

        An overnight interval belongs to the day it opens, so its closing lies on the day after.
        """
        windows = self._resolved(_in_range(_midnight(day)))
        return max((closes for _opens, closes in windows), default=None)

    def closing_of_business_day_after(self, at: datetime) -> datetime:
        """The `day_closing` of the first local day with opening time after the local day of `at`.

        Raises NoOpenTime when none of the 366 days that follow has any.
        """
        today = _midnight(_in_range(_utc(at)).astimezone(self._zone))
        for days in range(1, _PATIENCE.days + 1):
            if windows := self._resolved(today + timedelta(days)):
                return max(closes for _opens, closes in windows)
        raise _no_open_time(at)

    # Tables. A midnight here is the wall time of a local day labelled as UTC: wall time - offset is then an instant.

    def _table(self, first: datetime, last: datetime | None = None) -> _Table:
        """A table that holds `first` and, when given, `last`. Raises ValueError out of the range."""
        table = self._tables.get(first.year)
        if table is None:
            low = datetime(_in_range(first).year, 1, 1, tzinfo=UTC)
            table = self._grown(_Table(low, [low], [low], [_ZERO, _ZERO], []), low.year + 1)
        if last is not None and last >= table.high:
            # By half at least, so that growing step by step costs no more than growing at once.
            half = (table.high.year - first.year) // 2
            table = self._grown(table, max(_in_range(last).year + 1, min(table.high.year + half, _END.year)))
        return table

    def _longer(self, table: _Table, at: datetime, target: timedelta) -> _Table:
        """`table`, in which `at` lies, continued, because `target` is more open time than it has."""
        awaited = max(at, table.closes[-1])
        missing = target - table.before[-1]
        if table.high - awaited > _PATIENCE or table.high == _END or missing > _END - awaited:
            raise _no_open_time(awaited)
        return self._table(at, min(max(table.high, awaited + missing), _END - _DAY))

    def _grown(self, table: _Table, year: int) -> _Table:
        """`table` continued to the beginning of `year`, and kept in its place."""
        high = datetime(year, 1, 1, tzinfo=UTC)
        opens, closes = table.opens.copy(), table.closes.copy()
        for opening, closing in self._built(table.high, high):
            if opening >= high:
                break
            if opening > closes[-1]:
                opens.append(opening)
                closes.append(closing)
            elif closing > closes[-1]:
                closes[-1] = closing
        closes[-1] = min(closes[-1], high)
        before = list(accumulate(map(sub, closes, opens), initial=_ZERO))
        gaps = [i for i in range(1, len(opens)) if opens[i] - closes[i - 1] > _PATIENCE]
        grown = self._tables[opens[0].year] = _Table(high, opens, closes, before, gaps)
        return grown

    def _built(self, low: datetime, high: datetime) -> list[Window]:
        """All windows of [low, high), by opening; there may be more, and they may overlap.

        A day is resolved time by time only when the offset of the zone changes during it or the one after (an
        overnight interval ends within 48 hours of its midnight); every other day is shifted as a whole.
        """
        midnights = [low + timedelta(days) for days in range(-3, (high - low).days + 4)]
        offsets = [self._offset(midnight) for midnight in midnights]
        found: list[Window] = []
        for midnight, offset, next_day, day_after in zip(midnights, offsets, offsets[1:], offsets[2:], strict=False):
            if offset == next_day == day_after:
                instant = midnight - offset
                found += [(instant + opens, instant + closes) for opens, closes in self._spans_on(midnight)]
            else:
                found += self._resolved(midnight)
        return sorted(found)

    def _resolved(self, midnight: datetime) -> list[Window]:
        """The windows that open on the local day of `midnight`, each of their times resolved by itself."""
        windows: list[Window] = []
        if self._is_skipped(midnight):
            return windows
        for span in self._spans_on(midnight):
            opens, closes = (midnight + wall - self._offset(midnight + wall) for wall in span)
            if opens < closes:
                windows.append((opens, closes))
        return windows

    def _is_skipped(self, midnight: datetime) -> bool:
        """Whether the zone has no such local date: it moved over the date line, from one day to the next but one."""
        if self._offset(midnight) == self._offset(midnight + _DAY):
            return False
        walls = (midnight, midnight + _DAY / 2, midnight + _DAY - timedelta.resolution)
        return not any((wall - self._offset(wall)).astimezone(self._zone).replace(tzinfo=UTC) == wall for wall in walls)

    def _offset(self, wall: datetime) -> timedelta:
        return self._zone.utcoffset(wall) or _ZERO  # fold 0: before the change in a gap, the first when it comes twice

    def _spans_on(self, midnight: datetime) -> list[tuple[timedelta, timedelta]]:
        spans = self._special.get(midnight.date()) if self._special else None
        return self._weekly[midnight.weekday()] if spans is None else spans


class AlwaysOpen:
    """Around the clock: the interface of BusinessCalendar where every instant is open. Use ALWAYS_OPEN."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ALWAYS_OPEN"

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """`amount` after `start`, in UTC. Raises ValueError when `amount` is negative."""
        if not _ZERO <= amount <= _LONGEST:
            raise _impossible(amount)
        at = _in_range(_utc(start))
        if amount > _END - at:
            raise _no_open_time(_END)
        return at + amount

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The time between two aware instants; negative when `end` is before `start`."""
        return _in_range(_utc(end)) - _in_range(_utc(start))

    def is_open(self, at: datetime) -> bool:
        """True, whenever that is."""
        _in_range(_utc(at))
        return True

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself, in UTC."""
        return _in_range(_utc(at))

    def next_closing(self, at: datetime) -> datetime | None:
        """None: it does not close."""
        _in_range(_utc(at))
        return None

    def windows(self, start: datetime, end: datetime) -> list[Window]:
        """[start, end) in one piece; empty when `end` is not after `start`."""
        first, last = _in_range(_utc(start)), _in_range(_utc(end))
        return [(first, last)] if first < last else []


ALWAYS_OPEN: Final = AlwaysOpen()

Hours: TypeAlias = BusinessCalendar | AlwaysOpen
"""What a promise is counted in."""


def _utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError when `at` has no zone."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"An instant needs a time zone: {at!r}.")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise _out_of_range(at) from None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _in_range(at: datetime) -> datetime:
    """The same. Raises ValueError outside the years that calendars are worked out for."""
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise _out_of_range(at)
    return at


def _out_of_range(at: datetime) -> ValueError:
    return ValueError(f"Calendars cover the years {_FIRST_YEAR} to {_LAST_YEAR}, not {at.isoformat()}.")


def _impossible(amount: timedelta) -> Exception:
    if amount < _ZERO:
        return ValueError(f"An amount of open time cannot be negative: {amount}.")
    return NoOpenTime(f"So much open time never comes: {amount}.")


def _no_open_time(awaited: datetime) -> NoOpenTime:
    return NoOpenTime(f"No opening within {_PATIENCE.days} days after {awaited.isoformat()}.")


def _refuse_gaps(table: _Table, at: datetime, i: int) -> None:
    """Raises NoOpenTime when more than 366 closed days in a row lie between `at` and window `i`."""
    held = bisect_right(table.opens, at) - 1
    for gap in table.gaps:
        awaited = max(at, table.closes[gap - 1])
        if held < gap <= i and table.opens[gap] - awaited > _PATIENCE:
            raise _no_open_time(awaited)


def _zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Paths, folders and the zones with leap seconds are none: ValueError."""
    try:
        if not name.startswith(("posix/", "right/")):
            return ZoneInfo(name)
    except (AttributeError, KeyError, OSError, ValueError):
        pass
    raise ValueError(f"There is no time zone called {name!r}.")


def _normalised(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The intervals of a day, sorted, each once. Raises ValueError for a malformed one."""
    found: set[Interval] = set()
    for interval in intervals:
        try:
            opens, closes = interval
            well_formed = _WALL_TIME.fullmatch(opens) and (closes == "24:00" or _WALL_TIME.fullmatch(closes))
        except (TypeError, ValueError):
            well_formed = None
        if not well_formed:
            raise ValueError(f'An interval is a pair such as ("09:00", "17:30"), not {interval!r}.')
        found.add((opens, closes))
    return tuple(sorted(found))


def _spans(intervals: Iterable[Interval]) -> list[tuple[timedelta, timedelta]]:
    """The intervals counted from local midnight; an end on the next day lies beyond 24 hours."""
    spans = []
    for interval in intervals:
        opens, closes = (timedelta(hours=int(wall[:2]), minutes=int(wall[3:])) for wall in interval)
        spans.append((opens, closes if closes > opens else closes + _DAY))
    return spans
