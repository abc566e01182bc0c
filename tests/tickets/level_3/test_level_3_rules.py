"""Level 3, act by act: what the row, the ticket and the history hold afterwards, and exactly who is told."""

from datetime import timedelta

import pytest

from accounts.models import Agent
from accounts.seats.domain import seats
from portal.lib.errors import DomainError, NotAllowed, Stale
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM, make_agent
from tickets.core.domain import lifecycle, routing
from tickets.core.domain.history import sentence
from tickets.core.enums import EventKind, RoutedBy, Status
from tickets.level_3.domain import escalation
from tickets.models import Alert, Escalation

HOUR = timedelta(hours=1)


def specialist(name, *regions, languages=("en",)):
    agent = make_agent(f"{name.lower()}@punctual.test", name=name)
    Agent.objects.filter(pk=agent.pk).update(level=3, languages=list(languages))
    agent.regions.set(regions)
    agent.refresh_from_db()
    return agent


@pytest.fixture
def kenji(db):
    return specialist("Kenji")


def ask(ticket, now=MONDAY_9AM):
    return escalation.ask_for_level_3(ticket, reason="Three sites.", by=ticket.requester.user, now=now)


def escalate(ticket, by, now=MONDAY_9AM):
    return escalation.escalate(ticket, reason="Logs.", by=by.user, now=now)


def told():
    """(state, who) of the notices since the last call."""
    rows = Notice.objects.filter(kind="level_3").order_by("pk")
    found = [(row.data["state"], row.recipient.name) for row in rows]
    rows.delete()
    return found


def assigned(ticket):
    return [(event.actor.name, event.data) for event in ticket.events.filter(kind=EventKind.ASSIGNED)]


def test_a_wish_is_kept_and_told_to_the_assignee_else_to_the_leads(ticket, requester, agent, lead):
    wish = ask(ticket)
    assert (wish.state, wish.since, wish.reason) == ("asked", MONDAY_9AM, "Three sites.")
    assert (wish.asked_by, wish.asked_at, wish.brief) == (requester.user, MONDAY_9AM, "")
    ticket.refresh_from_db()
    assert (ticket.version, ticket.updated_at, told()) == (2, MONDAY_9AM, [("asked", "Nadia")])
    escalation.decline(ticket, reason="No.", by=lead.user, now=MONDAY_9AM)
    routing.assign(ticket, agent, by=lead.user, now=MONDAY_9AM)
    told()

    ask(ticket)

    assert told() == [("asked", "Léa")]


@pytest.mark.parametrize(("length", "code"), [(2000, None), (2001, "too_long"), (0, "empty")])
def test_a_brief_for_level_3_has_at_most_two_thousand_signs(ticket, agent, length, code):
    def brief():
        return escalation.escalate(ticket, reason="x" * length, by=agent.user, now=MONDAY_9AM)

    if code is None:
        assert (brief().brief, Escalation.objects.count()) == ("x" * 2000, 1)
        return
    with pytest.raises(DomainError) as refusal:
        brief()
    assert (refusal.value.code, refusal.value.field, Escalation.objects.count()) == (code, "reason", 0)


def test_an_agent_passes_on_what_the_customer_asked_for(ticket, requester, agent, kenji):
    ask(ticket)
    told()

    passed = escalate(ticket, agent, now=MONDAY_9AM + HOUR)

    assert (passed.state, passed.since, passed.brief) == ("escalated", MONDAY_9AM + HOUR, "Logs.")
    assert (passed.escalated_by, passed.escalated_at) == (agent.user, MONDAY_9AM + HOUR)
    assert (passed.asked_by, passed.reason, Escalation.objects.count()) == (requester.user, "Three sites.", 1)
    assert told() == [("escalated", "Kenji")]


