"""What would be promised, computed before anything is stored: for the form, the API's validate_only, the simulator."""

from dataclasses import dataclass
from datetime import datetime

from accounts.core.domain.entitlements import Entitlements, entitlements_of
from accounts.models import Contact, Region
from sla.core.domain.calendars import business_calendar
from sla.core.domain.clocks import build_clock, counted_under, inherits_due
from sla.core.domain.coming import moments
from sla.core.domain.explanation import Explanation, explain_terms
from sla.core.domain.terms import Terms, matrix, terms_for
from sla.core.enums import ClockKind, Coverage, Priority, StartCause
from sla.models import Calendar, Clock
from tickets.core.domain import effects
from tickets.core.domain.clocks import Effect, calendar_for, may_choose_language, region_for, terms_of
from tickets.core.domain.merging import people_of, refuse
from tickets.core.enums import OUR_TURN, LanguageChoice, Status
from tickets.core.models import Ticket


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


@dataclass(frozen=True)
class DueChange:
    """One clock before and after. `new_due_at` None: the clock would end (a P4 has no check-in rhythm); `old_due_at`
    None: none ran before."""

    kind: ClockKind
    old_due_at: datetime | None
    new_due_at: datetime | None


@dataclass(frozen=True)
class Consequence:
    """What a change would do to the promises of a ticket, and when it would hear from us after it."""

    changes: list[DueChange]
    check_ins: list[datetime]


@dataclass(frozen=True)
class PriorityChange(Consequence):
    priority: Priority


@dataclass(frozen=True)
class RegionChange(Consequence):
    """`old` and `new` are the calendars, each with its region."""

    old: Calendar
    new: Calendar


@dataclass(frozen=True)
class LanguageChange(Consequence):
    choice: LanguageChoice


@dataclass(frozen=True)
class Merger(Consequence):
    """What the surviving ticket would have, and how much moves there."""

    messages: int
    notes: int
    people: list[str]


def consequence(ticket: Ticket, to: Priority, *, now: datetime) -> PriorityChange:
    """What another priority would do to the running clocks of `ticket`: shown before anybody asks for it."""
    effect = effects.of_priority(ticket, to, now=now)
    terms = terms_of(ticket, now=now, priority=to)
    check_ins = terms.coming_check_ins(now) if ticket.status in OUR_TURN else []
    return PriorityChange(_under(effect, _running(ticket), now=now), check_ins, priority=to)


def region_consequence(ticket: Ticket, to: Region, *, now: datetime) -> RegionChange:
    """What moving the ticket to `to` would do. Raises NoTarget when either region has no hours."""
    running, effect = _running(ticket), effects.of_region(to)
    changes = _under(effect, running, now=now)
    return RegionChange(
        changes, _next(running, changes, calendar_for(to), now=now), old=calendar_for(ticket.region),
        new=calendar_for(to),
    )  # fmt: skip


def language_consequence(ticket: Ticket, to: LanguageChoice, *, now: datetime) -> LanguageChange:
    """What the other language would do; check-ins stay as they are."""
    changes = _under(effects.of_language(ticket, to, now=now), _running(ticket), now=now)
    return LanguageChange(changes, [], choice=to)


def merger(ticket: Ticket, into: Ticket, *, now: datetime) -> Merger:
    """What merging `ticket` into `into` would leave there. Raises what the merge would raise."""
    refuse(ticket, into)
    theirs, ours = ({ClockKind(clock.kind): clock for clock in _running(row)} for row in (ticket, into))
    before = {kind: clock.due_at for kind, clock in ours.items()}
    if ClockKind.RESPONSE in theirs and Status(into.status) not in OUR_TURN:
        # The turn comes back to us: check-ins begin again.
        again = build_clock(ClockKind.CHECK_IN, terms_of(into, now=now), cause=StartCause.OUR_TURN, now=now)
        ours |= {ClockKind.CHECK_IN: again} if again else {}
    after = {kind: clock.due_at for kind, clock in ours.items()}
    for kind, clock in theirs.items():
        goes_on = inherits_due(ours[kind], clock, now=now) if kind in ours else kind == ClockKind.RESPONSE
        if goes_on:
            after[kind] = clock.due_at
    return Merger(
        [DueChange(kind, before.get(kind), after[kind]) for kind in ClockKind if kind in after],
        [],
        messages=ticket.messages.count(),
        notes=ticket.notes.count(),
        people=[person.name for person in people_of(ticket) if person != into.requester],
    )


def _running(ticket: Ticket) -> list[Clock]:
    """The response first."""
    running = ticket.clocks.running().select_related("calendar__region")
    return sorted(running, key=lambda clock: clock.kind, reverse=True)


def _under(effect: Effect, running: list[Clock], *, now: datetime) -> list[DueChange]:
    """Each clock before and after; a kind that the effect leaves alone stays as it is."""
    changes = []
    for clock in running:
        kind = ClockKind(clock.kind)
        count = counted_under(clock, effect.rule, at=now, terms=effect.terms(clock)) if kind in effect.kinds else None
        due = clock.due_at if kind not in effect.kinds else count.due_at if count else None
        changes.append(DueChange(kind, clock.due_at, due))
    return changes


def _next(running: list[Clock], changes: list[DueChange], calendar: Calendar, *, now: datetime) -> list[datetime]:
    """The check-ins after a change that leaves their rhythm as it is."""
    for clock, change in zip(running, changes, strict=True):
        if change.kind == ClockKind.CHECK_IN and change.new_due_at:
            hours = business_calendar(calendar)
            return moments(change.new_due_at, clock.rule, clock.target_minutes, hours, now=now)
    return []


def _promise(terms: Terms, *, now: datetime) -> Promise:
    return Promise(
        priority=terms.priority,
        terms=terms,
        now=now,
        response_due_at=terms.response_due(now),
        check_ins=terms.coming_check_ins(now),
    )
