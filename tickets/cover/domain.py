"""Tickets that need cover: due while their owner is away or off. Leads, or the owner, hand them over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.absences.domain import may_enter_for
from accounts.models import Agent, AwayPeriod, DesignatedEngineer, User
from portal.lib.errors import DomainError, NotAllowed, Stale
from sla.coverage.domain.duty import Duty, duties
from tickets.core.domain.locking import locked
from tickets.core.domain.routing import assign
from tickets.core.models import Ticket
from tickets.core.models.ticket import TicketQuerySet

# What is due later than this is no matter for today.
AHEAD = timedelta(days=7)
# Who is off at night is looked at for the promises of this night only.
TONIGHT = timedelta(hours=16)
MOST = 100


@dataclass(frozen=True)
class Uncovered:
    """A ticket whose owner is not there when it is due: until when, and who would stand in."""

    ticket: Ticket
    away_until: datetime | None
    off_until: datetime | None
    has_left: bool
    stand_in: Agent | None


def needs_cover(*, now: datetime, owner: Agent | None = None) -> list[Uncovered]:
    """The live tickets that come due without their owner, nearest first; with `owner`, only theirs."""
    live = Ticket.objects.live().exclude(assignee=None)
    if owner is not None:
        live = live.filter(assignee=owner)
    found = {ticket.pk: ticket for ticket in [*_of_the_absent(live, now), *_of_tonight(live, now)]}
    tickets = sorted(found.values(), key=lambda ticket: (ticket.next_due_at or now, ticket.pk))
    owners = {ticket.assignee_id for ticket in tickets}
    on = {duty.agent.pk: duty for duty in duties(Agent.objects.filter(pk__in=owners), now=now)}
    rows = [_judged(ticket, on.get(ticket.assignee_id or 0), now=now) for ticket in tickets]
    uncovered = [row for row in rows if row][:MOST]
    return _with_backups(uncovered)


def _of_the_absent(live: TicketQuerySet, now: datetime) -> TicketQuerySet:
    due = Greatest(OuterRef("next_due_at"), now)
    away = AwayPeriod.objects.filter(agent=OuterRef("assignee"), starts_at__lte=due, ends_at__gt=due)
    rows = live.filter(next_due_at__lte=now + AHEAD).filter(Exists(away) | Q(assignee__user__is_active=False))
    return rows.in_order_of_due().for_list()[:MOST]


def _of_tonight(live: TicketQuerySet, now: datetime) -> TicketQuerySet:
    return live.filter(next_due_at__gt=now, next_due_at__lte=now + TONIGHT).in_order_of_due().for_list()[:MOST]


def _judged(ticket: Ticket, duty: Duty | None, *, now: datetime) -> Uncovered | None:
    """None for a ticket whose owner is there in time."""
    if duty is None:
        return Uncovered(ticket, None, None, has_left=True, stand_in=None)
    due = max(ticket.next_due_at or now, now)
    if until := duty.away_until(due):
        return Uncovered(ticket, until, None, has_left=False, stand_in=None)
    if not duty.posts or duty.is_on(now):
        return None
    opening = duty.next_on(now)
    if ticket.next_due_at and (opening is None or opening >= ticket.next_due_at):
        return Uncovered(ticket, None, opening, has_left=False, stand_in=None)
    return None


def _with_backups(rows: list[Uncovered]) -> list[Uncovered]:
    """The back-ups of designated engineers, for the tickets of their accounts and regions."""
    engineers = DesignatedEngineer.objects.current().filter(account__in={row.ticket.account_id for row in rows})
    backups = {
        (engineer.account_id, engineer.region_id, engineer.agent_id): engineer.backup
        for engineer in engineers.exclude(backup=None).select_related("backup__user")
    }
    return [
        Uncovered(
            row.ticket, row.away_until, row.off_until, row.has_left,
            stand_in=backups.get((row.ticket.account_id, row.ticket.region_id, row.ticket.assignee_id or 0)),
        )
        for row in rows
    ]  # fmt: skip


@transaction.atomic
def hand_over(ticket: Ticket, to: Agent, *, owner: Agent, by: User, now: datetime) -> Ticket:
    """Give a ticket of `owner` to `to`, who stands in.

    Raises NotAllowed unless the owner or a lead asks, Stale when the ticket is not the owner's any more, DomainError
    for somebody who has left or is away.
    """
    if not may_enter_for(owner, by):
        raise NotAllowed(
            _("You can hand over your own tickets only. Ask a team lead to hand over other agents’ tickets.")
        )
    ticket = locked(ticket)
    if ticket.assignee_id != owner.pk or not ticket.is_live:
        raise Stale(_("This ticket has changed. Reload the list."))
    if AwayPeriod.objects.covering(now).filter(agent=to).exists():
        raise DomainError(_("%(name)s is away. Select another agent.") % {"name": to.name}, code="away", field="to")
    return assign(ticket, to, by=by, now=now, covers_for=owner)