def test_a_wish_already_asked_for_goes_on_after_the_seat_is_lost_and_a_new_one_does_not(ticket, requester, agent):
    ask(ticket)
    seats.withdraw(requester.seats.get(), by=agent.user, now=MONDAY_9AM)

    assert escalate(ticket, agent).state == "escalated"
    escalation.decline(ticket, reason="No.", by=agent.user, now=MONDAY_9AM)
    with pytest.raises(escalation.NotIncluded) as refusal:
        escalate(ticket, agent)
    assert refusal.value.metadata == {"tier": "standard", "tiers": ["silver", "gold", "platinum"]}


def test_specialists_who_fit_are_told_but_not_whoever_passes_it_on_and_nobody_who_left(ticket, agent, lead, paris):
    away = specialist("Gone", paris)
    away.user.is_active = False
    away.user.save()
    assert escalate(ticket, agent).state == "escalated"
    assert told() == [("escalated", "Nadia")]  # no specialist at all: the leads
    escalation.decline(ticket, reason="No.", by=lead.user, now=MONDAY_9AM)
    far, fits, mute = specialist("Far"), specialist("Fits", paris), specialist("Mute", paris, languages=["ja"])
    told()

    escalate(ticket, agent)
    assert told() == [("escalated", "Fits")]
    escalation.decline(ticket, reason="No.", by=agent.user, now=MONDAY_9AM)
    told()
    escalate(ticket, fits)
    assert told() == []
    Agent.objects.filter(pk=fits.pk).update(level=1)
    escalation.decline(ticket, reason="No.", by=fits.user, now=MONDAY_9AM)
    escalate(ticket, agent)
    assert told() == [("escalated", "Far"), ("escalated", "Mute")]
    assert {far, mute} == set(Agent.objects.filter(level=3, user__is_active=True))


@pytest.mark.parametrize(
    ("asked", "passed_on", "people"),
    [
        (True, False, ["Marc Petit"]),
        (True, True, ["Léa", "Marc Petit"]),
        (False, True, ["Léa"]),
    ],
)
def test_a_refusal_is_told_to_who_asked_and_to_who_passed_it_on(
    ticket, requester, agent, lead, asked, passed_on, people
):
    if asked:
        ask(ticket)
    if passed_on:
        escalate(ticket, agent)
    told()

    declined = escalation.decline(ticket, reason="We found it.", by=lead.user, now=MONDAY_9AM + HOUR)

    assert (declined.state, declined.since, declined.answer) == ("declined", MONDAY_9AM + HOUR, "We found it.")
    assert (declined.ended_by, declined.ended_at) == (lead.user, MONDAY_9AM + HOUR)
    assert sorted(name for _state, name in told()) == people
    assert escalation.answer_for_customers(declined) == ("We found it." if asked else "")
    event = ticket.events.filter(kind=EventKind.LEVEL_3).last()
    assert (event.data["reason"], sentence(event).endswith("We found it.")) == ("We found it." if asked else "", asked)
    with pytest.raises(escalation.NoEscalation):
        escalation.decline(ticket, reason="Again.", by=lead.user, now=MONDAY_9AM)


def test_whoever_declines_what_they_passed_on_hears_nothing_and_taken_ones_are_not_declined(ticket, agent, kenji):
    escalate(ticket, agent)
    told()
    escalation.decline(ticket, reason="A mistake.", by=agent.user, now=MONDAY_9AM)
    assert told() == []
    escalate(ticket, agent)
    escalation.accept(ticket, by=kenji, now=MONDAY_9AM)
    with pytest.raises(Stale):
        escalation.decline(ticket, reason="Too late.", by=agent.user, now=MONDAY_9AM)
    with pytest.raises(DomainError) as refusal:
        escalation.decline(ticket, reason="x" * 501, by=agent.user, now=MONDAY_9AM)
    assert refusal.value.code == "too_long"


