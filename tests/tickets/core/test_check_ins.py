"""Enhanced check-ins: four parts on Gold and Platinum, one text elsewhere; on the desk, in the portal, mail and API."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from portal.lib import clock, outbox
from portal.lib.errors import DomainError
from sla.core.enums import ClockKind, Outcome, Priority
from tests import factories
from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM
from tickets.core.domain.check_ins import send_check_in
from tickets.core.domain.conversation import reply_as_agent, reply_as_customer
from tickets.core.enums import Channel, MessageKind, Status
from tickets.models import Message

HOUR = timedelta(hours=1)
NOW = MONDAY_9AM + HOUR
TUESDAY_CLOSING = datetime(2026, 11, 10, 17, 0, tzinfo=UTC)
PARTS = {"changed": "The certificate was **renewed**.", "stands": "Two of three sites are back.",
         "next_step": "We renew it for Lyon."}  # fmt: skip
WHOLE = {**PARTS, "next_at": TUESDAY_CLOSING}


@pytest.fixture
def agent(agent):
    """Léa, who reads the desk in English here."""
    agent.user.language = "en"
    agent.user.save(update_fields=["language"])
    return agent


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def answered(ticket, agent):
    """A P3 of a Gold seat that was answered at once; its check-in is due on Tuesday at closing time."""
    reply_as_agent(ticket, body="On it.", by=agent.user, now=MONDAY_9AM)
    return ticket


def send(client, ticket, **values):
    address = reverse("admin:tickets_ticket_check_in", args=[ticket.number])
    return client.post(address, {**PARTS, "next_at": "2026-11-10T18:00", **values})


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_four_parts_are_kept_and_the_check_in_is_met(answered, agent):
    message = send_check_in(answered, parts=WHOLE, by=agent.user, now=NOW)

    assert (message.kind, message.parts) == (MessageKind.CHECK_IN, {**PARTS, "next_at": TUESDAY_CLOSING.isoformat()})
    assert message.body == (
        "### What changed\n\nThe certificate was **renewed**.\n\n"
        "### Current status\n\nTwo of three sites are back.\n\n"
        "### Next step\n\nWe renew it for Lyon.\n\n"
        "### Next check-in\n\nTue 10 Nov 18:00"
    )
    assert list(answered.clocks.of(ClockKind.CHECK_IN).order_by("pk").values_list("outcome", flat=True)) == [
        Outcome.MET, Outcome.MET, Outcome.RUNNING,
    ]  # fmt: skip


def test_the_headings_are_in_the_customers_language(agent, colleague):
    ticket = factories.make_ticket(colleague)
    body = send_check_in(ticket, parts=WHOLE, by=agent.user, now=NOW).body

    assert "mar. 10 nov. 18:00" in body


@pytest.mark.parametrize("missing", ["changed", "stands", "next_step", "next_at"])
def test_a_missing_part_is_named_and_nothing_is_sent(answered, agent, missing):
    with pytest.raises(DomainError) as refusal:
        send_check_in(answered, parts={**WHOLE, missing: ""}, by=agent.user, now=NOW)

    assert (refusal.value.code, refusal.value.field, answered.messages.count()) == ("empty", missing, 2)


@pytest.mark.parametrize(
    ("next_at", "code"),
    [(NOW, "past"), (TUESDAY_CLOSING + timedelta(minutes=1), "later_than_promised")],
)
def test_the_next_update_lies_between_now_and_what_is_promised(answered, agent, next_at, code):
    with pytest.raises(DomainError) as refusal:
        send_check_in(answered, parts={**WHOLE, "next_at": next_at}, by=agent.user, now=NOW)

    assert (refusal.value.code, refusal.value.field) == (code, "next_at")
    assert (answered.messages.count(), answered.clocks.filter(outcome=Outcome.MET).count()) == (2, 2)


def test_one_text_will_not_do_where_the_tier_has_enhanced_check_ins(answered, agent):
    with pytest.raises(DomainError) as refusal:
        send_check_in(answered, body="Still on it.", by=agent.user, now=NOW)

    assert (refusal.value.code, answered.messages.count()) == ("parts_missing", 2)


def test_elsewhere_a_check_in_is_one_text(agent, colleague):
    message = send_check_in(factories.make_ticket(colleague), body="Still on it.", by=agent.user, now=NOW)

    assert (message.kind, message.body, message.parts) == (MessageKind.CHECK_IN, "Still on it.", None)


# --- On the desk ------------------------------------------------------------------------------------------------------


def test_the_composer_has_four_fields_and_the_moment_we_promise(client_for, agent, answered):
    page = client_for(agent).get(reverse("admin:tickets_ticket_change", args=[answered.number]) + "?mode=check_in")

    text = page.content.decode()
    composer = text[text.index('id="check-in"') :]
    assert re.findall(r'<(?:textarea|input type="datetime-local") name="(\w+)"', composer)[:4] == [
        "changed", "stands", "next_step", "next_at",
    ]  # fmt: skip
    assert 'value="2026-11-10T18:00"' in text
    assert 'id="check-in" open' in text
    assert "Send as check-in" not in text


def test_a_standard_ticket_keeps_its_one_text(client_for, lead, colleague):
    ticket = factories.make_ticket(colleague)
    reply_as_agent(ticket, body="On it.", by=lead.user, now=MONDAY_9AM)
    text = client_for(lead).get(reverse("admin:tickets_ticket_change", args=[ticket.number])).content.decode()

    assert ("Send as check-in" in text, 'name="next_step"' in text) == (True, False)


def test_an_agent_sends_it_and_both_sides_read_four_labelled_parts(client_for, lead, requester, answered):
    sent = send(client_for(lead), answered)
    assert sent["Location"] == reverse("admin:tickets_ticket_change", args=[answered.number]) + "#latest"

    wanted = (
        "What changed The certificate was renewed . Current status Two of three sites are back. "
        "Next step We renew it for Lyon. Next check-in tomorrow 18:00"
    )
    desk = client_for(lead).get(reverse("admin:tickets_ticket_change", args=[answered.number]))
    portal = client_for(requester).get(f"/tickets/{answered.number}/")
    assert [wanted in words(page) for page in (desk, portal)] == [True, True]


def test_a_missing_part_is_said_at_its_field_and_the_rest_is_kept(client_for, agent, answered):
    refused = send(client_for(agent), answered, next_step=" ")

    text = refused.content.decode()
    assert refused.status_code == 422
    assert 'id="check_in_next_step_error"' in text
    assert "Two of three sites are back.</textarea>" in text
    assert answered.messages.count() == 2


@pytest.mark.parametrize("next_at", ["tomorrow", "2026-02-30T10:00", "2026-03-29T02:30"])
def test_a_moment_that_does_not_exist_is_refused(client_for, agent, answered, next_at):
    assert (send(client_for(agent), answered, next_at=next_at).status_code, answered.messages.count()) == (422, 2)


def test_when_the_customer_wrote_meanwhile_it_becomes_an_answer_with_its_text_kept(
    client_for, agent, requester, answered
):
    seen = Message.objects.earliest("pk").pk
    newer = reply_as_customer(answered, body="It broke again!", by=requester, channel=Channel.PORTAL, now=NOW)
    client = client_for(agent)

    held = send(client, answered, seen=seen)

    text = held.content.decode()
    assert (held.status_code, held.context["newer_message"], answered.messages.count()) == (409, newer, 3)
    assert "The customer has written since. What you send now also counts as your reply." in text
    assert "Two of three sites are back.</textarea>" in text

    assert send(client, answered, seen=newer.pk).status_code == 302
    assert not answered.clocks.running().of(ClockKind.RESPONSE).exists()


def test_a_check_in_begun_from_the_queue_leads_back_to_it(client_for, agent, answered):
    client, queue = client_for(agent), reverse("admin:tickets_ticket_changelist") + "?view=check_ins"
    skip = reverse("admin:tickets_ticket_skip_check_in", args=[answered.number])

    assert send(client, answered, back="check_ins")["Location"] == queue
    assert client.post(skip, {"reason": "We spoke.", "back": "check_ins"})["Location"] == queue
    assert client.post(skip, {"reason": "We spoke.", "back": "//evil.test"})["Location"].startswith("/desk/")


def test_the_queue_of_check_ins_says_how_old_our_last_word_is(client_for, lead, requester, django_assert_num_queries):
    for _number in range(3):
        ticket = factories.make_ticket(requester, priority=Priority.URGENT)
        reply_as_agent(ticket, body="On it.", by=lead.user, now=MONDAY_9AM)
    client, address = client_for(lead), reverse("admin:tickets_ticket_changelist") + "?view=check_ins"
    client.get(address)  # the calendar is read once per process

    with django_assert_num_queries(7):
        page = client.get(address)

    assert words(page).count("1 h ago Write") == 3
    assert page.content.decode().count("mode=skip&amp;back=check_ins") == 3


# --- Mail and API -----------------------------------------------------------------------------------------------------


def test_the_mail_has_the_four_parts_in_both_bodies(answered, agent, requester):
    outbox.deliver(now=NOW)
    mail.outbox.clear()
    send_check_in(answered, parts=WHOLE, by=agent.user, now=NOW)
    outbox.deliver(now=NOW)

    (letter,) = mail.outbox
    html = letter.alternatives[0][0]
    assert (
        "What changed\nThe certificate was **renewed**.\n\nCurrent status\nTwo of three sites are back.\n\n"
        "Next step\nWe renew it for Lyon.\n\nNext check-in\nTuesday 10\u00a0November at 18:00 (Paris)\n"
    ) in letter.body
    assert re.findall(r"<strong>([^<]+)</strong></p>", html) == [
        "What changed", "Current status", "Next step", "Next check-in",
    ]  # fmt: skip


def test_a_program_sends_and_reads_the_parts(agent, requester, answered):
    path, parts = f"/tickets/{answered.number}/messages", {**PARTS, "next_at": "2026-11-10T18:00:00+01:00"}
    sent = Caller(agent, now=NOW).post(path, {"kind": "check_in", "parts": parts})

    assert (sent.status_code, sent.json()["parts"]) == (201, {**PARTS, "next_at": "2026-11-10T17:00:00Z"})
    read = Caller(requester, now=NOW).get(path).json()["results"]
    assert [message["parts"] for message in read] == [None, None, {**PARTS, "next_at": "2026-11-10T17:00:00Z"}]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"kind": "check_in", "body": "Still on it."}, [("/parts", "parts_missing")]),
        ({"kind": "check_in", "parts": {**PARTS}}, [("/parts/next_at", "required")]),
        ({"kind": "check_in", "parts": {**PARTS, "next_at": "2026-11-10T18:00:00"}}, [("/parts/next_at", "invalid")]),
        ({"parts": {**PARTS, "next_at": "2026-11-10T17:00:00Z"}}, [("/parts", "only_check_ins")]),
        ({"kind": "check_in"}, [("/body", "required")]),
    ],
)
def test_a_program_is_told_which_part_does_not_fit(agent, answered, body, told):
    assert wrong(Caller(agent, now=NOW).post(f"/tickets/{answered.number}/messages", body)) == told
    assert answered.messages.count() == 2


def test_a_program_leaves_out_a_check_in_with_a_reason(agent, requester, answered):
    caller, path = Caller(agent, now=NOW), f"/tickets/{answered.number}/skip-check-in"

    assert wrong(caller.post(path, {"reason": " "})) == [("/reason", "blank")]
    answers = [caller.post(path, {"reason": "We spoke."}, **{"Idempotency-Key": "one"}) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {200}
    assert answered.clocks.filter(outcome=Outcome.SKIPPED).count() == 1
    assert reason(Caller(requester, now=NOW).post(path, {"reason": "x"})) == (403, "NOT_ALLOWED")


def test_without_a_running_check_in_there_is_nothing_to_leave_out(agent, answered):
    reply_as_agent(answered, body="Which?", by=agent.user, now=NOW, status_after=Status.WAITING)
    refused = Caller(agent, now=NOW).post(f"/tickets/{answered.number}/skip-check-in", {"reason": "x"})

    assert reason(refused) == (409, "NO_CHECK_IN")
