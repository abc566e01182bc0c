"""Chats, as verbs: lines without gap or double, from hand to hand, into a ticket with the right promise."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.core.enums import ClockKind, Outcome, StartCause
from sla.verification.domain.verification import clock_batch
from tests.chats import MINUTE, begin, texts, there
from tests.factories import MONDAY_9AM
from tickets.chat.domain import availability as av
from tickets.chat.domain import handling, presence, sweeping, talking
from tickets.chat.domain.converting import make_ticket
from tickets.chat.domain.lines import LONGEST_LINE, ChatOver, NotYours
from tickets.core.enums import AuthorKind, Channel, ChatEnding, ChatState, EventKind, Status
from tickets.models import Chat, ChatLine, InternalNote, Ticket

pytestmark = pytest.mark.django_db
NIGHT = MONDAY_9AM + timedelta(hours=12)  # 22:00 in Paris


@pytest.fixture
def chat(agent, requester):
    there(agent)
    return begin(requester, key="k1")


def fresh(chat):
    return Chat.objects.get(pk=chat.pk)


def response_clocks(ticket):
    clocks = ticket.clocks.filter(kind=ClockKind.RESPONSE).order_by("pk")
    return [(c.cause, c.started_at - MONDAY_9AM, c.outcome, c.stopped_at and c.stopped_at - MONDAY_9AM) for c in clocks]


# --- Availability -----------------------------------------------------------------------------------------------------


def test_a_chat_is_open_while_an_agent_is_there_in_the_persons_hours(agent, colleague):
    there(agent)
    found = av.availability(colleague, now=MONDAY_9AM)

    assert (found.is_open, found.language, found.closes_at) == (True, "fr", MONDAY_9AM + timedelta(hours=8))


def test_outside_hours_it_says_when_it_opens(agent, colleague):
    there(agent, now=NIGHT)
    found = av.availability(colleague, now=NIGHT)

    assert (found.is_open, found.reason, found.opens_at) == (False, "outside_hours", MONDAY_9AM + timedelta(hours=23))


def test_around_the_clock_is_in_english_and_says_when_the_own_language_comes(agent, requester):
    requester.user.language = "fr"
    requester.user.save()
    there(agent, now=NIGHT)
    found = av.availability(requester, now=NIGHT)

    assert (found.is_open, found.language, found.own_language_at) == (True, "en", MONDAY_9AM + timedelta(hours=23))


def test_nobody_there_is_said_and_not_hidden(agent, requester):
    there(agent, now=MONDAY_9AM - presence.THERE - MINUTE)
    found = av.availability(requester, now=MONDAY_9AM)

    assert (found.is_open, found.hours_open, found.reason) == (False, True, "nobody_there")


def test_an_agent_who_is_away_is_not_there(agent, requester):
    there(agent)
    agent.away_periods.create(starts_at=MONDAY_9AM - MINUTE, ends_at=MONDAY_9AM + MINUTE)

    assert av.availability(requester, now=MONDAY_9AM).is_open is False


def test_a_refused_chat_leaves_nothing_and_says_when_it_opens(agent, colleague):
    there(agent, now=NIGHT)
    with pytest.raises(talking.ChatClosed) as refusal:
        begin(colleague, now=NIGHT)

    assert (refusal.value.metadata["opens_at"], Chat.objects.count()) == ("2026-11-10T08:00:00+00:00", 0)


def test_the_place_in_the_queue_follows_the_promise_and_then_age(chat, colleague, account_admin):
    standard = begin(colleague, now=MONDAY_9AM)
    gold = begin(account_admin, now=MONDAY_9AM + MINUTE)

    assert [av.place_of(c) for c in (chat, gold, standard)] == [1, 2, 3]


def test_the_wait_is_estimated_only_from_enough_real_waits(agent, colleague, account_admin, requester):
    there(agent)
    for person, wait in ((colleague, 2), (account_admin, 3), (requester, 9)):
        assert av.usual_wait(now=MONDAY_9AM + 10 * MINUTE) is None
        handling.accept(begin(person), by=agent, now=MONDAY_9AM + wait * MINUTE)

    assert av.usual_wait(now=MONDAY_9AM + 10 * MINUTE) == 3 * MINUTE
    assert av.usual_wait(now=MONDAY_9AM + timedelta(hours=4)) is None


# --- Lines ------------------------------------------------------------------------------------------------------------


def test_a_line_sent_again_under_its_key_stands_once(chat, requester):
    first = talking.say_as_customer(chat, by=requester, body="Twice", key="k2", now=MONDAY_9AM)
    again = talking.say_as_customer(chat, by=requester, body="Twice", key="k2", now=MONDAY_9AM + MINUTE)

    assert (first.pk, texts(chat)) == (again.pk, ["The scanner shows E7.", "Twice"])


def test_a_chat_begun_again_under_its_key_is_the_same_chat(chat, requester):
    assert begin(requester, key="k1", now=MONDAY_9AM + MINUTE) == chat
    assert ChatLine.objects.count() == 1


def test_one_person_has_one_open_chat(chat, requester):
    with pytest.raises(talking.AlreadyChatting) as refusal:
        begin(requester, key="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Chat.objects.create(
            account=chat.account, contact=requester, region=chat.region, started_at=MONDAY_9AM, due_at=MONDAY_9AM,
            last_at=MONDAY_9AM, contact_seen_at=MONDAY_9AM,
        )  # fmt: skip

    assert (refusal.value.metadata["chat"], Chat.objects.count()) == (chat.key, 1)


@pytest.mark.parametrize(("body", "code"), [("  \n", "empty"), ("x" * 4001, "too_long")])
def test_a_line_without_text_or_too_long_is_refused(chat, requester, body, code):
    with pytest.raises(DomainError) as refusal:
        talking.say_as_customer(chat, by=requester, body=body, key="", now=MONDAY_9AM)

    assert (refusal.value.code, fresh(chat).lines_count) == (code, 1)


@pytest.mark.parametrize(("after", "found"), [(-5, 3), (0, 3), (1, 2), (3, 0), (10**12, 0)])
def test_what_was_missed_is_read_by_the_number_of_the_last_line(chat, agent, requester, after, found):
    """#170: a negative or huge number only ever gives what the reader may see."""
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    talking.say_as_agent(chat, by=agent, body="Hello", key="", now=MONDAY_9AM)

    assert len(talking.lines_after(fresh(chat), after)) == found


