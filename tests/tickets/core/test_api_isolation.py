"""Nobody sees or touches by API what is not theirs; what is foreign looks exactly like what is missing."""

import pytest

from accounts.core.enums import ContactRole
from accounts.models import Contact
from sla.core.enums import Priority
from tests.api import Caller, reason
from tests.factories import make_contact, make_ticket
from tickets.models import Ticket


def facts():
    """The ticket as the table holds it."""
    return Ticket.objects.values().get()


def same(refused, number):
    """A 404 without what differs between any two requests."""
    text = refused.content.decode().replace(f"tickets/{number}", "tickets/N").replace(refused["X-Request-Id"], "R")
    return refused.status_code, text


CALLS = [
    ("GET", ""), ("PATCH", ""), ("GET", "/messages"), ("POST", "/messages"), ("GET", "/clocks"),
    ("POST", "/close"), ("POST", "/reopen"), ("POST", "/request-priority"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_foreign_ticket_is_as_good_as_none(stranger, colleague, requester, method, path):
    ticket = make_ticket(requester, is_private=True, subject="CANARY")
    before = facts()
    for person in (stranger, colleague):
        caller = Caller(person)
        answers = {
            same(caller.call(method, f"/tickets/{number}{path}", {} if method != "GET" else None), number)
            for number in (ticket.number, "SUP-999999", "SUP-0", "SUP-x7", "1" * 40)
        }
        assert len(answers) == 1
        assert answers.pop()[0] == 404
    assert facts() == before


def test_lists_hold_nothing_foreign(stranger, colleague, requester):
    make_ticket(requester, is_private=True, subject="CANARY")
    for person in (stranger, colleague):
        caller = Caller(person)
        for path in ("/tickets", "/tickets?q=1001", "/contacts", "/seats", "/account", "/me"):
            assert "CANARY" not in caller.get(path).content.decode()
        assert caller.get("/tickets").json()["results"] == []
    body = Caller(stranger).get("/contacts").content.decode() + Caller(stranger).get("/seats").content.decode()
    assert "Marc" not in body
    assert "Acme" not in body


def test_the_same_person_with_two_accounts_sees_one_at_a_time(requester, stranger, ticket):
    second = Contact.objects.create(user=requester.user, account=stranger.account, role=ContactRole.ADMIN)
    assert Caller(second).get("/tickets").json()["results"] == []
    assert reason(Caller(second).get(f"/tickets/{ticket.number}")) == (404, "NOT_FOUND")
    assert len(Caller(requester).get("/tickets").json()["results"]) == 1


def test_a_private_ticket_shows_to_its_followers_and_administrators(requester, colleague, account_admin):
    zoe = make_contact(requester.account, "zoe@acme.test")
    ticket = make_ticket(requester, is_private=True, followers=[zoe], priority=Priority.LOW)
    found = {
        person.name: Caller(person).get(f"/tickets/{ticket.number}").status_code
        for person in (requester, zoe, account_admin, colleague)
    }
    assert found == {"Marc Petit": 200, "Zoe": 200, "Anna Roy": 200, "Noé Blanc": 404}
