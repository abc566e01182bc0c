"""The list: tabs, filters in the address, pages by key."""

import pytest
import time_machine

from sla.core.enums import Priority
from tests import factories
from tests.factories import MONDAY_9AM
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.lifecycle import close_by_customer
from tickets.core.enums import Status
from tickets.core.pages import listing

pytestmark = pytest.mark.servers

LIST = "/tickets/"


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


def subjects(page):
    return [ticket.subject for ticket in page.context["tickets"]]


@pytest.fixture
def shelf(requester, colleague, agent):
    """Three tickets of Marc (ours, his turn, done) and one of Noé that Marc follows."""
    factories.make_ticket(requester, subject="Ours", priority=Priority.URGENT)
    waiting = factories.make_ticket(requester, subject="Yours")
    reply_as_agent(waiting, body="?", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    close_by_customer(factories.make_ticket(requester, subject="Done"), by=requester.user, now=MONDAY_9AM)
    factories.make_ticket(colleague, subject="Followed", followers=[requester])


def test_three_tabs_with_what_is_not_finished(client_for, requester, shelf):
    client = client_for(requester)
    page = client.get(LIST)
    assert [(tab["address"], tab["count"], tab["here"]) for tab in page.context["tabs"]] == [
        ("?tab=mine", "2", True), ("?tab=organisation", "3", False), ("?tab=followed", "1", False),
    ]  # fmt: skip
    assert subjects(page) == ["Done", "Yours", "Ours"]
    assert subjects(client.get(LIST, {"tab": "organisation"})) == ["Followed", "Done", "Yours", "Ours"]
    assert subjects(client.get(LIST, {"tab": "followed"})) == ["Followed"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"turn": "yours"}, ["Yours"]),
        ({"turn": "ours"}, ["Ours"]),
        ({"turn": "done"}, ["Done"]),
        ({"status": "solved"}, ["Done"]),
        ({"status": "live"}, ["Yours", "Ours"]),
        ({"priority": "1"}, ["Ours"]),
        ({"q": "our"}, ["Yours", "Ours"]),
        ({"q": "our", "priority": "1"}, ["Ours"]),
        ({"q": "nothing like it"}, []),
        ({"q": "%"}, []),
    ],
)
def test_filters_stand_in_the_address(client_for, requester, shelf, query, found):
    assert subjects(client_for(requester).get(LIST, query)) == found


def test_each_filter_comes_off_by_a_link(client_for, requester, shelf):
    page = client_for(requester).get(LIST, {"turn": "ours", "priority": "1", "q": "our", "before": "900"})
    assert [(tag.text, tag.without) for tag in page.context["tags"]] == [
        ("Waiting for us", "?priority=1&q=our"), ("P1 Urgent", "?turn=ours&q=our"), ("“our”", "?turn=ours&priority=1"),
    ]  # fmt: skip


def test_a_bad_filter_is_dropped_and_named(client_for, requester, shelf):
    page = client_for(requester).get(
        LIST, {"turn": "mars", "priority": "99", "tab": "x", "status": "1'--", "before": "x"}
    )
    assert page.status_code == 200
    assert page.context["filters"].dropped == [
        "The tab “x”", "Waiting for “mars”", "The status “1'--”", "The priority “99”",
    ]  # fmt: skip
    assert subjects(page) == ["Done", "Yours", "Ours"]
    assert "The priority “99”" in page.content.decode()


def test_a_whole_number_leads_to_its_ticket(client_for, requester, shelf, stranger):
    ticket = requester.requested_tickets.first()
    assert client_for(requester).get(LIST, {"q": ticket.number.lower()})["Location"] == f"/tickets/{ticket.number}/"
    assert subjects(client_for(stranger).get(LIST, {"q": ticket.number})) == []


def test_pages_go_by_key_and_keep_the_filters(client_for, requester, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    tickets = [factories.make_ticket(requester, subject=f"T{n}", priority=Priority.LOW) for n in range(5)]
    client, seen = client_for(requester), []
    address = "?priority=4"
    while address:
        page = client.get(LIST + address)
        seen.append(subjects(page))
        address = page.context["older"]
    assert seen == [["T4", "T3"], ["T2", "T1"], ["T0"]]
    assert client.get(LIST, {"priority": "4"}).context["older"] == f"?priority=4&before={tickets[3].pk}"
    assert page.context["newest"] == "?priority=4"


def test_none_yet_and_none_that_match_read_differently(client_for, requester):
    client = client_for(requester)
    nothing = client.get(LIST).content.decode()
    factories.make_ticket(requester)
    unmatched = client.get(LIST, {"q": "zzz"}).content.decode()
    assert "No tickets yet" in nothing
    assert "No ticket matches" in unmatched


def test_the_fragment_has_rows_only(client_for, requester, shelf):
    answer = client_for(requester).get(LIST, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "Yours" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_eight_queries_however_many_rows(client_for, requester, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_ticket(requester)
    client = client_for(requester)
    with django_assert_num_queries(8):
        client.get(LIST)


def test_hostile_words_in_the_search_are_words(client_for, requester):
    html = client_for(requester).get(LIST, {"q": '"><script>alert(1)</script>', "turn": "<script>x"}).content.decode()
    assert "&gt;&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html
    assert "<script>x" not in html
