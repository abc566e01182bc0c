"""Makes a message of a mail: its words, its files through the same door as uploads, its quote kept beside it."""

from datetime import datetime, timedelta
from typing import Any, assert_never

from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Contact, User
from accounts.reachability.domain import try_again
from portal.lib.errors import DomainError
from portal.lib.limits import Limit, hit
from portal.lib.outbox import Notice
from sla.core.enums import Priority
from tickets.core.domain.attachments import MAX_LOOSE, FileRefused, accept_upload
from tickets.core.domain.conversation import ReplyDetails, reply_as_agent, reply_as_customer
from tickets.core.domain.history import record, sentence_for
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.enums import Channel, EventKind, MailAct, MailCause, MailState
from tickets.core.models import Attachment, Message, Ticket
from tickets.mail.domain.headers import Verdict
from tickets.mail.domain.reading import ReadMail
from tickets.mail.models import IncomingMail, MailQuote

# A longer text is cut here, and comes whole as a file.
MOST_BODY = 50_000
# How often we answer by machine: a sender whose address is proven, one whose address is not, and everybody together.
ANSWERS = Limit("mail_answers", 5, timedelta(hours=1))
ANSWERS_UNPROVEN = Limit("mail_answers_unproven", 1, timedelta(days=1))
ANSWERS_ALL = Limit("mail_answers_all", 200, timedelta(hours=1))
ENOUGH = "the sender had enough automatic mails"


def open_from(row: IncomingMail, mail: ReadMail, *, contact: Contact, by: User, now: datetime) -> Message:
    """Open a ticket of normal priority for `contact`; returns its first message."""
    with translation.override(contact.user.language):
        subject = (mail.subject or _("Email without a subject"))[:200]
        body, files = message_body(mail, author=contact.user, now=now)
        new = OpenTicket(
            requester=contact, subject=subject, body=body or subject, priority=Priority.MEDIUM,
            channel=Channel.EMAIL, attachments=files,
        )  # fmt: skip
        ticket = open_ticket(new, by=by, now=now)
    message = ticket.messages.get()
    _save(row, mail, message, now=now)
    _spare(ticket, mail, now=now)
    return message


def reply_from(row: IncomingMail, mail: ReadMail, ticket: Ticket, *, contact: Contact, now: datetime) -> Message:
    """Let `contact` say it on `ticket`. Raises DomainError when the mail holds neither words nor files."""
    body, files = message_body(mail, author=contact.user, now=now)
    message = reply_as_customer(
        ticket, body=body or _empty_text(files, contact.user), by=contact, channel=Channel.EMAIL, now=now,
        attachments=files,
    )  # fmt: skip
    _save(row, mail, message, now=now)
    return message


def reply_from_agent(
    row: IncomingMail, mail: ReadMail, ticket: Ticket, *, agent: User, now: datetime, seen_message: int | None
) -> Message:
    """Let a member of staff answer the customer; see refuse_unread for `seen_message`."""
    body, files = message_body(mail, author=agent, now=now)
    details = ReplyDetails(channel=Channel.EMAIL, attachments=files, seen_message=seen_message)
    message = reply_as_agent(ticket, body=body or _empty_text(files, agent), by=agent, now=now, details=details)
    _save(row, mail, message, now=now)
    return message


