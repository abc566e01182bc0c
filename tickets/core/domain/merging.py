"""Two tickets about the same thing become one: the survivor keeps the earlier due moment of the two (semantics §3)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact, User
from portal.lib.errors import DomainError
from sla.core.domain import clocks
from sla.core.domain.clocks import Change
from sla.core.enums import ChangeCause, ClockKind
from tickets.core.domain import alerts, notices
from tickets.core.domain import clocks as promises
from tickets.core.domain.followers import add_all
from tickets.core.domain.history import record
from tickets.core.domain.lifecycle import move, pause_or_resume
from tickets.core.domain.locking import TicketClosed, locked, touch
from tickets.core.enums import DONE, OUR_TURN, EventKind, Status
from tickets.core.models import Ticket
from tickets.core.models.ticket import ticket_pk


class CannotMerge(DomainError):
    """These two tickets must stay apart."""

    code = "cannot_merge"


@transaction.atomic
def merge(ticket: Ticket, *, into: Ticket, by: User, now: datetime) -> Ticket:
    """Close `ticket` and go on in `into`, which is returned: messages, files and people move there.

    The running clocks of `ticket` end as cancelled; those of the survivor keep the earlier due. An unanswered message
    that moves makes it our turn there. Raises CannotMerge for another account, a finished ticket, or when only one of
    them is private.
    """
    # In the order of their keys, so that two merges of the same pair never wait for each other.
    held = {row.pk: row for row in (locked(row) for row in sorted((ticket, into), key=lambda row: row.pk))}
    ticket, into = held[ticket.pk], held[into.pk]
    refuse(ticket, into)
    change = Change(ChangeCause.MERGED, at=now, by=by, detail={"number": ticket.number})
    moved = []
    theirs, ours = clocks.running_clocks(ticket.pk), clocks.running_clocks(into.pk)
    if ClockKind.RESPONSE in theirs and Status(into.status) not in OUR_TURN:
        was = Status(into.status)
        move(into, Status.OPEN, by=by, now=now)
        pause_or_resume(into, was, by=by, now=now)
        ours = clocks.running_clocks(into.pk)
    for kind, clock in theirs.items():
        clocks.cancel(clock, by=by, now=now, reason="merged")
        if kind in ours:
            found = clocks.inherit_due(ours[kind], clock, change, now=now)
            moved += [found] if found else []
        elif kind == ClockKind.RESPONSE:
            alerts.begin(into, clocks.inherit(clock, into.pk, by=by, now=now), now=now)
    _move_messages(ticket, into, by=by, now=now)
    move(ticket, Status.SOLVED, by=by, now=now, merged=True)
    move(ticket, Status.CLOSED, by=by, now=now)
    ticket.merged_into = into
    record(ticket, EventKind.MERGED_INTO, by=by, now=now, number=into.number)
    record(into, EventKind.MERGED, by=by, now=now, number=ticket.number)
    promises.record_due_changes({into: moved}, change, now=now)
    notices.notify_merged(ticket, into, people_of(ticket), by=by, now=now)
    for row in (ticket, into):
        promises.update_next_due(row)
        touch(row, now=now)
    return into


def refuse(ticket: Ticket, into: Ticket) -> None:
    """Raise what stands against merging these two, as they are now."""
    if ticket.pk == into.pk:
        raise CannotMerge(_("A ticket cannot be merged into itself. Enter another number."), field="into")
    for row in (ticket, into):
        if Status(row.status) in DONE:
            raise TicketClosed(
                _("%(number)s is %(status)s. Only unsolved tickets can be merged.")
                % {"number": row.number, "status": row.get_status_display()}
            )
    if ticket.account_id != into.account_id:
        raise CannotMerge(_("The two tickets belong to different accounts. Only tickets of one account can be merged."))
    if ticket.is_private != into.is_private or (ticket.is_private and ticket.requester_id != into.requester_id):
        raise CannotMerge(_("A private ticket can only be merged with another private ticket of the same requester."))


def _move_messages(ticket: Ticket, into: Ticket, *, by: User, now: datetime) -> None:
    """Messages with their files, and internal notes, stand in the survivor; whoever was on one follows the other."""
    ticket.messages.update(ticket=into)
    ticket.notes.update(ticket=into)
    add_all(into, [person for person in people_of(ticket) if person != into.requester], by=by, now=now)


def people_of(ticket: Ticket) -> list[Contact]:
    """The requester and the followers who can still sign in: a merge takes them along."""
    people = [ticket.requester, *(row.contact for row in ticket.followers.select_related("contact__user"))]
    return [person for person in people if person.is_active]


def survivor_of(ticket: Ticket, by: Contact | None = None) -> Ticket:
    """Where a merged ticket goes on, through every merge since; itself when it was not merged.

    With `by`, as far as this contact may see.
    """
    tickets = Ticket.objects.for_detail()
    tickets = tickets.visible_to(by.user, by) if by else tickets
    while ticket.merged_into_id:
        further = tickets.filter(pk=ticket.merged_into_id).first()
        if further is None:
            return ticket
        ticket = further
    return ticket


def mergeable(ticket: Ticket, number: str, *, by: User) -> Ticket:
    """The ticket of the same account that somebody named. Raises CannotMerge; a foreign one counts as missing."""
    tickets = Ticket.objects.visible_to(by).for_detail().filter(account=ticket.account_id)
    found = tickets.filter(pk=ticket_pk(number) or 0).first()
    if found is None:
        raise CannotMerge(
            _("%(account)s has no ticket with this number. Check the number.") % {"account": ticket.account.name},
            field="into",
        )
    return found
