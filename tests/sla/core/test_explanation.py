"""Every due moment explains itself, and the explanation adds up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.core.enums import Basis, Tier
from sla.core.domain.calendars import new_version
from sla.core.domain.explanation import DoesNotAddUp, explain_clock, explain_terms
from sla.core.domain.stretches import Closed
from sla.core.domain.terms import terms_for
from sla.core.enums import ClockKind, Priority
from sla.models import CalendarException, OpeningInterval
from tests.factories import MONDAY_9AM, make_account, make_contact, make_region, make_ticket
from tickets.core.domain.lifecycle import change_priority

pytestmark = pytest.mark.django_db
ARMISTICE = ("Armistice Day", "Armistice")
PARIS_TUESDAY_1730 = datetime(2026, 11, 10, 16, 30, tzinfo=UTC)


@pytest.fixture
def france(db):
    return make_region("france", holidays={date(2026, 11, 11): ARMISTICE})


def standard(region, priority):
    return terms_for(tier=Tier.STANDARD, basis=Basis.STANDARD_CONTRACT, priority=priority, region=region)


def told(explanation):
    """(counted minutes or cause, name) of every stretch."""
    return [
        (stretch.length // timedelta(minutes=1) if stretch.counted else stretch.closed, stretch.names)
        for stretch in explanation.stretches
    ]


def test_a_holiday_is_named_and_the_counted_stretches_sum_to_the_target(france):
    explanation = explain_terms(standard(france, Priority.LOW), ClockKind.RESPONSE, now=PARIS_TUESDAY_1730)

    assert told(explanation) == [
        (30, None),
        (Closed.HOLIDAY, ARMISTICE),
        (540, None),
        (Closed.NIGHT, None),
        (540, None),
        (Closed.WEEKEND, None),
        (330, None),
    ]
    assert explanation.due_at == datetime(2026, 11, 16, 13, 30, tzinfo=UTC)
    assert explanation.counted == timedelta(hours=24)


def test_a_holiday_beside_a_weekend_is_said_apart(paris):
    CalendarException.objects.create(calendar=paris.calendar, day=date(2026, 11, 9), name_en="Bridge", name_fr="Pont")

    friday = datetime(2026, 11, 6, 16, 30, tzinfo=UTC)
    explanation = explain_terms(standard(paris, Priority.URGENT), ClockKind.RESPONSE, now=friday)

    assert told(explanation) == [(30, None), (Closed.WEEKEND, None), (Closed.HOLIDAY, ("Bridge", "Pont")), (90, None)]


def test_a_clock_change_is_said_in_the_stretch_that_holds_it(paris):
    saturday_night = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    terms = terms_for(tier=Tier.GOLD, basis=Basis.SEAT, priority=Priority.HIGH, region=paris)

    explanation = explain_terms(terms, ClockKind.RESPONSE, now=saturday_night)

    assert [(s.length, s.clock_change) for s in explanation.stretches] == [(timedelta(hours=3), timedelta(hours=1))]


def test_a_check_in_once_per_business_day_is_due_at_the_next_closing_time(france):
    explanation = explain_terms(standard(france, Priority.MEDIUM), ClockKind.CHECK_IN, now=PARIS_TUESDAY_1730)

    assert explanation.due_at == datetime(2026, 11, 12, 17, 0, tzinfo=UTC)
    assert explanation.target_minutes is None


def test_the_hours_before_opening_are_night_and_those_at_noon_a_break():
    region = make_region("france", hours=("09:00", "12:00"))
    OpeningInterval.objects.bulk_create(
        OpeningInterval(calendar=region.calendar, weekday=day, opens="14:00", closes="18:00") for day in range(5)
    )
    early = datetime(2026, 11, 9, 2, 11, tzinfo=UTC)

    explanation = explain_terms(standard(region, Priority.HIGH), ClockKind.RESPONSE, now=early)

    assert told(explanation) == [(Closed.NIGHT, None), (180, None), (Closed.BREAK, None), (60, None)]


def test_a_p4_has_no_check_in_to_explain(paris):
    assert explain_terms(standard(paris, Priority.LOW), ClockKind.CHECK_IN, now=MONDAY_9AM) is None


def test_a_recount_stands_in_the_explanation_and_the_new_count_adds_up(ticket, agent):
    at = MONDAY_9AM + timedelta(hours=1)
    change_priority(ticket, Priority.URGENT, by=agent.user, now=at)

    explanation = explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE))

    (change,) = explanation.recounts
    assert (change.old_due_at, change.new_due_at, change.applied) == (
        MONDAY_9AM + timedelta(hours=3),
        at + timedelta(hours=1),
        True,
    )
    assert (explanation.counted_from, explanation.counted) == (at, timedelta(hours=1))


def test_the_json_form_of_a_recount_says_what_moved_when_and_by_whom(ticket, agent):
    change_priority(ticket, Priority.URGENT, by=agent.user, now=MONDAY_9AM + timedelta(hours=1))

    explanation = explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE))

    assert explanation.as_json()["recounts"] == [
        {
            "at": "2026-11-09T10:00:00+00:00", "dated_at": None, "cause": "priority", "by": "Léa",
            "old_due_at": "2026-11-09T12:00:00+00:00", "new_due_at": "2026-11-09T11:00:00+00:00", "applied": True,
            "detail": {},
        }
    ]  # fmt: skip


def test_an_old_promise_is_explained_with_the_calendar_it_was_counted_with(france):
    colleague = make_contact(make_account("Acme", region=france, tier=Tier.STANDARD), "noe@acme.test")
    ticket = make_ticket(colleague, now=PARIS_TUESDAY_1730)
    france.calendar.exceptions.all().delete()
    new_version(france.calendar, by=None, now=MONDAY_9AM)

    explanation = explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE))

    assert (explanation.calendar_version, told(explanation)) == (
        1,
        [(30, None), (Closed.HOLIDAY, ARMISTICE), (330, None)],
    )


def test_an_explanation_that_does_not_add_up_is_never_shown(requester):
    clock = make_ticket(requester).clocks.get(kind=ClockKind.RESPONSE)
    clock.due_at += timedelta(minutes=1)

    with pytest.raises(DoesNotAddUp):
        explain_clock(clock)


def test_the_json_form_holds_primitives_only(france):
    explanation = explain_terms(standard(france, Priority.URGENT), ClockKind.RESPONSE, now=PARIS_TUESDAY_1730)

    assert explanation.as_json() == {
        "kind": "response",
        "tier": "standard",
        "basis": "standard_contract",
        "priority": 1,
        "cause": "opened",
        "started_at": "2026-11-10T16:30:00+00:00",
        "counted_from": "2026-11-10T16:30:00+00:00",
        "coverage": "business_hours",
        "check_in_rule": None,
        "target_minutes": 120,
        "calendar": {
            "region": "france",
            "name": {"en": "France", "fr": "France (fr)"},
            "time_zone": "Europe/Paris",
            "version": 1,
            "weekly_hours": {str(day): [["09:00", "18:00"]] for day in range(5)},
        },
        "stretches": [
            {
                "starts_at": "2026-11-10T16:30:00+00:00", "ends_at": "2026-11-10T17:00:00+00:00", "seconds": 1800.0,
                "counted": True, "closed_because": None, "name": None, "clock_change_minutes": 0,
            },
            {
                "starts_at": "2026-11-10T17:00:00+00:00", "ends_at": "2026-11-12T08:00:00+00:00", "seconds": 140400.0,
                "counted": False, "closed_because": "holiday", "name": {"en": "Armistice Day", "fr": "Armistice"},
                "clock_change_minutes": 0,
            },
            {
                "starts_at": "2026-11-12T08:00:00+00:00", "ends_at": "2026-11-12T09:30:00+00:00", "seconds": 5400.0,
                "counted": True, "closed_because": None, "name": None, "clock_change_minutes": 0,
            },
        ],
        "counted_seconds": 7200.0,
        "paused_at": None, "recounts": [],
        "due_at": "2026-11-12T09:30:00+00:00",
        "outcome": "running",
        "stopped_at": None,
        "breached_at": None,
    }  # fmt: skip
