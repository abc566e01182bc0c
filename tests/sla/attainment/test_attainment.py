"""Attainment: every number of a report is what the clocks say, counted in plain Python beside it."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.core.enums import Tier
from sla.attainment.domain.attainment import Figures, Times, report
from sla.attainment.domain.endings import NOBODY, Filters
from sla.attainment.domain.percentiles import bucket_of, percentile
from sla.attainment.domain.periods import Period, read_period
from sla.attainment.domain.tallies import roll_up_months
from sla.core.enums import ClockKind, GroupBy, Outcome, Priority
from sla.models import Clock
from tests.ended import HOUR, counted, make_ended, make_many, nearest_rank, rounded
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.lifecycle import change_status
from tickets.core.enums import Status

pytestmark = pytest.mark.servers

YEAR = Period(date(2025, 11, 10), date(2026, 11, 9))
ANSWERS = GroupBy.TIER


@pytest.fixture
def world(requester, stranger, london, agent, lead):
    """Tickets of two accounts in two regions, and everybody who may end a promise."""
    there = make_contact(make_account("Charlie", region=london, tier=Tier.PLATINUM), "eve@charlie.test")
    tickets = [make_ticket(who, now=MONDAY_9AM) for who in (requester, stranger, there)]
    return {"tickets": tickets, "people": [agent.user, lead.user, requester.user, None]}


@pytest.fixture
def history(world):
    make_many(700, world["tickets"], world["people"], first=date(2025, 9, 15), last=date(2026, 11, 9))


def place(clock, dimension):
    """Where a clock stands in a dimension of a report, in plain Python."""
    if dimension == "region":
        return clock.calendar.region_id
    if dimension == "agent":
        return clock.ended_by.agent.pk if clock.ended_by and clock.ended_by.is_staff else NOBODY
    if dimension == "month":
        return clock.stopped_at.astimezone(UTC).date().replace(day=1)
    return clock.account_id if dimension == "account" else getattr(clock, dimension)


def all_clocks():
    return list(Clock.objects.select_related("calendar", "ended_by__agent"))


def by_hand(period, dimensions, filters=None, clocks=None):
    """The lines of a report as {(kind, key): figures}, from every row."""
    cells = {}
    for clock in clocks or all_clocks():
        inside = clock.stopped_at and period.first <= clock.stopped_at.astimezone(UTC).date() <= period.last
        wanted = all(place(clock, name) == value for name, value in (filters or Filters()).given.items())
        if inside and wanted:
            key = tuple(place(clock, name) for name in dimensions)
            cells.setdefault((clock.kind, key), []).append(clock)
    return {key: counted(clocks) for key, clocks in cells.items()}


def ended_only(figures):
    return Figures(**{name: getattr(figures, name) for name in (
        "kept", "missed", "cancelled", "skipped", "elapsed", "business", "late",
    )})  # fmt: skip


def said(answer):
    """A report as {(kind, key): figures}, without the running ones and the lines that have nothing else."""
    lines = {(table.kind.value, line.key): ended_only(line.figures) for table in answer.tables for line in table.lines}
    return {key: figures for key, figures in lines.items() if figures.ended}


# --- The numbers ------------------------------------------------------------------------------------------------------


FROM = pytest.mark.parametrize("rolled_up", [False, True], ids=["from clocks", "from roll-ups"])


@FROM
def test_every_line_is_what_its_clocks_say(history, rolled_up):
    """In every grouping: they are read from the same history, which takes a second to roll up."""
    if rolled_up:
        roll_up_months(now=MONDAY_9AM)

    answers = {group_by: report(YEAR, group_by=group_by, now=MONDAY_9AM) for group_by in GroupBy}

    clocks = all_clocks()
    by_every_row = {group_by: by_hand(YEAR, answer.dimensions, clocks=clocks) for group_by, answer in answers.items()}
    assert {group_by: said(answer) for group_by, answer in answers.items()} == by_every_row


FILTERS = {
    "kind": lambda world: Filters(kind=ClockKind.CHECK_IN),
    "tier and priority": lambda world: Filters(tier=Tier.GOLD, priority=Priority.HIGH),
    "account": lambda world: Filters(account=world["tickets"][0].account_id),
    "region": lambda world: Filters(region=world["tickets"][2].region_id),
    "agent": lambda world: Filters(agent=world["people"][0].agent.pk),
    "nobody of the desk": lambda world: Filters(agent=NOBODY),
    "account and agent": lambda world: Filters(account=world["tickets"][1].account_id, agent=NOBODY),
}


@FROM
def test_every_filter_narrows_to_its_clocks(history, world, rolled_up):
    if rolled_up:
        roll_up_months(now=MONDAY_9AM)

    answers = {
        (name, group_by): report(YEAR, group_by=group_by, filters=of_world(world), now=MONDAY_9AM)
        for name, of_world in FILTERS.items()
        for group_by in GroupBy
    }

    clocks = all_clocks()
    by_every_row = {
        (name, group_by): by_hand(YEAR, answer.dimensions, FILTERS[name](world), clocks)
        for (name, group_by), answer in answers.items()
    }
    assert {place: said(answer) for place, answer in answers.items()} == by_every_row


def test_totals_and_the_period_before_are_those_of_all_lines(history):
    answer = report(YEAR, group_by=GroupBy.AGENT, now=MONDAY_9AM)

    assert {table.kind: ended_only(table.total) for table in answer.tables} == {
        ClockKind(kind): figures for (kind, _key), figures in by_hand(YEAR, ()).items()
    }
    assert answer.before == {ClockKind(kind): figures for (kind, _key), figures in by_hand(YEAR.before(), ()).items()}


def test_a_clock_counts_on_the_utc_day_it_ended(world):
    ticket, tick = world["tickets"][0], timedelta(microseconds=1)
    first, after = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    Clock.objects.bulk_create(make_ended(ticket, moment) for moment in (first - tick, first, after - tick, after))

    periods = [Period.month_of(date(2026, month, 1)) for month in (7, 8, 9)]
    kept = [report(period, group_by=ANSWERS, now=MONDAY_9AM).tables[0].total.kept for period in periods]

    assert kept == [1, 2, 1]


def test_without_a_judged_promise_there_is_no_percentage_and_no_time(world):
    ticket = world["tickets"][0]
    Clock.objects.bulk_create(
        [make_ended(ticket, MONDAY_9AM, outcome=outcome) for outcome in (Outcome.CANCELLED, Outcome.SKIPPED)]
    )

    total = report(YEAR, group_by=ANSWERS, now=MONDAY_9AM).tables[0].total

    assert (ended_only(total), total.attainment, total.judged) == (Figures(cancelled=1, skipped=1), None, 0)


def test_running_promises_stand_beside_and_in_no_percentage(requester, agent):
    urgent = make_ticket(requester, priority=Priority.URGENT)  # answer due after 1 h, check-in after 4 business hours
    make_ticket(requester, priority=Priority.LOW)  # no check-in runs
    reply_as_agent(urgent, body="On it", by=agent.user, now=MONDAY_9AM + HOUR / 2)
    late = make_ticket(requester, priority=Priority.URGENT)

    answer = report(YEAR, group_by=GroupBy.PRIORITY, now=MONDAY_9AM + HOUR)

    half_an_hour = Times(rounded(1800), rounded(1800))
    answered = Figures(kept=1, elapsed=half_an_hour, business=half_an_hour)
    assert late.clocks.get(kind="response").breached_at is None
    assert {table.kind.value: {line.key: line.figures for line in table.lines} for table in answer.tables} == {
        "response": {(1,): Figures(**vars_of(answered), running=1, overdue=1), (4,): Figures(running=1, overdue=0)},
        "check_in": {(1,): Figures(**vars_of(answered), running=2, overdue=0)},
    }


def vars_of(figures):
    return {name: value for name in Figures.__slots__ if (value := getattr(figures, name)) not in {None, 0}}


def test_who_will_end_a_running_promise_is_not_known(requester, agent):
    make_ticket(requester)
    filters = Filters(agent=agent.pk)

    answers = [
        report(YEAR, group_by=GroupBy.AGENT, now=MONDAY_9AM).tables[0],
        report(YEAR, group_by=GroupBy.TIER, filters=filters, now=MONDAY_9AM).tables[0],
    ]

    assert [(table.lines, table.total.running, table.total.overdue) for table in answers] == [
        ([], 1, 0),
        ([], None, None),
    ]


def test_an_update_on_a_change_of_status_is_kept_and_takes_no_time(requester, agent):
    low = make_ticket(requester, priority=Priority.LOW)
    reply_as_agent(low, body="Seen", by=agent.user, now=MONDAY_9AM)
    change_status(low, Status.ON_HOLD, by=agent.user, now=MONDAY_9AM + HOUR)

    check_ins = report(YEAR, group_by=ANSWERS, now=MONDAY_9AM + HOUR).tables[1].total

    assert check_ins == Figures(kept=check_ins.kept, running=0, overdue=0)
    assert check_ins.kept == Clock.objects.filter(cause="status_change").count() > 0


def test_what_a_customer_ends_is_nobodys_of_the_desk(world, requester, agent):
    ticket = world["tickets"][0]
    Clock.objects.bulk_create(
        make_ended(ticket, MONDAY_9AM, outcome=Outcome.CANCELLED, by=by) for by in (requester.user, None, agent.user)
    )

    lines = report(YEAR, group_by=GroupBy.AGENT, now=MONDAY_9AM).tables[0].lines

    assert {line.key: line.figures.cancelled for line in lines} == {(NOBODY,): 2, (agent.pk,): 1}


# --- What it costs ----------------------------------------------------------------------------------------------------


def test_a_report_asks_a_fixed_number_of_questions(history, django_assert_num_queries):
    with django_assert_num_queries(4 + 1 + 4 + 2):  # this period, what runs, the one before, and which are rolled up
        report(YEAR, group_by=GroupBy.ACCOUNT, now=MONDAY_9AM)
    roll_up_months(now=MONDAY_9AM)
    with django_assert_num_queries(5 + 1 + 5 + 2):  # the roll-ups of whole months are one question more
        report(YEAR, group_by=GroupBy.ACCOUNT, now=MONDAY_9AM)


# --- Percentiles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 1.0])
def test_percentiles_are_within_one_percent(share):
    dice = random.Random(3)
    for size in (1, 2, 9, 10, 11, 500):
        seconds = [dice.lognormvariate(8, 2) + 1 for _ in range(size)]
        histogram = {}
        for value in seconds:
            histogram[bucket_of(value)] = histogram.get(bucket_of(value), 0) + 1
        assert percentile(histogram, share) == pytest.approx(nearest_rank(seconds, share), rel=0.01)


def test_no_value_has_no_percentile_and_an_instant_takes_no_time():
    assert [percentile({}, 0.5), percentile({bucket_of(0): 3}, 0.5)] == [None, 0.0]


# --- Periods ----------------------------------------------------------------------------------------------------------

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Period.month_of(TODAY), Period(date(2026, 2, 1), date(2026, 2, 28))),
        (Period.month_of(date(2026, 1, 9)), Period(date(2025, 12, 1), date(2025, 12, 31))),
        (Period.last_days(30, TODAY), Period(date(2026, 1, 1), date(2026, 1, 30))),
        (Period(TODAY, TODAY), Period(date(2026, 2, 28), date(2026, 2, 28))),
    ],
)
def test_a_period_is_compared_with_the_one_before(period, before):
    assert period.before() == before


def test_a_period_without_its_rolled_up_months_is_the_rest():
    period = Period(date(2025, 12, 10), date(2026, 4, 5))

    def utc(*day):
        return datetime(*day, tzinfo=UTC)

    end = utc(2026, 4, 6)
    assert list(period.months()) == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert [period.without(set(months)) for months in (
        [], [date(2026, 1, 1)], [date(2026, 1, 1), date(2026, 3, 1)], period.months(),
    )] == [
        [(period.start, end)],
        [(period.start, utc(2026, 1, 1)), (utc(2026, 2, 1), end)],
        [(period.start, utc(2026, 1, 1)), (utc(2026, 2, 1), utc(2026, 3, 1)), (utc(2026, 4, 1), end)],
        [(period.start, utc(2026, 1, 1)), (utc(2026, 4, 1), end)],
    ]  # fmt: skip


def test_a_month_that_is_rolled_up_leaves_nothing_to_read():
    month = Period.month_of(TODAY)

    assert month.without({TODAY}) == []


def test_a_period_is_read_as_it_is_written():
    assert read_period(str(YEAR)) == YEAR


@pytest.mark.parametrize(
    "text", ["", "..", "2026-01-01", "2026-02-01..2026-01-01", "2026-01-01..x", "0001-01-01..2026-01-01"]
)
def test_a_period_that_is_none_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the words are for nobody
        read_period(text)
