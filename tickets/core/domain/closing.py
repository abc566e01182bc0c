"""Solved tickets close by themselves after seven days; until then the customer may come back."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from tickets.core.domain.lifecycle import move
from tickets.core.domain.locking import touch
from tickets.core.enums import Status
from tickets.core.models import Ticket

REOPEN_FOR = timedelta(days=7)


def close_solved(*, now: datetime, limit: int = 500) -> int:
    """Close up to `limit` tickets solved at least seven days before `now`; return how many.

    Each in a transaction of its own that looks again under the lock, so an answer that comes first keeps it open.
    """
    ripe = Ticket.objects.filter(status=Status.SOLVED, solved_at__lte=now - REOPEN_FOR).order_by("solved_at")
    closed = 0
    for pk in list(ripe.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            still = ripe.filter(pk=pk).order_by()
            if connection.features.has_select_for_update_skip_locked:
                still = still.select_for_update(skip_locked=True)
            ticket = still.first()
            if ticket is not None:
                move(ticket, Status.CLOSED, by=None, now=now)
                touch(ticket, now=now)
                closed += 1
    return closed


def reopens_until(ticket: Ticket) -> datetime | None:
    """The last moment at which a reply reopens the ticket; None while it is not solved."""
    return ticket.solved_at + REOPEN_FOR if ticket.status == Status.SOLVED and ticket.solved_at else None
