"""An account's history under another tier."""

from datetime import timedelta

import pytest
from django.utils import translation

from accounts.core.enums import Tier
from sla.attainment.domain.attainment import figures_by_kind
from sla.attainment.domain.periods import Period, utc_day
from sla.core.domain.targets import save_target
from sla.core.enums import ClockKind, Priority
from sla.models import Clock, Target
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain import conversation, lifecycle
from tickets.core.domain.merging import merge
from tickets.core.domain.recounts import recount_after_changes
from tickets.core.enums import Status
from tickets.simulation.domain.replay import Ended, Replay, replay, replays

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
    assert found.sentences[0] == "With Premium Platinum: 3 of 5 reply targets missed (actual: 1)."


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
    found = replay(account, Tier.PLATINUM, now=LATER)
    assert (found.rows, found.sentences) == ([], ["No target that ended in the last 90 days can be compared."])


NOTES = {
    "en": [
        "Reply targets of the last 90 days: 3 (compared: 2). "
        "Not compared: 1 (the tier of the account did not apply to the contact).",
        "Check-in targets of the last 90 days: 3 (compared: 1). "
        "Not compared: 1 (the tier of the account did not apply to the contact), 1 (due only on a change of status).",
    ],
    "fr": [
        "Délais de réponse des 90 derniers jours\xa0: 3 (comparés\xa0: 2). "
        "Non comparés\xa0: 1 (l’offre du compte ne s’appliquait pas au contact).",
        "Délais de point d’étape des 90 derniers jours\xa0: 3 (comparés\xa0: 1). Non comparés\xa0: "
        "1 (l’offre du compte ne s’appliquait pas au contact), 1 (attendus seulement à un changement de statut).",
    ],
}


def test_what_is_left_out_is_counted_with_its_reason_and_adds_up_with_the_kept_promises(
    requester, colleague, agent, account
):
    """The colleague holds no seat; the check-in of a P4 is due when its status changes."""
    for person, priority in ((requester, Priority.HIGH), (colleague, Priority.HIGH), (requester, Priority.LOW)):
        answered(person, agent, after=HOUR, priority=priority)
    found = replay(account, Tier.PLATINUM, now=LATER)

    judged = figures_by_kind(Clock.objects.filter(account=account), Period.last_days(90, utc_day(LATER)))
    assert {kind: ended.total for kind, ended in found.ended.items()} == {
        kind: some.judged for kind, some in judged.items()
    }
    for language, notes in NOTES.items():
        with translation.override(language):
            assert found.notes == notes
    assert [len(found.of(kind)) for kind in ClockKind] == [2, 1]


def test_each_note_on_the_account_page_is_said_once(
    requester, colleague, agent, lead, account, account_admin, client_for, at_the_end_of_the_week
):
    for person, priority in ((requester, Priority.HIGH), (colleague, Priority.HIGH), (requester, Priority.LOW)):
        answered(person, agent, after=HOUR, priority=priority)

    page = client_for(account_admin).get("/account/").content.decode()
    assert [page.count(note) for note in NOTES["en"]] == [1, 1]
    staff = client_for(lead).get(f"/desk/tickets/ticket/replay/{account.pk}/").content.decode()
    assert [staff.count(note) for note in NOTES["en"]] == [1, 1]
    assert NOTES["en"][0] not in client_for(requester).get("/account/").content.decode()


def test_what_one_tier_cannot_be_measured_with_and_what_is_too_long_ago_is_said_too(account):
    found = Replay(account, Tier.SILVER, LATER, ended={ClockKind.CHECK_IN: Ended(total=5003, cut=3)}, is_cut=True)
    assert found.notes == [
        "Check-in targets of the last 90 days: 5003 (compared: 5000). Not compared: 3 (older than the latest 5,000).",
        "With Premium Silver, also not compared: 5000 (check-ins due only on a change of status).",
    ]


def test_of_what_is_cut_the_rest_is_counted(five_answers, account, monkeypatch):
    monkeypatch.setattr("tickets.simulation.domain.replay.MOST", 2)
    found = replay(account, Tier.PLATINUM, now=MONDAY_9AM + timedelta(days=6))
    parts = [(ended.total, ended.comparable, ended.cut, len(found.of(kind))) for kind, ended in found.ended.items()]
    assert [total - cut for total, _compared, cut, _rows in parts] == [rows for *_some, rows in parts]
    assert (found.is_cut, sum(rows for *_some, rows in parts)) == (True, 2)


