"""The acts on a ticket, each with all that it writes: row, history, messages, clocks; and what a refusal leaves."""

from datetime import timedelta

import pytest

from accounts.core.enums import Tier
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.attainment.domain.periods import Period
from sla.core.enums import ClockKind, Outcome, Priority, StartCause
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket, seat
from tickets.core.domain import followers, lifecycle, merging
from tickets.core.domain.closing import close_solved, reopens_until
from tickets.core.domain.conversation import (
    NewerMessage,
    NoCheckIn,
    ReplyDetails,
    add_note,
    reply_as_agent,
    reply_as_customer,
    skip_check_in,
)
from tickets.core.domain.locking import TicketClosed, locked_all
from tickets.core.enums import AuthorKind, Channel, EventKind, LanguageChoice, MessageKind, RoutedBy, Status
from tickets.models import Follower, Message, Ticket, Workaround
from tickets.workarounds.domain import may_have_workaround, record_workaround, times_to_workaround

pytestmark = pytest.mark.django_db
DAY, HOUR, MOMENT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def events(ticket, kind):
    rows = ticket.events.filter(kind=kind).order_by("pk")
    return [(event.actor and event.actor.name, event.data) for event in rows]


def told(kind):
    return [row.recipient.name for row in Notice.objects.filter(kind=kind).order_by("pk")]


def say(ticket, by, now=MONDAY_9AM + HOUR, **more):
    return reply_as_customer(ticket, body="And?", by=by, channel=Channel.PORTAL, now=now, **more)


def solved(ticket, agent, now=MONDAY_9AM):
    reply_as_agent(ticket, body="Fixed.", by=agent.user, now=now, status_after=Status.SOLVED)
    return fresh(ticket)


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_a_ticket_is_opened_whole(requester, colleague, agent):
    before = make_ticket(requester)

    ticket = make_ticket(
        requester, subject="  Two \n lines ", body=" Words. ", product="Kiosk", priority=Priority.HIGH,
        channel=Channel.API, followers=[colleague, requester], is_private=True, follow_up_of=before,
    )  # fmt: skip

    found = fresh(ticket)
    assert (found.subject, found.product, found.priority, found.channel, found.tier) == (
        "Two lines", "Kiosk", Priority.HIGH, "api", "gold",
    )  # fmt: skip
    assert (found.status, found.is_private, found.assignee, found.routed_by) == ("new", True, None, RoutedBy.NOBODY)
    assert (found.opened_at, found.updated_at, found.status_changed_at, found.version) == (MONDAY_9AM,) * 3 + (1,)
    assert (found.next_due_at, found.follow_up_of, found.language) == (MONDAY_9AM + 3 * HOUR, before, "en")
    message = found.messages.get()
    assert (message.body, message.author, message.author_kind, message.channel, message.created_at) == (
        "Words.", requester.user, AuthorKind.CUSTOMER, "api", MONDAY_9AM,
    )  # fmt: skip
    assert [row.contact for row in found.followers.all()] == [colleague]
    assert events(found, EventKind.OPENED) == [("Marc Petit", {"priority": 2, "channel": "api", "tier": "gold"})]
    assert events(before, EventKind.FOLLOWED_UP) == [("Marc Petit", {"number": found.number})]
    assert events(found, EventKind.ASSIGNED) == []
    assert {clock.cause for clock in found.clocks.all()} == {StartCause.OPENED}


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("by_agent", [False, True])
def test_who_writes_a_ticket_down_and_whether_they_talk_decides_whose_words_stand_there(
    requester, agent, live, by_agent
):
    writer = agent if by_agent else requester

    ticket = fresh(make_ticket(requester, by=writer.user, live=live, channel=Channel.PHONE))

    message, response = ticket.messages.get(), ticket.clocks.get(kind=ClockKind.RESPONSE)
    assert (message.author, message.author_kind) == (
        (agent.user, AuthorKind.AGENT) if live and by_agent else (requester.user, AuthorKind.CUSTOMER)
    )
    assert (ticket.status, response.outcome, response.cause) == (
        ("open", Outcome.MET, StartCause.LIVE) if live else ("new", Outcome.RUNNING, StartCause.OPENED)
    )
    assert ticket.next_due_at == min(clock.due_at for clock in ticket.clocks.running())
    assert (ticket.assignee, ticket.routed_by) == (
        (agent, RoutedBy.AGENT) if live and by_agent else (None, RoutedBy.NOBODY)
    )
    assert told("ticket_opened") == ["Marc Petit"]


