"""Acts on what the promise engine noticed: tells people, writes the ticket's history. Each event once."""

from datetime import datetime

from django.db import connection, transaction

from sla.core.domain.check_ins import claim_coming_check_ins
from sla.core.enums import ClockEventKind
from sla.models import ClockEvent
from tickets.core.domain import notices
from tickets.core.enums import EventKind
from tickets.core.models import Ticket, TicketEvent


def act_on_clock_events(*, now: datetime, limit: int = 500) -> int:
    """Tell people about up to `limit` flags nobody was told of; return how many.

    The events are marked as handled in the transaction that writes the notices, so a killed job tells nobody twice
    and forgets nobody. A warning for a promise that has been kept meanwhile is dropped.
    """
    with transaction.atomic():
        waiting = ClockEvent.objects.unhandled().select_related("clock").order_by("pk")[:limit]
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        events = list(waiting)
        tickets = _tickets([event.clock.ticket_id for event in events])
        for event in events:
            ticket = tickets[event.clock.ticket_id]
            if event.kind == ClockEventKind.OVERDUE:
                notices.notify_overdue(ticket, event.clock, now=now)
            elif event.clock.is_running:
                notices.warn(ticket, event.clock, now=now)
        TicketEvent.objects.bulk_create(
            TicketEvent(
                ticket_id=event.clock.ticket_id, kind=EventKind.OVERDUE, created_at=event.occurred_at,
                data={"kind": event.clock.kind, "clock": event.clock_id},
            )
            for event in events
            if event.kind == ClockEventKind.OVERDUE
        )  # fmt: skip
        ClockEvent.objects.filter(pk__in=[event.pk for event in events]).update(handled_at=now)
    return len(events)


def plan_check_ins(*, now: datetime) -> int:
    """Announce the check-ins that come due to whoever owns their ticket; return how many."""
    with transaction.atomic():
        clocks = claim_coming_check_ins(now=now)
        tickets = _tickets([clock.ticket_id for clock in clocks])
        for clock in clocks:
            notices.announce_check_in(tickets[clock.ticket_id], clock, now=now)
    return len(clocks)


def _tickets(ids: list[int]) -> dict[int, Ticket]:
    return Ticket.objects.select_related("assignee", "requester").in_bulk(ids)
