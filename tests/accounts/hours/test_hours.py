"""The ledger of professional-services hours: what it grants, takes, refuses, and how it stays right."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.core.enums import HoursKind, Tier
from accounts.hours.domain import hours, hours_verification, hours_years
from accounts.models import Contract, HoursEntry, HoursYear
from portal.lib.errors import DomainError, NotAllowed
from portal.models import Notice
from tests import factories
from tests.factories import MONDAY_9AM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def gold(paris):
    """A Gold account whose second contract year began on 1 June 2026."""
    account = factories.make_account("Maple", region=paris)
    factories.make_contract(account, Tier.GOLD, starts=date(2025, 6, 1), ends=date(2027, 5, 31))
    return account


@pytest.fixture
def year(gold):
    hours_years.update_contract_years(now=MONDAY_9AM)
    return hours.year_in_force(gold, MONDAY_9AM)


def lines(year):
    rows = HoursEntry.objects.filter(year=year).order_by("number")
    return list(rows.values_list("number", "kind", "available", "reserved", "available_after", "reserved_after"))


def figures(year):
    balance = hours.balance_of(year)
    return (balance.granted, balance.used, balance.reserved, balance.available, balance.expired)


# --- Years ------------------------------------------------------------------------------------------------------------


def test_the_year_in_force_is_granted_once_however_often_the_job_runs(gold):
    for _run in range(3):
        hours_years.update_contract_years(now=MONDAY_9AM)

    year = HoursYear.objects.get()
    assert (year.number, year.starts_on, year.ends_on) == (2, date(2026, 6, 1), date(2027, 5, 31))
    assert lines(year) == [(1, HoursKind.GRANT, 480, 0, 480, 0)]


def test_a_year_begins_in_the_local_day_of_the_home_region(tokyo):
    account = factories.make_account("Kestrel", region=tokyo)
    factories.make_contract(account, Tier.PLATINUM, starts=date(2026, 11, 10), ends=date(2027, 11, 9))

    hours_years.update_contract_years(now=datetime(2026, 11, 9, 14, 59, tzinfo=UTC))
    assert HoursYear.objects.count() == 0

    hours_years.update_contract_years(now=datetime(2026, 11, 9, 15, 0, tzinfo=UTC))
    assert lines(HoursYear.objects.get()) == [(1, HoursKind.GRANT, 1440, 0, 1440, 0)]


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        pytest.param(
            date(2024, 2, 29), date(2027, 2, 27),
            [(1, date(2024, 2, 29), date(2025, 2, 27)), (2, date(2025, 2, 28), date(2026, 2, 27)),
             (3, date(2026, 2, 28), date(2027, 2, 27))],
            id="from a leap day",
        ),
        pytest.param(
            date(2026, 1, 1), date(2026, 6, 30), [(1, date(2026, 1, 1), date(2026, 6, 30))], id="half a year"
        ),
    ],
)  # fmt: skip
def test_years_follow_the_first_day_of_the_contract(gold, starts, ends, expected):
    contract = gold.contracts.get()
    contract.starts_on, contract.ends_on = starts, ends

    assert list(hours_years.years_of(contract)) == expected


def test_what_is_left_expires_at_the_end_and_the_next_year_is_granted(gold, year, agent):
    hours.use(gold, 90, work="Review", by=agent.user, now=MONDAY_9AM)

    hours_years.update_contract_years(now=datetime(2027, 5, 31, 12, 0, tzinfo=UTC))
    assert figures(year) == (480, 90, 0, 390, 0)

    hours_years.update_contract_years(now=datetime(2027, 6, 1, 12, 0, tzinfo=UTC))
    assert figures(year) == (480, 90, 0, 0, 390)
    assert hours.year_in_force(gold, datetime(2027, 6, 1, 12, 0, tzinfo=UTC)) is None  # the contract is over


def test_a_year_that_was_closed_is_opened_again_when_it_ends_today(gold, year):
    """The contract was cut short and is prolonged to this very day: on its last day its hours are there."""
    Contract.objects.update(ends_on=date(2026, 11, 8))
    hours_years.update_contract_years(now=MONDAY_9AM)
    assert figures(year) == (480, 0, 0, 0, 480)

    Contract.objects.update(ends_on=date(2026, 11, 9))
    hours_years.update_contract_years(now=MONDAY_9AM)

    year.refresh_from_db()
    assert (year.closed_at, figures(year)) == (None, (480, 0, 0, 480, 0))


def test_a_job_that_was_away_closes_and_opens_what_it_missed(gold, year):
    gold.contracts.update(ends_on=date(2029, 5, 31))

    hours_years.update_contract_years(now=datetime(2028, 7, 1, tzinfo=UTC))

    assert [(y.number, bool(y.closed_at), figures(y)) for y in HoursYear.objects.order_by("number")] == [
        (2, True, (480, 0, 0, 0, 480)),
        (4, False, (480, 0, 0, 480, 0)),
    ]


def test_a_contract_that_was_cut_short_and_prolonged_goes_on_with_what_it_had(gold, year, agent):
    hours.use(gold, 60, work="Rehearsal", by=agent.user, now=MONDAY_9AM)
    Contract.objects.update(ends_on=date(2026, 11, 8))
    hours_years.update_contract_years(now=MONDAY_9AM)
    assert figures(year) == (480, 60, 0, 0, 420)

    Contract.objects.update(ends_on=date(2027, 5, 31))
    for _run in range(2):
        hours_years.update_contract_years(now=MONDAY_9AM)

    year.refresh_from_db()
    assert (year.closed_at, year.ends_on) == (None, date(2027, 5, 31))
    assert figures(year) == (480, 60, 0, 420, 0)
    assert list(hours_verification.differences()) == []


def test_a_contract_prolonged_twice_gets_back_what_expired_last_and_nothing_of_another_year(gold, agent):
    hours_years.update_contract_years(now=datetime(2026, 3, 2, 9, tzinfo=UTC))
    hours_years.update_contract_years(now=MONDAY_9AM)
    first, year = HoursYear.objects.order_by("number")
    hours.use(gold, 60, work="Rehearsal", by=agent.user, now=MONDAY_9AM)

    for ends_on in [date(2026, 11, 8), date(2027, 5, 31)] * 2:
        Contract.objects.update(ends_on=ends_on)
        hours_years.update_contract_years(now=MONDAY_9AM)

    assert figures(first) == (480, 0, 0, 0, 480)
    assert figures(year) == (480, 60, 0, 420, 0)
    assert [line[1:3] for line in lines(year)] == [
        (HoursKind.GRANT, 480), (HoursKind.USE, -60),
        (HoursKind.EXPIRE, -420), (HoursKind.CORRECT, 420), (HoursKind.EXPIRE, -420), (HoursKind.CORRECT, 420),
    ]  # fmt: skip
    assert list(hours_verification.differences()) == []


def test_a_correction_of_last_years_work_is_written_to_the_year_in_force(gold, year, agent, lead):
    line = hours.use(gold, 120, work="Rehearsal", by=agent.user, now=MONDAY_9AM)
    later = datetime(2027, 6, 2, 9, tzinfo=UTC)
    hours_years.update_contract_years(now=later)
    with pytest.raises(DomainError) as refusal:
        hours.correct(year, 60, reason="Half was ours", corrects=line, by=lead.user, now=later)
    assert refusal.value.code == "no_hours"

    Contract.objects.update(ends_on=date(2028, 5, 31))
    hours_years.update_contract_years(now=later)
    hours.correct(year, 60, reason="Half was ours", corrects=line, by=lead.user, now=later)

    assert figures(hours.year_in_force(gold, later)) == (540, 0, 0, 540, 0)
    assert figures(year) == (480, 120, 0, 0, 360)


def test_another_figure_in_the_contract_is_a_line_and_never_takes_what_was_used(gold, year, agent):
    hours.use(gold, 420, work="Review", by=agent.user, now=MONDAY_9AM)
    for figure, expected in ((12, (720, 420, 0, 300, 0)), (4, (420, 420, 0, 0, 0))):
        gold.contracts.update(professional_services_hours=figure)
        hours_years.update_contract_years(now=MONDAY_9AM + DAY)
        assert figures(year) == expected


@pytest.mark.parametrize("figures_signed", [(4, 8), (0, 8), (12, 4, 8)])
def test_a_figure_that_is_lowered_and_raised_again_gives_no_more_than_the_contract(gold, year, agent, figures_signed):
    hours.use(gold, 360, work="Review", by=agent.user, now=MONDAY_9AM)
    for figure in figures_signed:
        gold.contracts.update(professional_services_hours=figure)
        hours_years.update_contract_years(now=MONDAY_9AM)

    assert figures(year) == (480, 360, 0, 120, 0)


def test_a_year_that_began_without_hours_is_granted_once_when_the_contract_gets_some(gold):
    hours_years.update_contract_years(now=datetime(2026, 1, 10, tzinfo=UTC))
    for figure in (0, 8):
        gold.contracts.update(professional_services_hours=figure)
        hours_years.update_contract_years(now=MONDAY_9AM)

    assert lines(hours.year_in_force(gold, MONDAY_9AM)) == [(1, HoursKind.GRANT, 480, 0, 480, 0)]


def test_contracts_that_need_nothing_do_not_take_the_turn_of_others(paris):
    for number in range(4):
        account = factories.make_account(f"Gold {number}", region=paris)
        factories.make_contract(account, Tier.GOLD, starts=date(2026, 6, 1), ends=date(2027, 5, 31))

    assert [hours_years.update_contract_years(now=MONDAY_9AM, limit=2) for _run in range(3)] == [2, 2, 0]


def test_a_contract_without_hours_opens_no_year(paris):
    factories.make_account("Silver", region=paris, tier=Tier.SILVER)

    assert hours_years.update_contract_years(now=MONDAY_9AM) == 0
    assert HoursYear.objects.count() == 0


def test_administrators_hear_once_in_the_last_month_what_is_about_to_expire(gold, year):
    admin = factories.make_contact(gold, "claire@maple.test", role="admin")
    months_and_days = [(4, 30), (5, 1), (5, 2), (5, 30)]
    touched = [
        hours_years.update_contract_years(now=datetime(2027, *day, 12, 0, tzinfo=UTC)) for day in months_and_days
    ]

    assert touched == [0, 0, 0, 0]
    told = Notice.objects.filter(kind="hours_expire")
    assert [(n.recipient_id, n.data["minutes"]) for n in told] == [(admin.user_id, 480)]
    assert told.get().created_at == datetime(2027, 5, 1, 12, 0, tzinfo=UTC)


# --- Booking ----------------------------------------------------------------------------------------------------------


def test_work_is_taken_from_what_is_available(gold, year, agent):
    entry = hours.use(gold, 90, work=" Review  of exports ", reference="SUP-1042", by=agent.user, now=MONDAY_9AM)

    assert (entry.work, entry.reference, entry.engineer, entry.worked_on, entry.amount) == (
        "Review of exports", "SUP-1042", agent, date(2026, 11, 9), -90,
    )  # fmt: skip
    assert figures(year) == (480, 90, 0, 390, 0)


@pytest.mark.parametrize(
    ("minutes", "code"), [(0, "amount"), (-15, "amount"), (10, "amount"), (481, "amount"), (495, "not_enough_hours")]
)
def test_amounts_that_make_no_sense_or_are_too_large_are_refused_and_leave_no_line(gold, year, agent, minutes, code):
    with pytest.raises(DomainError) as refusal:
        hours.use(gold, minutes, work="Review", by=agent.user, now=MONDAY_9AM)

    assert (refusal.value.code, refusal.value.field) == (code, "hours")
    assert lines(year) == [(1, HoursKind.GRANT, 480, 0, 480, 0)]


def test_all_that_is_available_can_be_booked_and_a_quarter_at_the_least(gold, year, agent):
    hours.use(gold, 15, work="Question", by=agent.user, now=MONDAY_9AM)
    hours.use(gold, 465, work="Review", by=agent.user, now=MONDAY_9AM)

    assert figures(year) == (480, 480, 0, 0, 0)


def test_work_without_words_is_not_booked(gold, year, agent):
    with pytest.raises(DomainError) as refusal:
        hours.use(gold, 15, work=" \x00 ", by=agent.user, now=MONDAY_9AM)

    assert (refusal.value.code, refusal.value.field) == ("empty", "work")
    assert lines(year) == [(1, HoursKind.GRANT, 480, 0, 480, 0)]


def test_too_little_says_how_much_there_is_and_what_to_do(gold, year, agent):
    with pytest.raises(hours.NotEnoughHours) as refused:
        hours.use(gold, 510, work="Review", by=agent.user, now=MONDAY_9AM)

    assert (
        str(refused.value)
        == "8.5 h are needed but only 8 h are available. Enter fewer hours, or ask a team lead to add hours."
    )
    assert refused.value.metadata == {"available_minutes": 480}


def test_an_account_without_hours_is_refused_with_the_tiers_that_have_them(stranger, agent):
    with pytest.raises(hours.NoHours, match="Gold includes 8 a year, Platinum 24"):
        hours.use(stranger.account, 60, work="Review", by=agent.user, now=MONDAY_9AM)


def test_work_of_tomorrow_is_not_booked_today(gold, year, agent):
    with pytest.raises(DomainError, match="is in the future"):
        hours.use(gold, 60, work="x", by=agent.user, now=MONDAY_9AM, worked_on=date(2026, 11, 10))


def test_small_corrections_of_a_line_are_an_agents_larger_ones_a_leads(gold, year, agent, lead):
    used = hours.use(gold, 240, work="Review", by=agent.user, now=MONDAY_9AM)

    hours.correct(year, 60, reason="Counted twice", corrects=used, by=agent.user, now=MONDAY_9AM)
    for minutes, corrects in ((180, used), (60, None)):
        with pytest.raises(NotAllowed):
            hours.correct(year, minutes, reason="x", corrects=corrects, by=agent.user, now=MONDAY_9AM)
    hours.correct(year, 600, reason="A gift", by=lead.user, now=MONDAY_9AM)

    assert figures(year) == (1140, 240, 0, 900, 0)


def test_many_small_corrections_are_no_way_around_a_lead(gold, year, agent):
    used = hours.use(gold, 240, work="Review", by=agent.user, now=MONDAY_9AM)
    short = hours.use(gold, 15, work="Look", by=agent.user, now=MONDAY_9AM)
    mended = hours.correct(year, 120, reason="Half was ours", corrects=used, by=agent.user, now=MONDAY_9AM)
    grant = HoursEntry.objects.get(year=year, kind=HoursKind.GRANT)

    for corrects, minutes in ((used, 15), (short, 30), (mended, 60), (grant, 60)):
        with pytest.raises(NotAllowed):
            hours.correct(year, minutes, reason="x", corrects=corrects, by=agent.user, now=MONDAY_9AM)
    assert figures(year) == (600, 255, 0, 345, 0)


def test_an_agent_gives_back_exactly_what_a_line_took_and_not_a_quarter_more(gold, year, agent):
    used = hours.use(gold, 60, work="Review", by=agent.user, now=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        hours.correct(year, 75, reason="x", corrects=used, by=agent.user, now=MONDAY_9AM)
    assert figures(year) == (480, 60, 0, 420, 0)

    hours.correct(year, 60, reason="It was ours", corrects=used, by=agent.user, now=MONDAY_9AM)

    assert figures(year) == (540, 60, 0, 480, 0)


@pytest.mark.parametrize("minutes", [120, -120])
def test_an_agent_corrects_two_hours_and_a_lead_whatever_is_more(gold, year, agent, lead, minutes):
    used = hours.use(gold, 180, work="Review", by=agent.user, now=MONDAY_9AM)
    more = minutes + (15 if minutes > 0 else -15)
    with pytest.raises(NotAllowed):
        hours.correct(year, more, reason="x", corrects=used, by=agent.user, now=MONDAY_9AM)
    assert figures(year) == (480, 180, 0, 300, 0)

    hours.correct(year, minutes, reason="Counted wrong", corrects=used, by=agent.user, now=MONDAY_9AM)
    hours.correct(year, more - minutes, reason="All of it", corrects=used, by=lead.user, now=MONDAY_9AM)

    assert figures(year) == (480 + more, 180, 0, 300 + more, 0)


def test_a_correction_that_changes_nothing_says_nothing_or_mends_another_year_is_refused(gold, year, lead, agent):
    used = hours.use(gold, 60, work="Review", by=agent.user, now=MONDAY_9AM)
    other = factories.make_account("Birch", region=gold.home_region)
    factories.make_contract(other, Tier.GOLD, starts=date(2026, 6, 1), ends=date(2027, 5, 31))
    hours_years.update_contract_years(now=MONDAY_9AM)
    theirs = hours.year_in_force(other, MONDAY_9AM)

    for target, minutes, reason, code in (
        (year, 0, "Counted twice", "amount"), (year, 15, " ", "empty"), (theirs, 15, "Counted twice", "other_year"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refusal:
            hours.correct(target, minutes, reason=reason, corrects=used, by=lead.user, now=MONDAY_9AM)
        assert refusal.value.code == code
    assert (figures(year), figures(theirs)) == ((480, 60, 0, 420, 0), (480, 0, 0, 480, 0))


def test_all_that_is_left_can_be_taken_back_and_not_a_quarter_more(year, lead):
    hours.correct(year, -480, reason="Entered twice", by=lead.user, now=MONDAY_9AM)
    with pytest.raises(hours.NotEnoughHours) as refusal:
        hours.correct(year, -15, reason="Entered twice", by=lead.user, now=MONDAY_9AM)

    assert refusal.value.metadata == {"available_minutes": 0}
    assert figures(year) == (0, 0, 0, 0, 0)


def test_a_correction_never_goes_below_zero(year, lead):
    with pytest.raises(hours.NotEnoughHours):
        hours.correct(year, -495, reason="x", by=lead.user, now=MONDAY_9AM)
    assert figures(year) == (480, 0, 0, 480, 0)


# --- What the database holds ------------------------------------------------------------------------------------------


def test_lines_are_never_changed(year):
    entry = HoursEntry.objects.get(year=year)
    entry.available = 10_000
    with pytest.raises(ValidationError):
        entry.save()
    with pytest.raises(ValidationError):
        entry.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        HoursEntry.objects.filter(year=year).update(available=10_000)
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            HoursEntry.objects.filter(year=year)._raw_delete("default")

    assert lines(year) == [(1, HoursKind.GRANT, 480, 0, 480, 0)]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"number": 1}, id="a number twice"),
        pytest.param({"available_after": -1}, id="a balance below zero"),
        pytest.param({"reserved_after": -1}, id="a reservation below zero"),
        pytest.param({"kind": HoursKind.USE, "available": 60}, id="use that adds"),
        pytest.param({"kind": HoursKind.RESERVE, "available": -60, "reserved": 30}, id="a lopsided reservation"),
        pytest.param({"kind": HoursKind.GRANT, "available": 60}, id="a second grant"),
    ],
)
def test_the_database_refuses_lines_that_cannot_be(year, values):
    row = {
        "year": year, "number": 2, "kind": HoursKind.CORRECT, "available": 60, "reserved": 0, "available_after": 540,
        "reserved_after": 0, "created_at": MONDAY_9AM,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        HoursEntry.objects.create(**(row | values))


# --- Verification -----------------------------------------------------------------------------------------------------


def test_a_ledger_that_adds_up_has_no_differences(gold, year, agent):
    hours.use(gold, 90, work="Review", by=agent.user, now=MONDAY_9AM)

    assert list(hours_verification.differences()) == []


def test_a_balance_that_does_not_follow_is_named(year):
    HoursEntry.objects.create(
        year=year, number=3, kind=HoursKind.USE, available=-60, available_after=400, reserved_after=0,
        created_at=MONDAY_9AM,
    )  # fmt: skip

    assert [(d.line, d.what, d.found, d.expected) for d in hours_verification.differences()] == [
        (3, "number", 3, 2),
        (3, "available", 400, 420),
    ]


STEPS = st.lists(
    st.tuples(st.sampled_from(["use", "correct"]), st.integers(-20, 40).map(lambda quarter: quarter * 15)), max_size=25
)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_booked_the_ledger_is_what_plain_sums_say(gold, lead, steps):
    """Against a model in three lines: a number that refuses to go below zero."""
    with transaction.atomic():
        hours_years.update_contract_years(now=MONDAY_9AM)
        year, left = hours.year_in_force(gold, MONDAY_9AM), 480
        for act, minutes in steps:
            change = -minutes if act == "use" else minutes
            allowed = left + change >= 0 and minutes != 0 and (act == "correct" or minutes > 0)
            try:
                if act == "use":
                    hours.use(gold, minutes, work="x", by=lead.user, now=MONDAY_9AM)
                else:
                    hours.correct(year, minutes, reason="x", by=lead.user, now=MONDAY_9AM)
                went = True
            except DomainError:
                went = False
            assert went == allowed
            left += change if allowed else 0
        assert hours.balance_of(year).available == left
        assert list(hours_verification.differences()) == []
        transaction.set_rollback(True)