@pytest.mark.parametrize(
    ("tier", "own", "choice", "kept", "language"),
    [
        (Tier.GOLD, "fr", LanguageChoice.OWN, LanguageChoice.OWN, "fr"),
        (Tier.GOLD, "fr", LanguageChoice.ENGLISH, LanguageChoice.ENGLISH, "en"),
        (Tier.GOLD, "en", LanguageChoice.OWN, LanguageChoice.ENGLISH, "en"),
        (Tier.SILVER, "fr", LanguageChoice.OWN, LanguageChoice.ENGLISH, "fr"),
        (Tier.SILVER, "fr", LanguageChoice.ENGLISH, LanguageChoice.ENGLISH, "fr"),
    ],
)
def test_a_language_is_chosen_where_answers_come_around_the_clock(paris, lead, tier, own, choice, kept, language):
    person = make_contact(make_account("Kestrel", region=paris, tier=tier), "tom@kestrel.test", language=own)
    seat(person, by=lead.user)

    ticket = make_ticket(person, language_choice=choice)

    assert (ticket.language_choice, ticket.language) == (kept, language)


def test_what_was_asked_before_counts_from_then(requester):
    ticket = make_ticket(requester, now=MONDAY_9AM + HOUR, asked_at=MONDAY_9AM)

    clocks = {clock.kind: (clock.cause, clock.started_at) for clock in ticket.clocks.all()}
    assert clocks == {"response": ("chat", MONDAY_9AM), "check_in": ("opened", MONDAY_9AM + HOUR)}
    assert (ticket.opened_at, ticket.messages.get().created_at) == (MONDAY_9AM + HOUR, MONDAY_9AM)


# --- Talking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "after"),
    [("new", "new"), ("open", "open"), ("waiting", "open"), ("on_hold", "open"), ("solved", "open")],
)
def test_a_customers_message_brings_back_what_was_not_ours(ticket, requester, agent, status, after):
    if status != "new":
        reply_as_agent(ticket, body="So?", by=agent.user, now=MONDAY_9AM, status_after=Status(status))

    message = say(ticket, requester)

    found = fresh(ticket)
    assert (found.status, found.version, found.updated_at) == (after, 2 if status == "new" else 3, MONDAY_9AM + HOUR)
    assert (message.author_kind, message.kind, message.channel) == (AuthorKind.CUSTOMER, MessageKind.REPLY, "portal")
    started = found.clocks.running().get(kind=ClockKind.RESPONSE).started_at
    assert started == (MONDAY_9AM if status == "new" else MONDAY_9AM + HOUR)
    assert found.next_due_at == min(clock.due_at for clock in found.clocks.running())


def test_a_follow_up_is_like_the_ticket_that_was_closed(requester, colleague, agent, london):
    old = make_ticket(
        requester, product="Kiosk", priority=Priority.HIGH, is_private=True, region=london, followers=[colleague]
    )
    solved(old, agent)
    close_solved(now=MONDAY_9AM + 7 * DAY)

    new = say(old, requester, now=MONDAY_9AM + 8 * DAY).ticket

    assert (new.subject, new.product, new.priority, new.is_private, new.region, new.follow_up_of) == (
        old.subject, "Kiosk", Priority.HIGH, True, london, old,
    )  # fmt: skip
    assert (new.channel, new.opened_at, new.requester, fresh(old).version) == (
        "portal", MONDAY_9AM + 8 * DAY, requester, 3,
    )  # fmt: skip


