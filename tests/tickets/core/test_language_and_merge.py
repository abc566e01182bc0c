"""The customer's side of a changed language and of a merged ticket: its pages and the API."""

import re
from datetime import timedelta

import pytest
import time_machine

from sla.core.enums import ClockKind, Priority
from tests import factories
from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM
from tickets.core.domain import lifecycle, merging
from tickets.core.domain.closing import close_solved
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.followers import add_follower
from tickets.core.enums import EventKind, Status
from tickets.models import Message, Ticket

HOUR = timedelta(hours=1)
EVENING = MONDAY_9AM + 7 * HOUR  # 17:00 in Paris


@pytest.fixture(autouse=True)
def _evening():
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def french(account, lead):
    contact = factories.make_contact(account, "rene@acme.test", name="René", language="fr")
    factories.seat(contact, by=lead.user)
    return contact


@pytest.fixture
def theirs(french):
    """A P2 of René, answered 24/7 in English: due at 20:00."""
    return factories.make_ticket(french, priority=Priority.HIGH, now=EVENING)


@pytest.fixture
def merged(requester, lead, ticket):
    """A ticket and the one it was merged into; both of Marc."""
    into = factories.make_ticket(requester, subject="The same again")
    merging.merge(ticket, into=into, by=lead.user, now=MONDAY_9AM)
    ticket.refresh_from_db()
    return ticket, into


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def url(ticket, *parts):
    return "/".join(["/tickets", ticket.number, *parts]) + "/"


def response_due(ticket):
    return ticket.clocks.running().of(ClockKind.RESPONSE).get().due_at


# --- Language, in the portal ------------------------------------------------------------------------------------------


def test_the_requester_sees_what_the_choice_does_before_making_it(client_for, french, theirs):
    french.user.language = "fr"
    client = client_for(french)
    page = client.get(url(theirs, "language"), headers={"accept-language": "en"})

    change = page.context["change"]
    tuesday = MONDAY_9AM + timedelta(days=1, hours=1)
    assert [(due.kind, due.old_due_at, due.new_due_at) for due in change.changes][:1] == [
        (ClockKind.RESPONSE, EVENING + 3 * HOUR, tuesday)
    ]
    assert url(theirs, "language") in client.get(url(theirs)).content.decode()

    answer = client.post(url(theirs, "language"), {"language_choice": "own", "was": "english"})
    theirs.refresh_from_db()
    assert (answer["Location"], theirs.language_choice, response_due(theirs)) == (url(theirs), "own", tuesday)


def test_an_administrator_chooses_for_the_account_and_a_colleague_does_not(
    client_for, account_admin, colleague, theirs
):
    client_for(colleague).post(url(theirs, "language"), {"language_choice": "own"})
    assert Ticket.objects.get().language_choice == "english"

    client_for(account_admin).post(url(theirs, "language"), {"language_choice": "own"})
    assert Ticket.objects.get().language_choice == "own"


def test_who_has_no_choice_is_led_back(client_for, requester, ticket):
    client = client_for(requester)

    assert client.get(url(ticket, "language"))["Location"] == url(ticket)
    assert client.post(url(ticket, "language"), {"language_choice": "own"})["Location"] == url(ticket)
    assert Ticket.objects.get().language_choice == "english"


@pytest.mark.parametrize(
    ("values", "status"),
    [({}, 422), ({"language_choice": "klingon"}, 422), ({"language_choice": "own", "was": "own"}, 409)],
)
def test_a_choice_that_does_not_fit_is_refused(client_for, french, theirs, values, status):
    answer = client_for(french).post(url(theirs, "language"), values)

    assert (answer.status_code, Ticket.objects.get().language_choice) == (status, "english")


def test_a_stranger_finds_no_language_page(client_for, stranger, theirs):
    assert client_for(stranger).get(url(theirs, "language")).status_code == 404


# --- Merged tickets, in the portal ------------------------------------------------------------------------------------


