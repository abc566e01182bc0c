"""Needs cover: tickets that come due while their owner is away or off, and handing them over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.absences.domain import go_away
from accounts.core.enums import Tier
from accounts.engineers import domain as engineers
from portal.lib import clock
from portal.lib.errors import DomainError, NotAllowed, Stale
from sla.core.enums import Priority
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket, seat
from tickets.core.domain.history import sentence
from tickets.core.domain.routing import assign
from tickets.cover.domain import hand_over, needs_cover
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def ann(london):
    found = make_agent("ann@punctual.test", name="Ann")
    found.regions.add(london)
    return found


@pytest.fixture
def sam(tokyo):
    found = make_agent("sam@punctual.test", name="Sam")
    found.regions.add(tokyo)
    return found


@pytest.fixture
def hers(ticket, ann, lead):
    """Marc's P3, due at 13:00 in Paris, is Ann's."""
    return assign(ticket, ann, by=lead.user, now=MONDAY_9AM)


def listed(now=MONDAY_9AM, **narrowed):
    return [(row.ticket.pk, row.away_until, row.off_until, row.has_left) for row in needs_cover(now=now, **narrowed)]


def test_a_ticket_of_somebody_who_is_there_needs_none(hers):
    assert listed() == []


@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [
        (-HOUR, 2 * DAY, True),
        (HOUR, 2 * DAY, True),  # begins before it is due
        (-HOUR, HOUR, False),  # back in time
        (4 * HOUR, 2 * DAY, False),  # begins after it is due
    ],
    ids=["away", "away soon", "back in time", "away later"],
)
def test_what_counts_is_whether_the_owner_is_there_when_it_is_due(hers, ann, starts, ends, found):
    assert hers.next_due_at == MONDAY_9AM + 3 * HOUR
    go_away(ann, starts_at=MONDAY_9AM + starts, ends_at=MONDAY_9AM + ends, by=ann.user, now=MONDAY_9AM - 2 * HOUR)

    assert listed() == ([(hers.pk, MONDAY_9AM + ends, None, False)] if found else [])


def test_around_the_clock_an_owner_who_sleeps_needs_cover(london, tokyo, lead, ann, sam):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    tom = make_contact(account, "tom@kestrel.test")
    seat(tom, by=lead.user)
    engineers.designate(account, london, ann, backup=sam, by=lead.user, now=MONDAY_9AM - DAY)
    evening = datetime(2026, 11, 9, 20, 0, tzinfo=UTC)
    urgent = make_ticket(tom, now=evening, priority=Priority.URGENT)

    (row,) = needs_cover(now=evening)

    assert (urgent.assignee, row.ticket, row.stand_in) == (ann, urgent, sam)
    assert (row.away_until, row.off_until) == (None, datetime(2026, 11, 10, 9, 0, tzinfo=UTC))


def test_a_ticket_of_somebody_who_left_needs_cover(hers, ann):
    ann.user.is_active = False
    ann.user.save()

    assert listed() == [(hers.pk, None, None, True)]


@pytest.fixture
def away(ann):
    return go_away(ann, starts_at=MONDAY_9AM - HOUR, ends_at=MONDAY_9AM + DAY, by=ann.user, now=MONDAY_9AM - HOUR)


def test_handing_over_says_who_stands_in_for_whom(hers, away, ann, sam, lead, london):
    sam.regions.add(london)
    ticket = hand_over(hers, sam, owner=ann, by=lead.user, now=MONDAY_9AM + HOUR)

    assert ticket.assignee == sam
    assert sentence(ticket.events.last()) == "assigned the ticket to Sam, covering for Ann"
    assert listed() == []


def test_who_may_hand_over_what(hers, away, ann, sam, agent, lead):
    with pytest.raises(NotAllowed):
        hand_over(hers, sam, owner=ann, by=agent.user, now=MONDAY_9AM)
    with pytest.raises(DomainError) as to_herself:
        hand_over(hers, ann, owner=ann, by=lead.user, now=MONDAY_9AM)
    assign(hers, agent, by=lead.user, now=MONDAY_9AM)
    with pytest.raises(Stale):
        hand_over(hers, sam, owner=ann, by=lead.user, now=MONDAY_9AM)

    assert to_herself.value.code == "away"
    assert Ticket.objects.get(pk=hers.pk).assignee == agent


# --- The desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def _monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM)


@pytest.mark.usefixtures("_monday")
def test_a_lead_hands_over_from_the_page_and_agents_see_their_own(client_for, hers, away, ann, sam, lead, agent):
    page = reverse("admin:tickets_ticket_cover")
    assert client_for(agent).get(page).context["rows"] == []
    client_for(agent).post(page, {"ticket": [hers.pk], "to": sam.pk})
    assert Ticket.objects.get(pk=hers.pk).assignee == ann

    client = client_for(lead)
    shown = client.get(page)
    assert [row.ticket for row in shown.context["rows"]] == [hers]
    assert ann not in shown.context["people"]
    client.post(page, {"ticket": [hers.pk, "x"], "to": sam.pk})
    assert Ticket.objects.get(pk=hers.pk).assignee == sam


@pytest.mark.usefixtures("_monday")
@pytest.mark.parametrize("values", [{}, {"ticket": "1"}, {"to": "1"}, {"ticket": "9" * 30, "to": "0x1"}], ids=str)
def test_a_half_filled_form_changes_nothing(client_for, hers, away, ann, lead, values):
    answer = client_for(lead).post(reverse("admin:tickets_ticket_cover"), values)

    assert answer.status_code == 302
    assert Ticket.objects.get(pk=hers.pk).assignee == ann


@pytest.mark.usefixtures("_monday")
def test_the_page_costs_the_same_however_many_tickets(
    client_for, hers, away, ann, lead, requester, django_assert_num_queries
):
    """The reader, two lists of tickets with their clocks, the owners’ duties, who stands in, who may."""
    client, page = client_for(lead), reverse("admin:tickets_ticket_cover")
    client.get(page)
    with django_assert_num_queries(11):
        client.get(page)
    for _ in range(5):
        assign(make_ticket(requester), ann, by=lead.user, now=MONDAY_9AM)
    with django_assert_num_queries(11):
        assert len(client.get(page).context["rows"]) == 6
