"""The first page of the desk, and the page of an account: boxes that cost little and fail alone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse

from accounts.core.enums import Tier
from accounts.models import AwayPeriod, Contract
from accounts.seats.domain import seats
from accounts.sponsorship.domain import meetings, naming
from portal import account_360, my_day
from portal.boxes import Box, Item, filled
from sla.core.enums import Priority
from sla.coverage.domain.rota import open_rota, plan_weeks
from tests import factories
from tickets.calls.domain.asking import ask_for_call
from tickets.core.domain.routing import take_most_urgent
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
NOW = factories.MONDAY_9AM


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    monkeypatch.setattr("portal.lib.clock.now", lambda: NOW)


def boxes(client):
    return {box.name: box for box in client.get(reverse("admin:index")).context["boxes"]}


def words(box):
    return [(item.words, item.facts) for item in box.items]


def test_an_empty_day_says_so_in_every_box(lead, client_for):
    page = client_for(lead).get(reverse("admin:index")).content.decode()

    for sentence in ("None.", "Nobody is away today.", "No region is closed today.", "Nothing is due."):
        assert sentence in page


def test_the_boxes_name_what_the_day_holds(london, lead, agent, administrator, client_for, colleague, account):
    kestrel = factories.make_account("Kestrel Air", region=london, tier=Tier.PLATINUM)
    sponsorship = naming.name_sponsor(kestrel, lead, by=administrator.user, now=NOW)
    at = datetime(2026, 11, 12, 13, 0, tzinfo=UTC)
    meeting = meetings.propose(sponsorship, slots=[at], by=lead.user, now=NOW)
    meetings.confirm(meeting, at, by=lead.user, now=NOW)
    AwayPeriod.objects.create(agent=agent, starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(hours=8))
    Contract.objects.filter(account=account).update(ends_on=date(2026, 12, 1))
    london.calendar.exceptions.create(day=date(2026, 11, 9), name_en="Founders’ day", name_fr="x", intervals=[])
    seats.nominate(colleague, by=colleague.user, now=NOW)

    found = boxes(client_for(lead))

    assert {name: words(box) for name, box in found.items()} == {
        "waiting": [],
        # Gold in France and Platinum in London are promised replies at night, and there is no rota.
        "on_call": [("Emea · English", "from today 10:00"), ("France · English", "from today 10:00")],
        "seats": [("Noé Blanc", "Acme, Premium seat 1")],
        "meetings": [("Kestrel Air", "Thu 12 Nov 14:00 · Nadia")],
        "contracts": [("Acme", "Premium Gold · Tue 1 Dec")],
        "absences": [("Léa", "until 18:00 today")],
        "closed": [("Emea", "Founders’ day")],
    }


def test_the_page_costs_no_more_than_twelve_statements(
    lead, requester, client_for, django_assert_max_num_queries, colleague
):
    for _number in range(4):
        factories.make_ticket(requester)
    seats.nominate(colleague, by=colleague.user, now=NOW)
    desk = client_for(lead)
    desk.get(reverse("admin:index"))

    with django_assert_max_num_queries(15):  # two of them find out who asks
        desk.get(reverse("admin:index"))


def test_a_box_that_fails_takes_no_other_with_it(monkeypatch):
    def broken(_request, _now):
        raise DatabaseError("gone")

    monkeypatch.setattr("portal.boxes.transaction.get_connection", lambda: type("C", (), {"in_atomic_block": False}))

    found = filled([broken, lambda _request, _now: Box("fine", "Fine", "", [Item("x")])], None, NOW)

    assert [(box.name, box.failed) for box in found] == [("broken", True), ("fine", False)]


def test_the_most_urgent_ticket_becomes_mine(requester, lead, client_for):
    later = factories.make_ticket(requester)
    urgent = factories.make_ticket(requester, priority=Priority.URGENT)
    desk = client_for(lead)

    response = desk.post(reverse("admin:tickets_ticket_take"))

    assert response.url == reverse("admin:tickets_ticket_change", args=[urgent.number])
    assert list(Ticket.objects.order_by("pk").values_list("pk", "assignee")) == [(later.pk, None), (urgent.pk, lead.pk)]


def test_two_agents_who_take_at_once_get_different_tickets(requester, lead, agent):
    for _number in range(2):
        factories.make_ticket(requester)

    taken = [take_most_urgent(who, now=NOW) for who in (lead, agent, lead)]

    assert [ticket and ticket.assignee for ticket in taken] == [lead, agent, None]


def test_a_new_account_lists_what_it_still_needs(london, lead, client_for):
    kestrel = factories.make_account("Kestrel Air", region=london, tier=Tier.PLATINUM)

    page = client_for(lead).get(reverse("admin:accounts_account_change", args=[kestrel.pk]))
    needs = account_360.needs(page.wsgi_request, kestrel, NOW)

    assert [item.words for item in needs.items] == [
        "An account administrator",
        "An approved Premium seat",
        "A designated engineer",
        "An executive sponsor",
    ]
    assert "Missing from this account" in page.content.decode()


def test_an_account_that_has_everything_needs_nothing(account, account_admin, requester):
    assert account_360.needs(None, account, NOW) is None


def test_the_page_of_an_account_costs_the_same_for_many_tickets(
    account, account_admin, requester, lead, client_for, django_assert_max_num_queries
):
    for _number in range(5):
        factories.make_ticket(requester)
    desk = client_for(lead)
    address = reverse("admin:accounts_account_change", args=[account.pk])
    desk.get(address)

    with django_assert_max_num_queries(42):
        desk.get(address)


def test_every_box_of_the_day_has_a_name_of_its_own(lead, client_for):
    assert list(boxes(client_for(lead))) == ["waiting", "seats", "meetings", "contracts", "absences", "closed"]
    # The gaps of the rotas are left out while there is none.
    assert len(my_day.BOXES) == 7


def test_leads_see_the_gaps_of_the_coming_week_and_agents_do_not(lead, agent, paris, client_for):
    lead.languages = ["en"]
    lead.save()
    rota = open_rota(paris, "en", weekday=3, hour="18:00", by=lead.user, now=NOW)
    plan_weeks(rota, [lead], first_day=NOW.date(), weeks=1, by=lead.user, now=NOW)

    found = boxes(client_for(lead))["on_call"]

    assert ([(item.words, item.facts, item.is_late) for item in found.items], found.count) == (
        [("France · English", "from Thu 12 Nov 18:00", True)], 1,
    )  # fmt: skip
    assert "on_call" not in boxes(client_for(agent))
    plan_weeks(rota, [lead], first_day=NOW.date() + timedelta(days=7), weeks=1, by=lead.user, now=NOW)
    assert "on_call" not in boxes(client_for(lead))


def test_what_waits_outside_the_queue_is_counted_and_leads_to_its_list(lead, requester, client_for):
    ask_for_call(by=requester, number="+33199001234", topic="The gate stays shut", now=NOW)

    (item,) = boxes(client_for(lead))["waiting"].items

    assert (item.words, item.facts, item.url) == (
        "Calls to make now", "1", reverse("admin:tickets_call_changelist"),
    )  # fmt: skip
