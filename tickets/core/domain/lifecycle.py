"""Moves the status and priority of tickets: the only writers of both, but for opening."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import entitlements_of
from accounts.models import Region, User
from portal.lib.errors import DomainError
from sla.core.domain import clocks
from sla.core.domain.clocks import Change
from sla.core.enums import ChangeCause, ClockKind, Priority, StartCause
from tickets.core.domain import clocks as promises
from tickets.core.domain import effects, notices
from tickets.core.domain.history import record
from tickets.core.domain.locking import TicketClosed, locked, locked_live, touch
from tickets.core.domain.status_updates import notify_status
from tickets.core.enums import DONE, NEXT, OUR_TURN, EventKind, LanguageChoice, Status
from tickets.core.hooks import on_solved
from tickets.core.models import Ticket


class WrongStatus(DomainError):
    """The table of statuses has no such move."""

    code = "wrong_status"


class ResponseOwed(DomainError):
    """The customer's last message is unanswered, and this act would leave it so."""

    code = "response_owed"


@transaction.atomic
def change_status(ticket: Ticket, to: Status, *, by: User, now: datetime) -> Ticket:
    """An agent moves a ticket without words (with words: conversation.reply_as_agent).

    Raises ResponseOwed when solving would leave a customer's message unanswered, WrongStatus for a move that the
    table does not have, TicketClosed for a closed ticket.
    """
    ticket = locked(ticket)
    was = Status(ticket.status)
    if was == to:
        return ticket
    running = clocks.running_clocks(ticket.pk)
    if to == Status.SOLVED and ClockKind.RESPONSE in running:
        raise ResponseOwed(_("The customer is waiting for a reply. Write a reply and select the status Solved."))
    move(ticket, to, by=by, now=now)
    pause_or_resume(ticket, was, by=by, now=now)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    notify_status(ticket, by=by, now=now)
    return ticket


@transaction.atomic
def change_priority(ticket: Ticket, to: Priority, *, by: User, now: datetime, reason: str = "") -> Ticket:
    """An agent changes the priority; running clocks are recounted by semantics §3, with an event each."""
    ticket = locked(ticket)
    _refuse_done(ticket)
    was = Priority(ticket.priority)
    if was == to:
        return ticket
    effect = effects.of_priority(ticket, to, now=now)
    ticket.priority, ticket.asked_priority = to, None
    record(ticket, EventKind.PRIORITY, by=by, now=now, old=int(was), new=int(to), reason=reason)
    had_check_in = ticket.clocks.running().of(ClockKind.CHECK_IN).exists()
    change = Change(ChangeCause.PRIORITY, at=now, by=by, detail={"new_priority": int(to)})
    promises.follow(ticket, change, effect, now=now)
    if not had_check_in:
        promises.start(ticket, ClockKind.CHECK_IN, cause=StartCause.PRIORITY, by=by, now=now)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    return ticket


@transaction.atomic
def change_region(ticket: Ticket, to: Region, *, by: User, now: datetime) -> Ticket:
    """The ticket belongs to another region: what is counted in business hours is counted in its calendar."""
    ticket = locked(ticket)
    _refuse_done(ticket)
    was = ticket.region
    if was == to:
        return ticket
    effect, ticket.region = effects.of_region(to), to
    record(ticket, EventKind.REGION, by=by, now=now, old=was.code, new=to.code)
    change = Change(ChangeCause.REGION, at=now, by=by, detail={"old_region": was.code, "new_region": to.code})
    promises.follow(ticket, change, effect, now=now)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    return ticket


@transaction.atomic
def change_language(ticket: Ticket, to: LanguageChoice, *, by: User, now: datetime) -> Ticket:
    """Around the clock in English, or the requester's language in business hours: the requester chooses anew.

    To English: the earlier of the present due and now + target. To business hours: counted from the clock's start,
    as when a priority is lowered. Raises DomainError on a tier whose answers are in business hours anyway.
    """
    ticket = locked(ticket)
    _refuse_done(ticket)
    if ticket.language_choice == to:
        return ticket
    if not promises.may_choose_language(entitlements_of(ticket.requester, now), ticket.requester.user.language):
        raise DomainError(
            _(
                "This choice exists only on tiers with 24/7 replies, for requesters who write in a language "
                "other than English."
            ),
            code="no_language_choice",
        )
    effect, ticket.language_choice = effects.of_language(ticket, to, now=now), to
    ticket.language = "en" if to == LanguageChoice.ENGLISH else ticket.requester.user.language
    record(ticket, EventKind.LANGUAGE, by=by, now=now, to=to.value)
    change = Change(ChangeCause.LANGUAGE, at=now, by=by, detail={"language_choice": to.value})
    promises.follow(ticket, change, effect, now=now)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    return ticket


