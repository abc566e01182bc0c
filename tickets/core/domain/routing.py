"""Whose ticket it is: the designated engineer of a Platinum region, the best match, or whoever takes it from the team.

A designated engineer gets the new tickets of the account and region while present: neither away nor off until after the
answer is due. Otherwise the back-up, by the same rule; otherwise the best match, where the region has that switched on;
otherwise the engineer all the same, unless away. Why it went where it went is stored with the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import Entitlements, entitlements_of
from accounts.models import Account, Agent, DesignatedEngineer, Region, TierTerms, User
from portal.lib.errors import DomainError
from sla.core.enums import Coverage
from sla.coverage.domain.duty import Duty, duties
from tickets.core.domain import alerts, matching, notices
from tickets.core.domain import clocks as promises
from tickets.core.domain.history import record
from tickets.core.domain.locking import locked, touch
from tickets.core.domain.matching import Candidate
from tickets.core.domain.queue import Bounded
from tickets.core.enums import EventKind, RoutedBy
from tickets.core.models import Ticket

SOON = timedelta(days=1)
# Beyond so many open tickets somebody is full, and more are not counted.
MOST_LOAD = 100
# How many tickets others may take from under a hand before it gives up.
MOST_TRIED = 20


@dataclass(frozen=True, slots=True)
class Need:
    """What a new ticket asks of whoever takes it; `due_at` is when its first answer is due."""

    account: Account
    region: Region
    entitlements: Entitlements
    language: str
    product: str
    due_at: datetime
    round_the_clock: bool


@dataclass(frozen=True, slots=True)
class Route:
    """Where a ticket goes and why; `why` holds JSON values that domain/routing_words.py turns into sentences."""

    agent: Agent | None
    routed_by: RoutedBy
    why: dict[str, Any] = field(default_factory=dict)


def need_of(ticket: Ticket, *, now: datetime) -> Need:
    """What a ticket would ask for if it were opened at `now`, under the terms of its requester."""
    entitlements = entitlements_of(ticket.requester, now)
    terms = promises.terms_of(ticket, now=now, bound=(entitlements.tier, entitlements.basis))
    return Need(
        ticket.account, ticket.region, entitlements, language=ticket.language, product=ticket.product,
        due_at=terms.response_due(now), round_the_clock=terms.coverage == Coverage.ALWAYS,
    )  # fmt: skip


def route(need: Need, *, now: datetime) -> Route:
    """The agent a new ticket goes to, and why. Nobody: it waits for the team."""
    engineer = _engineer_of(need)
    if engineer is None:
        return _match(need, now=now) or Route(None, RoutedBy.NOBODY)
    wanted = [agent for agent in (engineer.agent, engineer.backup) if agent]
    found = {duty.agent.pk: duty for duty in duties(Agent.objects.filter(pk__in=[a.pk for a in wanted]), now=now)}
    first, second = found.get(engineer.agent_id), found.get(engineer.backup_id or 0)
    if first and first.is_there_by(need.due_at, now=now):
        return Route(engineer.agent, RoutedBy.DESIGNATED)
    why = {"engineer": engineer.agent.name, **_absence(first, now=now)}
    if second and second.is_there_by(need.due_at, now=now):
        return Route(engineer.backup, RoutedBy.BACKUP, why)
    if engineer.backup:
        why |= {"backup": engineer.backup.name}
    if match := _match(need, now=now):
        return Route(match.agent, match.routed_by, why | match.why)
    # Nobody is there in time; whoever is not away still finds the ticket first.
    for duty, routed_by in ((first, RoutedBy.DESIGNATED), (second, RoutedBy.BACKUP)):
        if duty and not duty.away_until(now):
            return Route(duty.agent, routed_by, why)
    return Route(None, RoutedBy.NOBODY, why)


def _engineer_of(need: Need) -> DesignatedEngineer | None:
    bought, of_person = need.entitlements.account_tier, need.entitlements.terms
    # What the person's tier includes was read already; of a colleague without a seat it says nothing.
    terms = of_person if of_person.tier == bought else TierTerms.objects.get(tier=bought)
    if not terms.designated_engineer:
        return None
    current = DesignatedEngineer.objects.current().select_related("agent__user", "backup__user")
    return current.filter(account=need.account, region=need.region).first()


def _absence(duty: Duty | None, *, now: datetime) -> dict[str, str]:
    """Until when somebody is away or off; nothing said of somebody who has left."""
    if duty is None:
        return {"left": "yes"}
    if until := duty.away_until(now):
        return {"away_until": until.isoformat()}
    opening = duty.next_on(now)
    return {"off_until": opening.isoformat()} if opening else {}


def _match(need: Need, *, now: datetime) -> Route | None:
    """The best match; None where the region leaves new tickets to the team."""
    if not need.region.matches_tickets:
        return None
    everybody = duties(Agent.objects.all(), now=now)
    there = [duty for duty in everybody if duty.posts and duty.is_there_by(need.due_at, now=now)]
    speaking = [duty for duty in there if duty.speaks(need.language)]
    if not speaking:
        missing = "language" if there else "anybody"
        return Route(None, RoutedBy.NOBODY, {"missing": missing, "language": need.language})
    on_now = [duty for duty in speaking if duty.is_on(now)]
    if need.round_the_clock and on_now:
        speaking = on_now
    best = matching.best(_candidates(speaking, need, now=now))
    assert best is not None  # noqa: S101 - there is somebody to choose from
    agent = next(duty.agent for duty in speaking if duty.agent.pk == best.pk)
    why: dict[str, Any] = {"language": need.language, "load": best.open_tickets, "of": len(speaking)}
    if best.region:
        why["region"] = {"en": need.region.name_en, "fr": need.region.name_fr}
    if best.product:
        why["product"] = need.product
    if best.on_now:
        why["on_now"] = True
    return Route(agent, RoutedBy.MATCH, why)


def _candidates(speaking: Sequence[Duty], need: Need, *, now: datetime) -> list[Candidate]:
    """One statement for the load of all: live tickets through the index of own queues, counted up to MOST_LOAD."""
    live = Ticket.objects.live().filter(assignee=OuterRef("pk")).order_by()
    loads = Agent.objects.filter(pk__in=[duty.agent.pk for duty in speaking]).order_by().values_list(
        "pk", Bounded(live.values("pk")[:MOST_LOAD]),
        Bounded(live.filter(next_due_at__lte=now + SOON).values("pk")[:MOST_LOAD]),
    )  # fmt: skip
    counted = {pk: (open_tickets, due_soon) for pk, open_tickets, due_soon in loads}
    return [
        Candidate(
            pk=duty.agent.pk,
            on_now=duty.is_on(now),
            region=any(post.region.pk == need.region.pk for post in duty.posts),
            product=bool(need.product) and _knows(duty.agent, need.product),
            open_tickets=counted[duty.agent.pk][0],
            due_soon=counted[duty.agent.pk][1],
        )
        for duty in speaking
    ]


def _knows(agent: Agent, product: str) -> bool:
    return product.casefold() in {str(skill).casefold() for skill in agent.skills}


@transaction.atomic
def assign(ticket: Ticket, to: Agent | None, *, by: User, now: datetime, covers_for: Agent | None = None) -> Ticket:
    """Give the ticket to an agent, or back to the team (None). Refused for somebody who has left.

    `covers_for`: whose work is being handed over, said in the history.
    """
    ticket = locked(ticket)
    if to is not None and not to.user.is_active:
        raise DomainError(
            _("%(name)s has left the team. Select another person.") % {"name": to.name}, code="inactive_agent"
        )
    if ticket.assignee_id == (to.pk if to else None):
        return ticket
    former, ticket.assignee = ticket.assignee, to
    touch(ticket, now=now)
    more = {"covers_for": covers_for.name} if covers_for else {}
    record(ticket, EventKind.ASSIGNED, by=by, now=now, to=to.name if to else "", **more)
    notices.notify_assignee(ticket, by=by, now=now)
    notices.notify_passed_on(ticket, former, by=by, now=now)
    alerts.begin(ticket, now=now)
    return ticket


def release_from_who_left(ticket: Ticket, *, now: datetime) -> None:
    """Somebody who has left answers nobody: the locked ticket is the team's again, and its ladder begins.

    Called by the act that leaves a message for them; the caller saves the ticket.
    """
    if ticket.assignee is None or ticket.assignee.user.is_active:
        return
    ticket.assignee, ticket.routed_by = None, RoutedBy.NOBODY
    record(ticket, EventKind.ASSIGNED, by=None, now=now, to="")
    alerts.begin(ticket, now=now)


def take_most_urgent(agent: Agent, *, now: datetime) -> Ticket | None:
    """Give `agent` the unassigned ticket that is due first, of those they may see. None: every ticket has an owner.

    Agents who take at the same moment each get another one.
    """
    waiting = Ticket.objects.visible_to(agent.user).live().unassigned().in_order_of_due()
    for pk in list(waiting.values_list("pk", flat=True)[:MOST_TRIED]):
        with transaction.atomic():
            ticket = locked(Ticket.objects.get(pk=pk))
            if ticket.assignee_id is None and ticket.is_live:
                return assign(ticket, agent, by=agent.user, now=now)
    return None
