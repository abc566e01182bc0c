"""Colleagues who hear of a ticket. Always of the same account: mail and followers never cross accounts."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact, User
from portal.lib.errors import DomainError
from tickets.core.domain import notices
from tickets.core.domain.history import record
from tickets.core.enums import EventKind
from tickets.core.models import Follower, Ticket


class NotAColleague(DomainError):
    """Only active contacts of the ticket's account can follow it."""

    code = "not_a_colleague"


def add_all(ticket: Ticket, contacts: Sequence[Contact], *, by: User, now: datetime) -> None:
    """Add several followers of a ticket that is being opened or merged: what happens tells them."""
    for contact in contacts:
        _add(ticket, contact, by=by, now=now)


@transaction.atomic
def add_follower(ticket: Ticket, contact: Contact, *, by: User, now: datetime) -> None:
    """Let `contact` hear of the ticket; twice is once. Whoever was added by somebody else is told."""
    if _add(ticket, contact, by=by, now=now):
        notices.notify_follower(ticket, contact, by=by, now=now)


def _add(ticket: Ticket, contact: Contact, *, by: User, now: datetime) -> bool:
    if contact.account_id != ticket.account_id or not contact.is_active:
        raise NotAColleague(_("Select a contact of %(account)s.") % {"account": ticket.account.name}, field="follower")
    if contact.pk == ticket.requester_id:
        return False
    _row, added = Follower.objects.get_or_create(
        ticket=ticket, contact=contact, defaults={"added_by": by, "added_at": now}
    )
    if added:
        record(ticket, EventKind.FOLLOWER_ADDED, by=by, now=now, name=contact.name)
    return added


@transaction.atomic
def remove_follower(ticket: Ticket, contact: Contact, *, by: User, now: datetime) -> None:
    """Stop telling `contact`; no complaint when they did not follow."""
    removed, _rows = Follower.objects.filter(ticket=ticket, contact=contact).delete()
    if removed:
        record(ticket, EventKind.FOLLOWER_REMOVED, by=by, now=now, name=contact.name)
