"""Status, closing, follow-ups, assignment."""

from datetime import timedelta

import pytest

from accounts.core.enums import Tier
from accounts.models import AwayPeriod, DesignatedEngineer
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.core.enums import Priority
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_ticket
from tickets.core.domain.closing import close_solved
from tickets.core.domain.conversation import NewerMessage, ReplyDetails, reply_as_agent, reply_as_customer
from tickets.core.domain.followers import NotAColleague, add_follower
from tickets.core.domain.lifecycle import WrongStatus, ask_for_priority, change_status, move
from tickets.core.domain.locking import TicketClosed
from tickets.core.domain.routing import assign
from tickets.core.enums import NEXT, Channel, RoutedBy, Status
from tickets.models import Message, Ticket, TicketEvent

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
REFUSED = [(a, b) for a in Status for b in Status if a != b and b not in NEXT[a]]


@pytest.mark.parametrize(("was", "to"), [pair for pair in REFUSED if pair[0] != Status.NEW or pair[1] == Status.CLOSED])
def test_a_move_that_the_table_does_not_have_is_refused(ticket, agent, was, to):
    ticket.status = was

    with pytest.raises(TicketClosed if was == Status.CLOSED else WrongStatus):
        move(ticket, to, by=agent.user, now=MONDAY_9AM)

    assert (ticket.status, ticket.events.filter(kind="status").count()) == (was, 0)


def test_the_history_tells_every_act_in_order(ticket, requester, agent):
    reply_as_agent(ticket, body="Hello", by=agent.user, now=MONDAY_9AM + HOUR)
    change_status(ticket, Status.ON_HOLD, by=agent.user, now=MONDAY_9AM + 2 * HOUR)

    assert list(TicketEvent.objects.filter(ticket=ticket).values_list("kind", "actor__name", "data")) == [
        ("opened", "Marc Petit", {"priority": 3, "channel": "portal", "tier": "gold"}),
        ("status", "Léa", {"old": "new", "new": "open"}),
        ("status", "Léa", {"old": "open", "new": "on_hold"}),
    ]


def test_a_solved_ticket_closes_after_seven_days_and_not_a_second_before(ticket, agent):
    reply_as_agent(ticket, body="Fixed", by=agent.user, now=MONDAY_9AM, status_after=Status.SOLVED)

    early = close_solved(now=MONDAY_9AM + timedelta(days=7) - timedelta(seconds=1))
    late = close_solved(now=MONDAY_9AM + timedelta(days=7))

    assert (early, late) == (0, 1)
    assert Ticket.objects.get(pk=ticket.pk).status == Status.CLOSED


def test_a_reply_reopens_a_solved_ticket(ticket, requester, agent):
    reply_as_agent(ticket, body="Fixed", by=agent.user, now=MONDAY_9AM, status_after=Status.SOLVED)

    reply_as_customer(
        ticket, body="Not fixed", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM + timedelta(days=6)
    )

    again = Ticket.objects.get(pk=ticket.pk)
    assert (again.status, again.solved_at) == (Status.OPEN, None)
    assert close_solved(now=MONDAY_9AM + timedelta(days=8)) == 0


def test_a_reply_to_a_closed_ticket_opens_a_follow_up_linked_to_it(ticket, requester, agent):
    reply_as_agent(ticket, body="Fixed", by=agent.user, now=MONDAY_9AM, status_after=Status.SOLVED)
    close_solved(now=MONDAY_9AM + timedelta(days=7))

    message = reply_as_customer(
        ticket, body="It is back", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM + timedelta(days=9)
    )

    assert (message.ticket.follow_up_of, message.ticket.status, message.ticket.subject) == (
        ticket,
        "new",
        ticket.subject,
    )
    assert Ticket.objects.get(pk=ticket.pk).status == Status.CLOSED


def test_an_agent_cannot_write_on_a_closed_ticket(ticket, agent):
    reply_as_agent(ticket, body="Fixed", by=agent.user, now=MONDAY_9AM, status_after=Status.SOLVED)
    close_solved(now=MONDAY_9AM + timedelta(days=7))

    with pytest.raises(TicketClosed):
        reply_as_agent(ticket, body="More", by=agent.user, now=MONDAY_9AM + timedelta(days=8))

    assert Message.objects.filter(ticket=ticket).count() == 2


def test_an_answer_written_against_an_older_thread_is_held(ticket, requester, agent):
    seen = ticket.messages.get().pk
    reply_as_customer(ticket, body="Wait, it works", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM + HOUR)

    with pytest.raises(NewerMessage):
        reply_as_agent(
            ticket, body="Try this", by=agent.user, now=MONDAY_9AM + 2 * HOUR, details=ReplyDetails(seen_message=seen)
        )

    assert Message.objects.filter(ticket=ticket).count() == 2


def test_a_colleagues_answer_holds_an_agents_answer_that_was_begun_before_it(ticket, agent, lead):
    """Two agents who answer at once: the second one reads the first answer before theirs is sent."""
    seen = ticket.messages.get().pk
    reply_as_agent(ticket, body="We look.", by=lead.user, now=MONDAY_9AM + HOUR)

    with pytest.raises(NewerMessage, match="Nadia sent a message"):
        reply_as_agent(
            ticket, body="Try this", by=agent.user, now=MONDAY_9AM + 2 * HOUR, details=ReplyDetails(seen_message=seen)
        )
    assert [message.author for message in ticket.messages.order_by("pk")] == [ticket.requester.user, lead.user]

    seen = ticket.messages.last().pk
    reply_as_agent(
        ticket, body="Try this", by=agent.user, now=MONDAY_9AM + 2 * HOUR, details=ReplyDetails(seen_message=seen)
    )
    assert ticket.messages.last().author == agent.user


