"""What a change around a ticket does to its clocks, and to which it does nothing."""

from datetime import timedelta

from accounts.core.domain.changes import note_change
from accounts.core.enums import EntitlementCause
from accounts.seats.domain import seats
from sla.core.enums import ClockEventKind, ClockKind, Outcome, Priority
from sla.models import ClockEvent
from tests.factories import MONDAY_9AM, make_contact, make_ticket
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.recounts import recount_after_changes

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def clocks(ticket):
    rows = ticket.clocks.order_by("pk")
    return list(rows.values_list("kind", "outcome", "tier", "due_at", "stopped_at"))


def changed(ticket):
    return list(
        ticket.clocks.filter(events__kind=ClockEventKind.DUE_CHANGED).order_by("pk").values_list("kind", "outcome")
    )


def test_a_seat_betters_what_runs_and_leaves_what_has_ended_as_it_was(colleague, lead, agent):
    ticket = make_ticket(colleague, priority=Priority.HIGH)
    reply_as_agent(ticket, body="We look into it.", by=agent.user, now=MONDAY_9AM + HOUR)
    ended = [row for row in clocks(ticket) if row[1] != Outcome.RUNNING]
    seats.validate(seats.nominate(colleague, by=lead.user, now=MONDAY_9AM + HOUR), by=lead.user, now=MONDAY_9AM + HOUR)

    recount_after_changes(now=MONDAY_9AM + 2 * HOUR)

    assert [row for row in clocks(ticket) if row[1] != Outcome.RUNNING] == ended
    assert [(row[0], row[1]) for row in ended] == [
        (ClockKind.RESPONSE, Outcome.MET), (ClockKind.CHECK_IN, Outcome.MET),
    ]  # fmt: skip
    assert changed(ticket) == [(ClockKind.CHECK_IN, Outcome.RUNNING)]
    assert ticket.clocks.running().get().tier == "gold"


def seat_at(contact, lead, *, granted, withdrawn=None):
    seat = seats.nominate(contact, by=lead.user, now=granted)
    seats.validate(seat, by=lead.user, now=granted)
    if withdrawn:
        seats.withdraw(seat, by=lead.user, now=withdrawn)


def told(ticket):
    """What the history of the response says of changes: under which tier it went on, and when."""
    events = ClockEvent.objects.filter(clock__ticket=ticket, clock__kind=ClockKind.RESPONSE)
    changes = events.filter(kind=ClockEventKind.DUE_CHANGED).order_by("occurred_at", "pk")
    return list(changes.values_list("occurred_at", "data__new_tier"))


def test_a_ticket_of_the_moment_in_which_a_seat_ended_has_the_terms_after_it(colleague, lead):
    ended = MONDAY_9AM + SECOND
    seat_at(colleague, lead, granted=MONDAY_9AM, withdrawn=ended)
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=ended)
    before = clocks(ticket)

    recount_after_changes(now=ended + HOUR)

    assert {row[2] for row in before} == {"standard"}
    assert (clocks(ticket), told(ticket)) == (before, [])


def test_a_seat_of_somebody_else_keeps_nobody_from_the_terms_of_their_own(colleague, account, lead):
    """Both seats are granted while the ticket is being written, hers first."""
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=MONDAY_9AM + 2 * SECOND)
    seat_at(colleague, lead, granted=MONDAY_9AM)
    seat_at(make_contact(account, "zoe@acme.test"), lead, granted=MONDAY_9AM + SECOND)

    recount_after_changes(now=MONDAY_9AM + HOUR)

    assert told(ticket) == [(MONDAY_9AM + 2 * SECOND, "gold")]
    assert {row[2] for row in clocks(ticket)} == {"gold"}


def test_of_two_changes_in_one_moment_the_later_one_binds_what_began_in_it(requester, lead):
    """The ticket is written between the two: it began without a seat."""
    seats.withdraw(requester.seats.get(), by=lead.user, now=MONDAY_9AM)
    ticket = make_ticket(requester, priority=Priority.HIGH)
    seat_at(requester, lead, granted=MONDAY_9AM)

    recount_after_changes(now=MONDAY_9AM + HOUR)

    assert told(ticket) == [(MONDAY_9AM, "gold")]


def test_a_change_of_the_contract_binds_everybody_who_began_after_it(colleague, account, lead):
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=MONDAY_9AM + 2 * SECOND)
    seat_at(colleague, lead, granted=MONDAY_9AM)
    note_change(account, EntitlementCause.CONTRACT, by=lead.user, at=MONDAY_9AM + SECOND)

    recount_after_changes(now=MONDAY_9AM + HOUR)

    events = ClockEvent.objects.filter(clock__ticket=ticket, clock__kind=ClockKind.RESPONSE)
    assert list(events.filter(kind=ClockEventKind.DUE_CHANGED).values_list("data__cause", "data__new_tier")) == [
        ("contract", "gold")
    ]


def test_a_seat_taken_and_given_in_one_moment_stands_twice_in_the_history(requester, lead):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    before = clocks(ticket)
    seats.withdraw(requester.seats.get(), by=lead.user, now=MONDAY_9AM + HOUR)
    seat_at(requester, lead, granted=MONDAY_9AM + HOUR)

    recount_after_changes(now=MONDAY_9AM + HOUR)

    assert clocks(ticket) == before
    assert told(ticket) == [(MONDAY_9AM + HOUR, "standard"), (MONDAY_9AM + HOUR, "gold")]


def test_a_change_that_is_noted_late_looks_at_the_tier_of_its_own_moment(requester, account, lead):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    seats.withdraw(requester.seats.get(), by=lead.user, now=MONDAY_9AM + 2 * HOUR)
    recount_after_changes(now=MONDAY_9AM + 2 * HOUR)

    note_change(account, EntitlementCause.CONTRACT, by=lead.user, at=MONDAY_9AM + HOUR)
    recount_after_changes(now=MONDAY_9AM + 2.5 * HOUR)

    assert told(ticket) == [(MONDAY_9AM + 2 * HOUR, "standard")]