def test_an_answer_is_held_by_words_and_notes_of_others_that_are_newer_than_what_was_seen(
    ticket, requester, agent, lead
):
    first = ticket.messages.get()
    seen_note = add_note(ticket, body="Old.", by=lead.user, now=MONDAY_9AM).pk

    def answer(**seen):
        return reply_as_agent(ticket, body="Hello.", by=agent.user, now=MONDAY_9AM + HOUR, details=ReplyDetails(**seen))

    answer(seen_message=first.pk, seen_note=seen_note)
    answer(seen_message=first.pk, seen_note=seen_note)  # one's own words hold nothing
    add_note(ticket, body="My own.", by=agent.user, now=MONDAY_9AM)
    answer(seen_message=first.pk, seen_note=seen_note)
    note = add_note(ticket, body="New.", by=lead.user, now=MONDAY_9AM)
    with pytest.raises(NewerMessage) as refusal:
        answer(seen_message=first.pk, seen_note=seen_note)
    assert refusal.value.metadata == {"note_id": note.pk}
    answer(seen_message=first.pk)
    newer, newest = say(ticket, requester), say(ticket, requester)
    with pytest.raises(NewerMessage) as refusal:
        answer(seen_message=first.pk, seen_note=note.pk)
    assert refusal.value.metadata == {"message_id": newest.pk}
    with pytest.raises(NewerMessage):
        answer(seen_message=newer.pk)
    assert ticket.messages.count() == 7
    answer(seen_message=newest.pk, seen_note=note.pk)


def test_a_note_is_recorded_and_needs_words(ticket, agent):
    note = add_note(ticket, body=" Known bug. ", by=agent.user, now=MONDAY_9AM + HOUR)
    with pytest.raises(DomainError) as refusal:
        add_note(ticket, body=" ", by=agent.user, now=MONDAY_9AM + HOUR)

    assert (note.body, note.author, note.created_at, refusal.value.field) == (
        "Known bug.", agent.user, MONDAY_9AM + HOUR, "body",
    )  # fmt: skip
    assert (events(ticket, EventKind.NOTE), fresh(ticket).version) == ([("Léa", {"note": note.pk})], 2)


def test_a_check_in_is_skipped_with_a_reason_or_not_at_all(requester, agent):
    urgent, low = make_ticket(requester, priority=Priority.URGENT), make_ticket(requester, priority=Priority.LOW)
    for ticket, reason, code in ((urgent, "  ", "empty"), (low, "Why not.", "no_check_in")):
        with pytest.raises((DomainError, NoCheckIn)) as refusal:
            skip_check_in(ticket, reason=reason, by=agent.user, now=MONDAY_9AM)
        assert (refusal.value.code, fresh(ticket).version) == (code, 1)
    reply_as_agent(urgent, body="On it.", by=agent.user, now=MONDAY_9AM)

    skip_check_in(urgent, reason=" On the phone. ", by=agent.user, now=MONDAY_9AM + HOUR)

    found = fresh(urgent)
    assert events(found, EventKind.CHECK_IN_SKIPPED) == [("Léa", {"reason": "On the phone."})]
    assert (found.next_due_at, found.version) == (MONDAY_9AM + 5 * HOUR, 3)
    assert found.clocks.running().get().cause == StartCause.SKIPPED


def test_an_answer_on_p4_that_moves_the_ticket_counts_as_its_check_in(requester, agent):
    ticket = make_ticket(requester, priority=Priority.LOW)
    reply_as_agent(ticket, body="On it.", by=agent.user, now=MONDAY_9AM)
    reply_as_agent(ticket, body="Still.", by=agent.user, now=MONDAY_9AM + HOUR)
    reply_as_agent(ticket, body="Later.", by=agent.user, now=MONDAY_9AM + 2 * HOUR, status_after=Status.ON_HOLD)

    found = ticket.clocks.filter(kind=ClockKind.CHECK_IN).order_by("pk")
    assert [(clock.started_at - MONDAY_9AM, clock.outcome) for clock in found] == [
        (timedelta(), "met"), (2 * HOUR, "met"),
    ]  # fmt: skip


