"""Call-backs: the wish, its slot and its promise; the desk's queue, attempts and outcomes; and programs."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.core.domain.entitlements import entitlements_of
from accounts.core.enums import Tier
from accounts.identity.domain.tokens import create_token
from portal.lib import clock, outbox
from portal.lib.errors import DomainError
from portal.models import Notice
from sla.business_time import ALWAYS_OPEN
from sla.core.enums import ClockKind, Outcome, Priority, StartCause
from tests import factories
from tests.api import Caller
from tests.factories import MONDAY_9AM
from tickets.calls.domain import asking, calling, slots
from tickets.calls.domain.numbers import read_number, say_number
from tickets.core.domain import merging
from tickets.core.enums import CallOutcome, CallState, Channel, LanguageChoice, Status
from tickets.models import Call, InternalNote, Message, Ticket

pytestmark = pytest.mark.django_db
NUMBER = "01 99 00 12 34"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


def ask(by, *, now=MONDAY_9AM, topic="The gate stays shut", **fields):
    return asking.ask_for_call(by=by, number=NUMBER, topic=topic, now=now, **fields)


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def response_clock(ticket):
    return ticket.clocks.filter(kind=ClockKind.RESPONSE).order_by("pk").last()


# --- Numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "country", "stored"),
    [
        ("01 99 00 12 34", "FR", "+33199001234"),
        ("+1 (416) 555-0134", "FR", "+14165550134"),
        ("0044 20 7946 0134", "FR", "+442079460134"),
        ("020 7946 0134", "GB", "+442079460134"),
        ("03-5550-0134", "JP", "+81355500134"),
        ("０１９９００１２３４", "FR", "+33199001234"),
        ("01\u200b 99 00 12 34\x00", "FR", "+33199001234"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, country, stored):
    """#202, #203"""
    assert read_number(text, country=country) == stored


@pytest.mark.parametrize(
    "text", ["", "   ", "call me", "12", "+33", "01 99 00 12 34 56 78 90", "9" * 5000, "tel:1;x=2"]
)
def test_what_is_no_number_is_refused_with_an_example(text):
    with pytest.raises(DomainError) as refused:
        read_number(text, country="FR")
    assert refused.value.field == "number"


def test_a_number_is_said_in_groups():
    assert [say_number(number) for number in ("+33199001234", "+14165550134", "nothing")] == [
        "+33 1 99 00 12 34", "+1 416 555 0134", "nothing",
    ]  # fmt: skip


# --- Slots ------------------------------------------------------------------------------------------------------------


def free(contact, *, now=MONDAY_9AM, choice=LanguageChoice.ENGLISH):
    entitlements = entitlements_of(contact, now)
    hours = slots.call_hours(entitlements, contact.own_region, choice)
    return slots.free_slots(contact.own_region, hours, now=now)


def test_standard_phone_offers_the_half_hours_of_the_regions_business_hours(stranger):
    """10:00 in Paris now: from 10:30 until 17:30, then the next days from 9:00."""
    offered = free(stranger)

    assert offered[0] == datetime(2026, 11, 9, 9, 30, tzinfo=UTC)
    today = [slot for slot in offered if slot.date() == MONDAY_9AM.date()]
    assert today[-1] == datetime(2026, 11, 9, 16, 30, tzinfo=UTC)
    assert datetime(2026, 11, 10, 8, 0, tzinfo=UTC) in offered
    assert {slot.hour for slot in offered} == set(range(8, 17))


def test_gold_is_called_around_the_clock_in_english_and_in_business_hours_in_french(requester, colleague):
    entitlements = entitlements_of(requester, MONDAY_9AM)
    assert slots.call_hours(entitlements, requester.own_region) is ALWAYS_OPEN

    requester.user.language = "fr"
    requester.user.save()
    own = free(requester, choice=LanguageChoice.OWN)
    assert {slot.hour for slot in own} == set(range(8, 17))


