"""Cuts the time between two moments into what was counted and what was closed, each closed stretch with its cause."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sla.business_time import AlwaysOpen, BusinessCalendar

DAY = timedelta(days=1)
SATURDAY = 5


class Closed(StrEnum):
    """Why a stretch is not counted."""

    NIGHT = "night"
    BREAK = "break"
    WEEKEND = "weekend"
    CLOSED_DAY = "closed_day"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class Stretch:
    """Time without a change between open and closed. `names` (English, French) only for a holiday.

    `clock_change` is how far the local clock was moved within it: one hour forward in spring is +1 h. The length is
    real time, so it is already right.
    """

    starts_at: datetime
    ends_at: datetime
    closed: Closed | None = None
    names: tuple[str, str] | None = None
    clock_change: timedelta = timedelta()

    @property
    def counted(self) -> bool:
        return self.closed is None

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    def as_json(self) -> dict[str, Any]:
        return {
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "seconds": self.length.total_seconds(),
            "counted": self.counted,
            "closed_because": self.closed.value if self.closed else None,
            "name": {"en": self.names[0], "fr": self.names[1]} if self.names else None,
            "clock_change_minutes": int(self.clock_change.total_seconds() // 60),
        }


def stretches(
    hours: BusinessCalendar | AlwaysOpen,
    start: datetime,
    end: datetime,
    *,
    zone_name: str,
    names: Mapping[date, tuple[str, str]],
) -> list[Stretch]:
    """Every stretch between `start` and `end` in order, without a gap; `names` of the special days by local date."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    zone = ZoneInfo(zone_name)
    found: list[Stretch] = []
    at = start
    for opens, closes in hours.windows(start, end):
        if opens > at:
            found += _closed(hours, at, opens, zone=zone, names=names)
        found.append(_stretch(opens, closes, zone=zone))
        at = closes
    if at < end:
        found += _closed(hours, at, end, zone=zone, names=names)
    return found


def joined(found: list[Stretch]) -> list[Stretch]:
    """The same time, where an edit of the hours cut a stretch in two of the same kind as the one that it is."""
    whole: list[Stretch] = []
    for stretch in found:
        last = whole[-1] if whole else None
        if last and last.ends_at == stretch.starts_at and (last.closed, last.names) == (stretch.closed, stretch.names):
            moved = last.clock_change + stretch.clock_change
            whole[-1] = replace(last, ends_at=stretch.ends_at, clock_change=moved)
        else:
            whole.append(stretch)
    return whole


def _stretch(starts_at: datetime, ends_at: datetime, *, zone: ZoneInfo, **cause: Any) -> Stretch:
    before, after = starts_at.astimezone(zone).utcoffset(), ends_at.astimezone(zone).utcoffset()
    change = (after - before) if before is not None and after is not None else timedelta()
    return Stretch(starts_at, ends_at, clock_change=change, **cause)


def _closed(
    hours: BusinessCalendar | AlwaysOpen,
    starts_at: datetime,
    ends_at: datetime,
    *,
    zone: ZoneInfo,
    names: Mapping[date, tuple[str, str]],
) -> list[Stretch]:
    """A closed time as one stretch per cause: the nights around a weekend belong to the weekend, as people say it."""
    first, last = starts_at.astimezone(zone).date(), (ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    causes: list[tuple[date, Closed, tuple[str, str] | None]] = []
    day = first
    while day <= last:
        cause = _cause(hours, day, names)
        if cause is not None and (not causes or causes[-1][1:] != cause):
            causes.append((day, *cause))
        day += DAY
    if not causes:
        between = first == last and _between_openings(hours, starts_at.astimezone(zone), ends_at.astimezone(zone))
        return [_stretch(starts_at, ends_at, zone=zone, closed=Closed.BREAK if between else Closed.NIGHT)]
    midnights = [datetime.combine(day, datetime.min.time(), zone).astimezone(UTC) for day, _why, _names in causes[1:]]
    edges = [starts_at, *midnights, ends_at]
    return [
        _stretch(begin, finish, zone=zone, closed=why, names=named)
        for begin, finish, (_day, why, named) in zip(edges[:-1], edges[1:], causes, strict=True)
        if finish > begin
    ]


def _between_openings(hours: BusinessCalendar | AlwaysOpen, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a closed time within one local day has opening hours of that day on both sides: a lunch break."""
    if isinstance(hours, AlwaysOpen):
        return False
    openings = [opens for opens, _closes in hours.intervals_on(starts_at.date())]
    return min(openings) < f"{starts_at:%H:%M}" and max(openings) >= f"{ends_at:%H:%M}"


def _cause(
    hours: BusinessCalendar | AlwaysOpen, day: date, names: Mapping[date, tuple[str, str]]
) -> tuple[Closed, tuple[str, str] | None] | None:
    """Why the whole local day is closed; None when it has opening hours."""
    if isinstance(hours, AlwaysOpen) or hours.intervals_on(day):
        return None
    if hours.is_exception(day):
        return Closed.HOLIDAY, names.get(day)
    return (Closed.WEEKEND if day.weekday() >= SATURDAY else Closed.CLOSED_DAY), None
