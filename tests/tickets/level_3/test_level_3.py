"""Level 3: who may ask, who decides, who takes it, and what the customer sees of it. No clock ever moves."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.core.enums import StaffRole, Tier
from accounts.models import Agent
from portal.lib.errors import DomainError, NotAllowed, Stale
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket, seat
from tickets.core.domain import lifecycle, merging, queue, routing
from tickets.core.domain.history import sentence
from tickets.core.enums import EventKind, RoutedBy, Status
from tickets.level_3.domain import escalation
from tickets.models import Escalation, Ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def kenji(db):
    agent = make_agent("kenji@punctual.test", name="Kenji")
    Agent.objects.filter(pk=agent.pk).update(level=3, languages=["en"])
    agent.refresh_from_db()
    return agent


def ask(ticket, **fields):
    values = {"reason": "Three sites are down.", "by": ticket.requester.user, "now": MONDAY_9AM + HOUR} | fields
    return escalation.ask_for_level_3(ticket, **values)


def escalate(ticket, by, **fields):
    return escalation.escalate(
        ticket, **({"reason": "Logs show it.", "by": by.user, "now": MONDAY_9AM + HOUR} | fields)
    )


def said(ticket):
    events = ticket.events.filter(kind=EventKind.LEVEL_3)
    return [(event.actor.name, sentence(event)) for event in events]


def told(kind="level_3"):
    rows = Notice.objects.filter(kind=kind).order_by("pk")
    return [(row.data["state"], row.recipient.name) for row in rows]


def test_a_customer_asks_an_agent_passes_it_on_and_level_3_answers(ticket, agent, lead, kenji):
    routing.assign(ticket, agent, by=lead.user, now=MONDAY_9AM)
    clocks = list(ticket.clocks.order_by("pk").values())

    ask(ticket)
    escalate(ticket, agent, now=MONDAY_9AM + 2 * HOUR)
    taken = escalation.accept(ticket, by=kenji, now=MONDAY_9AM + 3 * HOUR)
    ticket.refresh_from_db()
    assert (taken.state, taken.since) == ("taken", MONDAY_9AM + 3 * HOUR)
    assert (ticket.assignee, ticket.routed_by) == (kenji, RoutedBy.LEVEL_3)
    escalation.return_ticket(ticket, answer="A bad certificate; renew it.", by=kenji, now=MONDAY_9AM + 4 * HOUR)

    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.routed_by, ticket.status) == (agent, RoutedBy.NOBODY, Status.NEW)
    assert list(ticket.clocks.order_by("pk").values()) == clocks
    assert said(ticket) == [
        ("Marc Petit", "requested level 3: Three sites are down."),
        ("Léa", "escalated the ticket to level 3"),
        ("Kenji", "took the ticket at level 3"),
        ("Kenji", "replied for level 3: A bad certificate; renew it."),
    ]
    assert told() == [
        ("asked", "Léa"),
        ("escalated", "Kenji"),
        ("taken", "Marc Petit"),
        ("taken", "Léa"),
        ("returned", "Marc Petit"),
        ("returned", "Léa"),
    ]


def test_what_an_agent_tells_level_3_is_never_in_the_history_of_the_customer(ticket, agent):
    escalate(ticket, agent, reason="The customer is difficult.")

    assert ticket.events.filter(kind=EventKind.LEVEL_3).count() == 1
    assert "difficult" not in str(list(ticket.events.values_list("data", flat=True)))


@pytest.mark.parametrize("act", [ask, lambda ticket: escalate(ticket, ticket.lea)], ids=["customer", "agent"])
def test_the_tier_of_the_requester_decides(colleague, stranger, agent, act):
    """No seat, and no Premium contract: each is told who can help, and nothing is stored."""
    for contact, sentence_ in (
        (
            colleague,
            "Noé Blanc does not have a Premium seat, so level 3 is not included. "
            "An administrator of Acme can nominate Noé Blanc.",
        ),
        (
            stranger,
            "Level 3 support is included in Premium Silver, Premium Gold, Premium Platinum. "
            "An administrator of Bravo can ask us for another tier.",
        ),
    ):
        ticket = make_ticket(contact)
        ticket.lea = agent
        with pytest.raises(escalation.NotIncluded) as refusal:
            act(ticket)
        assert str(refusal.value) == sentence_
        assert refusal.value.metadata == {"tier": "standard", "tiers": ["silver", "gold", "platinum"]}
    assert not Escalation.objects.exists()
    assert not Notice.objects.filter(kind="level_3").exists()


def test_one_wish_at_a_time(ticket, agent, kenji):
    ask(ticket)
    with pytest.raises(DomainError, match="already been requested"):
        ask(ticket)
    escalate(ticket, agent)
    for again in (lambda: ask(ticket), lambda: escalate(ticket, agent)):
        with pytest.raises(DomainError, match="already waiting for level 3"):
            again()
    escalation.accept(ticket, by=kenji, now=MONDAY_9AM + 2 * HOUR)
    with pytest.raises(Stale, match="This ticket is already with level 3 \\(Kenji\\)"):
        escalation.accept(ticket, by=kenji, now=MONDAY_9AM + 2 * HOUR)
    assert Escalation.objects.count() == 1


def test_only_level_3_takes_and_hands_back(ticket, agent, kenji):
    escalate(ticket, agent)
    with pytest.raises(NotAllowed):
        escalation.accept(ticket, by=agent, now=MONDAY_9AM + 2 * HOUR)
    escalation.accept(ticket, by=kenji, now=MONDAY_9AM + 2 * HOUR)
    with pytest.raises(NotAllowed, match="Ask Kenji"):
        escalation.return_ticket(ticket, answer="Done", by=agent, now=MONDAY_9AM + 3 * HOUR)
    assert escalation.open_escalation(ticket).state == "taken"


def test_a_declined_wish_says_why_to_the_customer_who_asked(ticket, agent):
    ask(ticket)
    escalation.decline(ticket, reason="We have found it.", by=agent.user, now=MONDAY_9AM + 2 * HOUR)

    assert said(ticket)[-1] == ("Léa", "declined level 3: We have found it.")
    assert told()[-1] == ("declined", "Marc Petit")
    assert ask(ticket, now=MONDAY_9AM + 3 * HOUR).state == "asked"  # asked anew


def test_a_word_is_needed_and_a_finished_ticket_is_finished(ticket, agent):
    with pytest.raises(DomainError) as refusal:
        ask(ticket, reason="  ")
    assert (refusal.value.code, refusal.value.field) == ("empty", "reason")
    with pytest.raises(DomainError) as refusal:
        ask(ticket, reason="x" * 501)
    assert refusal.value.code == "too_long"
    lifecycle.close_by_customer(ticket, by=ticket.requester.user, now=MONDAY_9AM)
    with pytest.raises(DomainError, match="solved or closed"):
        ask(ticket)
    assert not Escalation.objects.exists()


def test_it_ends_with_its_ticket(ticket, requester, agent, kenji):
    escalate(ticket, agent)
    other = make_ticket(requester)
    escalate(other, agent)

    lifecycle.close_by_customer(ticket, by=requester.user, now=MONDAY_9AM + 2 * HOUR)
    merging.merge(other, into=make_ticket(requester), by=agent.user, now=MONDAY_9AM + 2 * HOUR)

    ended = Escalation.objects.order_by("pk").values_list("state", "ended_at", "ended_by", "answer")
    assert list(ended) == [
        ("ended", MONDAY_9AM + 2 * HOUR, by, "") for by in (requester.user.pk, agent.user.pk)
    ]  # fmt: skip


def test_a_ticket_that_went_on_to_a_third_agent_stays_there(ticket, agent, lead, kenji):
    escalate(ticket, agent)
    escalation.accept(ticket, by=kenji, now=MONDAY_9AM + 2 * HOUR)
    routing.assign(ticket, lead, by=lead.user, now=MONDAY_9AM + 3 * HOUR)

    escalation.return_ticket(ticket, answer="Found.", by=kenji, now=MONDAY_9AM + 4 * HOUR)

    ticket.refresh_from_db()
    assert ticket.assignee == lead


def test_specialists_of_the_region_and_language_hear_of_it_first(ticket, agent, kenji, paris):
    """Else all of level 3."""
    nadia = make_agent("nadia3@punctual.test", name="Nadia", role=StaffRole.LEAD)
    Agent.objects.filter(pk=nadia.pk).update(level=3, languages=["en"])
    escalate(ticket, agent)
    assert told() == [("escalated", "Kenji"), ("escalated", "Nadia")]
    Notice.objects.all().delete()

    nadia.regions.add(paris)
    escalate(make_ticket(ticket.requester), agent)
    assert told() == [("escalated", "Nadia")]


def test_the_queue_of_level_3_stands_in_the_order_of_what_is_due(requester, agent, kenji):
    late, soon, other = (make_ticket(requester, priority=priority) for priority in (4, 2, 1))
    for ticket in (late, soon):
        escalate(ticket, agent)
    reader = queue.Reader(kenji.user, kenji, MONDAY_9AM + HOUR, ZoneInfo("Europe/Paris"))

    shown = queue.page(queue.View.LEVEL_3, queue.Filters(), reader).tickets

    assert [(row.number, row.level_3_state) for row in shown] == [
        (soon.number, "escalated"),
        (late.number, "escalated"),
    ]
    assert queue.counts(reader)[queue.View.LEVEL_3] == 2
    assert other not in shown


def test_platinum_has_it_too(paris, lead, agent):
    account = make_account("Kestrel", region=paris, tier=Tier.PLATINUM)
    contact = make_contact(account, "tom@kestrel.test")
    seat(contact, by=lead.user)
    assert escalate(make_ticket(contact), agent).state == "escalated"
    assert Ticket.objects.get().version == 2


@pytest.mark.parametrize(("asked", "shown"), [(True, True), (False, False)])
def test_the_ticket_says_why_level_3_declined_to_those_who_asked(
    ticket, agent, lead, client_for, requester, asked, shown
):
    if asked:
        ask(ticket)
    else:
        escalate(ticket, agent)
    escalation.decline(ticket, reason="Release 14.3 mends it.", by=lead.user, now=MONDAY_9AM + 2 * HOUR)

    page = client_for(requester).get(ticket.get_absolute_url())

    assert ("Release 14.3 mends it." in page.content.decode()) is shown