@pytest.mark.parametrize("day", [datetime(2027, 3, 26, 12, tzinfo=UTC), datetime(2027, 10, 29, 12, tzinfo=UTC)])
def test_slots_stand_on_full_and_half_hours_of_the_region_over_a_clock_change(stranger, day):
    from zoneinfo import ZoneInfo

    local = [slot.astimezone(ZoneInfo("Europe/Paris")) for slot in free(stranger, now=day)]

    assert {slot.minute for slot in local} == {0, 30}
    assert min(slot.hour for slot in local) == 9
    assert max((slot.hour, slot.minute) for slot in local) == (17, 30)


def test_a_slot_is_full_when_every_line_is_booked(requester, colleague, stranger, settings):
    settings.CALL_LINES = 2
    slot = datetime(2026, 11, 9, 13, 0, tzinfo=UTC)
    for contact in (requester, colleague):
        ask(contact, slot=slot)

    assert slot not in free(stranger)
    with pytest.raises(asking.SlotTaken) as refused:
        ask(stranger, slot=slot)

    assert refused.value.metadata["nearest"] == ["2026-11-09T12:30:00+00:00", "2026-11-09T13:30:00+00:00"]
    assert (Call.objects.count(), stranger.requested_tickets.count()) == (2, 0)


@pytest.mark.parametrize(
    "slot",
    [
        pytest.param(datetime(2026, 11, 9, 9, 10, tzinfo=UTC), id="too soon"),
        pytest.param(datetime(2026, 11, 9, 13, 10, tzinfo=UTC), id="between two half hours"),
        pytest.param(datetime(2026, 11, 9, 20, 0, tzinfo=UTC), id="at night"),
        pytest.param(datetime(2026, 11, 8, 13, 0, tzinfo=UTC), id="yesterday"),
        pytest.param(datetime(2027, 11, 9, 13, 0, tzinfo=UTC), id="in a year"),
    ],
)
def test_a_time_that_the_page_never_offered_is_refused(stranger, slot):
    with pytest.raises(asking.SlotTaken):
        ask(stranger, slot=slot)
    assert Ticket.objects.count() == 0


# --- The wish and its promise -----------------------------------------------------------------------------------------


def test_a_wish_opens_a_ticket_whose_promise_runs_from_the_request(requester):
    call = ask(requester, priority=Priority.URGENT)

    ticket = call.ticket
    clock = response_clock(ticket)
    assert (ticket.channel, ticket.priority, ticket.subject) == (Channel.PHONE, 1, "The gate stays shut")
    assert (clock.cause, clock.started_at, clock.due_at) == (StartCause.CALL_ASKED, MONDAY_9AM, MONDAY_9AM + HOUR)
    assert ticket.messages.get().body == ("Call me at +33 1 99 00 12 34.\n\nThe gate stays shut")
    assert (call.is_priority, call.next_try_at, call.number) == (True, MONDAY_9AM, "+33199001234")


def test_a_wish_on_a_ticket_is_a_message_on_it(requester, agent, ticket):
    from tickets.core.domain.conversation import reply_as_agent

    reply_as_agent(ticket, body="Try again.", by=agent.user, now=MONDAY_9AM, status_after=Status.WAITING)
    call = ask(requester, now=MONDAY_9AM + HOUR, topic="", ticket=ticket)

    ticket.refresh_from_db()
    clock = response_clock(ticket)
    assert (call.ticket, ticket.status) == (ticket, Status.OPEN)
    assert (clock.cause, clock.started_at) == (StartCause.CALL_ASKED, MONDAY_9AM + HOUR)


def test_a_later_slot_moves_nothing_of_the_promise(requester):
    call = ask(requester, slot=datetime(2026, 11, 10, 13, 0, tzinfo=UTC))

    assert response_clock(call.ticket).due_at == MONDAY_9AM + 3 * HOUR
    assert call.next_try_at == datetime(2026, 11, 10, 13, 0, tzinfo=UTC)


def test_a_standard_call_asked_for_at_night_comes_with_the_opening(stranger):
    night = datetime(2026, 11, 9, 22, 0, tzinfo=UTC)

    call = ask(stranger, now=night)

    assert (call.is_priority, call.next_try_at) == (False, datetime(2026, 11, 10, 8, 0, tzinfo=UTC))


