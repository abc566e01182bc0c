"""The ticket page: both clocks, the thread, the answer form, the live part, the page that explains."""

import re
from datetime import timedelta

import pytest
import time_machine

from sla.core.enums import Priority
from tests import factories
from tests.factories import MONDAY_9AM
from tests.html_forms import posts_of
from tickets.core.domain.conversation import add_note, reply_as_agent, reply_as_customer
from tickets.core.domain.lifecycle import change_status
from tickets.core.enums import Channel, Status
from tickets.models import Message

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


def words(response):
    text = re.sub(r"<(script|style|svg|title)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&#x27;", "'").replace("\xa0", " ").split())


def url(ticket, *parts):
    return "/".join(["/tickets", ticket.number, *parts]) + "/"


def test_both_clocks_and_both_calendars_are_named(client_for, requester):
    ticket = factories.make_ticket(requester, priority=Priority.URGENT)
    box = client_for(requester).get(url(ticket)).context["box"]
    assert (box.response.due_at, box.check_in.due_at) == (MONDAY_9AM + HOUR, MONDAY_9AM + 4 * HOUR)
    assert (box.two_calendars, box.week) == (True, "Mon–Fri 09:00–18:00")
    assert [at.isoformat() for at in box.check_ins] == [
        "2026-11-09T13:00:00+00:00", "2026-11-09T17:00:00+00:00", "2026-11-10T12:00:00+00:00",
    ]  # fmt: skip


def test_the_page_says_the_calendars_in_words(client_for, requester):
    page = words(client_for(requester).get(url(factories.make_ticket(requester, priority=Priority.URGENT))))
    assert "Replies: 24/7." in page
    assert "Check-ins: business hours (France: Mon–Fri 09:00–18:00, Paris time)." in page


def test_a_low_ticket_says_when_it_hears_from_us(client_for, requester):
    ticket = factories.make_ticket(requester, priority=Priority.LOW)
    page = client_for(requester).get(url(ticket))
    assert (page.context["box"].on_change_only, page.context["box"].check_ins) == (True, [])
    assert "You get a check-in when the status changes." in words(page)


def test_why_these_times_stands_on_the_page_and_on_one_of_its_own(client_for, requester):
    ticket = factories.make_ticket(requester, priority=Priority.URGENT)
    client = client_for(requester)
    page, own = client.get(url(ticket)), client.get(url(ticket, "why"))
    sentence = "Target: a reply within 1 h for P1 with Premium Gold, because you are a Premium contact."
    assert sentence in words(page)
    assert sentence in words(own)
    assert f'href="/tickets/{ticket.number}/why/"' in page.content.decode()


def test_what_does_not_add_up_is_not_shown_as_if_it_did(client_for, requester):
    ticket = factories.make_ticket(requester, priority=Priority.URGENT)
    ticket.clocks.filter(kind="response").update(target_minutes=61)
    page = client_for(requester).get(url(ticket))
    assert page.status_code == 200
    assert [bool(why.lines) for why in page.context["box"].why] == [False, True]


def test_a_missed_promise_is_admitted(client_for, requester):
    ticket = factories.make_ticket(requester, priority=Priority.URGENT)
    with time_machine.travel(MONDAY_9AM + 2 * HOUR, tick=False):
        page = client_for(requester).get(url(ticket))
    assert page.context["box"].missed.kind == "response"
    assert "We missed our reply target" in words(page)


def test_internal_notes_never_reach_the_customer(client_for, requester, agent):
    ticket = factories.make_ticket(requester)
    add_note(ticket, body="CANARY-INT", by=agent.user, now=MONDAY_9AM)
    client = client_for(requester)
    for path in ("", "why", "receipt", "priority"):
        answer = client.get(url(ticket, path) if path else url(ticket))
        assert answer.status_code == 200
        assert "CANARY-INT" not in answer.content.decode()
        assert "internal note" not in answer.content.decode()


def test_hostile_words_of_either_side_are_words(client_for, requester, agent):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    requester.user.name = evil
    requester.user.save()
    ticket = factories.make_ticket(requester, subject=evil, body=evil, product=evil[:80])
    reply_as_agent(ticket, body=f"[a](javascript:alert(3)) {evil}", by=agent.user, now=MONDAY_9AM)
    client = client_for(requester)
    for path in ("", "why", "receipt", "priority"):
        html = client.get(url(ticket, path) if path else url(ticket)).content.decode()
        assert "&lt;script&gt;alert(1)" in html, path
        assert "<script>alert(1)" not in html
        assert "<img src=x" not in html
        assert 'href="javascript:' not in html


def test_a_very_long_line_leaves_the_page_usable(client_for, requester):
    ticket = factories.make_ticket(requester, body="x" * 1_000_000)
    assert client_for(requester).get(url(ticket)).status_code == 200


# --- Answering --------------------------------------------------------------------------------------------------------


