"""Business time: the tables are the contract, the properties hold it against a slow and independent oracle.

HYPOTHESIS_PROFILE=thorough looks at many times more examples.
"""

import copy
import os
import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sla.business_time import ALWAYS_OPEN, BusinessCalendar, Hours, NoOpenTime
from tests.sla.core.oracle import NeverOpens, Oracle, rfc5545_instant

_quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "business_time", max_examples=50, derandomize=True, deadline=None, suppress_health_check=_quiet
)
settings.register_profile("business_time_thorough", max_examples=4000, deadline=None, suppress_health_check=_quiet)
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
PROFILE = settings.get_profile("business_time_thorough" if THOROUGH else "business_time")

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
MONDAY, TUESDAY, ARMISTICE = date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # the clock changes of Europe


def every_day(*intervals: tuple[str, str]) -> dict[int, list[tuple[str, str]]]:
    return {weekday: list(intervals) for weekday in range(7)}


def workdays(*intervals: tuple[str, str]) -> dict[int, list[tuple[str, str]]]:
    return {weekday: list(intervals) for weekday in range(5)}


PARIS = BusinessCalendar("Europe/Paris", workdays(("09:00", "18:00")), {ARMISTICE: []})
LONDON = BusinessCalendar("Europe/London", workdays(("09:00", "17:30")))
LUNCH = BusinessCalendar("Europe/Berlin", workdays(("09:00", "12:00"), ("13:00", "17:00")))
NIGHT = BusinessCalendar("Europe/Paris", workdays(("22:00", "06:00")))
ROUND = BusinessCalendar("Europe/Paris", every_day(("00:00", "24:00")))
NEVER = BusinessCalendar("Europe/Paris", {})