# --- From hand to hand ------------------------------------------------------------------------------------------------


def test_a_line_may_be_as_long_as_is_said_and_not_a_letter_longer(chat, requester):
    longest = LONGEST_LINE
    talking.say_as_customer(chat, by=requester, body="a" * longest, key="", now=MONDAY_9AM)
    with pytest.raises(DomainError) as refusal:
        talking.say_as_customer(chat, by=requester, body="a" * (longest + 1), key="", now=MONDAY_9AM)

    assert (refusal.value.code, str(longest) in refusal.value.message) == ("too_long", True)
    assert [len(line.body) for line in chat.lines.order_by("number")][1:] == [longest]


def test_an_agent_writes_only_in_chats_of_their_own(chat, agent, lead):
    with pytest.raises(NotYours):
        talking.say_as_agent(chat, by=agent, body="Hello", key="", now=MONDAY_9AM)
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    with pytest.raises(handling.ChatTaken):
        handling.accept(chat, by=lead, now=MONDAY_9AM)

    assert (fresh(chat).agent, texts(chat)) == (agent, ["The scanner shows E7.", "[taken]"])


def test_an_agent_holds_no_more_chats_than_they_can_answer(chat, agent, colleague, settings):
    settings.CHATS_PER_AGENT = 1
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    other = begin(colleague)
    with pytest.raises(handling.TooManyChats):
        handling.accept(other, by=agent, now=MONDAY_9AM)

    assert fresh(other).state == ChatState.WAITING


def test_a_chat_is_passed_on_with_a_note_that_no_customer_reads(chat, agent, lead):
    """#164"""
    there(lead, now=MONDAY_9AM + 3 * MINUTE)
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    handling.transfer(chat, to=lead, note="Knows the Calais depot", by=agent, now=MONDAY_9AM)

    assert (fresh(chat).agent, [note.body for note in chat.notes.all()]) == (lead, ["Knows the Calais depot"])
    assert texts(chat)[1:] == ["[taken]", "[passed]"]
    assert "Calais" not in "".join(ChatLine.objects.values_list("body", flat=True))


def test_a_chat_is_passed_only_to_somebody_who_is_there(chat, agent, lead):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    with pytest.raises(DomainError) as refusal:
        handling.transfer(chat, to=lead, note="Yours", by=agent, now=MONDAY_9AM)

    assert (refusal.value.code, fresh(chat).agent, chat.notes.count()) == ("not_there", agent, 0)


def test_a_chat_given_back_waits_again_with_its_own_promise(chat, agent):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    handling.transfer(chat, to=None, note="Shift ends", by=agent, now=MONDAY_9AM + MINUTE)

    back = fresh(chat)
    assert (back.state, back.agent, back.due_at, av.place_of(back)) == (ChatState.WAITING, None, chat.due_at, 1)


def test_an_agent_cannot_end_a_chat_that_owes_an_answer(chat, agent):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    with pytest.raises(DomainError) as refusal:
        handling.end_as_agent(chat, by=agent, summary="Done", now=MONDAY_9AM)

    assert (refusal.value.code, fresh(chat).is_open) == ("response_owed", True)