# --- Moving -----------------------------------------------------------------------------------------------------------


def test_a_status_that_is_so_already_is_no_act(ticket, requester, agent):
    lifecycle.change_status(ticket, Status.NEW, by=agent.user, now=MONDAY_9AM + HOUR)
    assert (fresh(ticket).version, events(ticket, EventKind.STATUS)) == (1, [])
    lifecycle.close_by_customer(ticket, by=requester.user, now=MONDAY_9AM + HOUR)
    lifecycle.close_by_customer(ticket, by=requester.user, now=MONDAY_9AM + 2 * HOUR)

    found = fresh(ticket)
    assert (found.version, found.solved_at, found.status_changed_at, found.closed_at) == (
        2, MONDAY_9AM + HOUR, MONDAY_9AM + HOUR, None,
    )  # fmt: skip
    assert (found.next_due_at, events(ticket, EventKind.STATUS)) == (
        None, [("Marc Petit", {"old": "new", "new": "solved"})],
    )  # fmt: skip


def test_a_new_ticket_may_wait_for_the_customer_at_once_and_comes_back_to_a_new_check_in(ticket, agent):
    lifecycle.change_status(ticket, Status.WAITING, by=agent.user, now=MONDAY_9AM + HOUR)
    cancelled = ticket.clocks.get(kind=ClockKind.CHECK_IN)
    assert (cancelled.outcome, cancelled.events.last().data["reason"]) == (Outcome.CANCELLED, "status_waiting")

    lifecycle.change_status(ticket, Status.ON_HOLD, by=agent.user, now=MONDAY_9AM + 2 * HOUR)
    lifecycle.change_status(ticket, Status.OPEN, by=agent.user, now=MONDAY_9AM + 3 * HOUR)

    running = {clock.kind: (clock.started_at, clock.cause) for clock in ticket.clocks.running()}
    assert running["check_in"][0] >= MONDAY_9AM + 2 * HOUR
    assert running["check_in"][1] == StartCause.OUR_TURN
    assert fresh(ticket).status_changed_at == MONDAY_9AM + 3 * HOUR


def test_a_priority_changes_with_its_reason_and_ends_the_wish(ticket, requester, agent):
    lifecycle.ask_for_priority(ticket, Priority.URGENT, reason=" All sites. ", by=requester.user, now=MONDAY_9AM)
    found = fresh(ticket)
    assert (found.asked_priority, found.priority, found.version) == (1, 3, 2)
    assert events(ticket, EventKind.PRIORITY_ASKED) == [("Marc Petit", {"priority": 1, "reason": "All sites."})]

    lifecycle.change_priority(ticket, Priority.HIGH, by=agent.user, now=MONDAY_9AM + HOUR, reason="Two sites.")
    lifecycle.change_priority(ticket, Priority.HIGH, by=agent.user, now=MONDAY_9AM + 2 * HOUR)

    found = fresh(ticket)
    assert (found.asked_priority, found.priority, found.version, found.updated_at) == (None, 2, 3, MONDAY_9AM + HOUR)
    assert events(ticket, EventKind.PRIORITY) == [("Léa", {"old": 3, "new": 2, "reason": "Two sites."})]
    assert found.next_due_at == min(clock.due_at for clock in found.clocks.running())


def test_a_region_changes_once_and_the_due_moment_of_business_hours_with_it(colleague, agent, tokyo):
    ticket = make_ticket(colleague, priority=Priority.URGENT)

    for hours in (1, 2):
        lifecycle.change_region(ticket, tokyo, by=agent.user, now=MONDAY_9AM + hours * HOUR)

    found = fresh(ticket)
    assert (found.region, found.version, found.updated_at) == (tokyo, 2, MONDAY_9AM + HOUR)
    assert events(ticket, EventKind.REGION) == [("Léa", {"old": "france", "new": "apac"})]
    assert found.next_due_at == min(clock.due_at for clock in found.clocks.running())
    assert {clock.calendar.region for clock in found.clocks.running()} == {tokyo}