def test_a_specialist_takes_it_also_straight_from_the_customers_wish_and_everybody_knows(ticket, agent, lead, kenji):
    routing.assign(ticket, agent, by=lead.user, now=MONDAY_9AM)
    ask(ticket)
    told()

    taken = escalation.accept(ticket, by=kenji, now=MONDAY_9AM + HOUR)

    assert (taken.agent, taken.taken_at, taken.former, taken.former_routed_by) == (
        kenji, MONDAY_9AM + HOUR, agent, RoutedBy.NOBODY,
    )  # fmt: skip
    assert told() == [("taken", "Marc Petit"), ("taken", "Léa")]
    assert assigned(ticket)[-1] == ("Kenji", {"to": "Kenji", "routed_by": "level_3"})
    assert escalation.open_escalation(ticket) == escalation.last_escalation(ticket) == taken


def test_whoever_has_it_already_takes_it_without_being_assigned_or_told_again(ticket, lead, kenji):
    routing.assign(ticket, kenji, by=lead.user, now=MONDAY_9AM)
    escalate(ticket, lead)
    told()

    escalation.accept(ticket, by=kenji, now=MONDAY_9AM)
    returned = escalation.return_ticket(ticket, answer="Renewed.", by=kenji, now=MONDAY_9AM + HOUR)

    ticket.refresh_from_db()
    assert (told(), len(assigned(ticket))) == ([("taken", "Marc Petit"), ("returned", "Marc Petit")], 1)
    assert (ticket.assignee, ticket.routed_by) == (kenji, RoutedBy.NOBODY)
    assert (returned.state, returned.answer, returned.ended_by) == ("returned", "Renewed.", kenji.user)
    assert escalation.answer_for_customers(returned) == "Renewed."
    assert escalation.open_escalation(ticket) is None


@pytest.mark.parametrize("left", [False, True])
def test_it_goes_back_to_who_had_it_or_to_the_team_when_they_left(ticket, agent, lead, kenji, left):
    routing.assign(ticket, agent, by=lead.user, now=MONDAY_9AM)
    type(ticket).objects.update(routed_by=RoutedBy.MATCH)
    escalate(ticket, lead)
    escalation.accept(ticket, by=kenji, now=MONDAY_9AM)
    agent.user.is_active = not left
    agent.user.save()
    Alert.objects.all().delete()
    told()

    escalation.return_ticket(ticket, answer="Renewed.", by=lead, now=MONDAY_9AM + HOUR)

    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.routed_by) == ((None, RoutedBy.NOBODY) if left else (agent, RoutedBy.MATCH))
    assert assigned(ticket)[-1] == ("Nadia", {"to": "" if left else "Léa"})
    assert Alert.objects.exists() == left
    # By a lead, who is told nothing of their own act.
    assert told() == [("returned", "Marc Petit"), *([] if left else [("returned", "Léa")])]


def test_a_specialist_who_does_not_hold_it_may_return_it_and_an_agent_may_not(ticket, agent, kenji):
    other = specialist("Other")
    escalate(ticket, agent)
    for by, error in ((other, Stale), (agent, Stale)):
        with pytest.raises(error):
            escalation.return_ticket(ticket, answer="x", by=by, now=MONDAY_9AM)
    escalation.accept(ticket, by=kenji, now=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        escalation.return_ticket(ticket, answer="x", by=agent, now=MONDAY_9AM)
    for words in ("", "x" * 2001):
        with pytest.raises(DomainError) as refusal:
            escalation.return_ticket(ticket, answer=words, by=other, now=MONDAY_9AM)
        assert refusal.value.field == "answer"

    assert escalation.return_ticket(ticket, answer="x" * 2000, by=other, now=MONDAY_9AM).state == "returned"


def test_solving_ends_what_waits_and_leaves_what_has_ended(ticket, agent, kenji):
    escalate(ticket, agent)
    first = escalation.decline(ticket, reason="No.", by=agent.user, now=MONDAY_9AM)
    second = escalate(ticket, agent)

    lifecycle.close_by_customer(ticket, by=ticket.requester.user, now=MONDAY_9AM + HOUR)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.since) == ("declined", "ended", MONDAY_9AM + HOUR)
    assert (escalation.last_escalation(ticket), ticket.__class__.objects.get().status) == (second, Status.SOLVED)
