"""Many at once in one chat, on the database the run uses."""

import pytest

from tests.chats import begin, texts, there
from tests.factories import MONDAY_9AM
from tests.test_races import at_once
from tickets.chat.domain import handling, talking
from tickets.chat.domain.converting import make_ticket
from tickets.chat.domain.lines import ChatOver, NotYours
from tickets.core.enums import ChatState
from tickets.models import Chat, ChatLine, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chat(agent, lead, account_admin, requester):
    there(agent)
    there(lead)
    return begin(requester)


def test_two_agents_who_take_one_chat_are_one(chat, agent, lead):
    results = at_once(*[lambda a=a: handling.accept(chat, by=a, now=MONDAY_9AM) for a in (agent, lead)])

    assert sorted(type(result).__name__ for result in results) == ["Chat", "ChatTaken"]
    assert texts(Chat.objects.get()) == ["The scanner shows E7.", "[taken]"]


def test_one_agent_who_takes_many_at_once_keeps_to_the_limit(chat, agent, colleague, account_admin, settings):
    settings.CHATS_PER_AGENT = 2
    chats = [chat, begin(colleague), begin(account_admin)]
    at_once(*[lambda c=c: handling.accept(c, by=agent, now=MONDAY_9AM) for c in chats])

    assert Chat.objects.active().count() == 2


def test_a_customer_who_leaves_while_the_agent_passes_the_chat_on(chat, agent, lead, requester):
    """Either order: one end, no chat with somebody after it, nothing lost."""
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    at_once(
        lambda: handling.end_as_customer(chat, by=requester, now=MONDAY_9AM),
        lambda: handling.transfer(chat, to=lead, note="Yours", by=agent, now=MONDAY_9AM),
    )

    ended = Chat.objects.get()
    assert (ended.state, ended.ticket, Ticket.objects.count()) == (ChatState.ENDED, Ticket.objects.get(), 1)
    numbers = list(ChatLine.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, ended.lines_count + 1))


def test_lines_of_many_writers_are_numbered_without_a_gap(chat, agent, requester):
    handling.accept(chat, by=agent, now=MONDAY_9AM)

    def both(number):
        return [
            lambda: talking.say_as_customer(chat, by=requester, body=f"c{number}", key=f"c{number}", now=MONDAY_9AM),
            lambda: talking.say_as_agent(chat, by=agent, body=f"a{number}", key=f"a{number}", now=MONDAY_9AM),
        ]

    at_once(*[act for number in range(4) for act in both(number)] * 2)

    said = ChatLine.objects.filter(chat=chat).order_by("number")
    assert list(said.values_list("number", flat=True)) == list(range(1, 11))
    assert sorted(said.exclude(body="").values_list("body", flat=True))[1:] == sorted(
        f"{side}{number}" for side in "ac" for number in range(4)
    )


def test_a_ticket_made_from_both_sides_at_once_is_one(chat, agent, requester):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    made = at_once(
        lambda: make_ticket(chat, by=requester.user, now=MONDAY_9AM),
        lambda: make_ticket(chat, by=agent.user, now=MONDAY_9AM),
        lambda: talking.say_as_customer(chat, by=requester, body="Wait", key="w", now=MONDAY_9AM),
    )

    ticket = Ticket.objects.get()
    assert made[:2] == [ticket, ticket]
    said = "Wait" in "".join(ticket.messages.values_list("body", flat=True))
    assert said != isinstance(made[2], (ChatOver, NotYours))
