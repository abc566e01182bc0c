"""The ticket's row lock: every verb takes it first, so that what happens to one ticket happens in one order."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from portal.lib.errors import DomainError
from tickets.models import Ticket


class TicketClosed(DomainError):
    """A closed ticket is final; an answer opens a follow-up."""

    code = "closed"


def locked(ticket: Ticket) -> Ticket:
    """The same ticket as it stands now, held until the transaction ends, with the people its verbs need.

    On SQLite the transaction itself is the lock (BEGIN IMMEDIATE).
    """
    tickets = Ticket.objects.for_detail().select_for_update(of=("self",))
    return tickets.get(pk=ticket.pk)


def locked_all(ids: Sequence[int], *, skip_held: bool = False) -> list[Ticket]:
    """The tickets with these keys, held in the order of their keys; with `skip_held`, without those others hold."""
    skip = skip_held and connection.features.has_select_for_update_skip_locked
    tickets = Ticket.objects.for_detail().select_for_update(of=("self",), skip_locked=skip)
    return list(tickets.filter(pk__in=ids).order_by("pk"))


def touch(ticket: Ticket, *, now: datetime) -> None:
    """Save what a verb wrote on the ticket; the version rises, so that a form filled in before can be told."""
    ticket.updated_at = now
    ticket.version += 1
    ticket.save()