def test_an_answer_to_the_newest_of_several_messages_is_sent(ticket, requester, agent):
    reply_as_customer(ticket, body="It got worse", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM + HOUR)
    seen = ticket.messages.last().pk

    reply_as_agent(
        ticket, body="Try this", by=agent.user, now=MONDAY_9AM + 2 * HOUR, details=ReplyDetails(seen_message=seen)
    )

    assert Message.objects.filter(ticket=ticket).count() == 3


@pytest.mark.parametrize(("given", "field"), [({"subject": " \n "}, "subject"), ({"body": " \n "}, "body")])
def test_a_ticket_without_words_is_not_opened(requester, given, field):
    with pytest.raises(DomainError) as refusal:
        make_ticket(requester, **given)

    assert (refusal.value.code, refusal.value.field) == ("empty", field)
    assert (Ticket.objects.count(), Notice.objects.filter(kind="ticket_opened").count()) == (0, 0)


def test_a_follower_of_another_account_is_refused(ticket, stranger, requester):
    with pytest.raises(NotAColleague):
        add_follower(ticket, stranger, by=requester.user, now=MONDAY_9AM)

    assert ticket.followers.count() == 0


def test_asking_for_a_priority_changes_no_clock(ticket, requester):
    before = list(ticket.clocks.values_list("due_at", flat=True))

    ask_for_priority(ticket, 1, reason="All sites are down", by=requester.user, now=MONDAY_9AM + HOUR)

    again = Ticket.objects.get(pk=ticket.pk)
    assert (again.priority, again.asked_priority) == (3, 1)
    assert list(ticket.clocks.values_list("due_at", flat=True)) == before


@pytest.mark.parametrize(
    ("to", "reason", "code", "field"),
    [(Priority.URGENT, " \n", "empty", "reason"), (Priority.MEDIUM, "All is down", "unchanged", "priority")],
)
def test_asking_for_a_priority_needs_a_reason_and_another_priority(ticket, requester, to, reason, code, field):
    with pytest.raises(DomainError) as refusal:
        ask_for_priority(ticket, to, reason=reason, by=requester.user, now=MONDAY_9AM)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    ticket.refresh_from_db()
    assert (ticket.asked_priority, Notice.objects.filter(kind="priority_asked").count()) == (None, 0)


def test_nobody_asks_for_the_priority_of_a_finished_ticket(ticket, requester, agent):
    reply_as_agent(ticket, body="Done.", by=agent.user, now=MONDAY_9AM, status_after=Status.SOLVED)

    with pytest.raises(TicketClosed):
        ask_for_priority(ticket, Priority.URGENT, reason="Again", by=requester.user, now=MONDAY_9AM + HOUR)

    ticket.refresh_from_db()
    assert ticket.asked_priority is None


@pytest.fixture
def platinum(london):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    lea, sam = make_agent("lea2@punctual.test", name="Léa"), make_agent("sam@punctual.test", name="Sam")
    DesignatedEngineer.objects.create(account=account, region=london, agent=lea, backup=sam)
    return make_contact(account, "tom@kestrel.test"), lea, sam


def test_a_platinum_ticket_goes_to_the_designated_engineer_of_its_region(platinum):
    tom, lea, _sam = platinum

    ticket = make_ticket(tom)

    assert (ticket.assignee, ticket.routed_by) == (lea, RoutedBy.DESIGNATED)


def test_it_goes_to_the_back_up_while_the_engineer_is_away(platinum):
    tom, lea, sam = platinum
    AwayPeriod.objects.create(agent=lea, starts_at=MONDAY_9AM - HOUR, ends_at=MONDAY_9AM + HOUR)

    ticket = make_ticket(tom)

    assert (ticket.assignee, ticket.routed_by) == (sam, RoutedBy.BACKUP)


def test_a_gold_ticket_waits_for_the_team(ticket):
    assert (ticket.assignee, ticket.routed_by) == (None, RoutedBy.NOBODY)


def test_assigning_tells_the_new_owner_and_nobody_else(ticket, agent, lead):
    Notice.objects.all().delete()

    assign(ticket, agent, by=lead.user, now=MONDAY_9AM)
    assign(ticket, agent, by=lead.user, now=MONDAY_9AM)

    assert list(Notice.objects.values_list("kind", "recipient__name")) == [("ticket_assigned", "Léa")]


def test_an_opened_ticket_is_acknowledged_to_requester_and_followers(requester, colleague):
    Notice.objects.all().delete()

    make_ticket(requester, followers=[colleague])

    assert list(Notice.objects.order_by("recipient__name").values_list("kind", "recipient__name")) == [
        ("ticket_opened", "Marc Petit"),
        ("ticket_opened", "Noé Blanc"),
    ]


def test_a_private_ticket_shows_to_requester_followers_and_account_administrators(
    requester, colleague, account_admin, stranger
):
    ticket = make_ticket(requester, is_private=True)

    def sees(contact):
        return Ticket.objects.visible_to(contact.user, contact).filter(pk=ticket.pk).exists()

    assert [sees(person) for person in (requester, account_admin, colleague, stranger)] == [True, True, False, False]
    add_follower(ticket, colleague, by=requester.user, now=MONDAY_9AM)
    assert sees(colleague)
