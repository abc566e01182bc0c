"""The account page as a statement of the contract: included, used, left, and what the next tier would change."""

import re

import pytest
import time_machine

from accounts.core.enums import Tier
from portal.statement.next_tier import next_tier
from tests import factories
from tests.factories import MONDAY_9AM

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def statement(client):
    """The rows of the table “What is included” as lists of words."""
    page = client.get("/account/").content.decode()
    table = page[page.index("statement") :].split("</table>")[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table, flags=re.S)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.S) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def lines(client, *names):
    return [row for row in statement(client) if row[0] in names]


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


def test_gold_says_what_is_included_used_and_left(client_for, requester, ticket):
    assert lines(client_for(requester), "Tickets", "Premium contacts", "24/7 replies") == [
        ["Tickets", "as many as you need", "1 opened", "no limit"],
        ["Premium contacts", "3 seats, each with a region", "2", "1"],
        ["24/7 replies", "yes, in English; in other languages in business hours", "–", "–"],
    ]


def test_standard_says_what_it_does_not_have(client_for, stranger):
    assert lines(client_for(stranger), "Premium contacts", "24/7 replies") == [
        ["Premium contacts", "no seats", "–", "–"],
        ["24/7 replies", "no, in business hours", "–", "–"],
    ]


def test_tickets_before_the_contract_do_not_count(client_for, paris, lead):
    account = factories.make_account("Newcomer", region=paris)
    contact = factories.make_contact(account, "n@newcomer.test")
    factories.make_ticket(contact)
    factories.make_contract(account, Tier.SILVER, starts=MONDAY_9AM.date().replace(day=10))

    with time_machine.travel(MONDAY_9AM.replace(day=11), tick=False):
        assert lines(client_for(contact), "Tickets") == [["Tickets", "as many as you need", "0 opened", "no limit"]]


def test_the_next_tier_names_each_allowance_and_each_target_that_differs():
    platinum = next_tier(Tier.GOLD)

    assert platinum.tier == Tier.PLATINUM
    assert platinum.allowances == [
        "10 Premium contacts instead of 3.",
        "24 hours of professional services a contract year instead of 8.",
        "A root-cause analysis after every P1 ticket.",
        "A designated engineer in each of your regions.",
        "An executive sponsor who meets you every quarter.",
    ]
    assert [
        (c.priority.code, c.promise, c.now.replace("\xa0", " "), c.then.replace("\xa0", " ")) for c in platinum.targets
    ] == [
        ("P1", "Check-in", "every 4 business hours", "every 2 business hours"),
        ("P2", "Reply", "within 3 h, 24/7", "within 2 h, 24/7"),
        ("P2", "Check-in", "every 4 business hours", "every 2 business hours"),
        ("P3", "Reply", "within 3 h, 24/7", "within 2 h, 24/7"),
    ]


def test_above_platinum_there_is_nothing():
    assert next_tier(Tier.PLATINUM) is None


def test_the_page_of_a_silver_account_shows_what_gold_would_change(client_for, paris):
    account = factories.make_account("Silver Ltd", region=paris, tier=Tier.SILVER)
    page = client_for(factories.make_contact(account, "s@silver.test")).get("/account/").content.decode()

    assert "What Premium Gold would change" in page
    assert "Your calls have priority over those of other customers." in page
