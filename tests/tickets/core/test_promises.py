"""The two clocks of a ticket, semantics §3, one rule a test."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.core.enums import Tier
from accounts.seats.domain import seats
from sla.core.domain.sweep import sweep
from sla.core.enums import ClockKind, Coverage, Outcome, Priority
from sla.models import Clock, ClockEvent
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket, seat
from tickets.core.domain.conversation import add_note, reply_as_agent, reply_as_customer, skip_check_in
from tickets.core.domain.lifecycle import ResponseOwed, change_priority, change_status, close_by_customer
from tickets.core.domain.preview import consequence
from tickets.core.enums import Channel, LanguageChoice, MessageKind, Status
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def clocks(ticket, kind=None):
    """(kind, started, due, outcome) of every clock, in order."""
    rows = Clock.objects.filter(ticket=ticket).order_by("started_at", "pk")
    return [(c.kind, c.started_at, c.due_at, c.outcome) for c in rows if kind is None or c.kind == kind]


def due(ticket):
    return Ticket.objects.get(pk=ticket.pk).next_due_at


def test_an_open_ticket_has_both_clocks_and_the_nearer_due_moment_on_its_row(requester):
    ticket = make_ticket(requester, priority=Priority.URGENT)

    assert clocks(ticket) == [
        ("response", MONDAY_9AM, MONDAY_9AM + HOUR, "running"),
        ("check_in", MONDAY_9AM, MONDAY_9AM + 4 * HOUR, "running"),
    ]
    assert due(ticket) == MONDAY_9AM + HOUR


def test_platinum_p1_counts_the_response_around_the_clock_and_the_check_in_in_business_hours(london, lead):
    account = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    tom = make_contact(account, "tom@kestrel.test")
    seat(tom, by=lead.user)
    tuesday_half_past_four = datetime(2026, 11, 10, 16, 30, tzinfo=UTC)

    ticket = make_ticket(tom, priority=Priority.URGENT, now=tuesday_half_past_four)

    assert clocks(ticket) == [
        ("response", tuesday_half_past_four, datetime(2026, 11, 10, 17, 30, tzinfo=UTC), "running"),
        ("check_in", tuesday_half_past_four, datetime(2026, 11, 11, 10, 0, tzinfo=UTC), "running"),
    ]


def test_a_colleague_without_a_seat_has_standard_targets(colleague):
    ticket = make_ticket(colleague, priority=Priority.URGENT)

    clock = ticket.clocks.get(kind=ClockKind.RESPONSE)
    assert (clock.tier, clock.basis, clock.coverage, clock.target_minutes) == (
        "standard",
        "no_seat",
        "business_hours",
        120,
    )


def test_a_second_customer_message_changes_nothing_while_a_response_runs(ticket, requester):
    before = clocks(ticket)

    reply_as_customer(ticket, body="And another thing", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM + HOUR)

    assert clocks(ticket) == before


def test_an_answer_meets_the_response_and_starts_the_next_check_in(ticket, agent):
    answered = MONDAY_9AM + HOUR
    reply_as_agent(ticket, body="We look into it.", by=agent.user, now=answered)

    closing_tomorrow = datetime(2026, 11, 10, 17, 0, tzinfo=UTC)
    assert clocks(ticket) == [
        ("response", MONDAY_9AM, MONDAY_9AM + 3 * HOUR, "met"),
        ("check_in", MONDAY_9AM, closing_tomorrow, "met"),
        ("check_in", answered, closing_tomorrow, "running"),
    ]
    assert due(ticket) == closing_tomorrow
    assert Ticket.objects.get(pk=ticket.pk).status == Status.OPEN


def test_every_later_customer_message_starts_a_response_clock(ticket, requester, agent):
    reply_as_agent(ticket, body="Try again.", by=agent.user, now=MONDAY_9AM + HOUR)
    wrote = MONDAY_9AM + 2 * HOUR

    reply_as_customer(ticket, body="No luck", by=requester, channel=Channel.PORTAL, now=wrote)

    assert clocks(ticket, "response")[-1] == ("response", wrote, wrote + 3 * HOUR, "running")


def test_a_note_and_a_status_alone_do_not_stop_the_response(ticket, agent):
    add_note(ticket, body="Known bug?", by=agent.user, now=MONDAY_9AM + HOUR)
    change_status(ticket, Status.OPEN, by=agent.user, now=MONDAY_9AM + HOUR)

    assert clocks(ticket, "response") == [("response", MONDAY_9AM, MONDAY_9AM + 3 * HOUR, "running")]


@pytest.mark.parametrize(
    ("late", "outcome", "flags"),
    [(timedelta(microseconds=-1), "met", 0), (timedelta(0), "met", 0), (timedelta(microseconds=1), "missed", 1)],
)
def test_an_answer_at_the_due_moment_is_in_time_and_a_microsecond_later_it_is_missed(
    ticket, agent, late, outcome, flags
):
    reply_as_agent(ticket, body="Here", by=agent.user, now=MONDAY_9AM + 3 * HOUR + late)

    clock = ticket.clocks.get(kind=ClockKind.RESPONSE)
    assert (clock.outcome, ClockEvent.objects.filter(clock=clock, kind="overdue").count()) == (outcome, flags)


def test_a_late_answer_before_any_sweep_is_flagged_by_the_answer_itself_with_the_due_moment(ticket, agent):
    reply_as_agent(ticket, body="Late", by=agent.user, now=MONDAY_9AM + 5 * HOUR)
    sweep(now=MONDAY_9AM + 6 * HOUR)

    clock = ticket.clocks.get(kind=ClockKind.RESPONSE)
    events = list(ClockEvent.objects.filter(clock=clock, kind="overdue").values_list("occurred_at", "recorded_at"))
    assert clock.breached_at == MONDAY_9AM + 3 * HOUR
    assert events == [(MONDAY_9AM + 3 * HOUR, MONDAY_9AM + 5 * HOUR)]


def test_solving_needs_an_answer_while_the_response_runs(ticket, agent):
    with pytest.raises(ResponseOwed):
        change_status(ticket, Status.SOLVED, by=agent.user, now=MONDAY_9AM + HOUR)

    assert Ticket.objects.get(pk=ticket.pk).status == Status.NEW
    assert clocks(ticket, "response") == [("response", MONDAY_9AM, MONDAY_9AM + 3 * HOUR, "running")]


def test_an_answer_that_solves_stops_both_clocks_and_none_starts(ticket, agent):
    reply_as_agent(ticket, body="Fixed.", by=agent.user, now=MONDAY_9AM + HOUR, status_after=Status.SOLVED)

    assert [outcome for *_rest, outcome in clocks(ticket)] == ["met", "met"]
    assert due(ticket) is None


def test_a_ticket_closed_by_its_customer_cancels_what_runs(ticket, requester):
    close_by_customer(ticket, by=requester.user, now=MONDAY_9AM + HOUR)

    assert [outcome for *_rest, outcome in clocks(ticket)] == ["cancelled", "cancelled"]
    assert Ticket.objects.get(pk=ticket.pk).status == Status.SOLVED


def test_the_customers_turn_pauses_the_check_in_and_their_message_starts_a_new_one(ticket, requester, agent):
    reply_as_agent(ticket, body="Which version?", by=agent.user, now=MONDAY_9AM + HOUR, status_after=Status.WAITING)
    assert due(ticket) is None
    assert [outcome for _kind, _start, _due, outcome in clocks(ticket, "check_in")] == ["met"]

    back = MONDAY_9AM + 2 * HOUR
    reply_as_customer(ticket, body="14.2", by=requester, channel=Channel.PORTAL, now=back)

    assert clocks(ticket, "check_in")[-1] == ("check_in", back, datetime(2026, 11, 10, 17, 0, tzinfo=UTC), "running")
    assert Ticket.objects.get(pk=ticket.pk).status == Status.OPEN


def test_a_status_change_to_waiting_cancels_the_running_check_in(ticket, agent):
    change_status(ticket, Status.WAITING, by=agent.user, now=MONDAY_9AM + HOUR)

    assert clocks(ticket, "check_in")[0][3] == "cancelled"


def test_p4_has_no_check_in_clock_and_a_status_change_tells_the_customer(requester, agent):
    ticket = make_ticket(requester, priority=Priority.LOW)
    assert clocks(ticket, "check_in") == []

    at = MONDAY_9AM + HOUR
    change_status(ticket, Status.ON_HOLD, by=agent.user, now=at)

    assert clocks(ticket, "check_in") == [("check_in", at, at, "met")]
    update = Message.objects.get(ticket=ticket, kind=MessageKind.STATUS_UPDATE)
    assert update.body == "The status of your ticket is now: On hold."
    assert clocks(ticket, "response")[0][3] == "running"


def test_a_skipped_check_in_is_counted_apart_and_the_next_one_starts(requester, agent):
    ticket = make_ticket(requester, priority=Priority.URGENT)
    at = MONDAY_9AM + HOUR

    skip_check_in(ticket, reason="On the phone with them", by=agent.user, now=at)

    assert clocks(ticket, "check_in") == [
        ("check_in", MONDAY_9AM, MONDAY_9AM + 4 * HOUR, "skipped"),
        ("check_in", at, at + 4 * HOUR, "running"),
    ]


def test_a_ticket_opened_in_a_live_conversation_has_its_response_met_at_once(requester, agent):
    ticket = make_ticket(requester, by=agent.user, channel=Channel.PHONE, live=True, priority=Priority.URGENT)

    assert clocks(ticket, "response") == [("response", MONDAY_9AM, MONDAY_9AM + HOUR, "met")]
    assert (ticket.status, ticket.assignee) == (Status.OPEN, agent)
    assert due(ticket) == MONDAY_9AM + 4 * HOUR


def test_priority_raised_takes_the_earlier_of_present_due_and_now_plus_new_target(ticket, agent):
    at = MONDAY_9AM + HOUR
    change_priority(ticket, Priority.URGENT, by=agent.user, now=at)

    assert clocks(ticket) == [
        ("response", MONDAY_9AM, at + HOUR, "running"),
        ("check_in", MONDAY_9AM, at + 4 * HOUR, "running"),
    ]


def test_priority_raised_late_keeps_the_earlier_due(ticket, agent):
    change_priority(ticket, Priority.URGENT, by=agent.user, now=MONDAY_9AM + timedelta(hours=2, minutes=30))

    assert clocks(ticket, "response") == [("response", MONDAY_9AM, MONDAY_9AM + 3 * HOUR, "running")]


def test_priority_lowered_recounts_from_the_start_and_ends_the_check_in_of_a_p4(ticket, agent):
    change_priority(ticket, Priority.LOW, by=agent.user, now=MONDAY_9AM + HOUR)

    assert clocks(ticket) == [
        ("response", MONDAY_9AM, MONDAY_9AM + 8 * HOUR, "running"),
        ("check_in", MONDAY_9AM, datetime(2026, 11, 10, 17, 0, tzinfo=UTC), "cancelled"),
    ]


def test_an_overdue_clock_stays_overdue_when_the_priority_is_lowered(ticket, agent):
    change_priority(ticket, Priority.LOW, by=agent.user, now=MONDAY_9AM + 4 * HOUR)

    clock = ticket.clocks.get(kind=ClockKind.RESPONSE)
    assert (clock.due_at, clock.breached_at, clock.outcome) == (MONDAY_9AM + 3 * HOUR, MONDAY_9AM + 3 * HOUR, "running")


@pytest.mark.parametrize("after", [HOUR, timedelta(hours=2, minutes=30), 4 * HOUR, 40 * HOUR], ids=str)
@pytest.mark.parametrize("to", [Priority.URGENT, Priority.HIGH, Priority.LOW])
def test_the_consequence_that_is_shown_is_what_happens(ticket, agent, to, after):
    now = MONDAY_9AM + after
    shown = {change.kind: change.new_due_at for change in consequence(ticket, to, now=now).changes}

    change_priority(ticket, to, by=agent.user, now=now)

    running = dict(Clock.objects.running().filter(ticket=ticket).values_list("kind", "due_at"))
    assert {kind: due_at for kind, due_at in shown.items() if due_at} == running


def test_p4_raised_to_p1_starts_its_check_in_at_the_change(requester, agent):
    ticket = make_ticket(requester, priority=Priority.LOW)
    at = MONDAY_9AM + HOUR

    change_priority(ticket, Priority.URGENT, by=agent.user, now=at)

    assert clocks(ticket, "check_in") == [("check_in", at, at + 4 * HOUR, "running")]


def test_the_choice_of_the_own_language_counts_in_business_hours(account, lead):
    claire = make_contact(account, "claire@acme.test", language="fr")
    seat(claire, by=lead.user)
    monday_evening = datetime(2026, 11, 9, 21, 0, tzinfo=UTC)

    own = make_ticket(claire, now=monday_evening, priority=Priority.URGENT, language_choice=LanguageChoice.OWN)
    english = make_ticket(claire, now=monday_evening, priority=Priority.URGENT)

    assert (own.language, clocks(own, "response")[0][2]) == ("fr", datetime(2026, 11, 10, 9, 0, tzinfo=UTC))
    assert (english.language, clocks(english, "response")[0][2]) == ("en", monday_evening + HOUR)
    assert own.clocks.get(kind="response").coverage == Coverage.BUSINESS_HOURS


def test_a_withdrawn_seat_keeps_running_promises_and_binds_new_ones_to_standard(ticket, requester, agent, lead):
    seats.withdraw(requester.seats.get(), by=lead.user, now=MONDAY_9AM + HOUR)
    reply_as_agent(ticket, body="Hello", by=agent.user, now=MONDAY_9AM + HOUR)
    reply_as_customer(ticket, body="Hello?", by=requester, channel=Channel.PORTAL, now=MONDAY_9AM + 2 * HOUR)

    assert list(ticket.clocks.filter(kind="response").values_list("tier", flat=True)) == ["gold", "standard"]


def test_the_due_moment_on_the_ticket_is_always_the_earliest_of_its_running_clocks(ticket, requester, agent):
    acts = [
        lambda now: reply_as_agent(ticket, body="a", by=agent.user, now=now),
        lambda now: reply_as_customer(ticket, body="b", by=requester, channel=Channel.PORTAL, now=now),
        lambda now: change_priority(ticket, Priority.HIGH, by=agent.user, now=now),
        lambda now: change_status(ticket, Status.ON_HOLD, by=agent.user, now=now),
        lambda now: reply_as_agent(ticket, body="c", by=agent.user, now=now, status_after=Status.WAITING),
        lambda now: reply_as_customer(ticket, body="d", by=requester, channel=Channel.PORTAL, now=now),
    ]

    for step, act in enumerate(acts, 1):
        act(MONDAY_9AM + step * HOUR)
        running = Clock.objects.filter(ticket=ticket, outcome=Outcome.RUNNING).order_by("due_at").first()
        assert due(ticket) == (running.due_at if running else None)