def test_one_call_at_a_time(requester):
    ask(requester)
    with pytest.raises(asking.CallPlanned, match="Change or cancel it first"):
        ask(requester)
    assert Call.objects.count() == 1


def test_ten_calls_a_day_are_enough(requester):
    """#224"""
    for _time in range(10):
        asking.cancel(ask(requester), by=requester, now=MONDAY_9AM)
    with pytest.raises(DomainError, match="You can request 10 calls a day"):
        ask(requester)


def test_moving_frees_the_old_place_and_takes_the_new_one(requester, colleague, stranger, settings):
    settings.CALL_LINES = 1
    first, second = datetime(2026, 11, 9, 13, 0, tzinfo=UTC), datetime(2026, 11, 9, 14, 0, tzinfo=UTC)
    call = ask(requester, slot=first)
    ask(colleague, slot=second)

    with pytest.raises(asking.SlotTaken):
        asking.reschedule(call, by=requester, slot=second, now=MONDAY_9AM)
    call.refresh_from_db()
    assert call.slot_at == first
    asking.reschedule(call, by=requester, slot=second + HOUR, now=MONDAY_9AM)

    assert first in free(stranger)
    assert second + HOUR not in free(stranger)


def test_cancelled_with_the_ticket_the_promise_ends_as_cancelled(requester):
    call = ask(requester)

    asking.cancel(call, by=requester, now=MONDAY_9AM + MINUTE, close_ticket=True)

    ticket = Ticket.objects.get()
    assert (ticket.status, response_clock(ticket).outcome) == (Status.SOLVED, Outcome.CANCELLED)


# --- The desk ---------------------------------------------------------------------------------------------------------


def test_priority_phone_comes_first_then_age(requester, colleague, stranger, client_for, agent):
    """Standard since 9:00 and 9:05, Gold since 9:10."""
    for contact, minutes in ((stranger, 0), (colleague, 5), (requester, 10)):
        ask(contact, now=MONDAY_9AM + minutes * MINUTE)

    queue = Call.objects.to_make(MONDAY_9AM + HOUR)
    assert [call.contact for call in queue] == [requester, stranger, colleague]
    page = client_for(agent).get(reverse("admin:tickets_call_changelist")).content.decode()
    assert page.index("Marc Petit") < page.index("Bob") < page.index("Noé Blanc")


def test_a_slot_waits_outside_the_queue_until_its_time(requester, client_for, lead):
    ask(requester, slot=datetime(2026, 11, 9, 15, 0, tzinfo=UTC))

    page = words(client_for(lead).get(reverse("admin:tickets_call_changelist")))

    assert "No calls before 16:00 today" in page
    with time_machine.travel(datetime(2026, 11, 9, 14, 46, tzinfo=UTC), tick=False):
        assert "Calls to make now Type Since Contact" in words(
            client_for(lead).get(reverse("admin:tickets_call_changelist"))
        )


def test_reached_is_our_answer_and_stops_the_clocks(requester, agent):
    call = ask(requester)

    calling.record_attempt(
        call, CallOutcome.REACHED, notes="It works again.", solved=True, by=agent.user, now=MONDAY_9AM + 20 * MINUTE
    )

    ticket = Ticket.objects.get()
    clock = response_clock(ticket)
    call.refresh_from_db()
    assert (clock.outcome, clock.stopped_at) == (Outcome.MET, MONDAY_9AM + 20 * MINUTE)
    assert (ticket.status, call.state) == (Status.SOLVED, CallState.DONE)
    said = ticket.messages.last()
    assert (said.body, said.channel, said.author) == ("It works again.", Channel.PHONE, agent.user)


def test_reached_without_words_is_refused_and_nothing_happens(requester, agent):
    call = ask(requester)
    with pytest.raises(DomainError, match="The customer sees it on the ticket as our reply."):
        calling.record_attempt(call, CallOutcome.REACHED, by=agent.user, now=MONDAY_9AM)
    call.refresh_from_db()
    assert (call.state, call.attempts.count(), response_clock(call.ticket).outcome) == ("waiting", 0, "running")


