"""Home: your turn, our turn with due moments, the next updates, what the account has."""

from datetime import timedelta

import pytest
import time_machine

from accounts.core.enums import ContactRole, Tier
from accounts.hours.domain import hours, hours_years
from accounts.sponsorship.domain import meetings, naming
from portal.remaining import Remaining
from sla.core.enums import Priority
from tests import factories
from tests.factories import MONDAY_9AM
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.enums import Status

HOME = "/home/"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


def test_what_waits_for_whom_stands_apart(client_for, requester, agent):
    urgent = factories.make_ticket(requester, subject="Urgent", priority=Priority.URGENT)
    factories.make_ticket(requester, subject="Low", priority=Priority.LOW)
    waiting = factories.make_ticket(requester, subject="Waiting")
    reply_as_agent(waiting, body="?", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    page = client_for(requester).get(HOME)
    assert [ticket.subject for ticket in page.context["yours"]] == ["Waiting"]
    assert [ticket.subject for ticket in page.context["ours"]] == ["Urgent", "Low"]
    assert [(c.ticket, c.due_at) for c in page.context["check_ins"]] == [(urgent, MONDAY_9AM + 4 * HOUR)]


def test_tickets_of_colleagues_are_counted_not_listed(client_for, requester, colleague, agent):
    factories.make_ticket(colleague, subject="Of Noé")
    waiting = factories.make_ticket(colleague, subject="Waits for Noé")
    reply_as_agent(waiting, body="?", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    page = client_for(requester).get(HOME)
    assert (page.context["yours"], page.context["ours"]) == ([], [])
    assert page.context["organisation"] == {"yours": 1, "ours": 1, "more": False}


def test_a_followed_ticket_counts_as_mine(client_for, requester, colleague):
    factories.make_ticket(colleague, subject="Followed", followers=[requester])
    assert [ticket.subject for ticket in client_for(requester).get(HOME).context["ours"]] == ["Followed"]


def test_the_entitlements_of_the_person_are_said(client_for, requester, colleague):
    context = client_for(requester).get(HOME).context
    entitlements = context["entitlements"]
    figures = (entitlements.tier, context["remaining"].seats_used, entitlements.contract.premium_contacts)
    assert figures == ("gold", 2, 3)
    assert client_for(colleague).get(HOME).context["entitlements"].tier == "standard"


def test_what_is_left_of_hours_and_when_the_sponsor_meets_stand_on_the_page(london, lead, client_for):
    account = factories.make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    tom = factories.make_contact(account, "tom@kestrel.test", role=ContactRole.ADMIN)
    client = client_for(tom)
    assert client.get(HOME).context["remaining"] == Remaining(0, None, None, None)

    hours_years.update_contract_years(now=MONDAY_9AM)
    hours.use(account, 90, work="Rehearsal", by=lead.user, now=MONDAY_9AM)
    meeting = meetings.propose(
        naming.name_sponsor(account, lead, by=lead.user, now=MONDAY_9AM), by=lead.user, now=MONDAY_9AM
    )
    assert client.get(HOME).context["remaining"] == Remaining(0, 1350, 1440, None)
    meeting = meetings.confirm(meeting, meeting.slots.first().starts_at, by=tom.user, now=MONDAY_9AM)

    page = client.get(HOME)
    assert page.context["remaining"] == Remaining(0, 1350, 1440, meeting.starts_at)
    assert "22.5 of 24 h available" in page.content.decode()


def test_the_desk_says_until_when_it_is_open_or_when_it_opens(client_for, requester):
    client = client_for(requester)
    assert client.get(HOME).context["desk"].open_until == MONDAY_9AM.replace(hour=17)
    with time_machine.travel(MONDAY_9AM.replace(hour=20), tick=False):
        assert client.get(HOME).context["desk"].opens_at == MONDAY_9AM + timedelta(hours=23)


def test_an_empty_home_leads_to_the_first_ticket(client_for, requester):
    html = client_for(requester).get(HOME).content.decode()
    assert "No open tickets." in html
    assert 'href="/tickets/new/"' in html


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_whoever_follows_a_link_or_goes_back_gets_the_whole_page(client_for, requester, header):
    html = client_for(requester).get(HOME, headers={"HX-Request": "true", header: "true"}).content.decode()
    assert "<html" in html


def test_the_live_part_comes_alone(client_for, requester):
    factories.make_ticket(requester, subject="Fresh")
    html = client_for(requester).get(HOME, headers={"HX-Request": "true"}).content.decode()
    assert "Fresh" in html
    assert "<html" not in html


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_thirteen_queries_however_many_tickets(
    client_for, requester, agent, count, django_assert_num_queries
):
    for _ in range(count):
        factories.make_ticket(requester)
        waiting = factories.make_ticket(requester)
        reply_as_agent(waiting, body="?", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    client = client_for(requester)
    client.get(HOME)
    with django_assert_num_queries(13):
        client.get(HOME)


def test_home_speaks_french_to_who_reads_french(client_for, colleague):
    page = client_for(colleague).get(HOME)
    assert (page["Content-Language"], '<html lang="fr"' in page.content.decode()) == ("fr", True)


def test_staff_are_refused(client_for, agent):
    assert client_for(agent).get(HOME).status_code == 403
