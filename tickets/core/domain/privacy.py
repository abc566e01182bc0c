"""A private ticket: only its requester, its followers and the account's administrators read it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact
from portal.lib.errors import NotAllowed
from tickets.core.domain.locking import locked, touch
from tickets.core.models import Ticket


@transaction.atomic
def set_private(ticket: Ticket, is_private: bool, *, by: Contact, now: datetime) -> Ticket:
    """Hide the ticket from the colleagues, or show it to them again. Raises NotAllowed for anybody else's ticket."""
    ticket = locked(ticket)
    if ticket.is_private == is_private:
        return ticket
    if by.pk != ticket.requester_id and not by.is_admin:
        raise NotAllowed(
            _("Only %(name)s and the account administrators can decide who reads this ticket.")
            % {"name": ticket.requester.name},
            field="is_private",
        )
    ticket.is_private = is_private
    touch(ticket, now=now)
    return ticket