def test_nobody_there_is_tried_again_and_stops_no_clock(requester, agent):
    """Gold is called 24/7: half an hour later, then two hours, then the customer is told."""
    call = ask(requester)
    at = MONDAY_9AM + 10 * MINUTE
    planned = []
    for outcome in (CallOutcome.VOICEMAIL, CallOutcome.NO_ANSWER):
        attempt = calling.record_attempt(call, outcome, notes="Beep", by=agent.user, now=at)
        planned.append(attempt.next_at - at)
        at = attempt.next_at
    last = calling.record_attempt(call, CallOutcome.VOICEMAIL, by=agent.user, now=at)

    call.refresh_from_db()
    assert (planned, last.next_at, call.state) == ([30 * MINUTE, 2 * HOUR], None, CallState.GIVEN_UP)
    assert response_clock(call.ticket).outcome == Outcome.RUNNING
    assert InternalNote.objects.count() == 2
    assert Message.objects.count() == 1


def test_a_wrong_number_waits_for_the_customer(requester, agent, client_for):
    call = ask(requester)
    calling.record_attempt(call, CallOutcome.WRONG_NUMBER, by=agent.user, now=MONDAY_9AM)
    assert list(Call.objects.to_make(MONDAY_9AM + HOUR)) == []

    page = client_for(requester).get("/phone/")
    assert "This number did not work. Correct it, and we will call you." in words(page)
    client_for(requester).post(f"/phone/calls/{call.pk}/move/", {"number": "01 99 00 99 99", "slot": ""})

    call.refresh_from_db()
    assert (call.number, call.needs_number) == ("+33199009999", False)
    assert list(Call.objects.to_make(MONDAY_9AM + HOUR)) == [call]


@pytest.mark.parametrize("wait", [-MINUTE, 0 * MINUTE])
def test_the_next_attempt_is_planned_for_later(requester, agent, wait):
    call = ask(requester)
    with pytest.raises(DomainError) as refusal:
        calling.record_attempt(call, CallOutcome.NO_ANSWER, by=agent.user, now=MONDAY_9AM, next_at=MONDAY_9AM + wait)

    assert (refusal.value.code, refusal.value.field, call.attempts.count()) == ("dates", "next_at", 0)


def test_two_agents_do_not_call_at_once(requester, agent, lead):
    call = ask(requester)
    calling.claim(call, by=agent, now=MONDAY_9AM)

    for soon in (MINUTE, calling.HOLD - timedelta(seconds=1)):
        with pytest.raises(calling.AlreadyTaken, match="Léa is making this call"):
            calling.claim(call, by=lead, now=MONDAY_9AM + soon)
    calling.claim(call, by=lead, now=MONDAY_9AM + calling.HOLD)

    call.refresh_from_db()
    assert call.taken_by == lead


def test_a_call_that_was_cancelled_meanwhile_has_no_outcome(requester, agent):
    call = ask(requester)
    asking.cancel(call, by=requester, now=MONDAY_9AM)
    with pytest.raises(asking.CallEnded, match="This call has ended"):
        calling.record_attempt(call, CallOutcome.REACHED, notes="Hello", by=agent.user, now=MONDAY_9AM)
    assert Message.objects.count() == 1


def test_a_call_about_a_merged_ticket_is_answered_where_the_conversation_went_on(requester, agent, ticket):
    call = ask(requester)
    merging.merge(call.ticket, into=ticket, by=agent.user, now=MONDAY_9AM + MINUTE)

    calling.record_attempt(call, CallOutcome.REACHED, notes="Done.", by=agent.user, now=MONDAY_9AM + 2 * MINUTE)

    assert ticket.messages.last().body == "Done."


def test_leads_hear_once_of_a_call_that_should_have_been_made(requester, lead):
    ask(requester)

    for minutes in (29, 31, 32):
        calling.warn_of_waiting(now=MONDAY_9AM + minutes * MINUTE)

    assert [n.recipient for n in Notice.objects.filter(kind="call_waits")] == [lead.user]


