"""Who hears of level 3: rows of the outbox, written by the verbs in escalation.py."""

from datetime import datetime
from typing import Any

from accounts.core.domain.people import leads
from accounts.models import Agent, User
from portal.lib import outbox
from tickets.core.domain.notices import customers_of
from tickets.core.models import Ticket
from tickets.level_3.models import Escalation

SPECIALIST = 3


def notify_asked(escalation: Escalation, *, now: datetime) -> None:
    """The assignee decides, or the leads when nobody owns the ticket."""
    assignee = escalation.ticket.assignee
    _write(escalation, [assignee.user_id] if assignee else leads(), now=now)


def notify_wanted(escalation: Escalation, *, by: User, now: datetime) -> None:
    """The specialists who could take it; a customer who asked hears that it goes on when it is taken."""
    _write(escalation, [user for user in specialists_for(escalation.ticket) if user != by.pk], now=now)


def notify_declined(escalation: Escalation, *, by: User, now: datetime) -> None:
    """Customers who asked read why; the agent who passed it on hears of it too."""
    people = customers_of(escalation.ticket) if escalation.asked_by_id else []
    if escalation.escalated_by_id and escalation.escalated_by_id != by.pk:
        people = [*people, escalation.escalated_by_id]
    _write(escalation, people, now=now)


def notify_taken(escalation: Escalation, *, now: datetime) -> None:
    """The customer's side knows whom they talk with, and whoever had the ticket where it went."""
    former = escalation.former
    colleagues = [former.user_id] if former and former.pk != escalation.agent_id else []
    _write(escalation, [*customers_of(escalation.ticket), *colleagues], now=now)


def notify_returned(escalation: Escalation, *, by: User, now: datetime) -> None:
    """The customer's side and whoever has the ticket again; nobody of us: the leads."""
    assignee = escalation.ticket.assignee
    colleagues = [assignee.user_id] if assignee else leads()
    people = [*customers_of(escalation.ticket), *colleagues]
    _write(escalation, [user for user in people if user != by.pk], now=now)


def specialists_for(ticket: Ticket) -> list[int]:
    """Agents of level 3 who cover the region and write the language; else all of level 3; else the leads."""
    agents = Agent.objects.filter(level=SPECIALIST, user__is_active=True).prefetch_related("regions")
    level_3 = list(agents)
    fitting = [
        agent
        for agent in level_3
        if ticket.language in agent.languages and ticket.region_id in {region.pk for region in agent.regions.all()}
    ]
    return [agent.user_id for agent in fitting or level_3] or leads()


def _write(escalation: Escalation, recipients: list[int], *, now: datetime) -> None:
    ticket = escalation.ticket
    data: dict[str, Any] = {
        "ticket": ticket.pk, "number": ticket.number, "subject": ticket.subject, "escalation": escalation.pk,
        "state": escalation.state,
    }  # fmt: skip
    outbox.write(
        "level_3", key=f"level_3:{escalation.pk}:{escalation.state}", recipients=recipients, data=data, now=now
    )