@transaction.atomic
def ask_for_priority(ticket: Ticket, to: Priority, *, reason: str, by: User, now: datetime) -> Ticket:
    """The customer asks for another priority, with a reason; an agent decides. Nothing is recounted yet."""
    ticket = locked_live(ticket)
    if not reason.strip():
        raise DomainError(_("Enter what has changed."), code="empty", field="reason")
    if to == ticket.priority:
        raise DomainError(_("The ticket already has this priority."), code="unchanged", field="priority")
    ticket.asked_priority = to
    touch(ticket, now=now)
    record(ticket, EventKind.PRIORITY_ASKED, by=by, now=now, priority=int(to), reason=reason.strip())
    notices.notify_priority_asked(ticket, now=now)
    return ticket


@transaction.atomic
def close_by_customer(ticket: Ticket, *, by: User, now: datetime) -> Ticket:
    """The customer says that it is done: running clocks end as cancelled; they may reopen for seven days."""
    ticket = locked(ticket)
    if Status(ticket.status) in DONE:
        return ticket
    for clock in clocks.running_clocks(ticket.pk).values():
        clocks.cancel(clock, by=by, now=now, reason="closed_by_customer")
    move(ticket, Status.SOLVED, by=by, now=now)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    notices.notify_closed_by_customer(ticket, by=by, now=now)
    return ticket


def move(ticket: Ticket, to: Status, *, by: User | None, now: datetime, merged: bool = False) -> None:
    """Change the status of a locked ticket along the table and record it; the caller saves.

    A new ticket that goes somewhere else than open or solved passes through open in the same act. Solving ends what
    waited for level 3 and opens the root-cause analysis that is owed; `merged`: it goes on elsewhere, so no analysis.
    """
    was = Status(ticket.status)
    if was == Status.CLOSED:
        raise TicketClosed(_("The ticket is permanently closed. Your message can open a follow-up ticket."))
    if to not in NEXT[was] and not (was == Status.NEW and to in NEXT[Status.OPEN]):
        raise WrongStatus(
            _("The status of a ticket cannot change from “%(was)s” to “%(to)s”.") % {"was": was.label, "to": to.label},
            status=was.value,
        )
    ticket.status, ticket.status_changed_at = to, now
    ticket.solved_at = now if to == Status.SOLVED else (ticket.solved_at if to == Status.CLOSED else None)
    ticket.closed_at = now if to == Status.CLOSED else None
    record(ticket, EventKind.STATUS, by=by, now=now, old=was.value, new=to.value)
    if to == Status.SOLVED:
        on_solved(ticket, by=by, now=now, merged=merged)


def _refuse_done(ticket: Ticket) -> None:
    if Status(ticket.status) in DONE:
        raise TicketClosed(
            _("The ticket is %(status)s. Its targets no longer change.") % {"status": ticket.get_status_display()}
        )


def pause_or_resume(ticket: Ticket, was: Status, *, by: User | None, now: datetime) -> None:
    """The check-in clock after a status change: it ends when the turn leaves us, a new one starts when it returns."""
    is_ours, was_ours = Status(ticket.status) in OUR_TURN, was in OUR_TURN
    if was_ours and not is_ours:
        check_in = clocks.running_clocks(ticket.pk).get(ClockKind.CHECK_IN)
        if check_in:
            clocks.cancel(check_in, by=by, now=now, reason=f"status_{ticket.status}")
    elif is_ours and not was_ours:
        promises.start(ticket, ClockKind.CHECK_IN, cause=StartCause.OUR_TURN, by=by, now=now)