def test_an_answer_is_posted_and_starts_the_clock(client_for, requester, agent):
    ticket = factories.make_ticket(requester)
    reply_as_agent(ticket, body="Try again.", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    answer = client_for(requester).post(url(ticket, "reply"), {"body": "Still broken."})
    sent = Message.objects.get(body="Still broken.")
    assert (answer.status_code, answer["Location"]) == (302, f"/tickets/{ticket.number}/#message-{sent.pk}")
    ticket.refresh_from_db()
    assert (ticket.status, sent.channel, sent.author) == (Status.OPEN, Channel.PORTAL, requester.user)
    assert ticket.clocks.running().filter(kind="response").count() == 1


def test_an_empty_answer_is_refused_and_nothing_is_sent(client_for, requester):
    ticket = factories.make_ticket(requester)
    page = client_for(requester).post(url(ticket, "reply"), {"body": "  "})
    assert page.status_code == 422
    assert "Enter a message." in words(page)
    assert Message.objects.count() == 1


def test_two_clicks_send_one_answer(client_for, requester):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    for _ in range(2):
        assert client.post(url(ticket, "reply"), {"body": "Once", "submission": "the-same-token-1"}).status_code == 302
    assert Message.objects.filter(body="Once").count() == 1


def test_an_answer_written_before_ours_was_read_waits_with_its_text(client_for, requester, agent):
    ticket = factories.make_ticket(requester)
    first = reply_as_agent(ticket, body="One", by=agent.user, now=MONDAY_9AM)
    reply_as_agent(ticket, body="Two", by=agent.user, now=MONDAY_9AM)
    client = client_for(requester)
    page = client.post(url(ticket, "reply"), {"body": "My words", "seen": first.pk})
    assert page.status_code == 409
    assert "Léa wrote" in words(page)
    assert "My words" in page.content.decode()
    assert not Message.objects.filter(body="My words").exists()
    form = next(form for form in posts_of(page.content.decode()) if "body" in form.fields)
    client.post(url(ticket, "reply"), form.data())
    assert Message.objects.filter(body="My words").count() == 1


def test_the_first_answer_of_ours_also_counts_as_unread(client_for, requester, agent):
    ticket = factories.make_ticket(requester)
    reply_as_agent(ticket, body="One", by=agent.user, now=MONDAY_9AM)
    page = client_for(requester).post(url(ticket, "reply"), {"body": "My words", "seen": "0"})
    assert (page.status_code, Message.objects.count()) == (409, 2)


def test_send_and_mark_solved_is_one_act(client_for, requester):
    ticket = factories.make_ticket(requester)
    client_for(requester).post(url(ticket, "reply"), {"body": "It works now.", "solve": "1"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.clocks.running().count()) == (Status.SOLVED, 0)


def test_a_reply_on_a_closed_ticket_opens_a_follow_up(client_for, requester, agent):
    ticket = factories.make_ticket(requester)
    reply_as_agent(ticket, body="Done", by=agent.user, now=MONDAY_9AM, status_after=Status.SOLVED)
    change_status(ticket, Status.CLOSED, by=agent.user, now=MONDAY_9AM)
    client = client_for(requester)
    answer = client.post(url(ticket, "reply"), {"body": "It is back."})
    follow_up = ticket.follow_ups.get()
    assert answer["Location"] == f"/tickets/{follow_up.number}/receipt/"
    assert f'href="/tickets/{ticket.number}/"' in client.get(url(follow_up)).content.decode()
    assert f'href="/tickets/{follow_up.number}/"' in client.get(url(ticket)).content.decode()


# --- Closing and coming back ------------------------------------------------------------------------------------------


def test_the_customer_closes_and_reopens_with_a_reason(client_for, requester):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    client.post(url(ticket, "close"))
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    client.post(url(ticket, "reopen"), {"body": "It is back."})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.clocks.running().count()) == (Status.OPEN, 2)


def test_reopening_without_a_word_is_refused(client_for, requester):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    client.post(url(ticket, "close"))
    page = client.post(url(ticket, "reopen"), {"body": ""}, follow=True)
    assert "Enter what is not solved yet" in words(page)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.count()) == (Status.SOLVED, 1)


def test_only_a_solved_ticket_is_reopened(client_for, requester):
    ticket = factories.make_ticket(requester)
    client_for(requester).post(url(ticket, "reopen"), {"body": "Hello"})
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("act", ["close", "reopen", "follow", "follower_add", "follower_remove"])
def test_acts_are_not_links(client_for, requester, act):
    ticket = factories.make_ticket(requester)
    path = act.replace("follower_", "followers/")
    assert client_for(requester).get(url(ticket, path)).status_code == 405


# --- Another priority -------------------------------------------------------------------------------------------------


def test_the_consequence_stands_beside_the_wish(client_for, requester):
    ticket = factories.make_ticket(requester, priority=Priority.MEDIUM)
    page = client_for(requester).get(url(ticket, "priority"))
    assert [(change.priority, [c.new_due_at for c in change.changes]) for change in page.context["changes"]] == [
        (1, [MONDAY_9AM + HOUR, MONDAY_9AM + 4 * HOUR]),
        (2, [MONDAY_9AM + 3 * HOUR, MONDAY_9AM + 4 * HOUR]),
        (4, [MONDAY_9AM + 8 * HOUR, None]),
    ]


