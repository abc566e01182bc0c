"""Acting on tickets by API: writing, closing, reopening, changing; versions; what each role may."""

from datetime import timedelta

import pytest

from portal.lib.idempotency import IdempotencyKey
from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.closing import close_solved
from tickets.core.domain.conversation import reply_as_agent, reply_as_customer
from tickets.core.enums import Channel, Status
from tickets.models import InternalNote, Message, Ticket

HOUR = timedelta(hours=1)


def facts():
    """The ticket as the table holds it."""
    return Ticket.objects.values().get()


def solved(ticket, agent):
    reply_as_agent(ticket, body="Restart it.", by=agent.user, now=MONDAY_9AM + HOUR, status_after=Status.SOLVED)
    ticket.refresh_from_db()
    return ticket


# --- Messages ---------------------------------------------------------------------------------------------------


def test_the_conversation_is_read_oldest_first(requester, agent, ticket):
    reply_as_agent(ticket, body="Which **version**?", by=agent.user, now=MONDAY_9AM + HOUR)
    first, second = Message.objects.order_by("pk")
    for person in (requester, agent):
        assert Caller(person).get(f"/tickets/{ticket.number}/messages").json() == {
            "next": None, "next_cursor": None,
            "results": [
                {
                    "id": first.pk, "ticket": ticket.number, "author": {"name": "Marc Petit", "side": "customer"},
                    "kind": "reply", "channel": "portal", "body": "Nothing happens after the QR code.", "parts": None,
                    "created_at": "2026-11-09T09:00:00Z", "attachments": [],
                },
                {
                    "id": second.pk, "ticket": ticket.number, "author": {"name": "Léa", "side": "agent"},
                    "kind": "reply", "channel": "desk", "body": "Which **version**?", "parts": None,
                    "created_at": "2026-11-09T10:00:00Z", "attachments": [],
                },
            ],
        }  # fmt: skip


