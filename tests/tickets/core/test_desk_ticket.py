"""The ticket page of the desk: what agents do there, and what happens when it is refused."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.lib import clock
from sla.core.enums import ClockKind, Outcome, Priority
from tests import factories
from tests.factories import MONDAY_9AM
from tickets.core.domain.conversation import NewerMessage, add_note, refuse_unread, reply_as_agent, reply_as_customer
from tickets.core.domain.lifecycle import ask_for_priority
from tickets.core.domain.routing import assign
from tickets.core.enums import Channel, MessageKind, Status
from tickets.models import InternalNote, Message, Ticket

NOW = MONDAY_9AM + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _twenty_past(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def page(ticket):
    return reverse("admin:tickets_ticket_change", args=[ticket.number])


def act(client, ticket, name, **values):
    return client.post(reverse(f"admin:tickets_ticket_{name}", args=[ticket.number]), values)


def said(response):
    """The messages the next page shows."""
    return [str(message) for message in response.wsgi_request._messages]


def clocks(ticket):
    return {(clock.kind, clock.outcome) for clock in ticket.clocks.all()}


def test_an_answer_meets_the_response_target_and_says_so(client_for, lead, ticket):
    response = act(
        client_for(lead), ticket, "reply", body="We look at it.", status="waiting", seen=ticket.messages.get().pk
    )

    ticket.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, page(ticket) + "#latest")
    assert said(response) == ["Reply sent to Marc. Response target met, 2\xa0h\xa040\xa0min before its due time."]
    assert ticket.status == Status.WAITING
    assert clocks(ticket) == {(ClockKind.RESPONSE, Outcome.MET), (ClockKind.CHECK_IN, Outcome.MET)}


def test_an_answer_to_an_older_state_is_held_and_its_text_kept(client_for, lead, ticket, requester):
    seen = ticket.messages.get().pk
    newer = reply_as_customer(ticket, body="It works again!", by=requester, channel=Channel.PORTAL, now=NOW)
    client = client_for(lead)

    held = act(client, ticket, "reply", body="Restart the phone.", seen=seen)

    text = held.content.decode()
    assert held.status_code == 409
    assert "Marc Petit sent a message while you were writing" in text
    assert "Restart the phone.</textarea>" in text
    assert "It works again!" in text
    assert f'name="seen" value="{newer.pk}"' in text
    assert not ticket.messages.filter(body="Restart the phone.").exists()

    assert act(client, ticket, "reply", body="Restart the phone.", seen=newer.pk).status_code == 302
    assert ticket.messages.filter(body="Restart the phone.").count() == 1


def test_an_answer_is_held_for_the_newest_note_of_a_colleague(agent, lead, administrator, ticket):
    notes = [add_note(ticket, body="Words.", by=person.user, now=NOW) for person in (agent, lead, administrator, agent)]
    seen = notes[0].pk

    with pytest.raises(NewerMessage, match=r"^Root added an internal note while you were writing\.") as held:
        refuse_unread(ticket, None, seen_note=seen, by=agent.user)

    assert held.value.metadata["note_id"] == notes[2].pk
    # Own notes hold nobody back, nor those that were on the page.
    refuse_unread(ticket, None, seen_note=notes[2].pk, by=agent.user)
    refuse_unread(ticket, None, seen_note=notes[3].pk, by=lead.user)
    refuse_unread(ticket, None, seen_note=None, by=agent.user)


def test_solving_without_an_answer_is_refused_and_changes_nothing(client_for, lead, ticket):
    response = act(client_for(lead), ticket, "status", status="solved", was="new")

    ticket.refresh_from_db()
    assert response.status_code == 422
    assert "The customer is waiting for a reply." in response.content.decode()
    assert (ticket.status, clocks(ticket)) == (
        Status.NEW,
        {(ClockKind.RESPONSE, Outcome.RUNNING), (ClockKind.CHECK_IN, Outcome.RUNNING)},
    )


def test_an_empty_answer_with_a_file_is_refused_and_the_file_kept(client_for, lead, ticket):
    client = client_for(lead)
    file = SimpleUploadedFile("trace.txt", b"one line")

    refused = act(client, ticket, "reply", body=" ", files=[file])

    kept = refused.context["uploads"][0].key
    assert refused.status_code == 422
    assert f'name="kept" value="{kept}"' in refused.content.decode()

    act(client, ticket, "reply", body="See the trace.", kept=kept)
    assert [file.name for file in Message.objects.get(body="See the trace.").attachments.all()] == ["trace.txt"]


def test_a_note_moves_no_clock_and_no_customer_page_shows_it(client_for, lead, ticket, requester):
    act(client_for(lead), ticket, "note", note="Known defect, see the wiki.")

    assert [note.body for note in InternalNote.objects.all()] == ["Known defect, see the wiki."]
    assert clocks(ticket) == {(ClockKind.RESPONSE, Outcome.RUNNING), (ClockKind.CHECK_IN, Outcome.RUNNING)}
    assert ticket.messages.count() == 1
    assert "Known defect" in client_for(lead).get(page(ticket)).content.decode()


def test_a_check_in_is_sent_as_one(client_for, lead, colleague):
    ticket = factories.make_ticket(colleague)  # Standard: one text
    reply_as_agent(ticket, body="On it.", by=lead.user, now=MONDAY_9AM)

    act(client_for(lead), ticket, "reply", body="Still on it.", kind="check_in")

    assert ticket.messages.last().kind == MessageKind.CHECK_IN


def test_a_check_in_is_skipped_with_a_reason_only(client_for, lead, ticket):
    client = client_for(lead)

    assert act(client, ticket, "skip_check_in", reason=" ").status_code == 422
    assert (ClockKind.CHECK_IN, Outcome.SKIPPED) not in clocks(ticket)

    assert act(client, ticket, "skip_check_in", reason="We spoke on the phone.").status_code == 302
    assert (ClockKind.CHECK_IN, Outcome.SKIPPED) in clocks(ticket)


def test_taking_a_ticket_that_somebody_took_meanwhile_is_refused(client_for, agent, lead, ticket):
    assign(ticket, lead, by=lead.user, now=MONDAY_9AM)

    response = act(client_for(agent), ticket, "assign", agent=agent.pk, was="")

    ticket.refresh_from_db()
    assert (response.status_code, ticket.assignee) == (409, lead)


def test_a_ticket_goes_to_somebody_and_back_to_the_team(client_for, agent, lead, ticket):
    client = client_for(lead)

    act(client, ticket, "assign", agent=agent.pk, was="")
    assert Ticket.objects.get().assignee == agent

    act(client, ticket, "assign", agent="", was=agent.pk)
    assert Ticket.objects.get().assignee is None


def test_another_priority_shows_its_consequence_before_it_happens(client_for, lead, ticket):
    ask_for_priority(ticket, Priority.URGENT, reason="Audit today.", by=ticket.requester.user, now=NOW)
    client = client_for(lead)

    preview = act(client, ticket, "priority", priority=1, was=3)
    assert "What changes with P1 Urgent" in preview.content.decode()
    assert Ticket.objects.get().priority == Priority.MEDIUM

    act(client, ticket, "priority", priority=1, was=3, confirmed=1)
    changed = Ticket.objects.get()
    assert (changed.priority, changed.asked_priority, changed.next_due_at) == (1, None, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("status", "was", "answer"), [("closed", "new", 422), ("", "new", 422), ("solved", "open", 409)]
)
def test_a_move_that_is_not_on_the_page_is_refused(client_for, lead, ticket, status, was, answer):
    assert act(client_for(lead), ticket, "status", status=status, was=was).status_code == answer
    assert Ticket.objects.get().status == Status.NEW


def test_forged_fields_of_the_stock_form_change_nothing(client_for, lead, ticket):
    before = Ticket.objects.values().get()
    client = client_for(lead)

    client.post(page(ticket), {"status": "closed", "priority": 1, "subject": "x", "_save": "1"})
    client.post(page(ticket), {"_saveasnew": "1", "subject": "copy"})
    client.post(
        reverse("admin:tickets_ticket_changelist"), {"action": "delete_selected", "_selected_action": ticket.pk}
    )

    assert Ticket.objects.values().get() == before


@pytest.mark.parametrize("number", ["SUP-9999", "9999", "SUP-1", "x", "SUP-999999999999999999"])
def test_a_ticket_that_does_not_exist_is_not_found(client_for, lead, ticket, number):
    assert client_for(lead).get(f"/desk/tickets/ticket/{number}/change/").status_code == 404


def test_what_customers_write_is_text_and_never_markup(client_for, lead, requester):
    hostile = "<script>alert(1)</script>"
    ticket = factories.make_ticket(requester, subject=hostile, body=hostile)
    client = client_for(lead)

    for address in (page(ticket), reverse("admin:tickets_ticket_changelist") + "?view=team", reverse("admin:index")):
        html = client.get(address).content.decode()
        assert ("&lt;script&gt;alert(1)&lt;/script&gt;" in html, hostile in html) == (True, False), address


def test_the_page_explains_both_clocks(client_for, lead, ticket):
    promises = client_for(lead).get(page(ticket)).context["promises"]

    assert [(promise.clock.kind, promise.lines[-1].kind) for promise in promises] == [
        (ClockKind.RESPONSE, "due"),
        (ClockKind.CHECK_IN, "due"),
    ]


def test_an_agent_opens_a_ticket_for_a_customer_on_the_line(client_for, agent, requester):
    values = {
        "contact": requester.pk, "subject": "Phone call", "body": "Cannot sign in.", "priority": "2",
        "channel": "phone", "live": "on", "submission": "one-form-of-a-page-0001",
    }  # fmt: skip
    client = client_for(agent)

    first = client.post(reverse("admin:tickets_ticket_open"), values)
    again = client.post(reverse("admin:tickets_ticket_open"), values)

    ticket = Ticket.objects.get()
    assert first["Location"] == again["Location"] == page(ticket)
    assert (ticket.status, ticket.assignee, ticket.channel) == (Status.OPEN, agent, Channel.PHONE)
    assert (ClockKind.RESPONSE, Outcome.MET) in clocks(ticket)


def test_opening_without_a_subject_keeps_what_was_written(client_for, agent, requester):
    response = client_for(agent).post(
        reverse("admin:tickets_ticket_open"), {"contact": requester.pk, "body": "Cannot sign in.", "priority": "2"}
    )

    assert (response.status_code, Ticket.objects.count()) == (422, 0)
    assert "Cannot sign in.</textarea>" in response.content.decode()
