"""The queue of the desk: its order, its views, its chips, and what it costs."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from portal.lib import clock
from sla.core.enums import Priority
from tests import factories
from tests.factories import MONDAY_9AM
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.lifecycle import change_status
from tickets.core.domain.queue import Filters, Reader, View, page
from tickets.core.domain.routing import assign
from tickets.core.enums import Status

pytestmark = pytest.mark.servers

QUEUE = "admin:tickets_ticket_changelist"
NOW = MONDAY_9AM + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _half_past_nine(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def numbers(response):
    """The ticket numbers of the rows, in order."""
    return re.findall(r'd-number">(SUP-\d+)', response.content.decode())


def queue(client, **parameters):
    return client.get(reverse(QUEUE), parameters)


def test_what_is_due_next_stands_first_across_both_clocks(client_for, agent, requester):
    low = factories.make_ticket(requester, priority=Priority.LOW)
    answered = factories.make_ticket(requester, priority=Priority.URGENT)
    reply_as_agent(answered, body="On it.", by=agent.user, now=MONDAY_9AM)  # its check-in is due at 14:00
    medium = factories.make_ticket(requester, priority=Priority.MEDIUM)  # its response is due at 13:00
    urgent = factories.make_ticket(requester, priority=Priority.URGENT)

    response = queue(client_for(agent), view="team")

    assert numbers(response) == [urgent.number, medium.number, answered.number, low.number]


def test_each_view_holds_its_own_tickets(client_for, agent, lead, requester):
    mine, theirs, nobodys = (factories.make_ticket(requester) for _number in range(3))
    done = factories.make_ticket(requester, live=True, by=lead.user)
    change_status(done, Status.SOLVED, by=lead.user, now=MONDAY_9AM)
    assign(mine, agent, by=lead.user, now=MONDAY_9AM)
    assign(theirs, lead, by=lead.user, now=MONDAY_9AM)
    client = client_for(agent)

    shown = {view: numbers(queue(client, view=view)) for view in ("mine", "unassigned", "team", "overdue", "done")}

    assert shown == {
        "mine": [mine.number],
        "unassigned": [nobodys.number],
        "team": [mine.number, theirs.number, nobodys.number],
        "overdue": [],
        "done": [done.number],
    }


def test_check_ins_today_holds_no_ticket_whose_other_promise_is_due_today(client_for, agent, requester):
    answered = factories.make_ticket(requester, priority=Priority.URGENT)
    reply_as_agent(answered, body="On it.", by=agent.user, now=MONDAY_9AM)  # its check-in is due at 14:00
    friday = MONDAY_9AM - timedelta(days=3)
    low = factories.make_ticket(requester, priority=Priority.LOW, now=friday)  # only its response is due
    assert low.next_due_at <= NOW + timedelta(hours=12)

    assert numbers(queue(client_for(agent), view="check_ins")) == [answered.number]


def test_overdue_holds_what_is_past_due_before_any_sweep(client_for, agent, requester, monkeypatch):
    late = factories.make_ticket(requester, priority=Priority.URGENT)
    factories.make_ticket(requester, priority=Priority.LOW)
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM + timedelta(hours=1))

    response = queue(client_for(agent), view="overdue")

    assert numbers(response) == [late.number]
    assert "d-chip--overdue" in response.content.decode()


def test_the_chip_names_state_clock_and_moment(client_for, lead, requester):
    factories.make_ticket(requester, priority=Priority.URGENT)

    page = queue(client_for(lead), view="team").content.decode()

    assert re.findall(r"d-chip--([a-z-]+)\"[^>]*>.*?<span>([^<]+)</span>", page) == [
        ("on-track", "Reply by 11:00"),
        ("on-track", "Check-in by 14:00"),
    ]


def test_a_ticket_without_a_running_clock_says_whose_turn_it_is(client_for, lead, ticket):
    reply_as_agent(ticket, body="Which phone?", by=lead.user, now=MONDAY_9AM, status_after=Status.WAITING)

    page = queue(client_for(lead), view="team").content.decode()

    assert re.findall(r"d-chip--([a-z-]+)", page) == ["paused"]


def test_a_number_typed_into_the_search_leads_to_its_ticket(client_for, agent, ticket):
    response = queue(client_for(agent), view="team", q=ticket.number.lower())

    assert response["Location"] == reverse("admin:tickets_ticket_change", args=[ticket.number])


def test_filters_narrow_and_values_of_no_meaning_narrow_nothing(client_for, agent, requester):
    urgent = factories.make_ticket(requester, priority=Priority.URGENT)
    other = factories.make_ticket(requester, subject="Printer")
    client = client_for(agent)

    assert numbers(queue(client, view="team", priority="1")) == [urgent.number]
    assert numbers(queue(client, view="team", q="printer")) == [other.number]
    assert numbers(queue(client, view="team", priority="1) OR 1=1", account="x")) == [urgent.number, other.number]


@pytest.mark.parametrize("words", ["printer", "ACME", "marc pet", "marc@acme.test"])
def test_a_ticket_is_found_by_its_subject_its_account_and_its_requester(client_for, agent, requester, stranger, words):
    found = factories.make_ticket(requester, subject="The printer smokes")
    factories.make_ticket(stranger, subject="Something else")

    assert numbers(queue(client_for(agent), view="team", q=words)) == [found.number]


@pytest.mark.parametrize(
    "parameter", ["requester__user__password__startswith", "account__notes__regex", "o", "password", "_to_field"]
)
def test_a_parameter_that_the_page_does_not_offer_is_refused(client_for, agent, ticket, parameter):
    assert queue(client_for(agent), **{parameter: "1"}).status_code == 400


@pytest.mark.parametrize(("tickets", "statements"), [(1, 7), (3, 7), (50, 7)])
def test_the_queue_costs_the_same_for_one_row_and_for_fifty(
    client_for, agent, requester, tickets, statements, django_assert_num_queries
):
    for _number in range(tickets):
        factories.make_ticket(requester)
    client = client_for(agent)
    queue(client, view="team")  # the calendar is read once per process

    with django_assert_num_queries(statements):
        response = queue(client, view="team")

    assert len(numbers(response)) == tickets


def test_leafing_goes_through_every_ticket_once(client_for, agent, requester):
    wanted = [factories.make_ticket(requester, priority=Priority(1 + n % 4)).number for n in range(53)]
    client = client_for(agent)

    first = queue(client, view="team")
    rest = client.get(
        reverse(QUEUE) + re.search(r'href="(\?[^"]*after=[^"]*)"', first.content.decode())[1].replace("&amp;", "&")
    )

    assert len(numbers(first)) == 50
    assert sorted(numbers(first) + numbers(rest)) == sorted(wanted)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("view", [View.TEAM, View.DONE], ids=str)
def test_small_pages_hold_the_same_rows_in_the_same_order_as_a_large_one(agent, lead, requester, view, size):
    """Other due moments, the same one twice, and none at all."""
    for number in range(8):
        factories.make_ticket(requester, priority=Priority(1 + number % 4))
    for _number in range(3):
        paused = factories.make_ticket(requester)
        reply_as_agent(paused, body="And?", by=lead.user, now=MONDAY_9AM, status_after=Status.WAITING)
    for _number in range(4):
        change_status(factories.make_ticket(requester, live=True, by=lead.user), Status.SOLVED, by=lead.user, now=NOW)
    reader = Reader(user=agent.user, agent=agent, now=NOW, zone=ZoneInfo("Europe/Paris"))
    whole = [ticket.pk for ticket in page(view, Filters(), reader).tickets]

    leaves, after = [], ""
    while not leaves or after:
        leaf = page(view, Filters(), reader, after=after, size=size)
        leaves.append([ticket.pk for ticket in leaf.tickets])
        after = leaf.after

    assert [pk for leaf in leaves for pk in leaf] == whole
    assert len(whole) == {View.TEAM: 11, View.DONE: 4}[view]
    assert {len(leaf) for leaf in leaves[:-1]} == {size}


def test_ticked_tickets_are_taken_and_finished_ones_are_left(client_for, agent, lead, requester):
    one, two, done = (factories.make_ticket(requester, live=True, by=agent.user) for _number in range(3))
    change_status(done, Status.SOLVED, by=agent.user, now=MONDAY_9AM)

    response = client_for(lead).post(
        reverse(QUEUE), {"ticket": [one.pk, two.pk, done.pk], "action": "take"}, follow=True
    )

    for ticket in (one, two, done):
        ticket.refresh_from_db()
    assert [one.assignee, two.assignee, done.assignee] == [lead, lead, agent]
    assert [str(message) for message in response.context["messages"]] == [
        "1 ticket not assigned: it is already solved or closed.",
        "2 tickets assigned to you.",
    ]


def test_an_empty_view_says_what_to_do_next(client_for, lead):
    assert "No tickets waiting for you. Take the next one from Unassigned." in queue(client_for(lead)).content.decode()


def test_customers_are_refused_and_strangers_are_asked_to_sign_in(client_for, client, requester, ticket):
    anonymous = queue(client)
    assert (anonymous.status_code, anonymous["Location"].split("?")[0]) == (302, reverse("account_login"))

    signed_in = client_for(requester)
    pages = [reverse(QUEUE), reverse("admin:index"), reverse("admin:tickets_ticket_change", args=[ticket.number])]
    assert [signed_in.get(page).status_code for page in pages] == [403, 403, 403]
