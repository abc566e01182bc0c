"""A time machine: every clock change of the world, held against the slow oracle, and watches that are set back.

The suite looks at the zones of SAMPLE; `python -m tests.long time_machine` at every zone of the IANA database.
"""

import random
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from sla.business_time import BusinessCalendar, NoOpenTime
from sla.core.domain.explanation import explain_clock
from sla.core.domain.sweep import sweep
from sla.core.enums import ClockEventKind, Priority
from sla.models import Clock, ClockEvent, OpeningInterval
from tests.desk import TICKS, Desk
from tests.factories import MONDAY_9AM, make_account, make_contact, make_region, make_ticket
from tests.ledger import flags, what_is_wrong
from tests.long import LONG
from tests.sla.core.oracle import NeverOpens, Oracle
from tickets.core.domain import conversation, lifecycle
from tickets.core.enums import Status

MINUTE, HOUR, DAY, TICK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)

# Every kind of zone: none at all, halves and quarters of an hour, changes by half an hour and by two, at midnight,
# turned around, for a month, in either half of the year; and zones that skipped a date.
SAMPLE = [
    "Africa/Cairo", "Africa/Casablanca", "America/Havana", "America/New_York", "America/Nuuk", "America/Santiago",
    "America/St_Johns", "Antarctica/Troll", "Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Tokyo",
    "Atlantic/Azores", "Australia/Adelaide", "Australia/Lord_Howe", "Europe/Berlin", "Europe/Dublin", "Pacific/Apia",
    "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Kwajalein", "UTC",
]  # fmt: skip
ZONES = sorted(available_timezones()) if LONG else SAMPLE
CALENDARS = 20 if LONG else 6  # for each clock change
INSTANTS = 6 if LONG else 4  # for each calendar

YEARS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
# Days that are odd everywhere: a leap day and one that is missing, the turn of years, week 53, 32 bits of seconds.
ODD_DAYS = [
    date(2028, 2, 29), date(2100, 2, 28), date(2026, 12, 31), date(2027, 1, 3), date(2038, 1, 19), date(2000, 2, 29),
]  # fmt: skip
# Dates that a zone skipped when it moved to the other side of the date line.
SKIPPED = {
    "Pacific/Apia": date(2011, 12, 30), "Pacific/Fakaofo": date(2011, 12, 30), "Pacific/Kwajalein": date(1993, 8, 21),
    "Pacific/Kiritimati": date(1994, 12, 31), "Pacific/Enderbury": date(1994, 12, 31),
}  # fmt: skip


