"""An account's history under another tier."""

from datetime import timedelta

import pytest

from accounts.enums import Tier
from sla.enums import Priority
from tests.factories import MONDAY_9AM, make_ticket
from tickets.domain import conversation, lifecycle
from tickets.domain.merging import merge
from tickets.domain.replay import replay, replays
from tickets.enums import Status

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = MONDAY_9AM + timedelta(days=3)


def answered(requester, agent, *, after, priority=Priority.HIGH, at=MONDAY_9AM):
    ticket = make_ticket(requester, priority=priority, now=at)
    conversation.reply_as_agent(ticket, body="Done.", by=agent.user, now=at + after, status_after=Status.SOLVED)
    return ticket


@pytest.fixture
def five_answers(requester, agent):
    """Gold P2, 3 hours: four in time, one late; at Platinum, 2 hours, two more would have been late."""
    hours = (0.5, 1, 2.5, 2.75, 4)
    return [
        answered(requester, agent, after=hours_ * HOUR, at=MONDAY_9AM + timedelta(days=day))
        for day, hours_ in enumerate(hours)
    ]


def outcome(found):
    return [(row.was_late, row.late_then) for row in reversed(found.of("response"))]


def test_at_another_tier_other_answers_are_late(five_answers, account):
    found = replay(account, Tier.PLATINUM, now=MONDAY_9AM + timedelta(days=6))
    assert outcome(found) == [(False, False), (False, False), (False, True), (False, True), (True, True)]
    lengths = [row.late_by // MINUTE for row in reversed(found.of("response"))]
    assert lengths == [0, 0, 30, 45, 120]
    assert found.sentences[0] == "As Premium Platinum, 3 of these 5 answers would have been late (in fact: 1)."


def test_at_the_tier_that_was_bought_nothing_changes(five_answers, account):
    found = replay(account, Tier.GOLD, now=MONDAY_9AM + timedelta(days=6))
    assert [row.due_then for row in found.rows] == [row.due_at for row in found.rows]


def test_a_lesser_tier_counts_in_business_hours(requester, agent, account):
    evening = MONDAY_9AM + 7 * HOUR  # 17:00 in Paris
    answered(requester, agent, after=3 * HOUR, at=evening)
    (row,) = replay(account, Tier.SILVER, now=LATER).of("response")
    assert (row.due_then, row.late_then) == (MONDAY_9AM + timedelta(days=1, hours=1), False)


def test_a_priority_raised_on_the_way_counts_from_the_change(requester, agent, account):
    ticket = make_ticket(requester, priority=Priority.LOW)  # Gold: 8 h; Standard: 24 business hours
    lifecycle.change_priority(ticket, Priority.URGENT, by=agent.user, now=MONDAY_9AM + HOUR)
    conversation.reply_as_agent(ticket, body="Done.", by=agent.user, now=MONDAY_9AM + 2.5 * HOUR)
    (row,) = replay(account, Tier.STANDARD, now=LATER).of("response")
    assert (row.due_at, row.due_then) == (MONDAY_9AM + 2 * HOUR, MONDAY_9AM + 3 * HOUR)
    assert (row.was_late, row.late_then) == (True, False)


def test_who_holds_no_seat_is_not_replayed(colleague, agent, account):
    answered(colleague, agent, after=HOUR)
    assert replay(account, Tier.PLATINUM, now=LATER).rows == []


def test_without_a_history_it_says_so(account):
    assert replay(account, Tier.PLATINUM, now=LATER).sentences == [
        "No answer or check-in has ended in the last 90 days, so there is nothing to compare."
    ]


def test_any_number_of_tiers_is_three_statements(five_answers, account, django_assert_num_queries):
    with django_assert_num_queries(3):
        replays(account, list(Tier), now=MONDAY_9AM + timedelta(days=6))


@pytest.fixture
def at_the_end_of_the_week(monkeypatch):
    monkeypatch.setattr("portal.lib.clock.now", lambda: MONDAY_9AM + timedelta(days=6))
    monkeypatch.setattr("portal.account_page.now", lambda: MONDAY_9AM + timedelta(days=6))


def test_the_desk_shows_each_promise_with_the_moment_it_would_have_had(
    client_for, lead, five_answers, account, at_the_end_of_the_week
):
    page = client_for(lead).get(f"/desk/tickets/ticket/replay/{account.pk}/")
    text = page.content.decode()
    assert "Acme as Premium Platinum" in text
    assert "3 of these 5 answers would have been late" in text
    assert all(ticket.number in text for ticket in five_answers)
    assert client_for(lead).get(f"/desk/tickets/ticket/replay/{account.pk}/?tier=wood").status_code == 404


def test_administrators_of_the_account_read_it_in_words_and_members_do_not(
    client_for, account_admin, requester, five_answers, at_the_end_of_the_week
):
    assert "3 of these 5 answers would have been late" in client_for(account_admin).get("/account/").content.decode()
    assert "would have been late" not in client_for(requester).get("/account/").content.decode()


def test_a_merge_replays_the_promise_that_was_taken_over(requester, agent, lead, account):
    other = make_ticket(requester, priority=Priority.HIGH)
    into = make_ticket(requester, priority=Priority.HIGH, now=MONDAY_9AM + 30 * MINUTE)
    merge(other, into=into, by=lead.user, now=MONDAY_9AM + HOUR)
    conversation.reply_as_agent(into, body="Done.", by=agent.user, now=MONDAY_9AM + 2.25 * HOUR)

    (row,) = replay(account, Tier.PLATINUM, now=LATER).of("response")

    assert (row.ticket, row.due_at) == (into, MONDAY_9AM + 3 * HOUR)
    assert (row.due_then, row.late_by) == (MONDAY_9AM + 2 * HOUR, 15 * MINUTE)
