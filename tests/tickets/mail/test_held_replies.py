"""A reply is held when somebody else wrote since it was begun: on both faces, over the API, and under any race."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.api import Caller, reason
from tests.factories import MONDAY_9AM
from tests.html_forms import posts_of
from tests.test_races import at_once
from tickets.core.domain.conversation import NewerMessage, ReplyDetails, add_note, reply_as_agent, reply_as_customer
from tickets.core.enums import Channel, Status
from tickets.models import InternalNote, Message

pytestmark = pytest.mark.django_db
LATER = MONDAY_9AM + timedelta(hours=1)


def browser(person):
    client = Client()
    client.force_login(person.user, backend="accounts.identity.backends.PersonBackend")
    return client


def form_with(page, field):
    return next(form for form in posts_of(page.content.decode()) if field in form.fields).data()


FACES = {
    "portal": ("tickets:detail", "tickets:reply", "requester"),
    "desk": ("admin:tickets_ticket_change", "admin:tickets_ticket_reply", "lead"),
}


@pytest.mark.parametrize(
    ("face", "other"), [("portal", "colleague"), ("portal", "agent"), ("desk", "requester"), ("desk", "agent")]
)
def test_whoever_wrote_meanwhile_is_read_first_and_the_next_press_sends(face, other, ticket, request):
    page, act, writer = FACES[face]
    client, other = browser(request.getfixturevalue(writer)), request.getfixturevalue(other)
    begun = form_with(client.get(reverse(page, args=[ticket.number])), "body") | {"body": "Mine"}
    write(ticket, other, "Theirs")

    held = client.post(reverse(act, args=[ticket.number]), begun)

    text = held.content.decode()
    assert (held.status_code, ticket.messages.count()) == (409, 2)
    assert "Theirs" in text
    assert "Send anyway" in text
    again = form_with(held, "body")
    assert again["body"] == ["Mine"]
    assert client.post(reverse(act, args=[ticket.number]), again).status_code == 302
    assert [m.body for m in ticket.messages.all()[1:]] == ["Theirs", "Mine"]


def write(ticket, person, body):
    if hasattr(person, "role") and person.user.staff_role:
        return reply_as_agent(ticket, body=body, by=person.user, now=LATER)
    return reply_as_customer(ticket, body=body, by=person, channel=Channel.PORTAL, now=LATER)


@pytest.mark.parametrize("face", FACES)
def test_a_third_message_holds_it_again(face, ticket, colleague, request):
    page, act, writer = FACES[face]
    client = browser(request.getfixturevalue(writer))
    form = form_with(client.get(reverse(page, args=[ticket.number])), "body") | {"body": "Mine"}
    for body in ("One", "Two"):
        write(ticket, colleague, body)
        held = client.post(reverse(act, args=[ticket.number]), form)
        assert held.status_code == 409
        form = form_with(held, "body")

    assert client.post(reverse(act, args=[ticket.number]), form).status_code == 302
    assert [m.body for m in ticket.messages.all()[1:]] == ["One", "Two", "Mine"]


@pytest.mark.parametrize("face", FACES)
def test_ones_own_words_hold_nothing(face, ticket, request):
    page, act, writer = FACES[face]
    person = request.getfixturevalue(writer)
    client = browser(person)
    form = form_with(client.get(reverse(page, args=[ticket.number])), "body") | {"body": "Second"}
    write(ticket, person, "First, by mail")

    assert client.post(reverse(act, args=[ticket.number]), form).status_code == 302


def test_a_note_of_a_colleague_holds_agents_and_is_nothing_to_customers(ticket, requester, agent, lead):
    customer, desk = browser(requester), browser(lead)
    theirs = form_with(customer.get(ticket.get_absolute_url()), "body") | {"body": "Mine"}
    ours = form_with(desk.get(reverse("admin:tickets_ticket_change", args=[ticket.number])), "body") | {"body": "Ours"}
    add_note(ticket, body="Do not promise anything", by=agent.user, now=LATER)

    held = desk.post(reverse("admin:tickets_ticket_reply", args=[ticket.number]), ours)

    assert (held.status_code, ticket.messages.count()) == (409, 1)
    assert "Léa added an internal note while you were writing." in held.content.decode()
    answer = customer.post(reverse("tickets:reply", args=[ticket.number]), theirs, follow=True)
    assert (answer.status_code, ticket.messages.count()) == (200, 2)
    assert "promise anything" not in answer.content.decode()
    again = form_with(held, "body")
    assert desk.post(reverse("admin:tickets_ticket_reply", args=[ticket.number]), again).status_code == 409  # his words
    assert InternalNote.objects.count() == 1


def test_the_refusal_is_said_in_the_readers_language(ticket, agent, lead):
    agent.user.language = "fr"
    agent.user.save()
    desk = browser(agent)
    form = form_with(desk.get(reverse("admin:tickets_ticket_change", args=[ticket.number])), "body") | {"body": "Moi"}
    write(ticket, lead, "Theirs")

    held = desk.post(reverse("admin:tickets_ticket_reply", args=[ticket.number]), form).content.decode()

    assert "Nadia a envoyé un message pendant votre rédaction." in held
    assert "Envoyer quand même" in held


@pytest.mark.parametrize("writer", ["requester", "agent"])
def test_the_api_holds_an_answer_of_either_side(writer, ticket, colleague, request):
    seen = Message.objects.get().pk
    newer = write(ticket, colleague, "Theirs")
    caller, sent = Caller(request.getfixturevalue(writer)).later(hours=2), {"body": "Mine", "seen_message": seen}

    refused = caller.post(f"/tickets/{ticket.number}/messages", sent)

    assert (reason(refused), refused.json()["metadata"]) == ((409, "NEWER_MESSAGE"), {"message_id": newer.pk})
    assert Message.objects.count() == 2
    assert caller.post(f"/tickets/{ticket.number}/messages", sent | {"seen_message": newer.pk}).status_code == 201


def test_an_answer_without_a_number_of_what_was_seen_is_sent(ticket, requester, agent):
    """A program, a mail, a phone call: nobody saw a page."""
    write(ticket, agent, "Theirs")

    reply_as_customer(ticket, body="Mine", by=requester, channel=Channel.EMAIL, now=LATER)

    assert ticket.messages.count() == 3


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_colleagues_who_answer_at_once_one_is_held(requester, agent, lead):
    ticket = factories.make_ticket(requester)
    seen = ticket.messages.get().pk

    results = at_once(
        *[
            lambda by=by: reply_as_agent(
                ticket,
                body=by.name,
                by=by.user,
                now=LATER,
                status_after=Status.WAITING,
                details=ReplyDetails(seen_message=seen),
            )
            for by in (agent, lead)
        ]
    )

    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [NewerMessage]
    assert ticket.messages.count() == 2
