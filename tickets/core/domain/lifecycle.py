"""Opens tickets and moves their status and priority: the only writers of both."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import entitlements_of
from accounts.models import Contact, Region, User
from portal.lib.errors import DomainError
from sla.core.domain import clocks
from sla.core.domain.clocks import Change, build_clock, save_clocks
from sla.core.domain.terms import terms_for
from sla.core.enums import ChangeCause, ClockKind, Coverage, Priority, StartCause
from tickets.core.domain import alerts, effects, notices
from tickets.core.domain import clocks as promises
from tickets.core.domain.attachments import attach
from tickets.core.domain.followers import add_all
from tickets.core.domain.history import record
from tickets.core.domain.locking import TicketClosed, locked, locked_live, touch
from tickets.core.domain.routing import Need, Route, route
from tickets.core.domain.status_updates import notify_status
from tickets.core.enums import DONE, NEXT, OUR_TURN, AuthorKind, Channel, EventKind, LanguageChoice, RoutedBy, Status
from tickets.core.hooks import on_solved
from tickets.core.models import Attachment, Message, Ticket


class WrongStatus(DomainError):
    """The table of statuses has no such move."""

    code = "wrong_status"


class ResponseOwed(DomainError):
    """The customer's last message is unanswered, and this act would leave it so."""

    code = "response_owed"


@transaction.atomic
def open_ticket(
    *,
    requester: Contact,
    subject: str,
    body: str,
    priority: Priority,
    channel: Channel,
    by: User,
    now: datetime,
    language_choice: LanguageChoice = LanguageChoice.ENGLISH,
    product: str = "",
    region: Region | None = None,
    followers: Sequence[Contact] = (),
    attachments: Sequence[Attachment] = (),
    is_private: bool = False,
    live: bool = False,
    follow_up_of: Ticket | None = None,
    cause: StartCause = StartCause.OPENED,
    asked_at: datetime | None = None,
) -> Ticket:
    """Open a ticket for `requester` and start its clocks under the terms that apply to this person now.

    `by` is the person who writes it down: the requester, or an agent. `live`: opened by an agent while talking to the
    customer, so the response is given in the same moment. `asked_at`: when the customer asked, if that was before (in
    a chat): the message and the response clock start then, under the terms of that moment. `body` is Markdown. The
    region defaults to the one of the requester's seat, the contact or the account. Raises NoTarget when the matrix or
    the calendar has a gap, and DomainError for input no edge should let through (empty text, a foreign region or
    follower).
    """
    subject, body = " ".join(subject.split()), body.strip()
    if not subject or not body:
        raise DomainError(_("Enter a subject and a description."), code="empty", field="body" if subject else "subject")
    entitlements = entitlements_of(requester, asked_at or now)
    region = region or promises.region_for(requester, entitlements)
    asked = (
        language_choice
        if promises.may_choose_language(entitlements, requester.user.language)
        else LanguageChoice.ENGLISH
    )
    terms = terms_for(
        tier=entitlements.tier,
        basis=entitlements.basis,
        priority=priority,
        region=region,
        own_language=asked == LanguageChoice.OWN,
    )
    by_agent = by.pk != requester.user_id
    round_the_clock = terms.coverage == Coverage.ALWAYS
    language = "en" if asked == LanguageChoice.ENGLISH and round_the_clock else requester.user.language
    way = route(
        Need(
            requester.account, region, entitlements, language=language, product=product,
            due_at=terms.response_due(now), round_the_clock=round_the_clock,
        ),
        now=now,
    )  # fmt: skip
    if live and way.agent is None and by_agent and by.staff_role:
        way = Route(by.agent, RoutedBy.AGENT)
    cause = StartCause.LIVE if live else cause
    running = [build_clock(kind, terms, cause=cause, now=now) for kind in ClockKind]
    if asked_at is not None:
        running[0] = build_clock(ClockKind.RESPONSE, terms, cause=StartCause.CHAT, now=asked_at)
    ticket = Ticket.objects.create(
        account=requester.account,
        requester=requester,
        subject=subject,
        product=product,
        priority=priority,
        channel=channel,
        language=language,
        language_choice=asked,
        region=region,
        tier=entitlements.tier,
        is_private=is_private,
        assignee=way.agent,
        routed_by=way.routed_by,
        follow_up_of=follow_up_of,
        status=Status.OPEN if live else Status.NEW,
        opened_at=now,
        updated_at=now,
        status_changed_at=now,
        next_due_at=min((c.due_at for c in running if c and not (live and c.kind == ClockKind.RESPONSE)), default=None),
    )
    saved = save_clocks(ticket.pk, ticket.account_id, running, by=by, now=now)
    message = Message.objects.create(
        ticket=ticket,
        author=by if live else requester.user,
        author_kind=AuthorKind.AGENT if live and by_agent else AuthorKind.CUSTOMER,
        channel=channel,
        body=body,
        created_at=asked_at or now,
    )
    attach(attachments, message)
    if live:
        clocks.stop(saved[0], by=by, now=now)
    else:
        alerts.begin(ticket, saved[0], now=now)
    add_all(ticket, followers, by=by, now=now)
    record(ticket, EventKind.OPENED, by=by, now=now, priority=int(priority), channel=channel, tier=entitlements.tier)
    if way.agent or way.why:
        told = {"why": way.why} if way.why else {}
        to = way.agent.name if way.agent else ""
        record(ticket, EventKind.ASSIGNED, by=None, now=now, to=to, routed_by=way.routed_by, **told)
    if follow_up_of:
        record(follow_up_of, EventKind.FOLLOWED_UP, by=by, now=now, number=ticket.number)
    notices.acknowledge(ticket, now=now)
    notices.notify_assignee(ticket, by=by, now=now)
    return ticket


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