def clock_changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The instants between `start` and `end` at which the offset of `zone` changes, to the second."""
    found = []
    step = 5 * DAY
    while start < end:
        offset = start.astimezone(zone).utcoffset()
        if (start + step).astimezone(zone).utcoffset() != offset:
            seconds = range(int(step.total_seconds()) + 1)
            at = bisect_left(
                seconds,
                True,
                key=lambda s: (start + timedelta(seconds=s)).astimezone(zone).utcoffset() != offset,
            )
            found.append(start + timedelta(seconds=at))
        start += step
    return found


def test_the_sample_has_every_kind_of_clock_change():
    """By how much and at which local time the clocks of a zone change, and its quarter of the hour."""

    def kinds(names):
        found = set()
        for name in names:
            zone = ZoneInfo(name)
            for at in clock_changes(zone, *YEARS):
                before, after = (at - TICK).astimezone(zone).utcoffset(), at.astimezone(zone).utcoffset()
                found.add((after - before, before.total_seconds() % 3600))
            found.add(YEARS[0].astimezone(zone).utcoffset().total_seconds() % 3600 // 900)
        return found

    assert clock_changes(ZoneInfo("Europe/Paris"), *YEARS) == [
        datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC),
    ]  # fmt: skip
    assert kinds(SAMPLE) == kinds(sorted(available_timezones()))


# --- Business time ---------------------------------------------------------------------------------------------------


def random_wall(dice: random.Random, around: int) -> str:
    """A wall time, more often near the minute of the day `around` at which something happens."""
    minute = around + dice.randint(-90, 90) if dice.random() < 0.6 else dice.choice([0, 30, 540, 720, 1080, 1439])
    return f"{minute % 1440 // 60:02}:{minute % 60:02}"


def random_hours(dice: random.Random, around: int) -> list[tuple[str, str]]:
    """Up to three intervals of a day: short ones, over midnight, until 24:00, overlapping, a whole day."""
    return [
        (random_wall(dice, around), "24:00" if dice.random() < 0.15 else random_wall(dice, around))
        for _ in range(dice.choice([0, 1, 1, 2, 3]))
    ]


def random_calendar(dice: random.Random, zone: str, local: datetime) -> tuple[BusinessCalendar, Oracle]:
    """A calendar with something to trip over at the local moment `local`, and its oracle."""
    around = local.hour * 60 + local.minute
    weekly = {weekday: random_hours(dice, around) for weekday in range(7)}
    exceptions = {
        local.date() + dice.randint(-4, 4) * DAY: random_hours(dice, around) for _ in range(dice.randint(0, 3))
    }
    return BusinessCalendar(zone, weekly, exceptions), Oracle(zone, weekly, exceptions)


def answer(question, *arguments):
    """What comes out, with both refusals of open time as one word."""
    try:
        return question(*arguments)
    except (NoOpenTime, NeverOpens):
        return "never"


def compare(calendar: BusinessCalendar, oracle: Oracle, start: datetime, amount: timedelta) -> None:
    """Every question, at `start`."""
    end = start + amount
    day = start.astimezone(ZoneInfo(calendar.time_zone)).date()
    ours = [
        calendar.is_open(start), answer(calendar.next_opening, start), answer(calendar.next_closing, start),
        answer(calendar.add, start, amount), calendar.windows(start, end), calendar.between(start, end),
        calendar.between(end, start), calendar.day_closing(day),
        answer(calendar.closing_of_business_day_after, start),
    ]  # fmt: skip
    theirs = [
        oracle.slow_is_open(start), answer(oracle.slow_next_opening, start), answer(oracle.slow_next_closing, start),
        answer(oracle.slow_add, start, amount), oracle.slow_windows(start, end), oracle.slow_between(start, end),
        oracle.slow_between(end, start), oracle.slow_day_closing(day),
        answer(oracle.slow_closing_of_business_day_after, start),
    ]  # fmt: skip
    assert ours == theirs, f"{calendar!r} at {start.isoformat()} + {amount!r}"


def compare_around(zone: str, instant: datetime, dice: random.Random) -> None:
    local = instant.astimezone(ZoneInfo(zone))
    for _ in range(CALENDARS):
        calendar, oracle = random_calendar(dice, zone, local)
        for _ in range(INSTANTS):
            away = dice.choice(
                [timedelta(), -TICK, TICK, dice.randint(-180, 180) * MINUTE, dice.uniform(-60, 60) * HOUR]
            )
            amount = dice.choice([timedelta(), TICK, dice.randint(1, 300) * MINUTE, dice.uniform(0, 90) * HOUR])
            compare(calendar, oracle, instant + away, amount)


@pytest.mark.parametrize("zone", ZONES)
def test_around_every_clock_change_of_two_years_every_answer_is_that_of_the_oracle(zone):
    dice = random.Random(zone)
    changes = clock_changes(ZoneInfo(zone), *YEARS)
    if zone in SKIPPED:
        noon = datetime.combine(SKIPPED[zone], time(12), UTC)
        changes += clock_changes(ZoneInfo(zone), noon - 5 * DAY, noon + 5 * DAY)

    for instant in changes:
        compare_around(zone, instant, dice)


@pytest.mark.parametrize("zone", ZONES if LONG else SAMPLE[::4])
def test_on_odd_days_every_answer_is_that_of_the_oracle(zone):
    dice = random.Random(zone)

    for day in ODD_DAYS:
        compare_around(zone, datetime.combine(day, time(dice.randint(0, 23)), ZoneInfo(zone)).astimezone(UTC), dice)


@pytest.mark.parametrize("zone", sorted(set(SKIPPED) & available_timezones()))
def test_a_date_that_a_zone_skipped_adds_no_hours_to_a_week_without_closed_days(zone):
    """Open from nine to five: eight hours the day before, none on the date that never was, eight the day after."""
    day = SKIPPED[zone]
    calendar = BusinessCalendar(zone, {weekday: [("09:00", "17:00")] for weekday in range(7)})
    eve, morrow = (datetime.combine(day + days * DAY, time(9), ZoneInfo(zone)) for days in (-1, 1))

    assert morrow.astimezone(UTC) - eve.astimezone(UTC) == DAY
    assert calendar.add(eve, 8 * HOUR) == eve + 8 * HOUR
    assert calendar.add(eve, 16 * HOUR).astimezone(ZoneInfo(zone)) == morrow + 8 * HOUR


# --- Promises through the front door ---------------------------------------------------------------------------------


def open_all_week(code: str, zone: str, hours: tuple[str, str]):
    region = make_region(code, time_zone=zone, hours=hours)
    OpeningInterval.objects.bulk_create(
        OpeningInterval(calendar=region.calendar, weekday=day, opens=hours[0], closes=hours[1]) for day in (5, 6)
    )
    return region


def promises(ticket):
    """The due moments of a ticket, by kind of clock."""
    return dict(Clock.objects.filter(ticket=ticket).values_list("kind", "due_at"))


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca",
     "Antarctica/Troll"],
)  # fmt: skip
def test_a_ticket_opened_in_a_clock_change_night_is_due_when_the_oracle_says_and_overdue_once(zone):
    """Before, within and after each change of a year, in the first and in the second of the hours that come twice."""
    hours = ("22:00", "06:00")
    account = make_account("Nord", region=open_all_week("nord", zone, hours))
    nora = make_contact(account, "nora@nord.test")
    oracle = Oracle(zone, {weekday: [hours] for weekday in range(7)})
    changes = clock_changes(ZoneInfo(zone), YEARS[0], YEARS[0] + 365 * DAY)
    assert changes

    for change in changes:
        for minutes in (-75, -15, 15, 75):
            opened = change + minutes * MINUTE
            ticket = make_ticket(nora, priority=Priority.URGENT, now=opened)  # Standard: 2 and 6 business hours
            expected = {"response": oracle.slow_add(opened, 2 * HOUR), "check_in": oracle.slow_add(opened, 6 * HOUR)}
            assert promises(ticket) == expected
            for clock in ticket.clocks.all():
                explain_clock(clock)
            last = max(expected.values())
            for noticed in (last, last + MINUTE, last + DAY):
                sweep(now=noticed)
            flags = ClockEvent.objects.filter(clock__ticket=ticket, kind=ClockEventKind.OVERDUE)
            assert dict(flags.values_list("clock__kind", "occurred_at")) == expected
            assert flags.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "opened", "response", "check_in", "daily"),
    [
        # A P2 of a Standard account: an answer within 4 business hours (09:00 to 18:00, Monday to Friday), a check-in
        # after 6; a P3 has its check-in by the end of the next business day.
        ("Europe/Paris", "2028-02-29T16:00", "2028-03-01T11:00", "2028-03-01T13:00", "2028-03-01T18:00"),
        ("Europe/Paris", "2028-02-28T16:00", "2028-02-29T11:00", "2028-02-29T13:00", "2028-02-29T18:00"),
        ("Europe/Paris", "2026-12-31T16:00", "2027-01-01T11:00", "2027-01-01T13:00", "2027-01-01T18:00"),
        ("Europe/Paris", "2027-01-03T20:00", "2027-01-04T13:00", "2027-01-04T15:00", "2027-01-04T18:00"),
        ("Europe/Paris", "2038-01-18T17:00", "2038-01-19T12:00", "2038-01-19T14:00", "2038-01-19T18:00"),
        ("Europe/Paris", "2038-01-19T03:14:08", "2038-01-19T13:00", "2038-01-19T15:00", "2038-01-20T18:00"),
        ("Europe/Paris", "2026-03-27T17:00", "2026-03-30T12:00", "2026-03-30T14:00", "2026-03-30T18:00"),
        # The Friday that never was has no hours: Thursday is followed by Monday.
        ("Pacific/Apia", "2011-12-29T16:00", "2012-01-02T11:00", "2012-01-02T13:00", "2012-01-02T18:00"),
        ("Pacific/Apia", "2011-12-31T20:00", "2012-01-02T13:00", "2012-01-02T15:00", "2012-01-02T18:00"),
    ],
    ids=["29 February", "the day before", "New Year’s Eve", "Sunday of week 53", "the eve of 2038-01-19",
         "32 bits overflow", "clock change over a weekend", "Apia has no 30 December 2011", "Apia afterwards"],
)  # fmt: skip
def test_promises_on_odd_days_are_due_when_people_expect_them(zone, opened, response, check_in, daily):
    account = make_account("Sol", region=make_region("sol", time_zone=zone))
    sam = make_contact(account, "sam@sol.test")

    high, medium = (
        make_ticket(sam, priority=priority, now=local(opened, zone)) for priority in (Priority.HIGH, Priority.MEDIUM)
    )

    assert promises(high) == {"response": local(response, zone), "check_in": local(check_in, zone)}
    assert promises(medium)["check_in"] == local(daily, zone)
    for clock in Clock.objects.all():
        explain_clock(clock)


# --- A watch that is set back ----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(40 if LONG else 2))
def test_a_watch_that_jumps_breaks_nothing_and_takes_no_flag_back(seed):
    """Acts and jobs at moments up to three days before or after the one before, as when a watch is set."""
    desk = Desk(seed, start=MONDAY_9AM)
    flagged = {}
    for _ in range(100):
        now = MONDAY_9AM + desk.dice.uniform(0, 20) * DAY + desk.dice.uniform(-3, 3) * DAY
        desk.act(now)
        if desk.dice.random() < 0.3:
            desk.dice.choice(list(TICKS))(now=now)
        assert flags().items() >= flagged.items()
        flagged = flags()

    assert len(flagged) > 5
    assert what_is_wrong(tick=None) == []


@pytest.mark.django_db
@pytest.mark.parametrize("back", [timedelta(), TICK, HOUR, 40 * DAY], ids=str)
@pytest.mark.parametrize(
    "act",
    [
        lambda t, by, now: conversation.reply_as_agent(t, body="Here", by=by, now=now),
        lambda t, by, now: conversation.reply_as_agent(t, body="Here", by=by, now=now, status_after=Status.SOLVED),
        lambda t, by, now: conversation.skip_check_in(t, reason="Called", by=by, now=now),
        lambda t, by, now: lifecycle.change_status(t, Status.WAITING, by=by, now=now),
        lambda t, by, now: lifecycle.change_priority(t, Priority.LOW, by=by, now=now),
        lambda t, by, now: lifecycle.change_priority(t, Priority.HIGH, by=by, now=now),
        lambda t, by, now: lifecycle.close_by_customer(t, by=t.requester.user, now=now),
    ],
    ids=["answer", "solve", "skip", "wait", "lower", "raise", "close"],
)
def test_what_was_overdue_stays_overdue_when_the_watch_goes_back(requester, agent, act, back):
    """Flagged at noon of the next week; then somebody acts at the moment of opening, or before it."""
    ticket = make_ticket(requester)
    sweep(now=MONDAY_9AM + 7 * DAY)
    raised = flags()

    act(ticket, agent.user, MONDAY_9AM - back)

    assert len(raised) == 2
    assert flags() == raised
    assert what_is_wrong(tick=None) == []