def test_the_replay_looks_at_the_days_that_the_table_of_kept_promises_counts(requester, agent, account):
    """Both count whole days UTC: what ended as the first of them began is in both, a minute before in none."""
    first_day = (LATER - timedelta(days=89)).replace(hour=0, minute=0)
    for stopped_at in (first_day - MINUTE, first_day):
        answered(requester, agent, after=HOUR, at=stopped_at - HOUR)

    found = replay(account, Tier.PLATINUM, now=LATER)
    period = Period.last_days(90, utc_day(LATER))
    judged = figures_by_kind(Clock.objects.filter(account=account), period)[ClockKind.RESPONSE].judged
    assert (found.since, found.ended[ClockKind.RESPONSE].total, judged) == (period.start, 1, 1)


def test_without_a_history_it_says_so(account):
    assert replay(account, Tier.PLATINUM, now=LATER).sentences == [
        "No target has ended in the last 90 days, so there is nothing to compare."
    ]


def test_any_number_of_tiers_is_four_statements(five_answers, account, django_assert_num_queries):
    with django_assert_num_queries(4):
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
    assert "Acme with Premium Platinum" in text
    assert "3 of 5 reply targets missed" in text
    assert all(ticket.number in text for ticket in five_answers)
    assert client_for(lead).get(f"/desk/tickets/ticket/replay/{account.pk}/?tier=wood").status_code == 404


def test_administrators_of_the_account_read_it_in_words_and_members_do_not(
    client_for, account_admin, requester, five_answers, at_the_end_of_the_week
):
    assert "3 of 5 reply targets missed" in client_for(account_admin).get("/account/").content.decode()
    assert "would have been late" not in client_for(requester).get("/account/").content.decode()


def test_a_merge_replays_the_promise_that_was_taken_over(requester, agent, lead, account):
    other = make_ticket(requester, priority=Priority.HIGH)
    into = make_ticket(requester, priority=Priority.HIGH, now=MONDAY_9AM + 30 * MINUTE)
    merge(other, into=into, by=lead.user, now=MONDAY_9AM + HOUR)
    conversation.reply_as_agent(into, body="Done.", by=agent.user, now=MONDAY_9AM + 2.25 * HOUR)

    (row,) = replay(account, Tier.PLATINUM, now=LATER).of("response")

    assert (row.ticket, row.due_at) == (into, MONDAY_9AM + 3 * HOUR)
    assert (row.due_then, row.late_by) == (MONDAY_9AM + 2 * HOUR, 15 * MINUTE)


def test_a_merge_that_took_nothing_over_leaves_what_the_other_tier_counts(requester, agent, lead, account):
    """A P3 raised to P1 after 2.5 hours: at Gold the 3 hours stay, at Standard 2 hours from then are earlier than 6."""
    other = make_ticket(requester, priority=Priority.LOW)
    into = make_ticket(requester, priority=Priority.MEDIUM)
    lifecycle.change_priority(into, Priority.URGENT, by=lead.user, now=MONDAY_9AM + 2.5 * HOUR)
    merge(other, into=into, by=lead.user, now=MONDAY_9AM + 2.6 * HOUR)
    conversation.reply_as_agent(into, body="Done.", by=agent.user, now=MONDAY_9AM + 2.75 * HOUR)

    (row,) = replay(account, Tier.STANDARD, now=LATER).of("response")

    assert (row.due_at, row.due_then) == (MONDAY_9AM + 3 * HOUR, MONDAY_9AM + 4.5 * HOUR)


def test_a_target_that_changed_on_the_way_does_not_count(requester, agent, lead, account):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    target = Target.objects.get(tier=Tier.GOLD, priority=Priority.HIGH)
    target.response_minutes = 60
    save_target(target, by=lead.user, now=MONDAY_9AM + HOUR)
    recount_after_changes(now=MONDAY_9AM + HOUR)
    conversation.reply_as_agent(ticket, body="Done.", by=agent.user, now=MONDAY_9AM + 1.5 * HOUR)

    (row,) = replay(account, Tier.PLATINUM, now=LATER).of("response")

    assert (row.due_at, row.due_then) == (MONDAY_9AM + 2 * HOUR, MONDAY_9AM + 2 * HOUR)
