"""What a change of a ticket means for its running promises (semantics §3).

The verb that makes the change asks here, and so does the page that shows the consequence before it: the same answer.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Region
from sla.domain.clocks import Rule
from sla.domain.terms import Terms
from sla.enums import ClockKind, Priority
from sla.models import Calendar
from tickets.domain import promises
from tickets.enums import LanguageChoice
from tickets.models import Ticket


@dataclass(frozen=True)
class Effect:
    """How a change bears on the running clocks of these kinds; `terms` as in sla.domain.clocks.Bearing."""

    rule: Rule
    terms: Terms | Calendar
    kinds: Set[ClockKind] = frozenset(ClockKind)


def of_priority(ticket: Ticket, to: Priority, *, now: datetime) -> Effect:
    """Raised: the earlier of both. Lowered: counted anew from the start."""
    rule = Rule.EARLIER if to < ticket.priority else Rule.FROM_START
    return Effect(rule, promises.terms_of(ticket, now=now, priority=to))


def of_region(to: Region) -> Effect:
    """The same time from the same moment, in other hours. Raises NoTarget for a region without hours."""
    return Effect(Rule.SAME_TIME, promises.calendar_for(to))


def of_language(ticket: Ticket, to: LanguageChoice, *, now: datetime) -> Effect:
    """English: the earlier of both. One's own language: counted anew from the start, in business hours.

    Check-ins are counted in business hours either way.
    """
    rule = Rule.EARLIER if to == LanguageChoice.ENGLISH else Rule.FROM_START
    return Effect(rule, promises.terms_of(ticket, now=now, language=to), frozenset({ClockKind.RESPONSE}))
