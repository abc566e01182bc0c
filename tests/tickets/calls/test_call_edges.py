"""Call-backs at their edges: which half hours can be chosen, who is told what, when a call is late."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.core.domain.entitlements import entitlements_of
from accounts.core.enums import Tier
from portal.lib.errors import DomainError
from portal.models import Notice
from sla.business_time import ALWAYS_OPEN
from tests import factories
from tests.factories import MONDAY_9AM
from tickets.calls.domain import asking, calling, slots
from tickets.calls.domain.numbers import read_number
from tickets.core.domain.history import sentence
from tickets.core.domain.notices import about
from tickets.core.domain.routing import assign
from tickets.core.enums import CallAct, CallOutcome, CallState, EventKind, LanguageChoice
from tickets.models import Call, InternalNote, TicketEvent

pytestmark = pytest.mark.django_db
NUMBER = "01 99 00 12 34"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)
ONE_PM = datetime(2026, 11, 9, 13, 0, tzinfo=UTC)


def ask(by, *, now=MONDAY_9AM, topic="The gate stays shut", **fields):
    return asking.ask_for_call(by=by, number=NUMBER, topic=topic, now=now, **fields)


def attempt(call, outcome, by, *, now=MONDAY_9AM, **fields):
    made = calling.record_attempt(call, outcome, by=by.user, now=now, **fields)
    call.refresh_from_db()
    return made


def told():
    """(kind, who, version) of every notice about a call, in order."""
    rows = Notice.objects.filter(data__has_key="call").order_by("pk")
    return [(row.kind, row.recipient.name, row.data.get("version")) for row in rows]


# --- Slots ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (ONE_PM - 15 * MINUTE, ONE_PM),
        (ONE_PM - 15 * MINUTE + MOMENT, ONE_PM + 30 * MINUTE),
        (ONE_PM - 16 * MINUTE, ONE_PM),
    ],
)
def test_a_slot_can_be_chosen_until_a_quarter_of_an_hour_before(paris, now, first):
    assert slots.free_slots(paris, ALWAYS_OPEN, now=now)[0] == first


def test_around_the_clock_two_days_of_half_hours_are_offered(paris):
    offered = slots.free_slots(paris, ALWAYS_OPEN, now=MONDAY_9AM)

    assert offered == [MONDAY_9AM + (n + 1) * 30 * MINUTE for n in range(96)]


def test_in_business_hours_seven_days_are_offered(stranger, paris):
    """From 9:00 to 18:00 in Paris; the last slot ends within the horizon."""
    hours = slots.call_hours(entitlements_of(stranger, MONDAY_9AM), paris)

    found = [slots.free_slots(paris, hours, now=now)[-1] for now in (MONDAY_9AM, MONDAY_9AM - MOMENT)]

    assert found == [MONDAY_9AM + 7 * DAY - 30 * MINUTE, MONDAY_9AM + 7 * DAY - 60 * MINUTE]


@pytest.mark.parametrize(
    ("own", "choice", "always"),
    [("en", "own", True), ("en", "english", True), ("fr", "own", False), ("fr", "english", True)],
)
def test_only_who_writes_in_another_language_is_called_in_business_hours_by_choice(requester, own, choice, always):
    requester.user.language = own
    hours = slots.call_hours(entitlements_of(requester, MONDAY_9AM), requester.own_region, LanguageChoice(choice))

    assert (hours is ALWAYS_OPEN) == always


def test_half_hours_are_those_of_the_clock_on_the_wall():
    kathmandu = factories.make_region("nepal", time_zone="Asia/Kathmandu", country="NP")

    assert slots.free_slots(kathmandu, ALWAYS_OPEN, now=MONDAY_9AM)[:2] == [
        MONDAY_9AM + 15 * MINUTE, MONDAY_9AM + 45 * MINUTE,
    ]  # fmt: skip


def test_the_nearest_two_stand_in_order_of_time():
    offered = [ONE_PM + n * 30 * MINUTE for n in (-3, -1, 2, 4)]

    assert slots.nearest(offered, ONE_PM) == [offered[1], offered[2]]
    assert slots.nearest(offered, ONE_PM + 3 * HOUR) == [offered[2], offered[3]]
    assert slots.nearest(offered[:1], ONE_PM) == offered[:1]


def test_a_slot_whose_calls_are_over_or_of_another_region_is_free(requester, stranger, tokyo, settings):
    settings.CALL_LINES = 1
    call = ask(requester, slot=ONE_PM)
    assert ONE_PM not in slots.free_slots(call.region, ALWAYS_OPEN, now=MONDAY_9AM)
    assert ONE_PM in slots.free_slots(call.region, ALWAYS_OPEN, now=MONDAY_9AM, but=call)
    assert ONE_PM in slots.free_slots(tokyo, ALWAYS_OPEN, now=MONDAY_9AM)

    asking.cancel(call, by=requester, now=MONDAY_9AM)

    assert ONE_PM in slots.free_slots(call.region, ALWAYS_OPEN, now=MONDAY_9AM)


def test_each_call_gets_the_lowest_free_place(requester, colleague, stranger, settings):
    settings.CALL_LINES = 2
    first, second = ask(requester, slot=ONE_PM), ask(colleague, slot=ONE_PM)
    asking.cancel(first, by=requester, now=MONDAY_9AM)
    third = ask(stranger, slot=ONE_PM)
    kept = asking.reschedule(second, by=colleague, slot=ONE_PM, now=MONDAY_9AM)

    assert [first.place, second.place, third.place, kept.place, ask(requester).place] == [1, 2, 1, 2, None]


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_a_topic_is_one_line_of_two_hundred_signs(requester):
    call = ask(requester, topic="  Two\x00\r\n lines\tand a\xa0space ")
    assert (call.topic, call.ticket.subject) == ("Two lines and a\xa0space", "Two lines and a space")
    asking.cancel(call, by=requester, now=MONDAY_9AM)

    assert ask(requester, topic="x" * 200).topic == "x" * 200
    asking.cancel(Call.objects.waiting().get(), by=requester, now=MONDAY_9AM)
    with pytest.raises(DomainError) as refusal:
        ask(requester, topic="x" * 201)
    assert (refusal.value.field, Call.objects.waiting().count()) == ("topic", 0)


def test_a_number_has_at_most_forty_signs():
    assert read_number(f"01{' ' * 27}99 00 12 34", country="FR") == "+33199001234"
    with pytest.raises(DomainError):
        read_number(f"01{' ' * 28}99 00 12 34", country="FR")


def test_a_number_that_is_none_is_refused_with_one_of_the_country():
    said = {}
    for country in ("FR", "JP", "ZZ"):
        with pytest.raises(DomainError) as refusal:
            read_number("12", country=country)
        said[country] = refusal.value.message

    assert len(set(said.values())) == 3
    assert "+33 1 99 00" in said["ZZ"]


def test_each_act_and_outcome_has_a_sentence_of_its_own():
    said = [sentence(TicketEvent(kind=EventKind.CALL, data={"act": act})) for act in [*CallAct, *CallOutcome]]

    assert "" not in said
    assert len(set(said)) == len(said)


def test_a_wish_is_kept_whole_remembered_recorded_and_confirmed(requester, ticket, colleague):
    call = ask(requester, topic="", ticket=ticket)

    requester.refresh_from_db()
    assert (call.topic, call.ticket, call.version, call.asked_at) == (ticket.subject, ticket, 1, MONDAY_9AM)
    colleague.refresh_from_db()
    assert colleague.phone == ""
    assert (requester.phone, asking.remembered_number(requester)) == ("+33199001234", "+33 1 99 00 12 34")
    assert ticket.messages.last().body == "Call me at +33 1 99 00 12 34."
    event = ticket.events.filter(kind="call").get()
    assert (event.data, event.actor) == ({"act": "asked", "call": call.pk}, requester.user)
    assert told() == [("call_planned", "Marc Petit", 1)]


def test_a_number_is_remembered_of_the_last_call_else_of_the_person(requester, colleague):
    colleague.phone = "+33 6"
    assert [asking.remembered_number(person) for person in (requester, colleague)] == ["", "+33 6"]
    call = ask(requester)
    asking.reschedule(call, by=requester, number="020 7946 0134".replace("020", "+44 20"), now=MONDAY_9AM)
    assert asking.remembered_number(requester) == "+44 20 7946 0134"


def test_ten_calls_are_enough_for_each_person(requester, colleague):
    for _time in range(10):
        asking.cancel(ask(requester), by=requester, now=MONDAY_9AM)
    for soon in (MONDAY_9AM, MONDAY_9AM + DAY - MOMENT):
        with pytest.raises(DomainError) as refusal:
            ask(requester, now=soon)
        assert refusal.value.code == "too_many"

    assert Call.objects.waiting().count() == 0
    assert ask(colleague).state == CallState.WAITING
    assert ask(requester, now=MONDAY_9AM + DAY).state == CallState.WAITING


def test_a_call_that_moves_is_anybodys_again_and_everybody_hears_once(requester, ticket, agent, lead):
    assign(ticket, lead, by=lead.user, now=MONDAY_9AM)
    call = ask(requester, ticket=ticket)
    calling.claim(call, by=agent, now=MONDAY_9AM)
    Call.objects.update(warned_at=MONDAY_9AM)

    moved = asking.reschedule(call, by=requester, slot=ONE_PM, now=MONDAY_9AM + MINUTE)

    assert (moved.taken_by, moved.taken_at, moved.warned_at, moved.version) == (None, None, None, 3)
    assert (moved.slot_at, moved.next_try_at, moved.number) == (ONE_PM, ONE_PM, "+33199001234")
    assert told()[1:] == [("call_planned", "Marc Petit", 3), ("call_changed", "Léa", 3), ("call_changed", "Nadia", 3)]
    assert Notice.objects.filter(kind="call_changed").last().data == about(ticket) | {
        "call": call.pk, "version": 3, "act": "moved",
    }  # fmt: skip
    soon = asking.reschedule(moved, by=requester, now=MONDAY_9AM + HOUR)
    assert (soon.slot_at, soon.place, soon.next_try_at) == (None, None, MONDAY_9AM + HOUR)


@pytest.mark.parametrize("by_admin", [False, True])
def test_a_cancelled_call_is_told_to_whoever_did_not_cancel_it(requester, account_admin, agent, by_admin):
    call = ask(requester)
    calling.claim(call, by=agent, now=MONDAY_9AM)

    ended = asking.cancel(call, by=account_admin if by_admin else requester, now=MONDAY_9AM + MINUTE)

    assert (ended.state, ended.ended_at, ended.version) == (CallState.CANCELLED, MONDAY_9AM + MINUTE, 3)
    assert ended.ticket.status == "new"
    who = ["Léa", "Marc Petit"] if by_admin else ["Léa"]
    assert sorted(name for kind, name, _version in told() if kind == "call_changed") == who
    assert Notice.objects.filter(kind="call_changed").first().data["act"] == "cancelled"
    with pytest.raises(asking.CallEnded):
        asking.reschedule(call, by=requester, now=MONDAY_9AM + HOUR)


# --- Calling ----------------------------------------------------------------------------------------------------------


def test_whoever_took_a_call_may_take_it_again_and_holds_it_from_then(requester, agent, lead):
    call = ask(requester)
    calling.claim(call, by=agent, now=MONDAY_9AM)
    again = calling.claim(call, by=agent, now=MONDAY_9AM + MINUTE)
    assert (again.taken_by, again.taken_at, again.version) == (agent, MONDAY_9AM + MINUTE, 3)

    with pytest.raises(calling.AlreadyTaken):
        calling.claim(call, by=lead, now=MONDAY_9AM + calling.HOLD)
    assert calling.claim(call, by=lead, now=MONDAY_9AM + MINUTE + calling.HOLD).taken_by == lead


def test_an_attempt_frees_the_call_and_plans_the_next(requester, agent):
    call = ask(requester)
    calling.claim(call, by=agent, now=MONDAY_9AM)
    Call.objects.update(warned_at=MONDAY_9AM)

    made = attempt(call, CallOutcome.NO_ANSWER, agent, notes=" Rang out. ")

    assert (call.taken_by, call.taken_at, call.warned_at, call.version) == (None, None, None, 3)
    assert (call.next_try_at, made.next_at, made.notes, made.agent) == (
        MONDAY_9AM + 30 * MINUTE, MONDAY_9AM + 30 * MINUTE, "Rang out.", agent,
    )  # fmt: skip
    assert InternalNote.objects.get().body == "Rang out."
    assert told()[1:] == [("call_tried", "Marc Petit", 3)]


def test_an_agent_plans_another_moment_and_a_wrong_number_is_no_attempt(requester, agent):
    call = ask(requester)
    soon = attempt(call, CallOutcome.VOICEMAIL, agent, next_at=MONDAY_9AM + MOMENT)
    wrong = attempt(call, CallOutcome.WRONG_NUMBER, agent)
    assert (soon.next_at, wrong.next_at, call.needs_number) == (MONDAY_9AM + MOMENT, None, True)
    assert told()[-1] == ("call_number", "Marc Petit", 3)

    moved = asking.reschedule(call, by=requester, number="01 99 00 99 99", now=MONDAY_9AM)
    assert (moved.needs_number, moved.number) == (False, "+33199009999")
    later = attempt(call, CallOutcome.VOICEMAIL, agent)
    assert (later.next_at, call.state) == (MONDAY_9AM + 2 * HOUR, CallState.WAITING)
    attempt(call, CallOutcome.NO_ANSWER, agent, now=MONDAY_9AM + HOUR, next_at=MONDAY_9AM + DAY)
    assert (call.state, call.ended_at) == (CallState.GIVEN_UP, MONDAY_9AM + HOUR)
    assert told()[-1] == ("call_tried", "Marc Petit", call.version)


def test_pauses_are_counted_in_the_hours_in_which_the_person_is_called(stranger, agent):
    """Standard: at 17:40 in Paris twenty minutes are left of the day."""
    evening = datetime(2026, 11, 9, 16, 40, tzinfo=UTC)
    call = ask(stranger, now=evening)

    assert attempt(call, CallOutcome.NO_ANSWER, agent, now=evening).next_at == datetime(2026, 11, 10, 8, 10, tzinfo=UTC)


def test_a_call_that_reached_somebody_leaves_the_ticket_open_unless_it_is_solved(requester, agent):
    call = ask(requester)

    attempt(call, CallOutcome.REACHED, agent, notes="Try again tomorrow.")

    assert (call.state, call.ended_at, call.ticket.status) == (CallState.DONE, MONDAY_9AM, "open")
    assert not InternalNote.objects.exists()


def test_the_history_of_the_ticket_tells_each_act_and_each_attempt(requester, agent, ticket):
    call = ask(requester, ticket=ticket)
    for hours, outcome in enumerate((CallOutcome.VOICEMAIL, CallOutcome.WRONG_NUMBER), start=1):
        attempt(call, outcome, agent, now=MONDAY_9AM + hours * HOUR)
    asking.reschedule(call, by=requester, number=NUMBER, now=MONDAY_9AM + 3 * HOUR)
    for hours in (4, 5):
        attempt(call, CallOutcome.NO_ANSWER, agent, now=MONDAY_9AM + hours * HOUR)
    again = ask(requester, now=MONDAY_9AM + 6 * HOUR, ticket=ticket)
    asking.cancel(again, by=requester, now=MONDAY_9AM + 7 * HOUR)

    events = ticket.events.filter(kind=EventKind.CALL).order_by("pk")
    assert [(event.actor.name, event.data["act"], event.data["call"]) for event in events] == [
        ("Marc Petit", "asked", call.pk), ("Léa", "voicemail", call.pk), ("Léa", "wrong_number", call.pk),
        ("Marc Petit", "moved", call.pk), ("Léa", "no_answer", call.pk), ("Léa", "no_answer", call.pk),
        ("Léa", "given_up", call.pk), ("Marc Petit", "asked", again.pk), ("Marc Petit", "cancelled", again.pk),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("slot", "waits"),
    [(None, 30 * MINUTE), (ONE_PM, ONE_PM - MONDAY_9AM + 30 * MINUTE)],
    ids=["as soon as possible", "in a slot"],
)
def test_leads_are_told_after_the_last_moment_at_which_it_should_have_been_tried(requester, lead, slot, waits):
    call = ask(requester, slot=slot)

    assert calling.expected_by(call) == MONDAY_9AM + waits
    found = [calling.warn_of_waiting(now=MONDAY_9AM + waits + more) for more in (0 * MOMENT, MOMENT, 2 * MOMENT)]
    call.refresh_from_db()
    assert (found, call.warned_at) == ([0, 1, 0], MONDAY_9AM + waits + MOMENT)
    assert [row[:2] for row in told()] == [("call_planned", "Marc Petit"), ("call_waits", "Nadia")]


def test_standard_phone_is_called_within_two_open_hours(stranger):
    call = ask(stranger, now=datetime(2026, 11, 9, 16, 0, tzinfo=UTC))  # an hour before the end of the day

    assert calling.expected_by(call) == datetime(2026, 11, 10, 9, 0, tzinfo=UTC)


def test_nobody_is_told_of_calls_that_cannot_be_made_or_are_over(requester, colleague, agent, lead):
    wrong, over = ask(requester), ask(colleague)
    attempt(wrong, CallOutcome.WRONG_NUMBER, agent)
    asking.cancel(over, by=colleague, now=MONDAY_9AM)

    assert calling.warn_of_waiting(now=MONDAY_9AM + 7 * DAY) == 0
    waiting = ask(colleague, now=MONDAY_9AM - HOUR)
    assert calling.warn_of_waiting(now=MONDAY_9AM + 7 * DAY, limit=1) == 1
    waiting.refresh_from_db()
    assert waiting.warned_at == MONDAY_9AM + 7 * DAY


def test_a_slot_is_late_a_moment_after_its_end_and_another_attempt_is_not(requester, agent):
    call = ask(requester, slot=ONE_PM)
    end = ONE_PM + 30 * MINUTE
    assert [calling.is_late(call, now=now) for now in (ONE_PM, end, end + MOMENT)] == [False, False, True]

    attempt(call, CallOutcome.VOICEMAIL, agent, now=ONE_PM, next_at=ONE_PM + DAY)
    assert not calling.is_late(call, now=ONE_PM + 2 * DAY)
    assert calling.expected_by(call) == ONE_PM + DAY + 30 * MINUTE
    asking.cancel(call, by=requester, now=ONE_PM)
    call.refresh_from_db()
    call.warned_at = ONE_PM
    assert not calling.is_late(call, now=ONE_PM + 2 * DAY)


@pytest.mark.parametrize(("tier", "is_priority"), [(Tier.STANDARD, False), (Tier.SILVER, False), (Tier.GOLD, True)])
def test_priority_phone_is_what_the_tier_includes(paris, lead, tier, is_priority):
    person = factories.make_contact(factories.make_account("Kestrel", region=paris, tier=tier), "tom@kestrel.test")
    if tier != Tier.STANDARD:
        factories.seat(person, by=lead.user)

    assert slots.is_priority(entitlements_of(person, MONDAY_9AM)) == is_priority
