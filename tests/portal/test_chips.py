"""How a promise stands, in words and shape, for both sides."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.chips import chip_of, paused
from sla.core.enums import ClockKind, Priority
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.conversation import reply_as_agent

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)


def chip(clock, at):
    said = chip_of(clock, now=at, zone=PARIS)
    return said.state, said.words.replace("\xa0", " ")


@pytest.fixture
def response(colleague):
    """Standard P2, opened Monday 10:00 in Paris: a reply within 4 h of business time, so by 14:00."""
    ticket = make_ticket(colleague, priority=Priority.HIGH)
    return ticket.clocks.get(kind=ClockKind.RESPONSE)


def test_in_time(response):
    assert chip(response, MONDAY_9AM) == ("on_track", "Reply by 14:00")


def test_the_last_quarter(response):
    assert chip(response, response.due_at - 22 * MINUTE) == ("due_soon", "Reply due in 22 min")


def test_late_from_the_due_moment_on(response):
    assert chip(response, response.due_at)[0] == "overdue"
    assert chip(response, response.due_at + 14 * MINUTE) == ("overdue", "Reply overdue by 14 min")
    assert chip(response, response.due_at + 14 * MINUTE) == ("overdue", "Reply overdue by 14 min")


def test_closed_hours_say_when_it_goes_on(colleague):
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=MONDAY_9AM + timedelta(hours=7))
    clock = ticket.clocks.get(kind=ClockKind.RESPONSE)

    assert chip(clock, MONDAY_9AM + timedelta(hours=9)) == ("resting", "Resumes tomorrow 09:00")


def test_a_check_in_is_named(response):
    check_in = response.ticket.clocks.get(kind=ClockKind.CHECK_IN)

    assert chip(check_in, MONDAY_9AM)[1].startswith("Check-in by")


def test_met_and_missed_say_by_how_much(response, agent):
    reply_as_agent(response.ticket, body="Look again.", by=agent.user, now=MONDAY_9AM + 38 * MINUTE)
    response.refresh_from_db()

    assert chip(response, MONDAY_9AM + timedelta(days=3)) == ("met", "Met (38 min)")


def test_missed_says_by_how_much(response, agent):
    at = response.due_at + 6 * MINUTE
    reply_as_agent(response.ticket, body="Look again.", by=agent.user, now=at)
    response.refresh_from_db()

    assert chip(response, at) == ("missed", "Missed by 6 min")


def test_the_customers_turn_is_said_from_both_sides():
    assert (paused(for_staff=False).words, paused(for_staff=True).words) == (
        "Paused: waiting for you",
        "Paused: waiting for customer",
    )
