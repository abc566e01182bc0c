"""What agents do with mails that no rule may decide about. Each act decides a mail once and is written down."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Contact, User
from portal.lib.errors import DomainError, NotAllowed, Stale
from portal.lib.typed import as_line, within
from tickets.core.enums import MailCause, MailState
from tickets.core.models import Message, Ticket
from tickets.mail.domain import posting
from tickets.mail.domain.reading import CannotRead, ReadMail, read
from tickets.mail.domain.sorting import process, source_of
from tickets.mail.models import IncomingMail

MAX_REASON_CHARS = 300


@transaction.atomic
def open_for(mail: IncomingMail, *, contact: Contact, by: User, now: datetime) -> Message:
    """Open a new ticket for `contact` with what the mail says. Raises Stale when somebody decided before."""
    row, said = _locked_mail(mail)
    message = posting.open_from(row, said, contact=contact, by=by, now=now)
    _decided(row, message, by=by, now=now)
    return message


@transaction.atomic
def post_on(mail: IncomingMail, *, ticket: Ticket, contact: Contact, by: User, now: datetime) -> Message:
    """Put the mail onto `ticket` as words of `contact`, who must be able to see it. Its clocks start as ever."""
    row, said = _locked_mail(mail)
    if not Ticket.objects.visible_to(contact.user, contact).filter(pk=ticket.pk).exists():
        raise NotAllowed(
            _("%(name)s does not have access to %(number)s. Select a person who does.")
            % {"name": contact.name, "number": ticket.number},
            field="contact",
        )
    message = posting.reply_from(row, said, ticket, contact=contact, now=now)
    _decided(row, message, by=by, now=now)
    return message


@transaction.atomic
def send_anyway(mail: IncomingMail, *, by: User, now: datetime) -> Message:
    """Let the answer of a member of staff go out, though the customer wrote again meanwhile."""
    row, said = _locked_mail(mail)
    if row.cause != MailCause.STALE or row.about is None or row.sender is None or not row.sender.is_staff:
        raise DomainError(_("Only a reply from the support team can be sent anyway."), code="not_an_answer")
    message = posting.reply_from_agent(row, said, row.about, agent=row.sender, now=now, seen_message=None)
    _decided(row, message, by=by, now=now)
    return message


@transaction.atomic
def reject(mail: IncomingMail, *, reason: str, by: User, now: datetime) -> IncomingMail:
    """Put the mail aside for good, with a reason; its sender hears nothing."""
    row = _locked(mail)
    if not row.is_open:
        raise _too_late()
    if not reason.strip():
        raise DomainError(_("Enter the reason for ignoring this email."), code="empty", field="reason")
    reason = within(as_line(reason), most=MAX_REASON_CHARS, field="reason")
    row.state, row.cause, row.detail = MailState.IGNORED, MailCause.REJECTED, reason
    row.decided_by, row.decided_at = by, now
    row.save()
    return row


def try_again(mail: IncomingMail, *, by: User, now: datetime) -> IncomingMail:
    """Sort a mail in quarantine anew, as if it had come in now; it may end there again."""
    with transaction.atomic():
        row = _locked(mail)
        if row.state != MailState.QUARANTINED:
            raise _too_late()
        if row.source.is_cut:
            raise DomainError(
                _("This email is too large: only its beginning was saved. Ask the sender to send it again."),
                code="cut",
            )
        row.state, row.cause, row.attempts, row.decided_by = MailState.RECEIVED, MailCause.NONE, 0, by
        row.save()
    return process(row.pk, now=now)


def _locked(mail: IncomingMail) -> IncomingMail:
    rows = IncomingMail.objects.select_related("sender__agent", "about", "source").select_for_update(of=("self",))
    return rows.get(pk=mail.pk)


def _locked_mail(mail: IncomingMail) -> tuple[IncomingMail, ReadMail]:
    row = _locked(mail)
    if row.state != MailState.HELD:
        raise _too_late()
    try:
        return row, read(source_of(row))
    except CannotRead as problem:
        raise DomainError(_("This email can no longer be read."), code="unreadable") from problem


def _decided(row: IncomingMail, message: Message, *, by: User, now: datetime) -> None:
    row.cause, row.decided_by = MailCause.BY_AGENT, by
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Stale(_("This email is already on a ticket: it arrived in two inboxes.")) from None
    posting.note_decision(row, message.ticket, by=by, now=now)


def _too_late() -> Stale:
    return Stale(_("A colleague has already processed this email. Reload the page."))