def test_a_language_is_chosen_anew_once_and_only_by_whom_it_concerns(paris, lead, agent):
    person = make_contact(make_account("Kestrel", region=paris, tier=Tier.GOLD), "tom@kestrel.test", language="fr")
    seat(person, by=lead.user)
    ticket, standard = make_ticket(person), make_ticket(make_contact(person.account, "b@kestrel.test", language="fr"))

    for hours in (1, 2):
        lifecycle.change_language(ticket, LanguageChoice.OWN, by=person.user, now=MONDAY_9AM + hours * HOUR)
    found = fresh(ticket)
    assert (found.language, found.language_choice, found.version) == ("fr", LanguageChoice.OWN, 2)
    lifecycle.change_language(ticket, LanguageChoice.ENGLISH, by=person.user, now=MONDAY_9AM + 3 * HOUR)
    assert (fresh(ticket).language, events(ticket, EventKind.LANGUAGE)) == (
        "en", [("Tom", {"to": "own"}), ("Tom", {"to": "english"})],
    )  # fmt: skip
    with pytest.raises(DomainError) as refusal:
        lifecycle.change_language(standard, LanguageChoice.OWN, by=person.user, now=MONDAY_9AM)
    assert (refusal.value.code, fresh(standard).version) == ("no_language_choice", 1)


def test_nothing_is_decided_anew_on_a_finished_ticket(ticket, requester, agent, tokyo):
    done = solved(ticket, agent)

    for act in (
        lambda: lifecycle.change_priority(ticket, Priority.HIGH, by=agent.user, now=MONDAY_9AM),
        lambda: lifecycle.change_region(ticket, tokyo, by=agent.user, now=MONDAY_9AM),
        lambda: lifecycle.change_language(ticket, LanguageChoice.OWN, by=agent.user, now=MONDAY_9AM),
    ):
        with pytest.raises(TicketClosed):
            act()
    assert fresh(ticket).version == done.version


def test_a_solved_ticket_can_be_reopened_until_it_closes(ticket, requester, agent):
    other = make_ticket(requester)
    solved(ticket, agent)
    solved(other, agent, now=MONDAY_9AM + MOMENT)
    end = MONDAY_9AM + 7 * DAY
    assert (reopens_until(fresh(ticket)), reopens_until(Ticket(status=Status.OPEN, solved_at=end))) == (end, None)

    assert [close_solved(now=end - MOMENT), close_solved(now=end), close_solved(now=end)] == [0, 1, 0]

    closed = fresh(ticket)
    assert (closed.status, closed.closed_at, closed.solved_at, closed.version) == ("closed", end, MONDAY_9AM, 3)
    assert events(ticket, EventKind.STATUS)[-1] == (None, {"old": "solved", "new": "closed"})
    assert (reopens_until(closed), fresh(other).status) == (None, "solved")
    for late in (make_ticket(requester), make_ticket(requester)):
        solved(late, agent)
    assert close_solved(now=end + DAY, limit=2) == 2


