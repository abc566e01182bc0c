"""What is said on a ticket: messages start and stop clocks, notes do neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact, User
from portal.lib.errors import DomainError, Stale
from portal.lib.typed import as_text
from sla.core.domain import clocks
from sla.core.enums import CheckInRule, ClockKind, Priority, StartCause
from tickets.core.domain import clocks as promises
from tickets.core.domain import notices
from tickets.core.domain.attachments import attach
from tickets.core.domain.history import record
from tickets.core.domain.lifecycle import move, pause_or_resume
from tickets.core.domain.locking import TicketClosed, locked, touch
from tickets.core.domain.merging import survivor_of
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.domain.routing import release_from_who_left
from tickets.core.enums import AuthorKind, Channel, EventKind, LanguageChoice, MessageKind, Status
from tickets.core.models import Attachment, InternalNote, Message, Ticket


class NewerMessage(Stale):
    """Somebody else wrote while this answer was being written."""

    code = "newer_message"


class NoCheckIn(DomainError):
    """No check-in clock runs on this ticket."""

    code = "no_check_in"


@dataclass(frozen=True, kw_only=True)
class ReplyDetails:
    """What goes with the text of a message; unless said otherwise, that of a reply written on the ticket page.

    `seen_message`, `seen_note`: see refuse_unread. `parts`: those of an enhanced check-in, as check_ins.py makes them.
    """

    kind: MessageKind = MessageKind.REPLY
    channel: Channel = Channel.DESK
    attachments: Sequence[Attachment] = ()
    seen_message: int | None = None
    seen_note: int | None = None
    parts: dict[str, str] | None = None


WRITTEN_ON_THE_PAGE = ReplyDetails()


@transaction.atomic
def reply_as_customer(
    ticket: Ticket,
    *,
    body: str,
    by: Contact,
    channel: Channel,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    cause: StartCause = StartCause.CUSTOMER_MESSAGE,
    seen_message: int | None = None,
) -> Message:
    """A public message of the customer's side. It starts the response clock unless one runs, and brings a ticket
    that waited, was on hold or was solved back to us. `seen_message`: see refuse_unread.

    On a merged ticket it stands in the survivor, when the writer may see that; on a closed ticket it opens a follow-up.
    The message returned then belongs to the other ticket.
    """
    body = _text(body)
    ticket = locked(survivor_of(ticket, by))
    if ticket.merged_into_id:
        # Merged while this waited for the lock. Nobody else holds a merged ticket for long.
        ticket = locked(survivor_of(ticket, by))
    refuse_unread(ticket, seen_message, by=by.user)
    if ticket.status == Status.CLOSED:
        return _follow_up(ticket, body=body, by=by, channel=channel, now=now, attachments=attachments)
    details = ReplyDetails(channel=channel, attachments=attachments)
    message = _post(ticket, body, by=by.user, side=AuthorKind.CUSTOMER, details=details, now=now)
    was = Status(ticket.status)
    if was in {Status.WAITING, Status.ON_HOLD, Status.SOLVED}:
        move(ticket, Status.OPEN, by=by.user, now=now)
        pause_or_resume(ticket, was, by=by.user, now=now)
    release_from_who_left(ticket, now=now)
    promises.start(ticket, ClockKind.RESPONSE, cause=cause, by=by.user, now=now)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    notices.notify_desk(message, now=now)
    return message


@transaction.atomic
def reply_as_agent(
    ticket: Ticket,
    *,
    body: str,
    by: User,
    now: datetime,
    status_after: Status | None = None,
    details: ReplyDetails = WRITTEN_ON_THE_PAGE,
) -> Message:
    """A public message of ours: it answers the customer and is a check-in at once, so it stops both clocks; the next
    check-in starts while the ticket is ours to move.

    `status_after` moves the ticket in the same act. Raises TicketClosed, WrongStatus, NewerMessage.
    """
    body = _text(body)
    ticket = locked(ticket)
    if ticket.status == Status.CLOSED:
        raise TicketClosed(_("This ticket is permanently closed. Open a new ticket for the customer."))
    refuse_unread(ticket, details.seen_message, by=by, seen_note=details.seen_note)
    message = _post(ticket, body, by=by, side=AuthorKind.AGENT, details=details, now=now)
    for clock in clocks.running_clocks(ticket.pk).values():
        clocks.stop(clock, by=by, now=now)
    was = Status(ticket.status)
    to = status_after or (Status.OPEN if was == Status.NEW else was)
    if to != was:
        move(ticket, to, by=by, now=now)
        terms = promises.terms_of(ticket, now=now)
        if terms.check_in_rule == CheckInRule.STATUS_CHANGE:
            clocks.record_check_in(ticket.pk, ticket.account_id, terms, by=by, now=now)
    promises.start(ticket, ClockKind.CHECK_IN, cause=StartCause.AGENT_MESSAGE, by=by, now=now)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    notices.notify_customers(message, now=now)
    return message


@transaction.atomic
def add_note(ticket: Ticket, *, body: str, by: User, now: datetime) -> InternalNote:
    """Words among staff: no clock moves, nobody outside ever hears of it."""
    ticket = locked(ticket)
    note = InternalNote.objects.create(ticket=ticket, author=by, body=_text(body), created_at=now)
    record(ticket, EventKind.NOTE, by=by, now=now, note=note.pk)
    touch(ticket, now=now)
    return note


@transaction.atomic
def skip_check_in(ticket: Ticket, *, reason: str, by: User, now: datetime) -> Ticket:
    """Leave out the running check-in, with a reason; it is counted apart and the next one starts now."""
    ticket = locked(ticket)
    if not reason.strip():
        raise DomainError(_("Enter the reason the check-in is not needed."), code="empty", field="reason")
    clock = clocks.running_clocks(ticket.pk).get(ClockKind.CHECK_IN)
    if clock is None:
        raise NoCheckIn(_("No check-in is planned on this ticket."))
    clocks.skip(clock, reason=reason.strip(), by=by, now=now)
    record(ticket, EventKind.CHECK_IN_SKIPPED, by=by, now=now, reason=reason.strip())
    promises.start(ticket, ClockKind.CHECK_IN, cause=StartCause.SKIPPED, by=by, now=now)
    promises.update_next_due(ticket)
    touch(ticket, now=now)
    return ticket


def unread(ticket: Ticket, seen_message: int | None, *, by: User) -> Message | None:
    """The newest message that somebody else wrote after `seen_message`, whichever side they are on. None when there is
    none, or when nobody says what was seen."""
    if seen_message is None:
        return None
    newer = ticket.messages.filter(pk__gt=seen_message).exclude(author=by)
    return newer.select_related("author").order_by("pk").last()


def refuse_unread(ticket: Ticket, seen_message: int | None, *, by: User, seen_note: int | None = None) -> None:
    """Hold back an answer that was begun before somebody else wrote: two colleagues would both answer, or one would
    answer what the customer has just taken back.

    `seen_message` and, among staff, `seen_note` are the newest that were on the page. The ticket is locked. Raises
    NewerMessage; shown again with the newer words, the page has new numbers and may be sent.
    """
    newer = unread(ticket, seen_message, by=by)
    if newer is not None:
        raise NewerMessage(
            _("%(name)s sent a message while you were writing. Read it, then send yours.") % {"name": newer.author},
            message_id=newer.pk,
        )
    if seen_note is None:
        return
    note = ticket.notes.filter(pk__gt=seen_note).exclude(author=by).select_related("author").order_by("pk").last()
    if note is not None:
        raise NewerMessage(
            _("%(name)s added an internal note while you were writing. Read it, then send your message.")
            % {"name": note.author},
            note_id=note.pk,
        )


def _text(body: str) -> str:
    body = as_text(body)
    if not body:
        raise DomainError(_("Enter a message."), code="empty", field="body")
    return body


def _post(ticket: Ticket, body: str, *, by: User, side: AuthorKind, details: ReplyDetails, now: datetime) -> Message:
    message = Message.objects.create(
        ticket=ticket,
        author=by,
        author_kind=side,
        kind=details.kind,
        channel=details.channel,
        body=body,
        parts=details.parts,
        created_at=now,
    )
    attach(details.attachments, message)
    return message


def _follow_up(
    old: Ticket, *, body: str, by: Contact, channel: Channel, now: datetime, attachments: Sequence[Attachment]
) -> Message:
    new = OpenTicket(
        requester=by,
        subject=old.subject,
        body=body,
        priority=Priority(old.priority),
        channel=channel,
        language_choice=LanguageChoice(old.language_choice),
        product=old.product,
        region=old.region,
        is_private=old.is_private,
        attachments=attachments,
        follow_up_of=old,
    )
    return open_ticket(new, by=by.user, now=now).messages.get()