def test_an_ended_chat_sends_its_transcript_once(chat, agent, requester):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    talking.say_as_agent(chat, by=agent, body="Restart it.", key="", now=MONDAY_9AM)
    for _ in range(2):
        handling.end_as_agent(chat, by=agent, summary="Restarted", now=MONDAY_9AM + MINUTE)

    sent = Notice.objects.filter(kind="chat_transcript")
    assert [(notice.recipient, notice.data) for notice in sent] == [(requester.user, {"chat": chat.pk, "until": 4})]
    with pytest.raises(ChatOver):
        talking.say_as_customer(chat, by=requester, body="Wait", key="", now=MONDAY_9AM)


# --- Into a ticket ----------------------------------------------------------------------------------------------------


def test_a_ticket_from_an_unanswered_chat_counts_from_the_first_line(chat, requester):
    ticket = make_ticket(chat, by=requester.user, now=MONDAY_9AM + 5 * MINUTE)

    assert (ticket.channel, ticket.status, ticket.subject) == (Channel.CHAT, Status.NEW, "Scanner")
    assert response_clocks(ticket) == [(StartCause.CHAT, timedelta(), Outcome.RUNNING, None)]
    assert ticket.clocks.get(kind=ClockKind.RESPONSE).due_at == MONDAY_9AM + timedelta(hours=3)


def test_an_answer_in_the_chat_keeps_the_promise_at_its_moment(chat, agent, requester):
    handling.accept(chat, by=agent, now=MONDAY_9AM + MINUTE)
    talking.say_as_agent(chat, by=agent, body="Hello", key="", now=MONDAY_9AM + 2 * MINUTE)
    ticket = make_ticket(chat, by=agent.user, now=MONDAY_9AM + 5 * MINUTE)

    assert response_clocks(ticket) == [(StartCause.CHAT, timedelta(), Outcome.MET, 2 * MINUTE)]
    assert (ticket.status, Ticket.objects.get(pk=ticket.pk).assignee) == (Status.OPEN, agent)


def test_an_answer_after_its_due_moment_is_missed_in_the_ticket_too(chat, agent):
    handling.accept(chat, by=agent, now=MONDAY_9AM + MINUTE)
    late = MONDAY_9AM + timedelta(hours=4)
    talking.say_as_agent(chat, by=agent, body="Hello", key="", now=late)
    ticket = make_ticket(chat, by=agent.user, now=late)

    assert response_clocks(ticket) == [(StartCause.CHAT, timedelta(), Outcome.MISSED, timedelta(hours=4))]


def test_what_came_after_our_last_line_starts_the_next_promise(chat, agent, requester):
    handling.accept(chat, by=agent, now=MONDAY_9AM + MINUTE)
    talking.say_as_agent(chat, by=agent, body="Hello", key="", now=MONDAY_9AM + 2 * MINUTE)
    for minute in (4, 6):
        talking.say_as_customer(chat, by=requester, body="And now?", key="", now=MONDAY_9AM + minute * MINUTE)
    ticket = make_ticket(chat, by=requester.user, now=MONDAY_9AM + 9 * MINUTE)

    assert response_clocks(ticket) == [
        (StartCause.CHAT, timedelta(), Outcome.MET, 2 * MINUTE),
        (StartCause.CHAT, 4 * MINUTE, Outcome.RUNNING, None),
    ]


def test_an_agent_who_opens_the_ticket_in_the_conversation_keeps_the_promise_at_once(chat, agent):
    handling.accept(chat, by=agent, now=MONDAY_9AM + MINUTE)
    ticket = make_ticket(chat, by=agent.user, now=MONDAY_9AM + 3 * MINUTE)

    assert response_clocks(ticket) == [(StartCause.CHAT, timedelta(), Outcome.MET, 3 * MINUTE)]


def test_the_lines_become_messages_with_their_authors_and_times_and_notes_stay_inside(chat, agent, lead, requester):
    """#164"""
    there(lead, now=MONDAY_9AM + 3 * MINUTE)
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    talking.say_as_customer(chat, by=requester, body="It is red.", key="", now=MONDAY_9AM + MINUTE)
    talking.say_as_agent(chat, by=agent, body="Restart it.", key="", now=MONDAY_9AM + 2 * MINUTE)
    handling.transfer(chat, to=lead, note="Angry", by=agent, now=MONDAY_9AM + 3 * MINUTE)
    ticket = make_ticket(chat, by=requester.user, now=MONDAY_9AM + 4 * MINUTE)

    said = [(m.author.name, m.author_kind, m.body, m.created_at - MONDAY_9AM) for m in ticket.messages.all()]
    assert said == [
        ("Marc Petit", AuthorKind.CUSTOMER, "The scanner shows E7.\n\nIt is red.", timedelta()),
        ("Léa", AuthorKind.AGENT, "Restart it.", 2 * MINUTE),
    ]
    assert [note.body for note in InternalNote.objects.filter(ticket=ticket)] == ["Angry"]
    assert ticket.events.get(kind=EventKind.CHAT).data == {"lines": 3, "chat": chat.key}