def test_the_desk_keeps_what_it_refuses(requester, agent, client_for):
    call = ask(requester)
    page = client_for(agent).post(
        reverse("admin:tickets_call_outcome", args=[call.pk]),
        {"outcome": "voicemail", "notes": "Left a message", "next_at": "2026-11-01T10:00"},
    )

    assert page.status_code == 422
    assert "Left a message" in page.content.decode()
    assert call.attempts.count() == 0


# --- The portal -------------------------------------------------------------------------------------------------------


def test_the_page_says_the_number_the_hours_and_what_is_planned(client_for, stranger, paris):
    paris.phone = "+33 1 99 00 12 34"
    paris.save()
    page = words(client_for(stranger).get("/phone/"))

    assert "No calls planned." in page
    assert "+33 1 99 00 12 34" in page
    assert "Open until" in page
    assert f"customer number {stranger.pk}" in page


def test_a_call_is_asked_for_moved_and_cancelled_in_the_browser(client_for, requester):
    client = client_for(requester)
    wanted = {"number": NUMBER, "topic": "Gate", "priority": "2", "slot": "2026-11-09T13:00:00+00:00"}
    client.post("/phone/", wanted)
    call = Call.objects.get()
    assert (call.slot_at, call.ticket.priority) == (datetime(2026, 11, 9, 13, 0, tzinfo=UTC), 2)

    client.post(f"/phone/calls/{call.pk}/move/", {"number": NUMBER, "slot": "2026-11-09T14:00:00+00:00"})
    call.refresh_from_db()
    assert call.slot_at == datetime(2026, 11, 9, 14, 0, tzinfo=UTC)
    client.post(f"/phone/calls/{call.pk}/cancel/")
    call.refresh_from_db()
    assert call.state == CallState.CANCELLED


