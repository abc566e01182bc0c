"""Roll-ups of whole months: made once, never counted twice, and what they say is what the clocks say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sla.attainment.domain import tallies
from sla.attainment.domain.attainment import report
from sla.attainment.domain.endings import Filters
from sla.attainment.domain.periods import Period
from sla.attainment.domain.tallies import roll_up_months, tally, tally_again, tally_differences
from sla.attainment.tasks import roll_up_months as job
from sla.core.enums import Grain, GroupBy, Outcome
from sla.models import Clock, TalliedMonth, Tally
from tests.ended import make_ended, make_many
from tests.factories import MONDAY_9AM, make_ticket

pytestmark = pytest.mark.servers

OCTOBER = date(2026, 10, 1)
MIDDLE = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
YEAR = Period(date(2025, 11, 10), date(2026, 11, 9))


@pytest.fixture
def answered(ticket, agent):
    """Two kept answers and a missed one in October, one kept in August."""
    clocks = [make_ended(ticket, MIDDLE, outcome=outcome, by=agent.user) for outcome in (
        Outcome.MET, Outcome.MET, Outcome.MISSED,
    )]  # fmt: skip
    return Clock.objects.bulk_create([*clocks, make_ended(ticket, datetime(2026, 8, 1, tzinfo=UTC))])


def rows(month=OCTOBER):
    return list(Tally.objects.filter(month__first_day=month).order_by("grain").values_list("grain", "met", "missed"))


def test_months_that_are_over_are_rolled_up_once(answered, ticket):
    done = [roll_up_months(now=MONDAY_9AM), roll_up_months(now=MONDAY_9AM)]

    assert done == [3, 0]
    assert list(TalliedMonth.objects.values_list("first_day", "clocks", "tallied_at")) == [
        (date(2026, 8, 1), 1, MONDAY_9AM), (date(2026, 9, 1), 0, MONDAY_9AM), (OCTOBER, 3, MONDAY_9AM),
    ]  # fmt: skip
    assert rows() == [(grain, 2, 1) for grain in sorted(Grain.values)]


@pytest.mark.parametrize(
    ("now", "done"),
    [
        (datetime(2026, 9, 1, 23, 59, tzinfo=UTC), 0),
        (datetime(2026, 9, 2, tzinfo=UTC), 1),
        (datetime(2026, 11, 1, 23, 59, tzinfo=UTC), 2),
        (datetime(2026, 11, 2, tzinfo=UTC), 3),
    ],
)
def test_a_month_waits_a_day_for_what_is_still_being_written(answered, now, done):
    assert roll_up_months(now=now) == done


def test_without_any_ended_promise_there_is_nothing_to_do(requester):
    make_ticket(requester)

    assert (roll_up_months(now=MONDAY_9AM + timedelta(days=90)), TalliedMonth.objects.count()) == (0, 0)


def test_the_job_rolls_up_what_is_over(answered):
    assert (job(), TalliedMonth.objects.filter(first_day=OCTOBER).exists()) == (
        TalliedMonth.objects.count(),
        True,
    )


def test_a_month_that_another_worker_rolled_up_is_left_alone(answered):
    tally(OCTOBER, now=MONDAY_9AM)
    before = list(Tally.objects.values_list("pk", flat=True))

    assert (tally(OCTOBER, now=MONDAY_9AM), list(Tally.objects.values_list("pk", flat=True))) == (False, before)


def test_a_month_is_rolled_up_as_a_whole_or_not_at_all(answered, monkeypatch):
    monkeypatch.setattr(tallies, "_row", lambda *facts: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        roll_up_months(now=MONDAY_9AM)

    assert (TalliedMonth.objects.filter(first_day=date(2026, 8, 1)).count(), Tally.objects.count()) == (0, 0)


def test_a_report_is_the_same_with_and_without_roll_ups(requester, stranger, agent, lead):
    tickets = [make_ticket(requester), make_ticket(stranger)]
    people = [agent.user, lead.user, requester.user, None]
    make_many(400, tickets, people, first=date(2025, 9, 15), last=date(2026, 11, 9))

    def lines(period, group_by):
        answer = report(period, group_by=group_by, now=MONDAY_9AM)
        tables = [(table.kind, sorted(table.lines, key=lambda line: line.key), table.total) for table in answer.tables]
        return tables, answer.before

    periods = [YEAR, Period.month_of(OCTOBER), Period(date(2026, 9, 2), date(2026, 9, 30)), Period(OCTOBER, OCTOBER)]
    asked = [(period, group_by) for period in periods for group_by in GroupBy]
    from_clocks = [lines(period, group_by) for period, group_by in asked]
    roll_up_months(now=MONDAY_9AM)

    assert [lines(period, group_by) for period, group_by in asked] == from_clocks


def test_what_roll_ups_answer_reads_no_clocks(answered):
    roll_up_months(now=MONDAY_9AM)
    Clock.objects.ended().delete()

    answer = report(Period.month_of(OCTOBER), group_by=GroupBy.TIER, now=MONDAY_9AM)

    assert (answer.tables[0].total.kept, answer.tables[0].total.missed) == (2, 1)


def test_what_roll_ups_do_not_tell_apart_is_read_from_the_clocks(answered, agent, ticket):
    roll_up_months(now=MONDAY_9AM)
    Tally.objects.update(met=99)
    filters = Filters(agent=agent.pk, account=ticket.account_id)

    answer = report(Period.month_of(OCTOBER), group_by=GroupBy.TIER, filters=filters, now=MONDAY_9AM)

    assert (answer.tables[0].total.kept, answer.tables[0].total.missed) == (2, 1)


# --- The self-check ---------------------------------------------------------------------------------------------------


def test_roll_ups_that_are_right_have_no_difference(answered):
    roll_up_months(now=MONDAY_9AM)

    assert list(tally_differences()) == []


def test_every_row_that_says_otherwise_than_the_clocks_is_named(answered, ticket):
    roll_up_months(now=MONDAY_9AM)
    Tally.objects.filter(grain="accounts", month__first_day=OCTOBER).update(met=7, late=[])

    [line] = tally_differences()

    assert line == (
        f"2026-10 response account={ticket.account_id}: rolled up as 7 met, 1 missed, 0 cancelled, 0 skipped "
        "(elapsed [414, 3], business [324, 3], late []), the clocks say 2 met, 1 missed, 0 cancelled, 0 skipped "
        "(elapsed [414, 3], business [324, 3], late [414, 1])"
    )


def test_a_row_too_many_and_a_row_too_few_are_differences(answered):
    roll_up_months(now=MONDAY_9AM)
    Tally.objects.filter(grain="tiers", month__first_day=OCTOBER).delete()
    Tally.objects.filter(grain="agents", month__first_day=OCTOBER).update(agent=None)

    assert [line.split(":")[0] for line in tally_differences()] == [
        "2026-10 response tier=gold priority=3",
        f"2026-10 response agent={answered[0].ended_by.agent.pk}",
        "2026-10 response agent=0",
    ]


def test_a_month_that_is_wrong_is_rolled_up_again(answered):
    roll_up_months(now=MONDAY_9AM)
    answered[0].delete()
    wrong = len(list(tally_differences()))

    tally_again(OCTOBER, now=MONDAY_9AM)

    assert (wrong, list(tally_differences()), rows()[0]) == (len(Grain), [], ("accounts", 1, 1))
