"""What would be promised, computed before anything is stored: for the form, the API's validate_only, the simulator."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.entitlements import Entitlements, entitlements_of
from accounts.models import Contact, Region
from sla.domain.clocks import Rule, counted_under
from sla.domain.explanation import Explanation, explain_terms
from sla.domain.terms import Terms, matrix, terms_for
from sla.enums import ClockKind, Coverage, Priority
from tickets.domain.promises import bearings, may_choose_language, region_for, terms_of
from tickets.enums import LanguageChoice
from tickets.models import Ticket


@dataclass(frozen=True)
class Promise:
    """What a ticket of one priority would get, opened at `now`: the numbers that open_ticket gives a moment later."""

    priority: Priority
    terms: Terms
    now: datetime
    response_due_at: datetime
    check_ins: list[datetime]

    def explain(self, kind: ClockKind = ClockKind.RESPONSE) -> Explanation | None:
        """Why these times; None for the check-ins of a P4."""
        return explain_terms(self.terms, kind, now=self.now)


@dataclass(frozen=True)
class Outlook:
    """All four priorities for one person at one moment."""

    entitlements: Entitlements
    region: Region
    language_choice: LanguageChoice
    may_choose_language: bool
    promises: dict[Priority, Promise]


def outlook(
    requester: Contact,
    *,
    now: datetime,
    region: Region | None = None,
    language_choice: LanguageChoice = LanguageChoice.ENGLISH,
) -> Outlook:
    """The promises of every priority for `requester` now. Reads only; five queries, whatever the history."""
    entitlements = entitlements_of(requester, now)
    region = region or region_for(requester, entitlements)
    choice = may_choose_language(entitlements, requester.user.language)
    own = choice and language_choice == LanguageChoice.OWN
    cells = matrix()
    promises = {}
    for priority in Priority:
        target = cells.get((entitlements.tier, priority))
        terms = terms_for(
            tier=entitlements.tier, basis=entitlements.basis, priority=priority, region=region,
            own_language=own and target is not None and target.coverage == Coverage.ALWAYS, target=target,
        )  # fmt: skip
        promises[priority] = _promise(terms, now=now)
    return Outlook(
        entitlements=entitlements,
        region=region,
        language_choice=language_choice,
        may_choose_language=choice,
        promises=promises,
    )


def consequence(ticket: Ticket, to: Priority, *, now: datetime) -> "PriorityChange":
    """What another priority would do to the running clocks of `ticket`: shown before anybody asks for it."""
    terms = terms_of(ticket, now=now, priority=to)
    rule = Rule.EARLIER if to < ticket.priority else Rule.FROM_START
    running = sorted(ticket.clocks.running(), key=lambda clock: clock.kind, reverse=True)
    changes = [
        DueChange(
            kind=ClockKind(clock.kind),
            old_due_at=clock.due_at,
            new_due_at=count.due_at if (count := counted_under(clock, rule, at=now, terms=new)) else None,
        )
        for clock, _rule, new, _detail in bearings(ticket, running, rule, now=now, priority=to)
    ]
    return PriorityChange(priority=to, changes=changes, check_ins=terms.coming_check_ins(now))


@dataclass(frozen=True)
class DueChange:
    """One clock before and after; `new_due_at` None: the clock would end (a P4 has no check-in rhythm)."""

    kind: ClockKind
    old_due_at: datetime
    new_due_at: datetime | None


@dataclass(frozen=True)
class PriorityChange:
    priority: Priority
    changes: list[DueChange]
    check_ins: list[datetime]


def _promise(terms: Terms, *, now: datetime) -> Promise:
    return Promise(
        priority=terms.priority,
        terms=terms,
        now=now,
        response_due_at=terms.response_due(now),
        check_ins=terms.coming_check_ins(now),
    )