LATE = {
    "en": (
        "Overdue Was planned on Monday 9 November at 15:00 Gate",
        "We did not call on time. We will still call you. You can also change or cancel the call.",
    ),
    "fr": (
        "En retard Appel prévu lundi 9 novembre à 15:00 Gate",
        "Nous n’avons pas appelé dans les délais. Nous vous appellerons. Vous pouvez aussi modifier ou annuler",
    ),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_call_that_was_never_made_is_called_late_and_can_still_be_moved(language, client_for, requester, agent):
    call = ask(requester, topic="Gate", slot=datetime(2026, 11, 9, 14, 0, tzinfo=UTC))
    type(requester.user).objects.update(language=language)
    planned, late = {"en": ("Planned", "Late"), "fr": ("Prévu", "En retard")}[language]
    queue = reverse("admin:tickets_call_changelist")
    detail = reverse("admin:tickets_call_change", args=[call.pk])

    with time_machine.travel(datetime(2026, 11, 9, 14, 30, tzinfo=UTC), tick=False):  # the last moment of its slot
        assert planned in words(client_for(requester).get("/phone/"))
        for path in (queue, detail):
            assert not re.search(rf"\b{late}\b", words(client_for(agent).get(path)))
    with time_machine.travel(datetime(2026, 11, 11, 14, 30, tzinfo=UTC), tick=False):
        page = words(client_for(requester).get("/phone/"))
        assert [said in page for said in LATE[language]] == [True, True], page
        assert planned not in page
        for path in (queue, detail):
            assert re.search(rf"\b{late}\b", words(client_for(agent).get(path)))
        assert Caller(requester, now=clock.now()).get(f"/calls/{call.pk}").json()["is_late"] is True

        browser = client_for(requester)
        browser.post(f"/phone/calls/{call.pk}/move/", {"number": NUMBER, "slot": "2026-11-12T14:00:00+00:00"})
        call.refresh_from_db()
        assert call.slot_at == datetime(2026, 11, 12, 14, 0, tzinfo=UTC)
        assert (planned in (page := words(browser.get("/phone/"))), late in page) == (True, False)
        assert Caller(requester, now=clock.now()).get(f"/calls/{call.pk}").json()["is_late"] is False
    with time_machine.travel(datetime(2027, 11, 12, 14, 31, tzinfo=UTC), tick=False):
        client_for(requester).post(f"/phone/calls/{call.pk}/cancel/")
        call.refresh_from_db()
        assert (call.state, calling.is_late(call, now=datetime(2027, 11, 13, tzinfo=UTC))) == ("cancelled", False)


def test_a_call_without_a_slot_is_late_when_the_leads_are_told_and_a_wrong_number_never(requester, agent):
    call = ask(requester)
    due = calling.expected_by(call)
    later = due + MINUTE
    calling.warn_of_waiting(now=due)
    call.refresh_from_db()
    assert calling.is_late(call, now=due) is False

    calling.warn_of_waiting(now=later)
    call.refresh_from_db()
    assert calling.is_late(call, now=later) is True

    calling.record_attempt(call, CallOutcome.WRONG_NUMBER, by=agent.user, now=later)
    call.refresh_from_db()
    assert calling.is_late(call, now=later) is False


def test_a_form_sent_twice_plans_one_call(client_for, requester):
    client = client_for(requester)
    form = {"number": NUMBER, "topic": "Gate", "priority": "3", "slot": "", "submission": "a-token-of-a-form-1"}
    for _time in range(2):
        assert client.post("/phone/", form).status_code == 302
    assert Call.objects.count() == 1


def test_the_form_speaks_french_throughout(client_for, requester):
    requester.user.language, requester.user.time_zone = "fr", "Asia/Tokyo"
    requester.user.save()
    client = client_for(requester)
    form = {"number": NUMBER, "topic": "Portail", "priority": "3", "language_choice": "english"}

    fresh = client.get("/phone/").content.decode()
    wrong = client.post("/phone/", form | {"slot": "soon"}).content.decode()
    taken = client.post("/phone/", form | {"slot": "2026-11-09T20:10:00+00:00"}).content.decode()

    assert re.search(r">\d\d:\d\d · \d\d:\d\d à Paris<", fresh)
    assert "Choisissez une heure dans la liste." in wrong
    assert '<optgroup label="Créneaux libres les plus proches">' in taken
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("number", "nonsense", "Enter a phone number such as"),
        ("topic", "", "Enter the subject of the call."),
        ("slot", "2026-11-09T20:10:00+00:00", "This time is no longer free."),
        ("slot", "soon", "Choose a time from the list."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_kept(client_for, stranger, field, value, said):
    form = {"number": NUMBER, "topic": "Gate", "priority": "3", "slot": ""} | {field: value}

    page = client_for(stranger).post("/phone/", form)

    assert (page.status_code, Call.objects.count()) == (422, 0)
    assert said in words(page)
    kept = {name: page.context["form"][name].value() for name in ("number", "topic", "priority", "slot")}
    assert kept == form


def test_a_foreign_call_or_ticket_is_missing(client_for, requester, stranger, colleague):
    """#37: also for a colleague, who sees the ticket but moves no call of somebody else."""
    call = ask(requester)
    for person in (stranger, colleague):
        client = client_for(person)
        assert client.get(f"/phone/calls/{call.pk}/move/").status_code == 404
        assert client.post(f"/phone/calls/{call.pk}/cancel/").status_code == 404
    assert client_for(stranger).get(f"/phone/?ticket={call.ticket.number}").status_code == 404
    call.refresh_from_db()
    assert call.state == CallState.WAITING


def test_mails_say_when_and_at_which_number(requester, agent, mailoutbox):
    call = ask(requester, slot=datetime(2026, 11, 9, 13, 0, tzinfo=UTC))
    calling.record_attempt(call, CallOutcome.VOICEMAIL, by=agent.user, now=datetime(2026, 11, 9, 13, 5, tzinfo=UTC))
    while outbox.deliver(now=datetime(2026, 11, 9, 13, 6, tzinfo=UTC)):
        pass

    mine = [mail for mail in mailoutbox if mail.to == ["marc@acme.test"]]
    tried = next(mail for mail in mine if "could not reach you" in mail.subject)
    assert tried.subject == f"[{call.ticket.number}] We could not reach you — The gate stays shut"
    told = tried.body.replace("\xa0", " ")
    assert "We called +33 1 99 00 12 34 and could not reach you. We will try again " in told


def test_lists_ask_a_fixed_number_of_questions(client_for, requester, agent, django_assert_max_num_queries):
    for number in range(8):
        person = factories.make_contact(requester.account, f"c{number}@acme.test")
        ask(person, now=MONDAY_9AM - HOUR)
    desk = client_for(agent)
    desk.get("/desk/")
    with django_assert_max_num_queries(9):
        desk.get(reverse("admin:tickets_call_changelist"))
    portal = client_for(requester)
    portal.get("/home/")
    with django_assert_max_num_queries(13):
        portal.get("/phone/")


# --- Programs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def call_api(client):
    def call(person, method, path, body=None):
        _token, secret = create_token(
            user=person.user, contact=getattr(person, "account", None) and person, name="t",
            scopes=["read", "write"], days=1, now=MONDAY_9AM,
        )  # fmt: skip
        return client.generic(
            method, f"/api/v1/{path}", data="" if body is None else json.dumps(body), content_type="application/json",
            headers={"authorization": f"Bearer {secret}"},
        )  # fmt: skip

    return call


def test_a_program_asks_for_a_free_time_and_reads_the_call(call_api, stranger):
    offered = call_api(stranger, "GET", "call-slots").json()
    assert (offered["region"], offered["expected_by"], offered["slots"][0]) == (
        "france", "2026-11-09T11:00:00Z", "2026-11-09T09:30:00Z",
    )  # fmt: skip

    made = call_api(stranger, "POST", "calls", {"number": NUMBER, "topic": "Gate", "slot_at": offered["slots"][0]})

    assert made.status_code == 201
    assert call_api(stranger, "GET", f"calls/{made.json()['id']}").json() == made.json() == {
        "id": made.json()["id"], "state": "waiting", "ticket": Ticket.objects.get().number, "number": "+33199001234",
        "topic": "Gate", "priority_phone": False, "slot_at": "2026-11-09T09:30:00Z",
        "next_try_at": "2026-11-09T09:30:00Z", "needs_number": False, "is_late": False, "region": "france",
        "asked_at": "2026-11-09T09:00:00Z", "ended_at": None, "attempts": [],
    }  # fmt: skip


def test_a_program_that_is_too_late_reads_the_nearest_times(call_api, requester, colleague, stranger, settings):
    settings.CALL_LINES = 1
    ask(requester, slot=datetime(2026, 11, 9, 13, 0, tzinfo=UTC))

    refused = call_api(
        stranger, "POST", "calls", {"number": NUMBER, "topic": "Gate", "slot_at": "2026-11-09T13:00:00Z"}
    )

    assert (refused.status_code, refused.json()["reason"]) == (400, "SLOT_TAKEN")
    assert refused.json()["metadata"] == {"nearest": ["2026-11-09T12:30:00+00:00", "2026-11-09T13:30:00+00:00"]}


def test_staff_note_an_outcome_by_program(call_api, requester, agent):
    call = ask(requester)

    answer = call_api(agent, "POST", f"calls/{call.pk}/outcome", {"outcome": "reached", "notes": "Done."})

    assert (answer.status_code, answer.json()["state"]) == (200, "done")
    assert call_api(requester, "POST", f"calls/{call.pk}/outcome", {"outcome": "reached"}).status_code == 403


def test_a_platinum_account_rings_first(paris, lead):
    account = factories.make_account("Kestrel", region=paris, tier=Tier.PLATINUM)
    contact = factories.make_contact(account, "tom@kestrel.test")
    assert ask(contact).is_priority is False  # without a seat: Standard
    asking.cancel(Call.objects.get(), by=contact, now=MONDAY_9AM)
    factories.seat(contact, by=lead.user)

    assert ask(contact).is_priority is True