def test_a_chat_becomes_one_ticket_however_often_it_is_asked(chat, requester):
    one = make_ticket(chat, by=requester.user, now=MONDAY_9AM)
    two = make_ticket(chat, by=requester.user, now=MONDAY_9AM + MINUTE)

    assert (one, Ticket.objects.count(), fresh(chat).ending) == (two, 1, ChatEnding.TICKET)


# --- Nobody is forgotten ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "seen", "becomes"), [(9, 9, False), (10, 10, True), (4, 0, True)],
    ids=["still in time", "waited too long", "customer gone"],
)  # fmt: skip
def test_a_chat_nobody_takes_becomes_a_ticket_by_itself(chat, minutes, seen, becomes):
    talking.customer_is_there(chat, now=MONDAY_9AM + seen * MINUTE)
    sweeping.close_idle_chats(now=MONDAY_9AM + minutes * MINUTE)

    tickets = [(t.channel, response_clocks(t)) for t in Ticket.objects.all()]
    assert tickets == ([(Channel.CHAT, [(StartCause.CHAT, timedelta(), Outcome.RUNNING, None)])] if becomes else [])


def test_at_closing_time_who_waits_gets_a_ticket(agent, colleague):
    closing = MONDAY_9AM + timedelta(hours=8)
    there(agent, now=closing - MINUTE)
    chat = begin(colleague, now=closing - MINUTE)

    assert sweeping.close_idle_chats(now=closing - MINUTE) == 0
    assert sweeping.close_idle_chats(now=closing) == 1
    assert fresh(chat).ticket.region == chat.region


def test_a_chat_that_goes_quiet_after_our_word_ends_with_its_transcript(chat, agent):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    talking.say_as_agent(chat, by=agent, body="Restart it.", key="", now=MONDAY_9AM)
    sweeping.close_idle_chats(now=MONDAY_9AM + 14 * MINUTE)
    assert fresh(chat).is_open
    sweeping.close_idle_chats(now=MONDAY_9AM + 15 * MINUTE)

    assert (fresh(chat).ending, Ticket.objects.count()) == (ChatEnding.QUIET, 0)
    assert Notice.objects.filter(kind="chat_transcript").count() == 1


def test_a_chat_that_goes_quiet_with_a_question_of_the_customer_becomes_a_ticket(chat, agent, requester):
    handling.accept(chat, by=agent, now=MONDAY_9AM)
    talking.say_as_agent(chat, by=agent, body="Hello", key="", now=MONDAY_9AM)
    talking.say_as_customer(chat, by=requester, body="So?", key="", now=MONDAY_9AM + MINUTE)
    sweeping.close_idle_chats(now=MONDAY_9AM + 16 * MINUTE)

    assert response_clocks(Ticket.objects.get())[1] == (StartCause.CHAT, MINUTE, Outcome.RUNNING, None)


def test_who_leaves_with_an_open_question_finds_it_as_a_ticket(chat, requester):
    handling.end_as_customer(chat, by=requester, now=MONDAY_9AM + MINUTE)

    assert (fresh(chat).ticket, fresh(chat).state) == (Ticket.objects.get(), ChatState.ENDED)


def test_a_contact_sees_only_chats_of_their_own(chat, requester, colleague, account_admin, stranger, agent):
    """#161 #165"""
    seen = {
        person.name: Chat.objects.visible_to(person.user, contact).count()
        for person, contact in (
            (requester, requester), (colleague, colleague), (account_admin, account_admin), (stranger, stranger),
            (agent, None),
        )
    }  # fmt: skip
    assert seen == {"Marc Petit": 1, "Noé Blanc": 0, "Anna Roy": 0, "Bob": 0, "Léa": 1}
    assert len(chat.key) >= 22


def test_the_self_check_rebuilds_the_promises_of_a_chats_ticket(chat, agent, requester):
    handling.accept(chat, by=agent, now=MONDAY_9AM + MINUTE)
    talking.say_as_agent(chat, by=agent, body="Hello", key="", now=MONDAY_9AM + 2 * MINUTE)
    talking.say_as_customer(chat, by=requester, body="So?", key="", now=MONDAY_9AM + 3 * MINUTE)
    make_ticket(chat, by=requester.user, now=MONDAY_9AM + 9 * MINUTE)

    _after, checked, differences = clock_batch(0, now=MONDAY_9AM + 10 * MINUTE)
    assert (checked, differences) == (3, [])