def at(local: str, calendar: BusinessCalendar) -> datetime:
    """A wall time of the calendar's zone; one that comes twice is the first of the two."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(calendar.time_zone))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def nights(zone: str) -> BusinessCalendar:
    return BusinessCalendar(zone, every_day(("22:00", "06:00")))


def early(zone: str) -> BusinessCalendar:
    """Open around the hours in which clocks are changed."""
    return BusinessCalendar(zone, every_day(("00:00", "04:00")))


# --- Tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "start", "hours", "end"),
    [
        # A plain day, a closing, a night, a weekend, a holiday.
        pytest.param(PARIS, "2026-11-09T10:00", 2, "2026-11-09T12:00", id="within a day"),
        pytest.param(PARIS, "2026-11-09T07:00", 2, "2026-11-09T11:00", id="before opening"),
        pytest.param(PARIS, "2026-11-09T16:00", 2, "2026-11-09T18:00", id="used up exactly at closing"),
        pytest.param(PARIS, "2026-11-09T18:00", 1, "2026-11-10T10:00", id="starts exactly at closing"),
        pytest.param(PARIS, "2026-11-09T09:00", 9, "2026-11-09T18:00", id="the whole of a day"),
        pytest.param(PARIS, "2026-11-13T17:00", 2, "2026-11-16T10:00", id="over a weekend"),
        pytest.param(PARIS, "2026-11-14T12:00", 9, "2026-11-16T18:00", id="starts on a Saturday"),
        pytest.param(PARIS, "2026-11-10T17:30", 24, "2026-11-16T14:30", id="over a holiday and a weekend"),
        pytest.param(PARIS, "2026-11-11T10:00", 1, "2026-11-12T10:00", id="starts on a holiday"),
        pytest.param(LONDON, "2026-11-10T16:30", 1, "2026-11-10T17:30", id="London response"),
        pytest.param(LONDON, "2026-11-10T16:30", 2, "2026-11-11T10:00", id="London check-in"),
        pytest.param(LUNCH, "2026-11-10T11:30", 1, "2026-11-10T13:30", id="over lunch"),
        pytest.param(LUNCH, "2026-11-10T11:00", 1, "2026-11-10T12:00", id="until lunch"),
        pytest.param(LUNCH, "2026-11-10T12:20", 4, "2026-11-10T17:00", id="starts at lunch"),
        pytest.param(NIGHT, "2026-11-10T21:00", 8, "2026-11-11T06:00", id="a whole night"),
        pytest.param(NIGHT, "2026-11-14T05:00", 2, "2026-11-16T23:00", id="Friday's night runs into Saturday"),
        pytest.param(ROUND, "2026-11-10T17:00", 48, "2026-11-12T17:00", id="around the clock"),
        # Clock changes: elapsed time is real time.
        pytest.param(PARIS, "2026-03-27T15:30", 9, "2026-03-30T15:30", id="change over a closed weekend"),
        pytest.param(ROUND, "2026-03-28T12:00", 24, "2026-03-29T13:00", id="a day of 23 hours"),
        pytest.param(ROUND, "2026-10-24T12:00", 24, "2026-10-25T11:00", id="a day of 25 hours"),
        pytest.param(nights("Europe/Berlin"), "2026-03-28T22:00", 7, "2026-03-29T06:00", id="a night of 7 hours"),
        pytest.param(nights("Europe/Berlin"), "2026-10-24T22:00", 9, "2026-10-25T06:00", id="a night of 9 hours"),
        pytest.param(nights("America/New_York"), "2026-03-07T22:00", 7, "2026-03-08T06:00", id="New York spring"),
        pytest.param(nights("America/New_York"), "2026-10-31T22:00", 9, "2026-11-01T06:00", id="New York autumn"),
        pytest.param(early("Australia/Lord_Howe"), "2026-10-04T00:00", 3.5, "2026-10-04T04:00", id="Lord Howe spring"),
        pytest.param(early("Australia/Lord_Howe"), "2026-04-05T00:00", 4.5, "2026-04-05T04:00", id="Lord Howe autumn"),
        pytest.param(early("America/Santiago"), "2026-09-06T01:00", 3, "2026-09-06T04:00", id="Santiago, no midnight"),
        pytest.param(nights("America/Santiago"), "2026-09-05T22:00", 7, "2026-09-06T06:00", id="Santiago spring"),
        pytest.param(nights("America/Santiago"), "2026-04-04T22:00", 9, "2026-04-05T06:00", id="Santiago autumn"),
        pytest.param(early("Africa/Casablanca"), "2026-02-15T00:00", 5, "2026-02-15T04:00", id="Casablanca, Ramadan"),
        pytest.param(early("Africa/Casablanca"), "2026-03-22T00:00", 3, "2026-03-22T04:00", id="Casablanca, after"),
        pytest.param(
            BusinessCalendar("Pacific/Apia", every_day(("09:00", "17:00"))),
            "2011-12-29T16:00", 9, "2011-12-31T17:00", id="Apia has no 30 December 2011",
        ),
        pytest.param(
            BusinessCalendar("Pacific/Apia", dict.fromkeys(range(5), [("09:00", "17:00")])),
            "2011-12-29T10:00", 8, "2012-01-02T10:00", id="a Friday that never was has no hours",
        ),
        # Years.
        pytest.param(PARIS, "2028-02-28T17:00", 2, "2028-02-29T10:00", id="leap day"),
        pytest.param(PARIS, "2100-02-26T17:00", 2, "2100-03-01T10:00", id="2100 has no leap day"),
        pytest.param(PARIS, "2026-12-31T17:00", 2, "2027-01-01T10:00", id="new year"),
        pytest.param(ROUND, "2026-12-31T17:00", 24, "2027-01-01T17:00", id="new year, open"),
        pytest.param(PARIS, "2038-01-18T17:00", 10, "2038-01-19T18:00", id="32 bits of seconds"),
        pytest.param(PARIS, "1990-07-02T17:00", 2, "1990-07-03T10:00", id="the past"),
        pytest.param(PARIS, "2026-11-09T09:00", 9 * 5 * 52 * 40, "2066-09-20T18:00", id="forty years"),
    ],
)  # fmt: skip
def test_add_gives_the_moment_at_which_the_open_time_is_used_up(calendar, start, hours, end):
    assert calendar.add(at(start, calendar), hours * HOUR) == at(end, calendar)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "hours"),
    [
        pytest.param(PARIS, "2026-11-10T17:30", "2026-11-16T14:30", 24, id="holiday and weekend"),
        pytest.param(PARIS, "2026-11-14T00:00", "2026-11-16T09:00", 0, id="a weekend"),
        pytest.param(PARIS, "2026-11-10T12:00", "2026-11-10T12:00", 0, id="no time"),
        pytest.param(PARIS, "2026-11-16T14:30", "2026-11-10T17:30", -24, id="backwards"),
        pytest.param(LUNCH, "2026-11-10T00:00", "2026-11-11T00:00", 7, id="a day with lunch"),
        pytest.param(ROUND, "2026-03-29T00:00", "2026-03-30T00:00", 23, id="a day of 23 hours"),
        pytest.param(ROUND, "2026-01-01T00:00", "2028-01-01T00:00", 730 * 24, id="two years"),
        pytest.param(NEVER, "2026-01-01T00:00", "2036-01-01T00:00", 0, id="never open"),
    ],
)
def test_between_gives_the_open_time(calendar, start, end, hours):
    assert calendar.between(at(start, calendar), at(end, calendar)) == hours * HOUR


@pytest.mark.parametrize(
    ("calendar", "local", "is_open", "opening", "closing"),
    [
        (PARIS, "2026-11-10T08:59:59.999999", False, "2026-11-10T09:00", "2026-11-10T18:00"),
        (PARIS, "2026-11-10T09:00", True, "2026-11-10T09:00", "2026-11-10T18:00"),
        (PARIS, "2026-11-10T17:59:59.999999", True, "2026-11-10T17:59:59.999999", "2026-11-10T18:00"),
        (PARIS, "2026-11-10T18:00", False, "2026-11-12T09:00", "2026-11-12T18:00"),
        (LUNCH, "2026-11-10T12:00", False, "2026-11-10T13:00", "2026-11-10T17:00"),
        (NIGHT, "2026-11-11T03:00", True, "2026-11-11T03:00", "2026-11-11T06:00"),
        (NIGHT, "2026-11-15T03:00", False, "2026-11-16T22:00", "2026-11-17T06:00"),
    ],
)
def test_a_window_holds_its_opening_and_not_its_closing(calendar, local, is_open, opening, closing):
    instant = at(local, calendar)

    assert calendar.is_open(instant) is is_open
    assert calendar.next_opening(instant) == at(opening, calendar)
    assert calendar.next_closing(instant) == at(closing, calendar)


@pytest.mark.parametrize(
    ("zone", "day", "weekly", "exceptions", "stretch"),
    [
        pytest.param(
            "UTC", TUESDAY, every_day(("08:00", "10:00"), ("09:00", "12:00")), {}, "08:00 12:00", id="overlap"
        ),
        pytest.param("UTC", TUESDAY, every_day(("10:00", "12:00"), ("08:00", "10:00")), {}, "08:00 12:00", id="touch"),
        pytest.param("UTC", TUESDAY, every_day(("08:00", "12:00"), ("09:00", "10:00")), {}, "08:00 12:00", id="nested"),
        pytest.param("UTC", TUESDAY, {1: [("20:00", "24:00")]}, {}, "20:00 24:00", id="24:00 is an end"),
        pytest.param("UTC", TUESDAY, {1: [("20:00", "00:00")]}, {}, "20:00 24:00", id="00:00 is the same end"),
        pytest.param("UTC", TUESDAY, {0: [("09:00", "09:00")]}, {}, "00:00 09:00", id="24 hours from Monday"),
        pytest.param("UTC", TUESDAY, {1: [("09:00", "17:00")]}, {TUESDAY: []}, None, id="closed day"),
        pytest.param("UTC", TUESDAY, {}, {TUESDAY: [("10:00", "11:00")]}, "10:00 11:00", id="open only that day"),
        pytest.param("UTC", TUESDAY, {0: [("22:00", "06:00")]}, {TUESDAY: []}, "00:00 06:00", id="the night runs on"),
        pytest.param("UTC", TUESDAY, {0: [("22:00", "06:00")]}, {MONDAY: []}, None, id="the night never began"),
        # 02:00 to 03:00 is skipped: 02:30 takes the offset from before, so it is 03:30.
        pytest.param("Europe/Paris", SPRING, every_day(("02:30", "04:00")), {}, "01:30 02:00", id="opens in a gap"),
        pytest.param("Europe/Paris", SPRING, every_day(("00:00", "02:30")), {}, "-1:00 01:30", id="closes in a gap"),
        pytest.param("Europe/Paris", SPRING, every_day(("02:00", "03:00")), {}, None, id="lost in a gap"),
        pytest.param("Europe/Paris", SPRING, every_day(("02:30", "03:15")), {}, None, id="turned around by a gap"),
        # 02:00 to 03:00 comes twice: the first of the two.
        pytest.param("Europe/Paris", AUTUMN, every_day(("02:30", "04:00")), {}, "00:30 03:00", id="opens in a fold"),
        pytest.param("Europe/Paris", AUTUMN, every_day(("00:00", "02:30")), {}, "-2:00 00:30", id="closes in a fold"),
    ],
)
def test_windows_are_what_the_hours_say(zone, day, weekly, exceptions, stretch):
    """`stretch` is in UTC, counted from midnight of the day."""
    calendar = BusinessCalendar(zone, weekly, exceptions)
    midnight = utc(day.isoformat())
    expected = [
        tuple(midnight + timedelta(hours=int(wall[:2]), minutes=int(wall[3:])) for wall in written.split())
        for written in [stretch]
        if written
    ]

    begin = expected[0][0] if expected else midnight
    assert calendar.windows(begin, max(midnight + 20 * HOUR, *(end for _, end in expected), midnight)) == expected


def test_windows_are_clipped():
    windows = LUNCH.windows(at("2026-11-10T10:00", LUNCH), at("2026-11-11T09:30", LUNCH))

    assert windows == [
        (utc("2026-11-10T09:00"), utc("2026-11-10T11:00")),
        (utc("2026-11-10T12:00"), utc("2026-11-10T16:00")),
        (utc("2026-11-11T08:00"), utc("2026-11-11T08:30")),
    ]


def test_windows_are_empty_when_the_end_is_not_after_the_start():
    noon = at("2026-11-10T12:00", PARIS)

    assert PARIS.windows(noon, noon) == PARIS.windows(noon, noon - HOUR) == ALWAYS_OPEN.windows(noon, noon) == []


def test_windows_go_over_new_year_in_one_piece():
    start, end = utc("2026-06-01"), utc("2029-06-01")

    assert ROUND.windows(start, end) == [(start, end)]


def test_microseconds_count():
    start = at("2026-11-10T17:59:59.999999", PARIS)

    assert PARIS.add(start, MICROSECOND) == at("2026-11-10T18:00", PARIS)
    assert PARIS.add(start, 2 * MICROSECOND) == at("2026-11-12T09:00:00.000001", PARIS)
    assert PARIS.between(start, at("2026-11-12T09:00:00.000001", PARIS)) == 2 * MICROSECOND


def test_the_second_of_a_repeated_hour_is_later_than_the_first():
    first = at("2026-10-25T02:30", ROUND)

    assert ROUND.between(first, first.replace(fold=1)) == HOUR
    assert ROUND.add(first.replace(fold=1), HOUR) == at("2026-10-25T03:30", ROUND)


def test_zero_gives_the_next_opening():
    assert PARIS.add(at("2026-11-10T18:00", PARIS), timedelta()) == at("2026-11-12T09:00", PARIS)
    assert PARIS.add(at("2026-11-10T12:00", PARIS), timedelta()) == at("2026-11-10T12:00", PARIS)


def test_results_are_in_utc():
    start = at("2026-11-10T10:00", PARIS)
    instants = [hours.add(start, HOUR) for hours in (PARIS, ALWAYS_OPEN)]
    instants += [hours.next_opening(start) for hours in (PARIS, ALWAYS_OPEN)]
    instants += [PARIS.next_closing(start), PARIS.day_closing(TUESDAY), PARIS.closing_of_business_day_after(start)]
    instants += [edge for window in PARIS.windows(start, start + 48 * HOUR) for edge in window]

    assert {instant.tzinfo for instant in instants} == {UTC}


@pytest.mark.parametrize(
    ("calendar", "day", "closing"),
    [
        (PARIS, date(2026, 11, 10), "2026-11-10T18:00"),
        (PARIS, ARMISTICE, None),
        (PARIS, date(2026, 11, 14), None),
        (LUNCH, date(2026, 11, 10), "2026-11-10T17:00"),
        (NIGHT, date(2026, 11, 13), "2026-11-14T06:00"),
        (ROUND, date(2026, 3, 29), "2026-03-30T00:00"),
    ],
)
def test_day_closing_is_the_end_of_what_opens_that_day(calendar, day, closing):
    assert calendar.day_closing(day) == (closing and at(closing, calendar))


@pytest.mark.parametrize(
    ("calendar", "local", "closing"),
    [
        pytest.param(PARIS, "2026-11-09T00:00", "2026-11-10T18:00", id="first minute of a day"),
        pytest.param(PARIS, "2026-11-09T23:59", "2026-11-10T18:00", id="last minute of a day"),
        pytest.param(PARIS, "2026-11-10T10:00", "2026-11-12T18:00", id="over a holiday"),
        pytest.param(PARIS, "2026-11-13T10:00", "2026-11-16T18:00", id="over a weekend"),
        pytest.param(PARIS, "2026-11-15T10:00", "2026-11-16T18:00", id="from a Sunday"),
        pytest.param(NIGHT, "2026-11-10T03:00", "2026-11-12T06:00", id="the night before belongs to the day before"),
    ],
)
def test_closing_of_the_business_day_after_a_local_day(calendar, local, closing):
    assert calendar.closing_of_business_day_after(at(local, calendar)) == at(closing, calendar)


def test_the_local_day_is_that_of_the_calendar():
    tokyo = BusinessCalendar("Asia/Tokyo", workdays(("09:00", "17:00")))

    assert tokyo.closing_of_business_day_after(utc("2026-11-09T15:30")) == at("2026-11-11T17:00", tokyo)


def test_hours_of_a_day_can_be_read_for_an_explanation():
    calendar = BusinessCalendar("Europe/Paris", {0: [("14:00", "18:00"), ("09:00", "12:00")]}, {ARMISTICE: []})

    assert calendar.time_zone == "Europe/Paris"
    assert calendar.weekly_hours[0] == calendar.intervals_on(MONDAY) == (("09:00", "12:00"), ("14:00", "18:00"))
    assert calendar.weekly_hours[6] == calendar.intervals_on(ARMISTICE) == ()
    assert calendar.exceptions == {ARMISTICE: ()}
    assert calendar.is_exception(ARMISTICE)
    assert not calendar.is_exception(MONDAY)


# --- A value ---------------------------------------------------------------------------------------------------------


def test_calendars_with_the_same_hours_are_equal():
    one = BusinessCalendar("Europe/Paris", {0: [("09:00", "12:00"), ("13:00", "18:00")]}, {ARMISTICE: []})
    same = BusinessCalendar("Europe/Paris", {0: [("13:00", "18:00"), ("09:00", "12:00")], 1: []}, {ARMISTICE: ()})

    assert one == same
    assert len({one, same, PARIS}) == 2
    assert one not in (PARIS, ALWAYS_OPEN, BusinessCalendar("Europe/Brussels", one.weekly_hours, one.exceptions))


def test_a_calendar_can_be_written_down_and_copied():
    import datetime

    assert eval(repr(PARIS), {"BusinessCalendar": BusinessCalendar, "datetime": datetime}) == PARIS
    assert copy.deepcopy(PARIS) == pickle.loads(pickle.dumps(PARIS)) == PARIS
    assert repr(ALWAYS_OPEN) == "ALWAYS_OPEN"


def test_what_was_given_can_change_afterwards():
    weekly, exceptions = workdays(("09:00", "18:00")), {ARMISTICE: []}
    calendar = BusinessCalendar("Europe/Paris", weekly, exceptions)

    weekly.clear()
    exceptions.clear()

    assert calendar == PARIS
    with pytest.raises(TypeError):
        calendar.weekly_hours[0] = ()


def test_threads_get_the_same_answers():
    calendar = BusinessCalendar("Europe/Paris", PARIS.weekly_hours, PARIS.exceptions)
    dice = random.Random(7)
    asked = [(utc("2020-01-01") + dice.random() * timedelta(days=9000), dice.random() * 900 * HOUR) for _ in range(400)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda question: calendar.add(*question), asked))

    assert answers == [PARIS.add(*question) for question in asked]


# --- Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone",
    ["", "Mars/Olympus", "Europe", "europe paris", "/etc/localtime", "../Europe/Paris", "Europe/../Europe/Paris",
     "Europe/Paris/", "Europe/Paris\0", "right/Europe/Paris", "zone.tab", None],
)  # fmt: skip
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(ValueError, match="no time zone called"):
        BusinessCalendar(zone, {})


@pytest.mark.parametrize(
    "interval",
    [("9:00", "17:00"), ("09:00", "17:00:00"), ("09.00", "17.00"), ("25:00", "17:00"), ("09:60", "17:00"),
     ("24:00", "17:00"), ("09:00", "24:01"), ("09:00", ""), ("09:00", None), ("09:00",), ("09:00", "12:00", "13:00"),
     "09:00-17:00", 9, ["09:00", ["17:00"]],
     ("٠٩:00", "17:00"), ("09:00\n", "17:00")],
)  # fmt: skip
@pytest.mark.parametrize("exception", [False, True])
def test_a_malformed_interval_is_refused(interval, exception):
    weekly, exceptions = ({}, {ARMISTICE: [interval]}) if exception else ({0: [interval]}, {})

    with pytest.raises(ValueError, match="An interval is a pair"):
        BusinessCalendar("Europe/Paris", weekly, exceptions)


@pytest.mark.parametrize("weekday", [-1, 7, "0", None, 1.5])
def test_a_weekday_is_a_number_from_0_to_6(weekday):
    with pytest.raises(ValueError, match="A weekday is a number"):
        BusinessCalendar("Europe/Paris", {weekday: []})


@pytest.mark.parametrize("day", ["2026-11-11", datetime(2026, 11, 11), datetime(2026, 11, 11, tzinfo=UTC), 1])
def test_the_day_of_an_exception_is_a_date(day):
    with pytest.raises(ValueError, match="is a date"):
        BusinessCalendar("Europe/Paris", {}, {day: []})


ALL_BUT_OVER = datetime(9999, 12, 31, 23, 59, 59, 999_999)


def questions(hours: Hours, instant: datetime) -> list:
    """Every question that takes an instant, at `instant`; those with two ask it on either side."""
    noon = utc("2026-11-10T12:00")
    asked = [
        lambda: hours.add(instant, HOUR),
        lambda: hours.between(instant, noon),
        lambda: hours.between(noon, instant),
        lambda: hours.is_open(instant),
        lambda: hours.next_opening(instant),
        lambda: hours.next_closing(instant),
        lambda: hours.windows(instant, noon),
        lambda: hours.windows(noon, instant),
    ]
    if isinstance(hours, BusinessCalendar):
        asked.append(lambda: hours.closing_of_business_day_after(instant))
    return asked


@pytest.mark.parametrize("hours", [PARIS, ALWAYS_OPEN])
def test_a_datetime_without_a_zone_is_refused(hours):
    for question in questions(hours, datetime(2026, 11, 10, 12)):
        with pytest.raises(ValueError, match="needs a time zone"):
            question()


@pytest.mark.parametrize("hours", [PARIS, ALWAYS_OPEN, NEVER])
@pytest.mark.parametrize("instant", [datetime(1, 1, 1), datetime(1, 12, 30), datetime(9998, 1, 2), ALL_BUT_OVER])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_an_instant_out_of_the_years_covered_is_refused(hours, instant, zone):
    for question in questions(hours, instant.replace(tzinfo=ZoneInfo(zone))):
        with pytest.raises(ValueError, match="cover the years 2 to 9997"):
            question()


@pytest.mark.parametrize("hours", [PARIS, ALWAYS_OPEN])
def test_a_negative_amount_is_refused(hours):
    with pytest.raises(ValueError, match="cannot be negative"):
        hours.add(utc("2026-11-10T12:00"), -MICROSECOND)


@pytest.mark.parametrize("calendar", [PARIS, LUNCH, NIGHT, ROUND, early("Pacific/Apia"), early("America/New_York")])
def test_the_first_and_the_last_days_are_days_like_others(calendar):
    for instant in (utc("0002-01-01"), utc("0002-12-31T23:59:59.999999")):
        assert calendar.next_opening(instant) - instant < timedelta(days=4)
        assert calendar.closing_of_business_day_after(instant) > instant
    last = utc("9997-12-31T23:59:59.999999")
    assert calendar.closing_of_business_day_after(last) > last
    assert calendar.between(last - timedelta(days=9), last) > timedelta()
    assert calendar.day_closing(date(9997, 12, 31)) > last - timedelta(days=2)
    for day in (date.min, date.max):
        with pytest.raises(ValueError, match="cover the years"):
            calendar.day_closing(day)


@pytest.mark.parametrize("hours", [PARIS, ROUND, ALWAYS_OPEN])
@pytest.mark.parametrize("amount", [timedelta(days=30), timedelta(days=4_000_000), timedelta.max])
def test_time_after_the_years_covered_never_comes(hours, amount):
    with pytest.raises(NoOpenTime):
        hours.add(utc("9997-12-20"), amount)


@pytest.mark.parametrize("calendar", [NEVER, BusinessCalendar("UTC", {}, {date(2026, 11, 11): []})])
def test_a_calendar_that_never_opens_refuses_what_needs_open_time(calendar):
    noon = utc("2026-11-10T12:00")

    for question in (
        lambda: calendar.add(noon, HOUR),
        lambda: calendar.add(noon, timedelta()),
        lambda: calendar.next_opening(noon),
        lambda: calendar.next_closing(noon),
        lambda: calendar.closing_of_business_day_after(noon),
    ):
        with pytest.raises(NoOpenTime):
            question()
    assert not calendar.is_open(noon)
    assert calendar.between(noon, noon + timedelta(days=900)) == timedelta()
    assert calendar.windows(noon, noon + timedelta(days=900)) == []


def test_an_opening_may_be_366_days_away_and_not_a_microsecond_more():
    """Open on 1 January 2026 and on 2 January 2027 only; 366 days lie between the first and the second opening."""
    hours = [("09:00", "17:00")]
    calendar = BusinessCalendar("UTC", {}, {date(2026, 1, 1): hours, date(2027, 1, 2): hours, date(2029, 1, 1): hours})
    first, second = utc("2026-01-01T09:00"), utc("2027-01-02T09:00")

    assert calendar.next_opening(second - timedelta(days=366)) == first
    assert calendar.next_opening(utc("2026-01-01T17:00")) == second
    assert calendar.add(first, 16 * HOUR) == utc("2027-01-02T17:00")
    for start, amount in ((first, 16 * HOUR + MICROSECOND), (first - timedelta(days=366) - MICROSECOND, timedelta())):
        with pytest.raises(NoOpenTime):
            calendar.add(start, amount)
    assert calendar.next_opening(first - timedelta(days=366)) == first
    assert calendar.next_opening(utc("2028-01-01T09:00")) == utc("2029-01-01T09:00")
    assert calendar.between(first, utc("2029-01-01T10:00")) == 17 * HOUR


def test_hours_around_the_clock_do_not_close():
    start = utc("2026-11-10T12:00")
    until_christmas = BusinessCalendar("UTC", ROUND.weekly_hours, {date(2026, 12, 25): []})

    assert ROUND.next_closing(start) is ALWAYS_OPEN.next_closing(start) is None
    assert until_christmas.next_closing(start) == utc("2026-12-25")
    assert until_christmas.next_closing(utc("2025-12-24")) == utc("2026-12-25")
    assert until_christmas.next_closing(utc("2025-12-23T23:59:59.999999")) is None


# --- Properties ------------------------------------------------------------------------------------------------------

ZONES = [
    "UTC", "Europe/Paris", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Sao_Paulo",
    "America/Santiago", "America/Havana", "America/St_Johns", "America/Nuuk", "Africa/Casablanca", "Africa/Cairo",
    "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza", "Asia/Tokyo", "Australia/Lord_Howe",
    "Antarctica/Troll", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Kwajalein",
    "Pacific/Honolulu",
]  # fmt: skip
CHANGES = [  # days around which something happens somewhere in ZONES
    date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 9, 6), date(2026, 10, 4), date(2026, 10, 25),
    date(2026, 11, 1), date(2026, 2, 15), date(2026, 3, 22), date(2011, 12, 30), date(1993, 8, 21), date(1995, 1, 1),
    date(2028, 2, 29), date(2026, 12, 31), date(2038, 1, 19), date(1970, 1, 1), date(2000, 2, 29),
]  # fmt: skip
walls = st.one_of(
    st.sampled_from(["00:00", "00:30", "01:00", "02:00", "02:15", "02:30", "03:00", "09:00", "12:00", "23:30"]),
    st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
)
intervals = st.lists(st.tuples(walls, st.one_of(walls, st.just("24:00"))), max_size=3)
weeks = st.one_of(
    st.dictionaries(st.integers(0, 6), intervals, max_size=7),
    intervals.map(lambda day: every_day(*day)),
    st.just(workdays(("09:00", "17:00"))),
)
instants_near = {
    "changes": st.builds(
        lambda day, offset: datetime(day.year, day.month, day.day, tzinfo=UTC) + offset,
        st.sampled_from(CHANGES),
        st.timedeltas(timedelta(days=-4), timedelta(days=4)),
    ),
    "whole minutes": st.builds(
        lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
        st.sampled_from(CHANGES),
        st.integers(-5000, 5000),
    ),
    "anywhere": st.datetimes(datetime(1905, 1, 1), datetime(2110, 1, 1), timezones=st.just(UTC)),
}
instants = st.one_of(*instants_near.values())
amounts = st.one_of(
    st.timedeltas(timedelta(), timedelta(days=9)), st.integers(0, 200).map(lambda halves: halves * HOUR / 2)
)


@st.composite
def cases(draw) -> tuple[BusinessCalendar, Oracle, datetime]:
    """A calendar, its oracle, and an instant that lies where something happens."""
    zone, weekly, instant = draw(st.sampled_from(ZONES)), draw(weeks), draw(instants)
    days = st.integers(-12, 12).map(lambda days: instant.date() + timedelta(days=days))
    exceptions = draw(st.dictionaries(days, intervals, max_size=4))
    if draw(st.booleans()):
        instant = instant.astimezone(ZoneInfo(draw(st.sampled_from(ZONES))))
    return BusinessCalendar(zone, weekly, exceptions), Oracle(zone, weekly, exceptions), instant


def answer(question, *arguments):
    """What comes out, with both refusals of open time as one word."""
    try:
        return question(*arguments)
    except (NoOpenTime, NeverOpens):
        return "never"


@PROFILE
@given(cases(), amounts, st.integers(-30, 30))
def test_every_answer_is_that_of_the_oracle(case, amount, days):
    calendar, oracle, start = case
    end = start + amount
    day = start.date() + timedelta(days=days)

    assert calendar.is_open(start) == oracle.slow_is_open(start)
    assert answer(calendar.next_opening, start) == answer(oracle.slow_next_opening, start)
    assert answer(calendar.next_closing, start) == answer(oracle.slow_next_closing, start)
    assert answer(calendar.add, start, amount) == answer(oracle.slow_add, start, amount)
    assert calendar.windows(start, end) == oracle.slow_windows(start, end)
    assert calendar.between(start, end) == oracle.slow_between(start, end)
    assert calendar.day_closing(day) == oracle.slow_day_closing(day)
    assert answer(calendar.closing_of_business_day_after, start) == answer(
        oracle.slow_closing_of_business_day_after, start
    )


@PROFILE
@given(cases())
def test_edges_of_windows_are_those_of_the_oracle(case):
    """At every opening and closing, and a microsecond to either side, where mistakes live."""
    calendar, oracle, instant = case
    edges = [edge for window in oracle.slow_windows(instant, instant + timedelta(days=4)) for edge in window]

    for edge in edges[:12]:
        for at_edge in (edge - MICROSECOND, edge, edge + MICROSECOND):
            assert calendar.is_open(at_edge) == oracle.slow_is_open(at_edge)
            assert answer(calendar.next_opening, at_edge) == answer(oracle.slow_next_opening, at_edge)
            assert calendar.between(instant, at_edge) == oracle.slow_between(instant, at_edge)
            amount = abs(calendar.between(instant, at_edge))
            assert answer(calendar.add, instant, amount) == answer(oracle.slow_add, instant, amount)


@PROFILE
@given(cases(), amounts)
def test_what_was_added_lies_between(case, amount):
    calendar, _, start = case
    end = answer(calendar.add, start, amount)
    assume(end != "never")

    assert calendar.between(start, end) == amount
    assert calendar.between(end, start) == -amount
    assert amount == timedelta() or calendar.between(start, end - MICROSECOND) == amount - MICROSECOND


@PROFILE
@given(cases(), amounts, amounts)
def test_amounts_can_be_added_one_after_the_other(case, one, other):
    calendar, _, start = case
    assume(other > timedelta())

    assert answer(lambda: calendar.add(calendar.add(start, one), other)) == answer(calendar.add, start, one + other)


@PROFILE
@given(cases(), amounts, amounts)
def test_more_open_time_ends_later(case, one, other):
    calendar, _, start = case
    ends = [answer(calendar.add, start, amount) for amount in sorted((one, other))]
    assume("never" not in ends)

    assert start <= ends[0] <= ends[1]
    assert (ends[0] == ends[1]) == (one == other) or one * other.total_seconds() == timedelta()


@PROFILE
@given(cases(), st.timedeltas(timedelta(days=-900), timedelta(days=900)))
def test_windows_add_up_to_what_lies_between(case, distance):
    calendar, _, start = case
    end = start + distance
    windows = calendar.windows(start, end)

    total = sum((closes - opens for opens, closes in windows), timedelta())

    assert total == max(calendar.between(start, end), timedelta())
    assert all(opens < closes for opens, closes in windows)
    assert all(closes < opens for (_, closes), (opens, _) in zip(windows, windows[1:], strict=False))


@PROFILE
@given(cases(), st.lists(st.tuples(instants, amounts), max_size=5))
def test_answers_do_not_depend_on_what_was_asked_before(case, earlier):
    calendar, oracle, start = case
    for other_start, amount in earlier:
        answer(calendar.add, other_start, amount * 50)
    fresh = BusinessCalendar(calendar.time_zone, calendar.weekly_hours, calendar.exceptions)

    for amount in (timedelta(), HOUR, 40 * HOUR, 900 * HOUR):
        assert answer(calendar.add, start, amount) == answer(fresh.add, start, amount)
    assert calendar.windows(start, start + 90 * HOUR) == fresh.windows(start, start + 90 * HOUR)
    assert oracle.slow_is_open(start) == calendar.is_open(start)


@PROFILE
@given(instants, amounts, st.sampled_from(ZONES))
def test_always_open_is_a_calendar_that_is_open_around_the_clock(start, amount, zone):
    """With hours from midnight to midnight, whatever the clock does."""
    calendar = BusinessCalendar(zone, every_day(("00:00", "24:00")))
    end = start + amount

    assert calendar.add(start, amount) == ALWAYS_OPEN.add(start, amount) == end
    assert calendar.between(start, end) == ALWAYS_OPEN.between(start, end) == amount
    assert calendar.windows(start, end) == ALWAYS_OPEN.windows(start, end)
    assert calendar.is_open(start) is ALWAYS_OPEN.is_open(start) is True
    assert calendar.next_opening(start) == ALWAYS_OPEN.next_opening(start) == start
    assert calendar.next_closing(start) is ALWAYS_OPEN.next_closing(start) is None


@settings(PROFILE, max_examples=4000 if THOROUGH else 80)
@given(st.sampled_from(ZONES), st.sampled_from(CHANGES), st.integers(-2880, 2880))
def test_wall_times_are_resolved_by_the_letter_of_rfc_5545(zone, day, minutes):
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    calendar = BusinessCalendar(zone, {}, {wall.date(): [(f"{wall:%H:%M}", f"{wall:%H:%M}")]})

    opens, closes = (rfc5545_instant(wall + later, ZoneInfo(zone)) for later in (timedelta(), timedelta(days=1)))

    # The 24 hours that Apia skipped leave nothing.
    around = calendar.windows(opens - timedelta(days=3), opens + timedelta(days=4))
    assert around == ([(opens, closes)] if opens < closes else [])