def message_body(mail: ReadMail, *, author: User, now: datetime) -> tuple[str, list[Attachment]]:
    """The text of the message and its files; a file that is not accepted is named below the text, with the reason."""
    files: list[Attachment] = []
    said: list[str] = []
    room = MAX_LOOSE - Attachment.objects.loose().filter(uploaded_by=author).count()
    with translation.override(author.language):
        body = mail.text
        if len(body) > MOST_BODY:
            name = _("whole text") + ".txt"
            files.append(accept_upload(ContentFile(body.encode(), name=name), by=author, now=now))
            body = (
                body[:MOST_BODY].rstrip() + "\n\n" + _("(The text continues in the file “%(name)s”.)") % {"name": name}
            )
        for file in mail.files:
            try:
                if len(files) >= room:
                    raise FileRefused(
                        _(
                            "You have uploaded too many files without sending a message. Send them first, or try again "
                            "tomorrow."
                        )
                    )
                files.append(accept_upload(ContentFile(file.data, name=file.name), by=author, now=now))
            except FileRefused as refusal:
                said.append(f"- {refusal}")
        if mail.left_out:
            said.append("- " + _("Too many files. Not added: %(names)s") % {"names": ", ".join(mail.left_out[:50])})
        if said:
            body = f"{body}\n\n" + _("Files that could not be added:") + "\n" + "\n".join(said)
    return body.strip(), files


def note_automatic(row: IncomingMail, ticket: Ticket, *, now: datetime) -> None:
    """Say in the ticket's history that a machine answered. No clock moves, no status changes, nobody is told (#130)."""
    record(ticket, EventKind.MAIL, by=None, now=now, act=MailAct.AUTOMATIC, **_named(row))


def record_awaiting_review(row: IncomingMail, ticket: Ticket, *, now: datetime) -> None:
    """Say in the ticket's history, which only the desk reads, that an answer to it waits for an agent."""
    record(ticket, EventKind.MAIL, by=None, now=now, act=MailAct.HELD, cause=row.cause, **_named(row))


def note_decision(row: IncomingMail, ticket: Ticket, *, by: User, now: datetime) -> None:
    """Say in the ticket's history which agent put the mail there."""
    record(ticket, EventKind.MAIL, by=by, now=now, act=MailAct.ATTACHED, **_named(row))


def _named(row: IncomingMail) -> dict[str, Any]:
    return {"mail": row.pk, "from": row.from_address, "subject": row.subject[:100]}


@sentence_for(EventKind.MAIL)
def _sentence(data: dict[str, Any]) -> str:
    values = {"address": data.get("from") or "?", "subject": data.get("subject", "")}
    act = MailAct(data["act"])
    match act:
        case MailAct.AUTOMATIC:
            return _("received an automatic email from %(address)s: %(subject)s") % values
        case MailAct.HELD:
            values["cause"] = str(MailCause(data["cause"]).label)
            return _("marked an email from %(address)s as “needs review”: %(cause)s") % values
        case MailAct.ATTACHED:
            return _("added an email from %(address)s") % values
    assert_never(act)


def _save(row: IncomingMail, mail: ReadMail, message: Message, *, now: datetime) -> None:
    if mail.quote:
        MailQuote.objects.create(message=message, text=mail.quote)
    if mail.verdict == Verdict.VERIFIED and message.author.is_unreachable:
        try_again(message.author)  # an address that writes can be written to
    row.state, row.message, row.ticket, row.decided_at = MailState.POSTED, message, message.ticket, now


def _empty_text(files: list[Attachment], author: User) -> str:
    if not files:
        raise DomainError(_("The email has no new text."), code="empty")
    with translation.override(author.language):
        return _("(Files without text.)")


def _spare(ticket: Ticket, mail: ReadMail, *, now: datetime) -> None:
    """The acknowledgement that opening a ticket wrote leaves only as often as no loop and no forger can use it
    (#129 #132); where the sender is not proven, it repeats no word of the mail."""
    opened = Notice.objects.filter(key__startswith=f"opened:{ticket.pk}:", sent_at=None)
    proven = mail.verdict == Verdict.VERIFIED
    wait = hit(ANSWERS if proven else ANSWERS_UNPROVEN, mail.sender, now=now) or hit(ANSWERS_ALL, "all", now=now)
    if wait:
        opened.update(dead_at=now, last_error=ENOUGH)
    elif not proven:
        with translation.override(ticket.requester.user.language):
            words = _("your email")
        for notice in opened:
            notice.data = {**notice.data, "subject": words}
            notice.save(update_fields=["data"])
