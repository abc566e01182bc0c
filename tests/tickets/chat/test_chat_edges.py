"""Chats at their edges: who is answered when and in which language, hand to hand, and the moment at which each ends."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.models import OpeningInterval
from tests.chats import MINUTE, begin, texts, there
from tests.factories import MONDAY_9AM
from tickets.chat.domain import availability as av
from tickets.chat.domain import handling, presence, sweeping, talking, watching, wording
from tickets.chat.domain.converting import make_ticket, transcript
from tickets.chat.domain.lines import ChatOver, NotYours
from tickets.core.enums import ChatEnding, ChatEvent, ChatState, LanguageChoice, RoutedBy, Status
from tickets.models import Chat, ChatLine, ChatPresence, Ticket

pytestmark = pytest.mark.django_db
HOUR, SECOND, MOMENT = timedelta(hours=1), timedelta(seconds=1), timedelta(microseconds=1)
NIGHT = MONDAY_9AM + 12 * HOUR  # 22:00 in Paris
OPENING = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)
CLOSING = datetime(2026, 11, 9, 17, 0, tzinfo=UTC)


@pytest.fixture
def chat(agent, requester):
    there(agent)
    return begin(requester, key="k1")


@pytest.fixture
def taken(chat, agent):
    return handling.accept(chat, by=agent, now=MONDAY_9AM)


def fresh(chat):
    return Chat.objects.get(pk=chat.pk)


def speaks(person, language):
    person.user.language = language
    person.user.save()


# --- Availability -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "own", "spoken", "now", "found"),
    [
        # Standard: in business hours, in the own language where somebody speaks it.
        ("colleague", "fr", ["fr"], MONDAY_9AM, (True, True, "fr", CLOSING, None, None)),
        ("colleague", "fr", ["en"], MONDAY_9AM, (True, True, "en", CLOSING, None, None)),
        ("colleague", "en", ["fr"], MONDAY_9AM, (False, True, "en", CLOSING, None, None)),
        ("colleague", "fr", ["en", "fr"], NIGHT, (False, False, "en", None, OPENING, None)),
        # Gold: around the clock in English, in business hours in the own language.
        ("requester", "fr", ["en", "fr"], MONDAY_9AM, (True, True, "fr", None, None, None)),
        ("requester", "fr", ["en", "fr"], NIGHT, (True, True, "en", None, None, OPENING)),
        ("requester", "fr", ["fr"], NIGHT, (False, True, "en", None, None, OPENING)),
        ("requester", "en", ["en"], NIGHT, (True, True, "en", None, None, None)),
        ("requester", "en", [], NIGHT, (True, True, "en", None, None, None)),  # nothing said: English
    ],
)
def test_who_is_answered_when_and_in_which_language(request, agent, who, own, spoken, now, found):
    person = request.getfixturevalue(who)
    speaks(person, own)
    there(agent, now=now, languages=spoken)

    answer = av.availability(person, now=now)

    assert (
        answer.is_open, answer.hours_open, answer.language, answer.closes_at, answer.opens_at, answer.own_language_at,
    ) == found  # fmt: skip
    assert (answer.region, answer.round_the_clock) == (person.own_region, who == "requester")
    assert answer.reason == ("" if found[0] else "nobody_there" if found[1] else "outside_hours")


def test_a_region_that_never_opens_says_no_hour(agent, colleague, requester):
    there(agent)
    OpeningInterval.objects.all().delete()

    closed, always = (av.availability(person, now=MONDAY_9AM) for person in (colleague, requester))

    assert (closed.is_open, closed.opens_at, closed.reason) == (False, None, "outside_hours")
    assert (always.is_open, always.language) == (True, "en")


def test_an_agent_is_there_until_two_minutes_without_a_word_and_writes_twice_a_minute_at_most(agent, lead):
    there(agent)
    edge = MONDAY_9AM + 2 * MINUTE
    assert [presence.agents_on(now) for now in (edge - MOMENT, edge + MOMENT)] == [[agent], []]
    assert (presence.is_on(agent), presence.is_on(lead)) == (True, False)

    seen = []
    for after in (30 * SECOND, 30 * SECOND + MOMENT):
        presence.still_there(agent, now=MONDAY_9AM + after)
        seen.append(ChatPresence.objects.get(agent=agent).seen_at - MONDAY_9AM)
    assert seen == [timedelta(), 30 * SECOND + MOMENT]
    presence.set_presence(agent, is_on=False, now=MONDAY_9AM + MINUTE)
    assert (presence.agents_on(MONDAY_9AM + MINUTE), presence.is_on(agent)) == ([], False)


def test_only_waits_of_the_last_two_hours_count(agent, requester, colleague, account_admin):
    there(agent)
    chats = [begin(person) for person in (requester, colleague, account_admin)]
    now = MONDAY_9AM + 3 * HOUR

    found = []
    for edge in (now - 2 * HOUR, now - 2 * HOUR + MOMENT, now, now + MOMENT):
        Chat.objects.update(taken_at=now - HOUR, started_at=now - HOUR - 4 * MINUTE)
        Chat.objects.filter(pk=chats[0].pk).update(taken_at=edge)
        found.append(av.usual_wait(now=now))

    assert found == [None, 4 * MINUTE, 4 * MINUTE, None]


def test_a_chat_that_somebody_has_holds_no_place_and_none_of_others(chat, agent, colleague):
    second = begin(colleague)
    assert [av.place_of(one) for one in (chat, second)] == [1, 2]
    handling.accept(chat, by=agent, now=MONDAY_9AM)

    assert [av.place_of(fresh(one)) for one in (chat, second)] == [None, 1]


# --- Lines ------------------------------------------------------------------------------------------------------------


def test_a_chat_begins_with_its_first_line_and_its_target(agent, requester):
    there(agent)

    chat = begin(requester, body="Line one\nLine two", topic="", key="k")

    assert (chat.topic, chat.state, chat.language, chat.region) == ("Line one", "waiting", "en", requester.own_region)
    assert (chat.started_at, chat.last_at, chat.asked_at, chat.contact_seen_at) == (MONDAY_9AM,) * 4
    assert (chat.due_at, chat.version, chat.lines_count) == (MONDAY_9AM + 3 * HOUR, 1, 1)
    assert [(line.number, line.side, line.author, line.key) for line in chat.lines.all()] == [
        (1, "customer", requester.user, "k")
    ]
    assert begin(requester, key="k", topic="Other") == chat


@pytest.mark.parametrize("topic", ["x" * 121, ""], ids=["a topic", "the first line"])
def test_a_topic_is_cut(agent, requester, topic):
    there(agent)

    assert begin(requester, topic=topic, body="x" * 200).topic == "x" * 120


def test_in_the_own_language_the_target_is_one_of_business_hours(agent, requester):
    speaks(requester, "fr")
    there(agent, now=CLOSING - HOUR)

    chat = begin(requester, now=CLOSING - HOUR)

    assert (chat.language, chat.due_at) == ("fr", OPENING + 2 * HOUR)


@pytest.mark.parametrize("length", [64, 65, 500])
def test_a_key_of_any_length_finds_its_line_again_and_no_other(chat, requester, length):
    keys = ["k" * (length - 1) + sign for sign in "ab"]

    for key in keys * 2:
        talking.say_as_customer(chat, by=requester, body=key[-1], key=key, now=MONDAY_9AM)

    assert texts(chat)[1:] == ["a", "b"]
    handling.end_as_customer(chat, by=requester, now=MONDAY_9AM)
    assert begin(requester, key="k1") == chat


def test_what_is_written_is_counted_read_and_answered(taken, agent, requester):
    said = talking.say_as_customer(taken, by=requester, body="And?", key="", now=MONDAY_9AM + MINUTE)
    chat = fresh(taken)
    assert (said.number, chat.asked_at, chat.last_at, chat.contact_seen_at) == (
        3, MONDAY_9AM, MONDAY_9AM + MINUTE, MONDAY_9AM + MINUTE,
    )  # fmt: skip
    assert (chat.unread, chat.version, chat.answered_at) == (3, 3, None)

    lines = [
        talking.say_as_agent(chat, by=agent, body="Yes.", key="a", now=MONDAY_9AM + minutes * MINUTE)
        for minutes in (2, 3)
    ]
    talking.say_as_agent(chat, by=agent, body="More.", key="", now=MONDAY_9AM + 4 * MINUTE)

    chat = fresh(chat)
    assert lines[0] == lines[1]
    assert (chat.asked_at, chat.answered_at, chat.unread) == (None, MONDAY_9AM + 2 * MINUTE, 0)
    assert (chat.lines_count, chat.contact_seen_at) == (5, MONDAY_9AM + MINUTE)


def test_the_agent_who_has_the_chat_reads_on_and_never_back(taken, agent, lead):
    found = []
    for by, number in ((agent, 1), (agent, 3), (lead, 2), (agent, 2), (agent, 1)):
        talking.mark_read(fresh(taken), by=by, number=number)
        found.append(fresh(taken).agent_read)

    assert found == [1, 1, 1, 2, 2]


def test_a_page_that_is_open_is_written_down_twice_a_minute_until_the_end(chat, requester):
    seen = []
    for after in (30 * SECOND, 30 * SECOND + MOMENT):
        talking.customer_is_there(fresh(chat), now=MONDAY_9AM + after)
        seen.append(fresh(chat).contact_seen_at - MONDAY_9AM)
    stale = Chat(pk=chat.pk, state=ChatState.WAITING, contact_seen_at=MONDAY_9AM - HOUR)
    talking.customer_is_there(stale, now=MONDAY_9AM)  # an older request that comes late
    handling.end_as_customer(chat, by=requester, now=MONDAY_9AM + MINUTE)
    talking.customer_is_there(fresh(chat), now=MONDAY_9AM + HOUR)

    assert seen == [timedelta(), 30 * SECOND + MOMENT]
    assert fresh(chat).contact_seen_at == MONDAY_9AM + 30 * SECOND + MOMENT


def test_who_listens_hears_of_watched_chats_and_the_desk_of_running_ones(chat, agent, requester, colleague):
    other = begin(colleague)
    handling.end_as_customer(other, by=colleague, now=MONDAY_9AM)
    ended = fresh(other)

    assert watching.versions([], desk=False) == {}
    assert watching.versions([], desk=True) == {chat.key: (1, True)}
    assert watching.versions([ended.key], desk=True) == {chat.key: (1, True), ended.key: (ended.version, False)}
    assert watching.owners([chat.key, ended.key]) == {chat.key: requester.pk, ended.key: colleague.pk}


# --- From hand to hand ------------------------------------------------------------------------------------------------


def test_whoever_has_a_chat_takes_it_again_without_a_word_and_its_first_hour_stays(taken, agent, lead):
    assert (taken.state, taken.taken_at, taken.version) == (ChatState.ACTIVE, MONDAY_9AM, 2)
    assert handling.accept(taken, by=agent, now=MONDAY_9AM + MINUTE).version == 2
    handling.transfer(taken, to=None, note="Back.", by=agent, now=MONDAY_9AM + MINUTE)

    again = handling.accept(taken, by=lead, now=MONDAY_9AM + 2 * MINUTE)

    assert (again.agent, again.taken_at, texts(again)[1:]) == (lead, MONDAY_9AM, ["[taken]", "[returned]", "[taken]"])
    assert [line.about for line in again.lines.all()][1:] == ["Léa", "", "Nadia"]


def test_a_chat_is_passed_on_by_whoever_has_it_to_somebody_else_with_room(taken, agent, lead, colleague, settings):
    settings.CHATS_PER_AGENT = 1
    there(lead)
    talking.mark_read(taken, by=agent, number=2)
    for to, by, note, error, code in (
        (lead, lead, "x", NotYours, "chat_not_yours"),
        (agent, agent, "x", DomainError, "unchanged"),
        (lead, agent, " ", DomainError, "empty"),
    ):
        with pytest.raises(error) as refusal:
            handling.transfer(taken, to=to, note=note, by=by, now=MONDAY_9AM)
        assert refusal.value.code == code
    assert refusal.value.field == "note"
    other = handling.accept(begin(colleague), by=lead, now=MONDAY_9AM)
    with pytest.raises(handling.TooManyChats):
        handling.transfer(taken, to=lead, note="x", by=agent, now=MONDAY_9AM)
    assert (fresh(taken).agent, taken.notes.count()) == (agent, 0)
    handling.end_as_customer(other, by=colleague, now=MONDAY_9AM)

    passed = handling.transfer(taken, to=lead, note="Yours.", by=agent, now=MONDAY_9AM + MINUTE)

    assert (passed.agent, passed.state, passed.agent_read) == (lead, ChatState.ACTIVE, 0)
    note = passed.notes.get()
    assert (note.author, note.kind, note.body, note.created_at) == (
        agent.user, "transfer", "Yours.", MONDAY_9AM + MINUTE,
    )  # fmt: skip


def test_an_agent_ends_a_chat_of_their_own_with_a_summary(taken, agent, lead):
    talking.say_as_agent(taken, by=agent, body="Restart it.", key="", now=MONDAY_9AM)
    for by, summary, code in ((lead, "Done.", "chat_not_yours"), (agent, "", "empty")):
        with pytest.raises(DomainError) as refusal:
            handling.end_as_agent(taken, by=by, summary=summary, now=MONDAY_9AM)
        assert (refusal.value.code, fresh(taken).is_open, taken.notes.count()) == (code, True, 0)
    assert refusal.value.field == "summary"

    ended = handling.end_as_agent(taken, by=agent, summary="Done.", now=MONDAY_9AM + MINUTE)

    assert (ended.state, ended.ending, ended.ended_at) == (ChatState.ENDED, ChatEnding.AGENT, MONDAY_9AM + MINUTE)
    assert [(note.kind, note.body) for note in ended.notes.all()] == [("summary", "Done.")]
    assert ended.lines.last().about == "agent"
    for act in (
        lambda: handling.accept(taken, by=agent, now=MONDAY_9AM),
        lambda: handling.transfer(taken, to=None, note="x", by=agent, now=MONDAY_9AM),
        lambda: talking.say_as_agent(taken, by=agent, body="x", key="", now=MONDAY_9AM),
    ):
        with pytest.raises(ChatOver):
            act()


def test_a_customer_who_leaves_after_our_word_needs_no_ticket(taken, agent, requester):
    talking.say_as_agent(taken, by=agent, body="Restart it.", key="", now=MONDAY_9AM)

    ended = handling.end_as_customer(taken, by=requester, now=MONDAY_9AM + MINUTE)

    assert (ended.ending, ended.ticket, Ticket.objects.count()) == (ChatEnding.CUSTOMER, None, 0)
    assert handling.end_as_customer(taken, by=requester, now=MONDAY_9AM + HOUR).ended_at == MONDAY_9AM + MINUTE


def test_a_transcript_is_sent_once_for_what_was_said_until_then(taken, agent, requester):
    for to in (agent.user, agent.user, requester.user):
        handling.send_transcript(taken, to=to, now=MONDAY_9AM)
    talking.say_as_agent(taken, by=agent, body="Restart it.", key="", now=MONDAY_9AM)
    handling.send_transcript(fresh(taken), to=agent.user, now=MONDAY_9AM)

    sent = Notice.objects.filter(kind="chat_transcript").order_by("pk")
    assert [(row.recipient, row.data["until"]) for row in sent] == [
        (agent.user, 2), (requester.user, 2), (agent.user, 3),
    ]  # fmt: skip
    assert [[line.number for line in transcript(taken, until=n)] for n in (0, 2, 3)] == [[], [1], [1, 3]]


# --- Into a ticket ----------------------------------------------------------------------------------------------------


def test_what_one_side_says_without_a_pause_of_ten_minutes_is_one_message(taken, agent, requester):
    for after in (10 * MINUTE, 10 * MINUTE + SECOND):
        talking.say_as_customer(taken, by=requester, body=f"{after}", key="", now=MONDAY_9AM + after)

    ticket = make_ticket(taken, by=agent.user, now=MONDAY_9AM + HOUR, subject=" " + "s" * 201, priority=2)

    assert [(message.body, message.created_at - MONDAY_9AM) for message in ticket.messages.all()] == [
        ("The scanner shows E7.\n\n0:10:00", timedelta()), ("0:10:01", 10 * MINUTE + SECOND),
    ]  # fmt: skip
    assert (ticket.subject, ticket.priority, ticket.opened_at) == ("s" * 200, 2, MONDAY_9AM + HOUR)
    assert (ticket.assignee, ticket.routed_by, ticket.status) == (agent, RoutedBy.AGENT, Status.OPEN)
    assigned = ticket.events.get(kind="assigned")
    assert (assigned.actor, assigned.data) == (agent.user, {"to": "Léa", "routed_by": "agent"})
    chat = fresh(taken)
    assert (chat.ticket, chat.ending, chat.ended_at, chat.asked_at) == (
        ticket, ChatEnding.TICKET, MONDAY_9AM + HOUR, None,
    )  # fmt: skip
    assert chat.lines.last().about == ticket.number


@pytest.mark.parametrize(("language", "choice"), [("en", LanguageChoice.ENGLISH), ("fr", LanguageChoice.OWN)])
def test_the_ticket_goes_on_in_the_language_of_the_chat(agent, requester, language, choice):
    speaks(requester, language)
    there(agent)

    ticket = make_ticket(begin(requester), by=requester.user, now=MONDAY_9AM)

    assert (ticket.language, ticket.language_choice) == (language, choice)


def test_only_the_customer_and_who_has_the_chat_make_it_a_ticket_also_after_its_end(taken, agent, lead, requester):
    talking.say_as_agent(taken, by=agent, body="Restart it.", key="", now=MONDAY_9AM)
    handling.end_as_agent(taken, by=agent, summary="Done.", now=MONDAY_9AM + MINUTE)
    with pytest.raises(NotYours):
        make_ticket(taken, by=lead.user, now=MONDAY_9AM + HOUR)
    assert Ticket.objects.count() == 0

    ticket = make_ticket(taken, by=requester.user, now=MONDAY_9AM + HOUR)

    chat = fresh(taken)
    assert (chat.ending, chat.ended_at, chat.ticket) == (ChatEnding.AGENT, MONDAY_9AM + MINUTE, ticket)
    assert ticket.next_due_at == ticket.clocks.running().get().due_at


# --- Left alone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "now", "settled"),
    [
        (timedelta(), 3 * MINUTE - MOMENT, 0),
        (timedelta(), 3 * MINUTE, 1),  # the page is gone
        (10 * MINUTE, 10 * MINUTE - MOMENT, 0),
        (10 * MINUTE, 10 * MINUTE, 1),  # nobody took it in time
    ],
)
def test_a_chat_nobody_takes_is_left_alone_at_this_very_moment(chat, seen, now, settled):
    Chat.objects.update(contact_seen_at=MONDAY_9AM + seen)

    assert sweeping.close_idle_chats(now=MONDAY_9AM + now) == settled
    assert Ticket.objects.count() == settled


def test_who_wrote_again_while_waiting_waits_from_the_first_line_and_a_returned_chat_from_its_question(
    chat, agent, requester
):
    talking.say_as_customer(chat, by=requester, body="Hello?", key="", now=MONDAY_9AM + 9 * MINUTE)
    assert sweeping.close_idle_chats(now=MONDAY_9AM + 10 * MINUTE) == 1
    again = handling.accept(begin(requester), by=agent, now=MONDAY_9AM)
    talking.say_as_agent(again, by=agent, body="Hello.", key="", now=MONDAY_9AM + MINUTE)
    talking.say_as_customer(again, by=requester, body="So?", key="", now=MONDAY_9AM + 5 * MINUTE)
    handling.transfer(again, to=None, note="Back.", by=agent, now=MONDAY_9AM + 6 * MINUTE)
    Chat.objects.update(contact_seen_at=MONDAY_9AM + HOUR)

    found = [sweeping.close_idle_chats(now=MONDAY_9AM + 15 * MINUTE + more) for more in (-MOMENT, timedelta())]

    assert found == [0, 1]


def test_a_chat_that_was_given_back_without_a_question_waits_from_its_last_line(taken, agent):
    talking.say_as_agent(taken, by=agent, body="Hello.", key="", now=MONDAY_9AM + 5 * MINUTE)
    handling.transfer(taken, to=None, note="Back.", by=agent, now=MONDAY_9AM + 6 * MINUTE)
    Chat.objects.update(contact_seen_at=MONDAY_9AM + HOUR)

    found = [sweeping.close_idle_chats(now=MONDAY_9AM + 15 * MINUTE + more) for more in (-MOMENT, timedelta())]

    assert (found, Ticket.objects.count(), fresh(taken).ending) == ([0, 1], 1, ChatEnding.TICKET)


def test_each_event_and_ending_of_a_chat_has_a_sentence_of_its_own():
    said = [
        wording.sentence(ChatLine(side="system", event=event, about="x"))
        for event in ChatEvent
        if event != ChatEvent.ENDED
    ]
    said += [
        wording.sentence(ChatLine(side="system", event=ChatEvent.ENDED, about=ending))
        for ending in ChatEnding
        if ending != ChatEnding.TICKET
    ]

    assert "" not in said
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("asked", [False, True])
def test_a_chat_goes_quiet_after_a_quarter_of_an_hour(taken, agent, requester, asked):
    talking.say_as_agent(taken, by=agent, body="Hello.", key="", now=MONDAY_9AM)
    if asked:
        talking.say_as_customer(taken, by=requester, body="So?", key="", now=MONDAY_9AM)

    found = [sweeping.close_idle_chats(now=MONDAY_9AM + 15 * MINUTE + more) for more in (-MOMENT, timedelta(), HOUR)]

    assert found == [0, 1, 0]
    assert fresh(taken).ending == (ChatEnding.TICKET if asked else ChatEnding.QUIET)
    assert Ticket.objects.count() == asked


def test_at_night_gold_is_not_sent_home(agent, requester):
    there(agent, now=NIGHT)
    begin(requester, now=NIGHT)

    assert sweeping.close_idle_chats(now=NIGHT + MINUTE) == 0
    assert ChatLine.objects.count() == 1
