"""What a change around a ticket does to its clocks, and to which it does nothing."""

from datetime import timedelta

from accounts.domain import seats
from sla.enums import ClockEventKind, ClockKind, Outcome, Priority
from tests.factories import MONDAY_9AM, make_ticket
from tickets.domain.conversation import reply_as_agent
from tickets.domain.recounts import recount_after_changes

HOUR = timedelta(hours=1)


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