def test_a_merge_writes_both_histories_closes_one_and_takes_words_notes_and_people_along(
    requester, colleague, account_admin, agent
):
    ticket = make_ticket(requester, followers=[colleague])
    into = make_ticket(account_admin, priority=Priority.LOW)
    note = add_note(ticket, body="Known.", by=agent.user, now=MONDAY_9AM)

    merging.merge(ticket, into=into, by=agent.user, now=MONDAY_9AM + HOUR)

    gone, kept = fresh(ticket), fresh(into)
    assert (gone.status, gone.merged_into, gone.closed_at, gone.next_due_at) == (
        "closed",
        kept,
        MONDAY_9AM + HOUR,
        None,
    )
    assert (gone.version, kept.version, kept.updated_at) == (3, 2, MONDAY_9AM + HOUR)
    assert events(gone, EventKind.MERGED_INTO) == [("Léa", {"number": kept.number})]
    assert events(kept, EventKind.MERGED) == [("Léa", {"number": gone.number})]
    assert [old_new["new"] for _who, old_new in events(gone, EventKind.STATUS)] == ["solved", "closed"]
    assert [message.author for message in kept.messages.order_by("pk")] == [requester.user, account_admin.user]
    assert (list(kept.notes.all()), gone.messages.count()) == ([note], 0)
    assert {row.contact for row in kept.followers.all()} == {requester, colleague}
    assert kept.next_due_at == MONDAY_9AM + 3 * HOUR  # the earlier of the two
    assert merging.survivor_of(gone) == merging.survivor_of(kept) == kept
    assert merging.mergeable(make_ticket(requester), kept.number.lower(), by=agent.user) == kept


def test_only_live_tickets_of_p1_and_p2_may_have_a_workaround(requester):
    tickets = [make_ticket(requester, priority=priority) for priority in Priority]
    assert [may_have_workaround(ticket) for ticket in tickets] == [True, True, False, False]

    lifecycle.close_by_customer(tickets[0], by=requester.user, now=MONDAY_9AM)

    assert not may_have_workaround(fresh(tickets[0]))


def test_the_time_to_a_workaround_counts_what_was_recorded_in_the_days_looked_at(requester, agent):
    ticket = make_ticket(requester, priority=Priority.URGENT, now=MONDAY_9AM - DAY)
    monday = Period(MONDAY_9AM.date(), MONDAY_9AM.date())
    workaround = record_workaround(ticket, description="Use the stick.", by=agent.user, now=MONDAY_9AM)

    found = []
    for recorded_at in (monday.start - MOMENT, monday.start, monday.end - MOMENT, monday.end):
        Workaround.objects.filter(pk=workaround.pk).update(recorded_at=recorded_at)
        found.append(len(times_to_workaround(monday, Workaround.objects.all())))

    assert found == [0, 1, 1, 0]


# --- People -----------------------------------------------------------------------------------------------------------


def test_a_follower_is_added_and_removed_once_and_told_by_others_only(
    ticket, requester, colleague, account_admin, stranger
):
    for by in (account_admin, account_admin, colleague):
        followers.add_follower(ticket, colleague, by=by.user, now=MONDAY_9AM)
    followers.add_follower(ticket, account_admin, by=account_admin.user, now=MONDAY_9AM)
    followers.add_follower(ticket, requester, by=account_admin.user, now=MONDAY_9AM)
    row = Follower.objects.get(contact=colleague)
    assert (row.added_by, row.added_at, ticket.followers.count()) == (account_admin.user, MONDAY_9AM, 2)
    assert events(ticket, EventKind.FOLLOWER_ADDED) == [
        ("Anna Roy", {"name": "Noé Blanc"}), ("Anna Roy", {"name": "Anna Roy"}),
    ]  # fmt: skip
    assert Notice.objects.filter(key__startswith="follow").exclude(recipient=colleague.user).count() == 0

    for _time in range(2):
        followers.remove_follower(ticket, colleague, by=colleague.user, now=MONDAY_9AM)
    assert events(ticket, EventKind.FOLLOWER_REMOVED) == [("Noé Blanc", {"name": "Noé Blanc"})]
    colleague.is_active = False
    colleague.save()
    for person in (colleague, stranger):
        with pytest.raises(followers.NotAColleague) as refusal:
            followers.add_follower(ticket, person, by=account_admin.user, now=MONDAY_9AM)
        assert (refusal.value.field, ticket.followers.count()) == ("follower", 1)


def test_tickets_are_held_in_the_order_of_their_keys(requester):
    one, two, three = (make_ticket(requester) for _number in range(3))

    assert locked_all([three.pk, one.pk]) == [one, three]
    assert two not in locked_all([three.pk, one.pk])
    assert Message.objects.count() == 3
