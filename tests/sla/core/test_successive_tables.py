"""Opening hours over an edit: each moment counts in the hours that were in force at it, and an edit never reaches back.

The edit of these tests is on Wednesday 11 November 2026 at 12:00 in London: from 09:00–17:00 to 10:00–20:00.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from sla.business_time import BusinessCalendar, NoOpenTime
from sla.core.domain.successive_hours import Period, SuccessiveHours

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


def hours(*intervals: tuple[str, str], exceptions=None) -> BusinessCalendar:
    return BusinessCalendar("Europe/London", {day: list(intervals) for day in range(5)}, exceptions or {})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(9, 14)
BEFORE, AFTER = hours(("09:00", "17:00")), hours(("10:00", "20:00"))
EDIT = at(WEDNESDAY, 12)
EDITED = SuccessiveHours([Period(None, BEFORE), Period(EDIT, AFTER)])
CLOSED_FOR_GOOD = BusinessCalendar("Europe/London", {0: [("09:00", "17:00")]}, {
    date(2026, 11, 9) + timedelta(weeks=week): [] for week in range(120)
})  # fmt: skip


@pytest.mark.parametrize(
    "periods",
    [
        [],
        [Period(EDIT, BEFORE)],
        [Period(None, BEFORE), Period(None, AFTER)],
        [Period(None, BEFORE), Period(EDIT, AFTER), Period(EDIT - HOUR, BEFORE)],
    ],
    ids=["none", "a beginning", "two without", "backwards"],
)
def test_periods_begin_with_time_itself_and_follow_one_another(periods):
    with pytest.raises(ValueError, match=r"period begins with time itself|follow one another"):
        SuccessiveHours(periods)


@pytest.mark.parametrize(
    ("start", "end", "parts"),
    [
        (EDIT - HOUR, EDIT, [(BEFORE, EDIT - HOUR, EDIT)]),
        (EDIT, EDIT + HOUR, [(AFTER, EDIT, EDIT + HOUR)]),
        (EDIT - HOUR, EDIT + MINUTE, [(BEFORE, EDIT - HOUR, EDIT), (AFTER, EDIT, EDIT + MINUTE)]),
        (EDIT, EDIT, []),
    ],
    ids=["before", "after", "over the edit", "nothing"],
)
def test_which_hours_were_in_force_when(start, end, parts):
    assert EDITED.within(start, end) == parts


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        (at(TUESDAY, 16), 1 * HOUR, at(TUESDAY, 17)),
        # Used up just at the edit: still in the hours of before.
        (at(WEDNESDAY, 9), 3 * HOUR, at(WEDNESDAY, 12)),
        # Three hours before the edit, and the fourth and more after it: the day now closes at 20:00.
        (at(WEDNESDAY, 9), 4 * HOUR, at(WEDNESDAY, 13)),
        (at(WEDNESDAY, 9), 11 * HOUR, at(WEDNESDAY, 20)),
        (at(WEDNESDAY, 9), 12 * HOUR, at(THURSDAY, 11)),
        (at(MONDAY, 9), 20 * HOUR, at(WEDNESDAY, 13)),
        (at(WEDNESDAY, 12), 1 * HOUR, at(WEDNESDAY, 13)),
        (at(THURSDAY, 9), 1 * HOUR, at(THURSDAY, 11)),
        # No time at all: the next opening, of whichever hours are in force then.
        (at(WEDNESDAY, 8), timedelta(), at(WEDNESDAY, 9)),
        (at(TUESDAY, 18), timedelta(), at(WEDNESDAY, 9)),
        (at(WEDNESDAY, 12), timedelta(), at(WEDNESDAY, 12)),
        (at(WEDNESDAY, 21), timedelta(), at(THURSDAY, 10)),
    ],
)
def test_time_is_counted_in_the_hours_of_its_moment(start, amount, due):
    assert EDITED.add(start, amount) == due


def test_an_opening_that_the_edit_took_away_does_not_come():
    later = SuccessiveHours([Period(None, BEFORE), Period(at(WEDNESDAY, 9), AFTER)])

    assert later.add(at(WEDNESDAY, 8), timedelta()) == at(WEDNESDAY, 10)
    assert SuccessiveHours([Period(None, CLOSED_FOR_GOOD), Period(EDIT, AFTER)]).add(EDIT - DAY, timedelta()) == EDIT


def test_open_time_over_an_edit_is_the_sum_of_its_parts_and_turns_its_sign():
    assert EDITED.between(at(WEDNESDAY, 9), at(WEDNESDAY, 20)) == 11 * HOUR
    assert EDITED.between(at(WEDNESDAY, 20), at(WEDNESDAY, 9)) == -11 * HOUR
    assert EDITED.between(at(MONDAY, 9), at(FRIDAY, 9)) == (8 + 8 + 3 + 8 + 10) * HOUR
    assert EDITED.between(EDIT, EDIT) == timedelta()


def test_what_is_open_on_both_sides_of_an_edit_is_one_window():
    assert EDITED.windows(at(TUESDAY, 9), at(THURSDAY, 12)) == [
        (at(TUESDAY, 9), at(TUESDAY, 17)),
        (at(WEDNESDAY, 9), at(WEDNESDAY, 20)),
        (at(THURSDAY, 10), at(THURSDAY, 12)),
    ]


def test_what_is_closed_on_one_side_of_an_edit_stays_apart():
    lunch = SuccessiveHours([Period(None, hours(("09:00", "12:00"))), Period(EDIT, hours(("13:00", "17:00")))])

    assert lunch.windows(at(WEDNESDAY, 9), at(WEDNESDAY, 17)) == [
        (at(WEDNESDAY, 9), at(WEDNESDAY, 12)),
        (at(WEDNESDAY, 13), at(WEDNESDAY, 17)),
    ]


@pytest.mark.parametrize(
    ("moment", "closing"),
    [
        # The closing of Tuesday came before the edit; that of Wednesday is the one of the new hours.
        (at(MONDAY, 10), at(TUESDAY, 17)),
        (at(TUESDAY, 10), at(WEDNESDAY, 20)),
        (at(WEDNESDAY, 13), at(THURSDAY, 20)),
        (at(WEDNESDAY, 12), at(THURSDAY, 20)),
        (at(FRIDAY, 10), at(FRIDAY + 3, 20)),
    ],
)
def test_a_business_day_closes_by_the_hours_in_force_at_its_end(moment, closing):
    assert EDITED.closing_of_business_day_after(moment) == closing


def test_a_closing_at_the_very_moment_of_the_edit_was_one():
    edited = SuccessiveHours([Period(None, BEFORE), Period(at(WEDNESDAY, 17), AFTER)])

    assert edited.closing_of_business_day_after(at(TUESDAY, 10)) == at(WEDNESDAY, 17)


def test_days_that_the_hours_of_before_had_closed_already_do_not_close_again():
    """Tuesday closed at 17:00, before the edit of 18:00 that would have kept it open until 20:00."""
    edited = SuccessiveHours([Period(None, BEFORE), Period(at(TUESDAY, 18), hours(("09:00", "17:30")))])

    assert edited.closing_of_business_day_after(at(MONDAY, 10)) == at(TUESDAY, 17)
    assert edited.closing_of_business_day_after(at(TUESDAY, 19)) == at(WEDNESDAY, 17, 30)


def test_hours_without_another_business_day_say_so():
    closed = SuccessiveHours([Period(None, BEFORE), Period(EDIT, CLOSED_FOR_GOOD)])

    with pytest.raises(NoOpenTime, match=r"^No business day within a year after 2026-11-11T12:00:00\+00:00\.$"):
        closed.closing_of_business_day_after(EDIT)
    with pytest.raises(NoOpenTime):
        closed.add(EDIT, HOUR)
