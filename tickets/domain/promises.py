"""Where tickets meet the promise engine: which terms bind a ticket now, and the due moment kept on its row."""

from datetime import datetime

from accounts.domain.entitlements import Entitlements, entitlements_of
from accounts.models import Contact, Region
from sla.domain import clocks
from sla.domain.terms import Terms, terms_for
from sla.enums import ClockKind, Priority, StartCause
from tickets.enums import LIVE, OUR_TURN, LanguageChoice, Status
from tickets.models import Ticket


def region_for(requester: Contact, entitlements: Entitlements) -> Region:
    """Whose business hours count: the region of the seat, else the contact's, else the account's home region."""
    if entitlements.has_seat and entitlements.seat and entitlements.seat.region:
        return entitlements.seat.region
    return requester.own_region


def may_choose_language(entitlements: Entitlements, language: str) -> bool:
    """Around the clock is in English: who writes in another language chooses between the two."""
    return entitlements.terms.round_the_clock and language != "en"


def terms_of(ticket: Ticket, *, now: datetime, priority: Priority | None = None) -> Terms:
    """The terms for a promise that starts on `ticket` now: decided by its requester (semantics §2)."""
    entitlements = entitlements_of(ticket.requester, now)
    return terms_for(
        tier=entitlements.tier,
        basis=entitlements.basis,
        priority=priority or Priority(ticket.priority),
        region=ticket.region,
        own_language=ticket.language_choice == LanguageChoice.OWN,
    )


def start(ticket: Ticket, kind: ClockKind, *, cause: StartCause, by, now: datetime) -> None:  # type: ignore[no-untyped-def]
    """Start a clock of `kind` unless one runs; check-ins only while the ticket is ours to move."""
    if kind == ClockKind.CHECK_IN and Status(ticket.status) not in OUR_TURN:
        return
    clocks.start_clock(ticket.pk, kind, terms_of(ticket, now=now), cause=cause, by=by, now=now)


def keep_next_due(ticket: Ticket) -> None:
    """Write the earliest due moment of the running clocks onto the ticket's instance; the verb saves it."""
    ticket.next_due_at = clocks.next_due_at(ticket.pk) if Status(ticket.status) in LIVE else None
