"""Turns the rows of a calendar into the pure BusinessCalendar, and fills in public holidays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

import holidays
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Region, User
from portal.lib.errors import DomainError
from sla.business_time import BusinessCalendar
from sla.core.domain.holiday_names import french_name
from sla.core.domain.successive_hours import Period, SuccessiveHours
from sla.core.models import Calendar, CalendarException, CalendarVersion
from sla.core.models.calendar import A_YEAR

# Targets reach a year of business time at most; the holidays of so many years after the present one are entered.
YEARS_AHEAD = 2


class NeverOpens(DomainError):
    """An edit would leave a calendar without any opening for a year."""

    code = "never_opens"

    def __init__(self) -> None:
        super().__init__(
            _("With these hours and closed days, the calendar is closed for a whole year. Add business days.")
        )


@dataclass(frozen=True)
class CalendarSnapshot:
    """One version of a calendar as values: `hours`, and `names` (English, French) of its special days.

    `counted` is what a promise of this version is counted in: an edit counts from the next full minute on, so whatever
    had passed by then counts in the hours of before. `since` is that minute, `before` the version that it replaced.
    """

    hours: BusinessCalendar
    names: Mapping[date, tuple[str, str]]
    time_zone: str
    since: datetime | None = None
    before: "CalendarSnapshot | None" = None

    @cached_property
    def periods(self) -> list["CalendarSnapshot"]:
        """The editions that were in force one after the other, this one last."""
        if self.since is None or self.before is None:
            return [self]
        # A watch that was set back must not make an older edit the later one.
        earlier = [one for one in self.before.periods if one.since is None or one.since < self.since]
        return [*earlier, self]

    @cached_property
    def counted(self) -> BusinessCalendar | SuccessiveHours:
        first, *further = self.periods
        if not further:
            return self.hours
        return SuccessiveHours([Period(None, first.hours), *(Period(one.since, one.hours) for one in further)])

    def within(self, start: datetime, end: datetime) -> Iterator[tuple["CalendarSnapshot", datetime, datetime]]:
        """Which edition was in force in which part of [start, end), in order, without a gap."""
        periods = self.periods
        ends = [*(one.since for one in periods[1:]), None]
        for index, (one, until) in enumerate(zip(periods, ends, strict=True)):
            first = max(start, one.since) if index and one.since else start
            last = min(end, until) if until else end
            if first < last:
                yield one, first, last


@lru_cache(maxsize=256)
def calendar_snapshot(calendar_id: int, version: int) -> CalendarSnapshot:
    """The calendar as it was in `version`. Built once per process: a version never changes.

    Raises CalendarVersion.DoesNotExist for a version that nothing was ever counted with.
    """
    rows = list(CalendarVersion.objects.filter(calendar=calendar_id, version__lte=version).order_by("version"))
    if not rows or rows[-1].version != version:
        rows.append(_store_present(calendar_id, version))
    found = built(rows[0])
    for row in rows[1:]:
        found = built(row, before=found)
    return found


def built(stored: CalendarVersion, *, before: CalendarSnapshot | None = None) -> CalendarSnapshot:
    """The values of a version, saved or not; `before` is the one that it replaces."""
    exceptions = {date.fromisoformat(day): value for day, value in stored.exceptions.items()}
    return CalendarSnapshot(
        hours=BusinessCalendar(
            stored.time_zone,
            {int(day): [(opens, closes) for opens, closes in pairs] for day, pairs in stored.weekly.items()},
            {day: [(opens, closes) for opens, closes in value["hours"]] for day, value in exceptions.items()},
        ),
        names={day: (value["en"], value["fr"]) for day, value in exceptions.items()},
        time_zone=stored.time_zone,
        since=next_minute(stored.created_at) if stored.created_at else None,
        before=before,
    )


def next_minute(moment: datetime) -> datetime:
    """From when an edit made at `moment` counts. Full minutes only, so that what is shown adds up."""
    full = moment.replace(second=0, microsecond=0)
    return full if full == moment else full + timedelta(minutes=1)


def _store_present(
    calendar_id: int, version: int, *, by: User | None = None, edited_at: datetime | None = None
) -> CalendarVersion:
    """Keep what the rows say now as `version`, if that is still the version they have."""
    calendar = Calendar.objects.select_related("region").get(pk=calendar_id)
    weekly: dict[str, list[list[str]]] = {}
    for interval in calendar.intervals.all():
        weekly.setdefault(str(interval.weekday), []).append([interval.opens, interval.closes])
    exceptions = {
        row.day.isoformat(): {"hours": row.intervals, "en": row.name_en, "fr": row.name_fr}
        for row in calendar.exceptions.all()
    }
    # The version again, after the rows: an edit that was committed in between is not stored under the old number.
    if Calendar.objects.values_list("version", flat=True).get(pk=calendar_id) != version:
        raise CalendarVersion.DoesNotExist(f"calendar {calendar_id} has no version {version}")
    stored, _created = CalendarVersion.objects.get_or_create(
        calendar=calendar,
        version=version,
        defaults={
            "time_zone": calendar.region.time_zone, "weekly": weekly, "exceptions": exceptions,
            "created_at": edited_at, "created_by": by,
            "longest_closure": longest_closure(weekly, exceptions, since=edited_at.date()) if edited_at else None,
        },
    )  # fmt: skip
    return stored


def longest_closure(weekly: Mapping[str, Any], exceptions: Mapping[str, Any], *, since: date) -> int:
    """How many days in a row a calendar stays closed at most, from `since` until a year after its last special day.

    Both arguments as a CalendarVersion stores them; counts no further than A_YEAR.
    """
    last = max((date.fromisoformat(day) for day in exceptions), default=since)
    longest = run = 0
    for offset in range(max((last - since).days, 0) + A_YEAR + 1):
        day = since + timedelta(days=offset)
        special = exceptions.get(day.isoformat())
        run = 0 if (special["hours"] if special else weekly.get(str(day.weekday()))) else run + 1
        longest = max(longest, run)
    return min(longest, A_YEAR)


def business_calendar(calendar: Calendar, version: int | None = None) -> BusinessCalendar:
    """The opening hours of `calendar` as a value for arithmetic; `version` for those of an older promise."""
    return calendar_snapshot(calendar.pk, version or calendar.version).hours


def calendar_of(region: Region) -> Calendar:
    """The calendar row of `region`. Raises Calendar.DoesNotExist for a region whose hours were never entered."""
    calendar = Calendar.objects.get(region=region)
    calendar.region = region
    return calendar


def new_version(calendar: Calendar, *, by: User | None, now: datetime) -> CalendarVersion:
    """Say that rows of `calendar` changed, in the transaction that changed them: a new version that promises name.

    Values built from older versions are not used for new promises, and running ones are recounted by a job. Raises
    NeverOpens when the calendar would not open for a year; the caller's transaction is to be undone then.
    """
    Calendar.objects.filter(pk=calendar.pk).update(version=F("version") + 1)
    calendar.refresh_from_db(fields=["version"])
    return save_version(calendar, by=by, now=now)


def save_version(calendar: Calendar, *, by: User | None, now: datetime) -> CalendarVersion:
    """Store what the rows of `calendar` say as its present version; of a new calendar, before any promise names it.

    Left to the first promise, the version would go with that promise when it is refused, but stay in the memory of
    the process, whose next promises would name what no table holds. Raises NeverOpens as `new_version` does.
    """
    try:
        with transaction.atomic():
            return _store_present(calendar.pk, calendar.version, by=by, edited_at=now)
    except IntegrityError:
        raise NeverOpens from None


FRENCH = ("fr", "fr_CA", "fr_FR")


def public_holidays(region: Region, year: int) -> dict[date, tuple[str, str]]:
    """The public holidays of the region's country and subdivision in `year`: day → (English name, French name).

    Names come from the holidays library. Where it has no French, those of domain/holiday_names.py stand in; where it
    has no English, it gives the country's own language.
    Raises NotImplementedError for a country or subdivision that the library does not know.
    """
    subdivision = region.subdivision or None
    supported = holidays.country_holidays(region.country, subdiv=subdivision).supported_languages

    def named(wanted: tuple[str, ...]) -> holidays.HolidayBase:
        language = next((name for name in wanted if name in supported), None)
        return holidays.country_holidays(region.country, subdiv=subdivision, years=year, language=language)

    english = named(("en_GB", "en_US", "en_CA", "en"))
    french = named(FRENCH) if set(FRENCH) & set(supported) else {}
    return {
        day: (english[day], _in_french(english[day], french.get(day))) for day in sorted(english) if day.year == year
    }


def _in_french(english: str, french: str | None) -> str:
    """The French name of the library, unless it has none or leaves the English one, as with Boxing Day in Canada."""
    untranslated = french is None or french.partition(" (")[0] == english.partition(" (")[0]
    return french_name(english) if untranslated else str(french)


@transaction.atomic
def fill_holidays(calendar: Calendar, year: int, *, by: User | None, now: datetime) -> int:
    """Add the public holidays of `year` as closed days; days already entered are left as staff wrote them.

    Returns how many days were added.
    """
    known = set(calendar.exceptions.filter(day__year=year).values_list("day", flat=True))
    added = CalendarException.objects.bulk_create(
        CalendarException(calendar=calendar, day=day, name_en=english[:120], name_fr=french[:120], intervals=[])
        for day, (english, french) in public_holidays(calendar.region, year).items()
        if day not in known
    )
    if added:
        new_version(calendar, by=by, now=now)
    return len(added)


def fill_coming_holidays(*, now: datetime) -> int:
    """Enter the public holidays of the next years where staff keep them; return how many days were added.

    A calendar is kept when those of an earlier year stand in it. A year in which one of them stands already is left as
    staff wrote it: what is missing there, they took out.
    """
    added = 0
    for calendar in Calendar.objects.select_related("region").order_by("pk"):
        entered = set(calendar.exceptions.values_list("day", flat=True))
        for year in range(now.year, now.year + YEARS_AHEAD + 1):
            try:
                coming, before = (set(public_holidays(calendar.region, one)) for one in (year, year - 1))
            except NotImplementedError:
                break
            if coming.isdisjoint(entered) and not before.isdisjoint(entered):
                added += fill_holidays(calendar, year, by=None, now=now)
                entered |= coming
    return added
