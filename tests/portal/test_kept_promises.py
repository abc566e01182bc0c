"""What customers read about our promises: what they may see, counted, and each miss with its ticket."""

from datetime import timedelta

import pytest
import time_machine

from portal.kept_promises import kept_promises
from sla.attainment.domain.attainment import Figures
from sla.core.enums import ClockKind, Outcome, Priority
from sla.models import Clock
from tests.ended import HOUR, make_ended
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.conversation import reply_as_agent

pytestmark = pytest.mark.servers

DAY = timedelta(days=1)


@pytest.fixture
def tickets(requester, colleague, stranger):
    """Marc's ticket, a private one of Noé, one of another account; each with a miss and a kept answer yesterday."""
    private = make_ticket(colleague)
    private.is_private = True
    private.save()
    made = {"open": make_ticket(requester), "private": private, "foreign": make_ticket(stranger)}
    Clock.objects.bulk_create(
        make_ended(ticket, MONDAY_9AM - DAY, outcome=outcome)
        for ticket in made.values()
        for outcome in (Outcome.MET, Outcome.MISSED)
    )
    return made


def counts(kept):
    return [(share.kind, share.figures.kept, share.figures.missed, share.said) for share in kept.shares]


def test_an_administrator_reads_about_the_whole_account_and_a_member_about_what_they_see(
    tickets, account_admin, requester, colleague
):
    read = {
        person.name: (counts(kept)[0][1:], {miss.clock.ticket for miss in kept.misses}, kept.whole_account)
        for person in (account_admin, requester, colleague)
        for kept in [kept_promises(person, now=MONDAY_9AM)]
    }

    both = {tickets["open"], tickets["private"]}
    assert read == {
        "Anna Roy": ((2, 2, "50%"), both, True),
        "Marc Petit": ((1, 1, "50%"), {tickets["open"]}, False),
        "Noé Blanc": ((2, 2, "50%"), both, False),
    }


def test_what_was_missed_is_told_as_it_was(requester, agent):
    ticket = make_ticket(requester, priority=Priority.URGENT)  # due after 1 h
    reply_as_agent(ticket, body="Here", by=agent.user, now=MONDAY_9AM + 90 * timedelta(minutes=1))

    kept = kept_promises(requester, now=MONDAY_9AM + DAY)

    assert [(miss.clock.ticket, miss.clock.kind, miss.clock.due_at, miss.late) for miss in kept.misses] == [
        (ticket, "response", MONDAY_9AM + HOUR, HOUR / 2)
    ]
    assert counts(kept) == [("response", 0, 1, "0%"), ("check_in", 1, 0, "100%")]


def test_ninety_days_are_looked_back(requester, ticket):
    first = MONDAY_9AM.replace(month=8, day=12, hour=0)
    Clock.objects.bulk_create(make_ended(ticket, at, outcome=Outcome.MISSED) for at in (first, first - HOUR))

    kept = kept_promises(requester, now=MONDAY_9AM)

    assert [miss.clock.stopped_at for miss in kept.misses] == [first]


def test_the_latest_ten_misses_are_listed_and_the_others_counted(requester, ticket):
    Clock.objects.bulk_create(
        make_ended(ticket, MONDAY_9AM - number * HOUR, outcome=Outcome.MISSED, kind=ClockKind.CHECK_IN)
        for number in range(12)
    )

    kept = kept_promises(requester, now=MONDAY_9AM)

    assert ([miss.clock.stopped_at for miss in kept.misses], kept.hidden) == (
        [MONDAY_9AM - number * HOUR for number in range(10)],
        2,
    )


def test_without_any_promise_there_is_no_percentage(stranger):
    kept = kept_promises(stranger, now=MONDAY_9AM)

    assert [(share.figures, share.said) for share in kept.shares] == [(Figures(), "—")] * 2
    assert (kept.misses, kept.hidden) == ([], 0)


def test_the_account_page_shows_them_with_links_to_their_tickets(client_for, requester, tickets):
    with time_machine.travel(MONDAY_9AM, tick=False):
        page = client_for(requester).get("/account/").content.decode()

    assert "Targets met, last 90 days" in page
    assert "The tickets you can see." in page
    links = {name: f'href="/tickets/{ticket.number}/"' in page for name, ticket in tickets.items()}
    assert links == {"open": True, "private": False, "foreign": False}


def test_the_account_page_says_when_it_is_the_whole_account(client_for, account_admin, tickets):
    with time_machine.travel(MONDAY_9AM, tick=False):
        page = client_for(account_admin).get("/account/").content.decode()

    assert "All tickets of your account." in page
    assert f'href="/tickets/{tickets["private"].number}/"' in page


def test_it_costs_six_questions(requester, tickets, django_assert_num_queries):
    assert not requester.user.is_staff  # every request knows that already
    with django_assert_num_queries(6):
        kept_promises(requester, now=MONDAY_9AM)
