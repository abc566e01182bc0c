"""A time zone as RFC 5545 wants it beside the events that name it, for the years in which they lie.

The icalendar library can describe zones too, but searches in steps in which a short summer time goes unseen (Morocco
leaves it for one month), and writes onsets in the new time, where the standard wants the old.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from portal.lib.zones import zone

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def vtimezone(name: str, first_year: int, last_year: int) -> Timezone:
    """The zone called `name` from the first of January to the last of December: one part per change of its clocks."""
    described = Timezone()
    described.add("TZID", name)
    start = datetime(first_year, 1, 1, tzinfo=UTC) - DAY
    for onset in (start, *_changes(name, start, datetime(last_year + 1, 1, 1, tzinfo=UTC) + DAY)):
        local = onset.astimezone(zone(name))
        after = local.utcoffset() or timedelta()
        before = after if onset == start else _offset(name, onset - SECOND)
        part = TimezoneDaylight() if local.dst() else TimezoneStandard()
        part.DTSTART = (onset + before).replace(tzinfo=None)
        part.TZOFFSETFROM, part.TZOFFSETTO = before, after
        part.add("TZNAME", local.tzname() or name)
        described.add_component(part)
    return described


def _changes(name: str, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants (UTC, to the second) at which the offset changes: looked for day by day, then halved."""
    low = start
    while low < end:
        high = low + DAY
        if _offset(name, low) != _offset(name, high):
            before, after = low, high
            while after - before > SECOND:
                middle = before + (after - before) // 2
                middle = middle.replace(microsecond=0)
                if _offset(name, middle) == _offset(name, low):
                    before = middle
                else:
                    after = middle
            yield after
        low = high


def _offset(name: str, at: datetime) -> timedelta:
    return at.astimezone(zone(name)).utcoffset() or timedelta()