def test_a_merged_ticket_leads_to_the_survivor_and_the_survivor_names_it(client_for, requester, merged):
    ticket, into = merged
    client = client_for(requester)
    gone, survivor = client.get(url(ticket)), client.get(url(into))

    assert f"Merged into {into.number}" in words(gone)
    assert 'id="reply-form"' not in gone.content.decode()
    assert f"Merged into this ticket {ticket.number}" in words(survivor)
    assert gone.context["follow_ups"] == survivor.context["follow_ups"] == []


def test_a_reply_to_a_merged_ticket_stands_in_the_survivor(client_for, requester, merged):
    ticket, into = merged
    answer = client_for(requester).post(url(ticket, "reply"), {"body": "Any news?"})

    sent = Message.objects.get(body="Any news?")
    assert (sent.ticket, answer["Location"]) == (into, f"{url(into)}#message-{sent.pk}")
    assert Ticket.objects.count() == 2


def test_a_reply_goes_through_every_merge_since(client_for, requester, merged, lead):
    ticket, into = merged
    last = factories.make_ticket(requester)
    merging.merge(into, into=last, by=lead.user, now=MONDAY_9AM)

    client_for(requester).post(url(ticket, "reply"), {"body": "Any news?"})

    assert Message.objects.get(body="Any news?").ticket == last


def test_when_the_survivor_is_closed_too_the_reply_follows_that_one_up(client_for, requester, merged, lead):
    ticket, into = merged
    reply_as_agent(into, body="Done.", by=lead.user, now=MONDAY_9AM, status_after=Status.SOLVED)
    close_solved(now=MONDAY_9AM + timedelta(days=8))

    client_for(requester).post(url(ticket, "reply"), {"body": "It is back."})

    assert Message.objects.get(body="It is back.").ticket.follow_up_of == into


def test_who_may_not_see_the_survivor_opens_a_follow_up_instead(client_for, colleague, merged):
    ticket, into = merged
    Ticket.objects.filter(pk=into.pk).update(is_private=True)
    client = client_for(colleague)

    page = client.get(url(ticket))
    client.post(url(ticket, "reply"), {"body": "And mine?"})

    assert (page.context["survivor"], url(into) in page.content.decode()) == (None, False)
    assert Message.objects.get(body="And mine?").ticket.follow_up_of == ticket


def test_an_answer_of_ours_that_moved_is_read_before_the_reply_is_sent(client_for, requester, ticket, lead):
    into = factories.make_ticket(requester)
    reply_as_agent(into, body="Which version?", by=lead.user, now=MONDAY_9AM)
    merging.merge(ticket, into=into, by=lead.user, now=MONDAY_9AM)

    held = client_for(requester).post(url(ticket, "reply"), {"body": "Any news?", "seen": "0"})

    assert (held.status_code, held.context["ticket"]) == (409, into)
    assert "Any news?" in held.content.decode()
    assert not Message.objects.filter(body="Any news?").exists()


@pytest.mark.parametrize("act", ["close", "reopen", "priority", "language"])
def test_every_other_act_leads_to_the_survivor(client_for, requester, merged, act):
    ticket, into = merged
    answer = client_for(requester).post(url(ticket, act), {"body": "x", "priority": 1, "reason": "x"})

    into.refresh_from_db()
    assert (answer["Location"], into.status, into.asked_priority) == (url(into), Status.NEW, None)


def test_the_people_of_both_read_on(requester, account_admin, colleague, lead):
    ticket, into = factories.make_ticket(colleague), factories.make_ticket(requester)
    add_follower(ticket, account_admin, by=colleague.user, now=MONDAY_9AM)
    merging.merge(ticket, into=into, by=lead.user, now=MONDAY_9AM)

    assert {row.contact for row in into.followers.all()} == {colleague, account_admin}


# --- The API ----------------------------------------------------------------------------------------------------------