def test_the_wish_is_recorded_and_nothing_is_recounted(client_for, requester):
    ticket = factories.make_ticket(requester, priority=Priority.MEDIUM)
    answer = client_for(requester).post(url(ticket, "priority"), {"priority": "1", "reason": "The whole site is down."})
    ticket.refresh_from_db()
    assert answer.status_code == 302
    assert (ticket.priority, ticket.asked_priority) == (Priority.MEDIUM, Priority.URGENT)


def test_a_wish_without_a_reason_is_refused(client_for, requester):
    ticket = factories.make_ticket(requester, priority=Priority.MEDIUM)
    page = client_for(requester).post(url(ticket, "priority"), {"priority": "1", "reason": ""})
    ticket.refresh_from_db()
    assert (page.status_code, ticket.asked_priority) == (422, None)


# --- Followers --------------------------------------------------------------------------------------------------------


def test_a_colleague_follows_and_stops(client_for, requester, colleague):
    ticket = factories.make_ticket(requester)
    client = client_for(colleague)
    client.post(url(ticket, "follow"))
    assert [f.contact for f in ticket.followers.all()] == [colleague]
    client.post(url(ticket, "follow"), {"stop": "1"})
    assert ticket.followers.count() == 0


def test_who_stops_following_a_private_ticket_no_longer_reads_it(client_for, requester, colleague):
    ticket = factories.make_ticket(requester, is_private=True, followers=[colleague])
    client = client_for(colleague)
    answer = client.post(url(ticket, "follow"), {"stop": "1"})
    assert answer["Location"] == "/tickets/"
    assert client.get(url(ticket)).status_code == 404


def test_a_stranger_cannot_be_added(client_for, requester, stranger):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    answers = [client.post(url(ticket, "followers/add"), {"contact": pk}) for pk in (stranger.pk, 10**9, "x", "")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({re.sub(r"\b[A-Za-z0-9]{64}\b", "token", answer.content.decode()) for answer in answers}) == 1
    assert ticket.followers.count() == 0


def test_a_colleague_is_added_and_removed(client_for, requester, colleague):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    client.post(url(ticket, "followers/add"), {"contact": colleague.pk})
    assert ticket.followers.get().contact == colleague
    client.post(url(ticket, "followers/remove"), {"contact": colleague.pk})
    assert ticket.followers.count() == 0


# --- The live part ----------------------------------------------------------------------------------------------------

HTMX = {"HX-Request": "true"}


def test_nothing_new_is_answered_with_nothing(client_for, requester):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    mark = client.get(url(ticket)).context["box"].mark
    answer = client.get(url(ticket), {"mark": mark}, headers=HTMX)
    assert (answer.status_code, answer.content) == (204, b"")


def test_something_new_is_answered_with_the_live_part_only(client_for, requester, agent):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    mark = client.get(url(ticket)).context["box"].mark
    reply_as_agent(ticket, body="Here I am", by=agent.user, now=MONDAY_9AM)
    answer = client.get(url(ticket), {"mark": mark}, headers=HTMX)
    assert answer.status_code == 200
    assert "Here I am" in words(answer)
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_time_alone_changes_the_mark(client_for, requester):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    mark = client.get(url(ticket)).context["box"].mark
    with time_machine.travel(MONDAY_9AM + timedelta(hours=2, minutes=30), tick=False):
        assert client.get(url(ticket), {"mark": mark}, headers=HTMX).status_code == 200


def test_a_history_restore_gets_the_whole_page(client_for, requester):
    ticket = factories.make_ticket(requester)
    answer = client_for(requester).get(url(ticket), headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in answer.content.decode()


@pytest.mark.parametrize("answers", [1, 3])
def test_the_page_takes_eleven_queries_however_long_the_thread(
    client_for, requester, agent, answers, django_assert_num_queries
):
    ticket = factories.make_ticket(requester)
    for _ in range(answers):
        reply_as_agent(ticket, body="Yes", by=agent.user, now=MONDAY_9AM)
        reply_as_customer(ticket, body="No", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM)
    client = client_for(requester)
    client.get(url(ticket))
    with django_assert_num_queries(11):  # the last is the reader's draft
        client.get(url(ticket))


def test_an_unchanged_tick_takes_five_queries(client_for, requester, django_assert_num_queries):
    ticket = factories.make_ticket(requester)
    client = client_for(requester)
    mark = client.get(url(ticket)).context["box"].mark
    with django_assert_num_queries(5):
        client.get(url(ticket), {"mark": mark}, headers=HTMX)


def test_the_page_speaks_french_to_who_reads_french(client_for, colleague):
    ticket = factories.make_ticket(colleague)
    page = client_for(colleague).get(url(ticket))
    assert (page["Content-Language"], '<html lang="fr"' in page.content.decode()) == ("fr", True)
