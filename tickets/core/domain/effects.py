"""What a change of a ticket means for its running promises (semantics §3).

The verb that makes the change asks here, and so does the page that shows the consequence before it: the same answer.
"""

from collections.abc import Callable
from datetime import datetime

from accounts.core.domain.entitlements import entitlements_of
from accounts.core.enums import Basis, Tier
from accounts.models import Region
from sla.core.domain.clocks import Rule
from sla.core.domain.terms import Terms
from sla.core.enums import ClockKind, Priority
from sla.models import Clock
from tickets.core.domain import clocks as promises
from tickets.core.domain.clocks import RANK, Effect
from tickets.core.enums import LanguageChoice
from tickets.core.models import Ticket


def of_priority(ticket: Ticket, to: Priority, *, now: datetime) -> Effect:
    """Raised: the earlier of both. Lowered: counted anew from the start."""
    rule = Rule.EARLIER if to < ticket.priority else Rule.FROM_START
    return Effect(rule, _bound(ticket, rule, now=now, priority=to))


def of_region(to: Region) -> Effect:
    """The same time from the same moment, in other hours. Raises NoTarget for a region without hours."""
    calendar = promises.calendar_for(to)
    return Effect(Rule.SAME_TIME, lambda clock: calendar)


def of_language(ticket: Ticket, to: LanguageChoice, *, now: datetime) -> Effect:
    """English: the earlier of both. One's own language: counted anew from the start, in business hours.

    Check-ins are counted in business hours either way.
    """
    rule = Rule.EARLIER if to == LanguageChoice.ENGLISH else Rule.FROM_START
    return Effect(rule, _bound(ticket, rule, now=now, language=to), frozenset({ClockKind.RESPONSE}))


def _bound(
    ticket: Ticket,
    rule: Rule,
    *,
    now: datetime,
    priority: Priority | None = None,
    language: LanguageChoice | None = None,
) -> Callable[[Clock], Terms]:
    """The new terms of each running clock.

    It keeps the tier that it was promised under: a seat that came or went meanwhile neither takes from it nor reaches
    back to its start. Only what is counted from now on may use the requester's present tier, if better.
    """
    present = entitlements_of(ticket.requester, now)

    def terms(clock: Clock) -> Terms:
        tier, basis = Tier(clock.tier), Basis(clock.basis)
        if rule == Rule.EARLIER and RANK[present.tier] > RANK[tier]:
            tier, basis = present.tier, present.basis
        return promises.terms_of(ticket, now=now, priority=priority, language=language, bound=(tier, basis))

    return terms