def test_a_customer_writes_and_the_clock_of_the_answer_starts(requester, agent, ticket):
    reply_as_agent(ticket, body="Which version?", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    caller = Caller(requester).later(hours=2)

    answer = caller.post(f"/tickets/{ticket.number}/messages", {"body": "It is 4.2."})

    message = Message.objects.order_by("pk").last()
    assert (answer.status_code, answer.json()) == (201, {
        "id": message.pk, "ticket": ticket.number, "author": {"name": "Marc Petit", "side": "customer"},
        "kind": "reply", "channel": "api", "body": "It is 4.2.", "parts": None, "created_at": "2026-11-09T11:00:00Z",
        "attachments": [],
    })  # fmt: skip
    body = caller.get(f"/tickets/{ticket.number}").json()
    assert (body["status"], [c["kind"] for c in body["clocks"]]) == ("open", ["response", "check_in"])


def test_an_agent_answers_and_moves_the_ticket(agent, colleague):
    ticket = make_ticket(colleague)  # Standard: a check-in is one text
    caller = Caller(agent).later(hours=1)
    sent = caller.post(
        f"/tickets/{ticket.number}/messages",
        {"body": "Where it stands.", "kind": "check_in", "status_after": "waiting"},
    ).json()
    assert (sent["author"], sent["kind"], sent["channel"]) == ({"name": "Léa", "side": "agent"}, "check_in", "api")
    body = caller.get(f"/tickets/{ticket.number}").json()
    assert (body["status"], body["clocks"]) == ("waiting", [])


def test_an_agent_is_told_of_a_newer_message_and_nothing_is_sent(agent, requester, ticket):
    seen = Message.objects.get().pk
    newer = reply_as_customer(ticket, body="Wait!", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM + HOUR)
    refused = (
        Caller(agent)
        .later(hours=2)
        .post(f"/tickets/{ticket.number}/messages", {"body": "Restart it.", "seen_message": seen})
    )
    assert (reason(refused), refused.json()["metadata"]) == ((409, "NEWER_MESSAGE"), {"message_id": newer.pk})
    assert Message.objects.count() == 2


@pytest.mark.parametrize("field", ["status_after", "kind", "author", "is_internal"])
def test_a_customer_has_no_fields_of_staff(requester, ticket, field):
    refused = Caller(requester).post(f"/tickets/{ticket.number}/messages", {"body": "x", field: "solved"})
    assert wrong(refused) == [(f"/{field}", "unknown_field")]
    assert Message.objects.count() == 1


def test_a_message_on_a_closed_ticket_opens_a_follow_up(requester, agent, ticket):
    solved(ticket, agent)
    close_solved(now=MONDAY_9AM + timedelta(days=8))
    answer = Caller(requester).later(days=9).post(f"/tickets/{ticket.number}/messages", {"body": "It is back."})
    new = Ticket.objects.latest("pk")
    assert (answer.status_code, answer.json()["ticket"]) == (201, new.number)
    assert Caller(requester).get(f"/tickets/{new.number}").json()["follow_up_of"] == ticket.number


def test_notes_are_in_no_answer(requester, agent, ticket):
    InternalNote.objects.create(ticket=ticket, author=agent.user, body="CANARY", created_at=MONDAY_9AM)
    for person in (requester, agent):
        caller = Caller(person)
        for path in ("", "/messages", "/clocks"):
            assert "CANARY" not in caller.get(f"/tickets/{ticket.number}{path}").content.decode()
    assert Caller(agent).get(f"/tickets/{ticket.number}/notes").status_code == 404


# --- Acts -------------------------------------------------------------------------------------------------------


def test_a_customer_closes_and_the_promises_end(requester, ticket):
    answer = Caller(requester).later(hours=1).post(f"/tickets/{ticket.number}/close")
    body = answer.json()
    assert (body["status"], body["turn"], body["clocks"], body["next_due_at"]) == ("solved", "done", [], None)
    assert (body["solved_at"], body["reopens_until"]) == ("2026-11-09T10:00:00Z", "2026-11-16T10:00:00Z")
    assert answer["ETag"] == f'"{ticket.number}-{body["version"]}"'


def test_closing_needs_no_body(requester, ticket):
    answer = Caller(requester).call("POST", f"/tickets/{ticket.number}/close")
    assert (answer.status_code, answer.json()["status"]) == (200, "solved")


def test_a_solved_ticket_is_reopened_with_a_message(requester, agent, ticket):
    solved(ticket, agent)
    body = Caller(requester).later(hours=2).post(f"/tickets/{ticket.number}/reopen", {"message": "Not yet."}).json()
    assert (body["status"], body["solved_at"], body["reopens_until"]) == ("open", None, None)
    assert Message.objects.latest("pk").body == "Not yet."


def test_reopening_needs_a_solved_ticket_and_words(requester, agent, ticket):
    caller, path = Caller(requester), f"/tickets/{ticket.number}/reopen"
    live = caller.post(path, {"message": "x"})
    assert (reason(live), live.json()["metadata"]) == ((409, "WRONG_STATUS"), {"status": "new"})
    solved(ticket, agent)
    assert wrong(caller.post(path)) == [("/message", "required")]
    close_solved(now=MONDAY_9AM + timedelta(days=8))
    assert reason(caller.post(path, {"message": "x"})) == (409, "CLOSED")
    assert Message.objects.count() == 2


def test_another_priority_is_asked_for_and_nothing_recounted(requester, ticket):
    before = facts()
    body = (
        Caller(requester)
        .post(f"/tickets/{ticket.number}/request-priority", {"priority": 1, "reason": "All devices now."})
        .json()
    )
    assert (body["priority"], body["asked_priority"], body["next_due_at"]) == (3, 1, "2026-11-09T12:00:00Z")
    assert facts() == before | {"asked_priority": 1, "version": 2}


def test_the_priority_it_has_cannot_be_asked_for(requester, ticket):
    refused = Caller(requester).post(f"/tickets/{ticket.number}/request-priority", {"priority": 3, "reason": "x"})
    assert (reason(refused), wrong(refused)) == ((400, "UNCHANGED"), [("/priority", "unchanged")])


@pytest.mark.parametrize("act", ["close", "reopen", "request-priority"])
def test_acts_of_customers_are_not_for_staff(agent, ticket, act):
    before = facts()
    assert reason(Caller(agent).post(f"/tickets/{ticket.number}/{act}")) == (403, "NOT_ALLOWED")
    assert facts() == before


# --- Changes ----------------------------------------------------------------------------------------------------


def test_a_customer_decides_who_follows(requester, colleague, account_admin, ticket):
    caller = Caller(requester)
    for wanted in ([colleague, account_admin], [account_admin], []):
        body = caller.patch(f"/tickets/{ticket.number}", {"followers": [c.pk for c in wanted]}).json()
        assert body["followers"] == [{"id": c.pk, "name": c.name} for c in wanted]


def test_the_requester_hides_the_ticket_from_colleagues(requester, colleague, ticket):
    body = Caller(requester).patch(f"/tickets/{ticket.number}", {"is_private": True}).json()
    assert (body["is_private"], body["version"]) == (True, 2)
    assert reason(Caller(colleague).get(f"/tickets/{ticket.number}")) == (404, "NOT_FOUND")


def test_a_colleague_hides_nobody_elses_ticket(colleague, ticket):
    before = facts()
    assert reason(Caller(colleague).patch(f"/tickets/{ticket.number}", {"is_private": True})) == (403, "NOT_ALLOWED")
    assert facts() == before


@pytest.mark.parametrize(
    "field",
    ["status", "priority", "assignee", "account", "requester", "subject", "due_at", "number", "version", "tier"],
)
def test_a_customer_changes_nothing_else(requester, ticket, field):
    before = facts()
    refused = Caller(requester).patch(f"/tickets/{ticket.number}", {field: 1})
    assert wrong(refused) == [(f"/{field}", "unknown_field")]
    assert facts() == before


def test_staff_change_status_priority_and_assignee_in_one_act(agent, ticket):
    caller = Caller(agent).later(hours=1)
    body = caller.patch(
        f"/tickets/{ticket.number}", {"assignee": agent.pk, "priority": 1, "reason": "Outage", "status": "on_hold"}
    ).json()
    assert (body["assignee"], body["priority"], body["status"]) == ({"id": agent.pk, "name": "Léa"}, 1, "on_hold")
    assert body["next_due_at"] == "2026-11-09T11:00:00Z"
    assert caller.patch(f"/tickets/{ticket.number}", {"assignee": None}).json()["assignee"] is None


def test_a_change_that_is_refused_half_way_changes_nothing(agent, ticket):
    before = facts()
    refused = Caller(agent).patch(f"/tickets/{ticket.number}", {"assignee": agent.pk, "status": "solved"})
    assert reason(refused) == (409, "RESPONSE_OWED")
    assert facts() == before


def test_staff_hide_no_tickets(agent, ticket):
    assert wrong(Caller(agent).patch(f"/tickets/{ticket.number}", {"is_private": True})) == [
        ("/is_private", "unknown_field")
    ]


# --- Versions ---------------------------------------------------------------------------------------------------


def test_a_change_against_an_older_version_is_refused_with_the_present_one(requester, ticket):
    caller = Caller(requester)
    tag = caller.get(f"/tickets/{ticket.number}")["ETag"]
    newer = caller.post(f"/tickets/{ticket.number}/messages", {"body": "One more thing."}, **{"If-Match": tag})
    assert newer.status_code == 201
    before = facts()
    for call in (
        lambda: caller.patch(f"/tickets/{ticket.number}", {"is_private": True}, **{"If-Match": tag}),
        lambda: caller.post(f"/tickets/{ticket.number}/close", {}, **{"If-Match": tag}),
        lambda: caller.post(f"/tickets/{ticket.number}/messages", {"body": "x"}, **{"If-Match": tag}),
    ):
        refused = call()
        assert reason(refused) == (412, "VERSION_MISMATCH")
        assert (refused["ETag"], refused.json()["metadata"]) == (
            f'"{ticket.number}-2"', {"version": f"{ticket.number}-2"},
        )  # fmt: skip
    assert facts() == before
    assert (
        caller.patch(f"/tickets/{ticket.number}", {"is_private": True}, **{"If-Match": refused["ETag"]}).status_code
        == 200
    )


def test_the_tag_of_another_ticket_fits_nothing(requester, ticket):
    other = make_ticket(requester)
    tag = Caller(requester).get(f"/tickets/{other.number}")["ETag"]
    refused = Caller(requester).post(f"/tickets/{ticket.number}/close", {}, **{"If-Match": tag})
    assert reason(refused) == (412, "VERSION_MISMATCH")


def test_a_message_sent_again_is_written_once(requester, ticket):
    caller = Caller(requester)
    answers = [
        caller.later(minutes=1).post(
            f"/tickets/{ticket.number}/messages", {"body": "Hello"}, **{"Idempotency-Key": "k"}
        )
        for _ in range(3)
    ]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert (Message.objects.count(), IdempotencyKey.objects.count()) == (2, 1)