def test_a_program_chooses_the_language_after_asking_what_it_does(french, theirs):
    caller, path = Caller(french, now=EVENING), f"/tickets/{theirs.number}/language"

    would = caller.post(path, {"language_choice": "own", "validate_only": True}).json()
    assert would["validate_only"] is True
    assert would["changes"][0] == {
        "kind": "response", "old_due_at": "2026-11-09T19:00:00Z", "new_due_at": "2026-11-10T10:00:00Z",
    }  # fmt: skip
    assert (Ticket.objects.get().language_choice, theirs.events.filter(kind=EventKind.LANGUAGE).count()) == (
        "english", 0,
    )  # fmt: skip

    answers = [caller.post(path, {"language_choice": "own"}, **{"Idempotency-Key": "one"}) for _ in range(2)]
    assert [answer.json()["next_due_at"] for answer in answers] == ["2026-11-10T10:00:00Z"] * 2
    assert theirs.events.filter(kind=EventKind.LANGUAGE).count() == 1


@pytest.mark.parametrize("only_say", [False, True])
def test_a_program_of_a_colleague_or_a_stranger_chooses_nothing(colleague, stranger, theirs, only_say):
    body, path = {"language_choice": "own", "validate_only": only_say}, f"/tickets/{theirs.number}/language"

    assert reason(Caller(colleague, now=EVENING).post(path, body)) == (403, "NOT_ALLOWED")
    assert reason(Caller(stranger, now=EVENING).post(path, body)) == (404, "NOT_FOUND")
    assert Ticket.objects.get().language_choice == "english"


def test_staff_move_a_ticket_to_another_region(agent, requester, colleague, london):
    ticket = factories.make_ticket(colleague, priority=Priority.LOW)
    caller, path = Caller(agent), f"/tickets/{ticket.number}/region"

    assert wrong(caller.post(path, {"region": "nowhere"})) == [("/region", "no_region")]
    would = caller.post(path, {"region": "emea", "validate_only": True}).json()["changes"]
    assert Ticket.objects.get().region.code == "france"
    done = caller.post(path, {"region": "emea"}).json()
    assert (done["region"], done["next_due_at"]) == ("emea", would[0]["new_due_at"])
    assert reason(Caller(requester).post(path, {"region": "france"})) == (403, "NOT_ALLOWED")


def test_staff_merge_and_the_answer_is_the_survivor(agent, requester, ticket):
    into = factories.make_ticket(requester)
    caller, path = Caller(agent), f"/tickets/{ticket.number}/merge"

    would = caller.post(path, {"into": into.number, "validate_only": True}).json()
    assert [change["kind"] for change in would["changes"]] == ["response", "check_in"]
    assert not Ticket.objects.exclude(merged_into=None).exists()
    answers = [caller.post(path, {"into": into.number}) for _ in range(2)]
    assert [(answer.status_code, answer.json()["number"]) for answer in answers] == [(200, into.number)] * 2
    assert into.events.filter(kind=EventKind.MERGED).count() == 1
    gone = Caller(requester).get(f"/tickets/{ticket.number}").json()
    assert (gone["merged_into"], gone["status"], gone["coming_check_ins"]) == (into.number, "closed", [])


def test_a_program_learns_nothing_of_another_account(agent, ticket, stranger):
    foreign, caller = factories.make_ticket(stranger), Caller(agent)

    answers = [caller.post(f"/tickets/{ticket.number}/merge", {"into": n}) for n in (foreign.number, "SUP-9999")]
    assert [(reason(answer), answer.json()["detail"]) for answer in answers] == [
        ((400, "CANNOT_MERGE"), "Acme has no ticket with this number. Check the number.")
    ] * 2
    assert not Ticket.objects.exclude(merged_into=None).exists()


@pytest.mark.parametrize("only_say", [False, True])
def test_a_finished_ticket_is_not_merged(agent, requester, ticket, only_say):
    into = factories.make_ticket(requester)
    lifecycle.close_by_customer(into, by=requester.user, now=MONDAY_9AM)
    body = {"into": into.number, "validate_only": only_say}

    assert reason(Caller(agent).post(f"/tickets/{ticket.number}/merge", body)) == (409, "CLOSED")


def test_a_message_to_a_merged_ticket_names_the_survivor(requester, merged):
    ticket, into = merged
    answer = Caller(requester).post(f"/tickets/{ticket.number}/messages", {"body": "Any news?"})

    assert (answer.status_code, answer.json()["ticket"]) == (201, into.number)
