"""The ticket's row lock: every verb takes it first, so that what happens to one ticket happens in one order."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from portal.lib.errors import DomainError
from tickets.core.enums import DONE, Status
from tickets.core.models import Ticket


class TicketClosed(DomainError):
    """A closed ticket is final; an answer opens a follow-up."""

    code = "closed"


def locked(ticket: Ticket) -> Ticket:
    """The same ticket as it stands now, held until the transaction ends, with the people its verbs need.

    On SQLite the transaction itself is the lock (BEGIN IMMEDIATE).
    """
    if connection.features.has_select_for_update:
        # First the lock, then the rows: PostgreSQL gives a statement that waited the joined rows of before.
        Ticket.objects.select_for_update().values("pk").get(pk=ticket.pk)
    return Ticket.objects.for_detail().get(pk=ticket.pk)


def locked_live(ticket: Ticket) -> Ticket:
    """The same as `locked`, when the ticket is not finished. Raises TicketClosed."""
    ticket = locked(ticket)
    if Status(ticket.status) in DONE:
        raise TicketClosed(_("This ticket is solved or closed. Open a new one if the problem is back."))
    return ticket


def locked_all(ids: Sequence[int], *, skip_held: bool = False) -> list[Ticket]:
    """The tickets with these keys, held in the order of their keys; with `skip_held`, without those others hold."""
    if connection.features.has_select_for_update:
        rows = Ticket.objects.select_for_update(skip_locked=skip_held).filter(pk__in=ids).order_by("pk")
        ids = list(rows.values_list("pk", flat=True))
    return list(Ticket.objects.for_detail().filter(pk__in=ids).order_by("pk"))


def touch(ticket: Ticket, *, now: datetime) -> None:
    """Save what a verb wrote on the ticket; the version rises, so that a form filled in before can be told."""
    ticket.updated_at = now
    ticket.version += 1
    ticket.save()
