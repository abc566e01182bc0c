"""Whose ticket it is: the designated engineer of a Platinum region, or whoever takes it from the team."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.entitlements import Entitlements
from accounts.models import Account, Agent, DesignatedEngineer, Region, TierTerms, User
from portal.lib.errors import DomainError
from tickets.domain import notices
from tickets.domain.history import record
from tickets.domain.locking import locked, touch
from tickets.enums import EventKind, RoutedBy
from tickets.models import Ticket


def route(
    account: Account, region: Region, entitlements: Entitlements, *, now: datetime
) -> tuple[Agent | None, RoutedBy]:
    """The agent a new ticket goes to, and why. Nobody: it waits for the team."""
    if not TierTerms.objects.filter(tier=entitlements.account_tier, designated_engineer=True).exists():
        return None, RoutedBy.NOBODY
    designated = DesignatedEngineer.objects.select_related("agent__user", "backup__user")
    engineer = designated.filter(account=account, region=region).first()
    if engineer is None:
        return None, RoutedBy.NOBODY
    wanted = [agent.pk for agent in (engineer.agent, engineer.backup) if agent]
    present = set(Agent.objects.present(now).filter(pk__in=wanted).values_list("pk", flat=True))
    if engineer.agent_id in present:
        return engineer.agent, RoutedBy.DESIGNATED
    if engineer.backup_id in present:
        return engineer.backup, RoutedBy.BACKUP
    return None, RoutedBy.NOBODY


@transaction.atomic
def assign(ticket: Ticket, to: Agent | None, *, by: User, now: datetime) -> Ticket:
    """Give the ticket to an agent, or back to the team (None). Refused for somebody who has left."""
    ticket = locked(ticket)
    if to is not None and not to.user.is_active:
        raise DomainError(_("%(name)s has left. Choose somebody else.") % {"name": to.name}, code="inactive_agent")
    if ticket.assignee_id == (to.pk if to else None):
        return ticket
    ticket.assignee = to
    touch(ticket, now=now)
    record(ticket, EventKind.ASSIGNED, by=by, now=now, to=to.name if to else "")
    notices.tell_assignee(ticket, by=by, now=now)
    return ticket
