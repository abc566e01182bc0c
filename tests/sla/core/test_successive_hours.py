"""Hours that were edited: each moment counts in those that were in force at it, held against a slow reckoning."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.business_time import BusinessCalendar, NoOpenTime
from sla.core.domain.successive_hours import Period, SuccessiveHours
from tests.long import LONG
from tests.sla.core.oracle import Oracle

SETTINGS = settings(max_examples=3000 if LONG else 100, deadline=None, database=None, derandomize=not LONG)
ZONE = "Europe/Paris"
WEEK = {day: [("09:00", "18:00")] for day in range(5)}
MONDAY = datetime(2026, 11, 9, 8, 0, tzinfo=UTC)  # 09:00 in Paris
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
EDITIONS = [
    WEEK,
    {day: [("08:00", "12:00"), ("13:00", "20:00")] for day in range(6)},
    {day: [("22:00", "06:00")] for day in range(5)},
    {day: [("09:00", "18:00")] for day in range(2, 7)},
]
CLOSED = [{}, {date(2026, 11, 10): []}, {date(2026, 11, 9): [("10:00", "11:00")]}]

editions = st.tuples(st.sampled_from(EDITIONS), st.sampled_from(CLOSED))
edits = st.lists(st.tuples(st.integers(0, 4 * 24 * 60), editions), max_size=3).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)
minutes = st.integers(-24 * 60, 5 * 24 * 60)


def periods(first, later):
    """(since, until, weekly, exceptions) of each, until the far end."""
    starts = [datetime.min.replace(tzinfo=UTC), *(MONDAY + row[0] * MINUTE for row in later)]
    ends = [*starts[1:], datetime.max.replace(tzinfo=UTC)]
    return [
        (since, until, *edition)
        for since, until, edition in zip(starts, ends, [first, *(r[1] for r in later)], strict=True)
    ]


def hours(first, later):
    found = [Period(None, BusinessCalendar(ZONE, *first))]
    found += [Period(MONDAY + at * MINUTE, BusinessCalendar(ZONE, *edition)) for at, edition in later]
    return SuccessiveHours(found)


def slow_windows(first, later, start, end):
    found = []
    for since, until, *edition in periods(first, later):
        begin, finish = max(start, since), min(end, until)
        if begin < finish:
            found += Oracle(ZONE, *edition).slow_windows(begin, finish)
    joined = []
    for opens, closes in found:
        if joined and joined[-1][1] == opens:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return joined


@SETTINGS
@given(editions, edits, minutes, st.integers(1, 60 * 60))
def test_what_is_open_and_how_much_of_it_passes_is_what_was_in_force(first, later, at, amount):
    counted, start = hours(first, later), MONDAY + at * MINUTE
    slow = slow_windows(first, later, start, start + 40 * DAY)
    left = timedelta(minutes=amount)
    for opens, closes in slow:
        if left <= closes - opens:
            due = opens + left
            break
        left -= closes - opens

    assert counted.windows(start, start + 40 * DAY) == slow
    assert counted.add(start, timedelta(minutes=amount)) == due
    assert counted.between(start, due) == timedelta(minutes=amount) == -counted.between(due, start)
    assert counted.add(start, timedelta()) == slow[0][0]


@SETTINGS
@given(editions, edits, minutes)
def test_the_next_business_day_closes_when_its_hours_say_so_at_that_time(first, later, at):
    start = MONDAY + at * MINUTE
    today = start.astimezone(Oracle(ZONE, {}).zone).date()
    closings = [
        closing
        for since, until, *edition in periods(first, later)
        for days in range(1, 20)
        if (closing := Oracle(ZONE, *edition).slow_day_closing(today + days * DAY)) and since < closing <= until
    ]
    assert hours(first, later).closing_of_business_day_after(start) == min(closings)


def test_an_edit_gives_nothing_back_and_takes_nothing():
    """Closed from noon on: the morning counted, and goes on tomorrow; open for longer: the rest ends sooner."""
    closed = (WEEK, {date(2026, 11, 9): []})
    assert hours((WEEK, {}), [(180, closed)]).add(MONDAY, 4 * HOUR) == MONDAY + DAY + HOUR
    assert hours((WEEK, {}), [(180, closed)]).between(MONDAY, MONDAY + DAY) == 3 * HOUR


@pytest.mark.parametrize("periods_", [[], [Period(MONDAY, BusinessCalendar(ZONE, WEEK))]])
def test_the_first_hours_have_no_beginning(periods_):
    with pytest.raises(ValueError, match="begins with time itself"):
        SuccessiveHours(periods_)


def test_hours_follow_one_another():
    calendar = BusinessCalendar(ZONE, WEEK)
    with pytest.raises(ValueError, match="follow one another"):
        SuccessiveHours([Period(None, calendar), Period(MONDAY + DAY, calendar), Period(MONDAY, calendar)])


def test_hours_that_never_open_again_say_so():
    shut = SuccessiveHours([Period(None, BusinessCalendar(ZONE, WEEK)), Period(MONDAY, BusinessCalendar(ZONE, {}))])
    for ask in (lambda: shut.add(MONDAY, HOUR), lambda: shut.closing_of_business_day_after(MONDAY)):
        with pytest.raises(NoOpenTime):
            ask()
    assert shut.between(MONDAY - 3 * DAY, MONDAY + 90 * DAY) == 9 * HOUR
