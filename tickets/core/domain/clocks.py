"""Where tickets meet the promise engine: which terms bind a ticket, what a change does to them, what is due next."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import Entitlements, entitlements_of
from accounts.core.enums import Basis, Tier
from accounts.models import Contact, Region
from sla.core.domain import clocks
from sla.core.domain.calendars import calendar_of
from sla.core.domain.clocks import Change, ClockEffect, DueChange, Rule
from sla.core.domain.terms import NoTarget, Terms, terms_for
from sla.core.enums import ClockKind, Priority, StartCause
from sla.models import Calendar, Clock
from tickets.core.domain import alerts, notices
from tickets.core.enums import LIVE, OUR_TURN, EventKind, LanguageChoice, Status
from tickets.core.models import Ticket, TicketEvent

RANK = {tier: rank for rank, tier in enumerate(Tier)}


@dataclass(frozen=True)
class Effect:
    """What a change of a ticket does to its running clocks of these kinds; `terms` as in ClockEffect."""

    rule: Rule
    terms: Callable[[Clock], Terms | Calendar]
    kinds: Set[ClockKind] = frozenset(ClockKind)


def region_for(requester: Contact, entitlements: Entitlements) -> Region:
    """Whose business hours count: the region of the seat, else the contact's, else the account's home region.

    A seat that was given a region on a higher tier keeps its name for the day the tier comes back, no more.
    """
    seat = entitlements.seat
    if entitlements.has_seat and seat and seat.region and entitlements.terms.regional_premium_contacts:
        return seat.region
    return requester.own_region


def may_choose_language(entitlements: Entitlements, language: str) -> bool:
    """Around the clock is in English: who writes in another language chooses between the two."""
    return entitlements.terms.round_the_clock and language != "en"


def terms_of(
    ticket: Ticket,
    *,
    now: datetime,
    priority: Priority | None = None,
    language: LanguageChoice | None = None,
    bound: tuple[Tier, Basis] | None = None,
) -> Terms:
    """The terms for a promise that starts on `ticket` now: decided by its requester (semantics §2).

    `priority` and `language`: as if the ticket had these. `bound`: the tier and why, when the caller knows them.
    """
    if bound is None:
        entitlements = entitlements_of(ticket.requester, now)
        bound = entitlements.tier, entitlements.basis
    return terms_for(
        tier=bound[0],
        basis=bound[1],
        priority=priority or Priority(ticket.priority),
        region=ticket.region,
        own_language=(language or ticket.language_choice) == LanguageChoice.OWN,
    )


def calendar_for(region: Region) -> Calendar:
    """The calendar of `region`. Raises NoTarget, with what to do, for a region whose hours were never entered."""
    try:
        return calendar_of(region)
    except Calendar.DoesNotExist:
        raise NoTarget(
            _("The region %(region)s has no business-hours calendar. Create it first.") % {"region": region.name}
        ) from None


def start(ticket: Ticket, kind: ClockKind, *, cause: StartCause, by, now: datetime) -> None:  # type: ignore[no-untyped-def]
    """Start a clock of `kind` unless one runs; check-ins only while the ticket is ours to move."""
    if kind == ClockKind.CHECK_IN and Status(ticket.status) not in OUR_TURN:
        return
    terms = terms_of(ticket, now=now)
    started = clocks.start_clock(ticket.pk, ticket.account_id, kind, terms, cause=cause, by=by, now=now)
    if started is not None and kind == ClockKind.RESPONSE:
        alerts.begin(ticket, started, now=now)


def follow(ticket: Ticket, change: Change, effect: Effect, *, now: datetime) -> list[DueChange]:
    """Apply a change to the running clocks of a locked ticket; history and mail say which due moments moved.

    The caller saves the ticket, with `update_next_due`.
    """
    running = [clock for kind, clock in clocks.running_clocks(ticket.pk).items() if kind in effect.kinds]
    moved = clocks.apply_all(
        change, [ClockEffect(clock, effect.rule, effect.terms(clock)) for clock in running], now=now
    )
    record_due_changes({ticket: moved}, change, now=now)
    return moved


def record_due_changes(moved: Mapping[Ticket, list[DueChange]], change: Change, *, now: datetime) -> None:
    """Write the moved due moments into the history of their tickets, and a notice for each ticket."""
    TicketEvent.objects.bulk_create(
        TicketEvent(
            ticket=ticket, kind=EventKind.DUE_CHANGED, actor=change.by, created_at=now,
            data=dict(change.detail) | {
                "kind": found.clock.kind, "cause": change.cause.value, "old": found.old_due_at.isoformat(),
                "new": found.new_due_at.isoformat() if found.new_due_at else None,
            },
        )
        for ticket, rows in moved.items()
        for found in rows
    )  # fmt: skip
    alerts.reschedule(moved, now=now)
    told = {ticket: rows for ticket, rows in moved.items() if any(found.new_due_at for found in rows)}
    notices.notify_due_changed(told, change, now=now)


def update_next_due(ticket: Ticket) -> None:
    """Write the earliest due moment of the running clocks onto the ticket's instance; the verb saves it."""
    ticket.next_due_at = clocks.next_due_at(ticket.pk) if Status(ticket.status) in LIVE else None
