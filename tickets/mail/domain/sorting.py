"""Decides about each stored mail, in a transaction of its own: onto a ticket, to an agent, or aside.

A mail belongs to a ticket only through a reply token of ours, written back by the person it was made for. Everything
else in it (number in the subject, references, names) is a hint for agents.
"""

import logging
import re
import time
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from accounts.core.models.user import normal_email
from accounts.models import Contact, User
from portal.lib.errors import DomainError
from portal.lib.limits import Limit, hit
from portal.lib.mail import message_id
from tickets.core.domain.conversation import NewerMessage
from tickets.core.enums import AuthorKind, MailCause, MailState
from tickets.core.models import Ticket
from tickets.core.models.ticket import PREFIX, ticket_pk
from tickets.mail.domain import bounces, headers, posting
from tickets.mail.domain.reading import CannotRead, ReadMail, read
from tickets.mail.domain.reply_tokens import ReplyToken, read_reply_address
from tickets.mail.models import IncomingMail, MailSource

logger = logging.getLogger(__name__)

# A mail on which the work fails (or the process dies) so often is set apart.
MOST_ATTEMPTS = 3
# A run ends after so many seconds; the next one goes on.
LONGEST = 60.0
OPENING = Limit("mail_opening", 10, timedelta(hours=1))
WRITING = Limit("mail_writing", 60, timedelta(hours=1))
BAD_TOKENS = Limit("mail_bad_tokens", 20, timedelta(hours=1))
AUTOMATIC = Limit("mail_automatic", 5, timedelta(hours=1))
MOST_HINTS = 10
# So many of the newest messages of a ticket may be the one that a mail answers.
MOST_ANSWERED = 200
_NUMBER = re.compile(rf"\b{PREFIX}\d{{1,15}}\b", re.IGNORECASE)


def process_waiting(*, now: datetime, limit: int = 500) -> int:
    """Decide about the mails that wait, oldest first; return how many. A bad one never holds up the next."""
    begun, done = time.monotonic(), 0
    for pk in list(IncomingMail.objects.waiting().order_by("pk").values_list("pk", flat=True)[:limit]):
        if time.monotonic() - begun > LONGEST:
            break
        done += process(pk, now=now).state != MailState.RECEIVED
    return done


def process(pk: int, *, now: datetime) -> IncomingMail:
    """Decide about one mail, once, whoever else tries at the same time; returns its row as it stands then.

    The attempt is counted in a commit of its own, so that a mail on which the process dies is not tried for ever.
    """
    row = IncomingMail.objects.get(pk=pk)
    if row.state != MailState.RECEIVED:
        return row
    if row.attempts >= MOST_ATTEMPTS:
        return _quarantine(row, MailCause.FAILED, row.detail, now=now)
    IncomingMail.objects.waiting().filter(pk=pk).update(attempts=F("attempts") + 1)
    try:
        with transaction.atomic():
            return _decide(pk, now=now)
    except CannotRead as problem:
        return _quarantine(row, problem.cause, problem.detail, now=now)
    except IntegrityError:
        # The same mail was posted from another mailbox a moment ago; the next run finds it there.
        return IncomingMail.objects.get(pk=pk)
    except Exception as error:
        logger.exception("mail.failed", extra={"mail_id": pk, "attempts": row.attempts + 1})
        if row.attempts + 1 >= MOST_ATTEMPTS:
            return _quarantine(row, MailCause.FAILED, type(error).__name__, now=now)
        IncomingMail.objects.filter(pk=pk).update(detail=type(error).__name__)
        return IncomingMail.objects.get(pk=pk)


def source_of(row: IncomingMail) -> bytes:
    """The bytes of the mail, as they came."""
    return bytes(MailSource.objects.get(mail=row).data)


def _quarantine(row: IncomingMail, cause: MailCause, detail: str, *, now: datetime) -> IncomingMail:
    IncomingMail.objects.waiting().filter(pk=row.pk).update(
        state=MailState.QUARANTINED, cause=cause, detail=detail[:300], decided_at=now
    )
    logger.warning("mail.quarantined", extra={"mail_id": row.pk, "cause": str(cause)})
    return IncomingMail.objects.get(pk=row.pk)


def _decide(pk: int, *, now: datetime) -> IncomingMail:
    rows = IncomingMail.objects.waiting().select_for_update(
        of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
    )
    row = rows.filter(pk=pk).first()
    if row is None:  # somebody else has it
        return IncomingMail.objects.get(pk=pk)
    mail = read(source_of(row))
    describe(row, mail)
    try:
        with transaction.atomic():
            _sort(row, mail, now=now)
    except NewerMessage as refusal:
        _hold(row, MailCause.STALE, now=now, detail=str(refusal))
    except DomainError as refusal:
        _hold(row, MailCause.EMPTY if refusal.code == "empty" else MailCause.REFUSED, now=now, detail=str(refusal))
    if row.state == MailState.HELD and row.about:
        posting.record_awaiting_review(row, row.about, now=now)
    row.save()
    return row


def describe(row: IncomingMail, mail: ReadMail) -> None:
    """Copy onto the row what agents look at."""
    row.from_address, row.from_name, row.subject = mail.sender[:254], mail.sender_name, mail.subject
    row.text, row.quote = mail.text, mail.quote
    row.sender = (
        User.objects.select_related("agent").filter(email=normal_email(mail.sender)).first() if mail.sender else None
    )
    row.facts = {
        "to": mail.recipients[:20],
        "said_from": headers.decoded(headers.value_of(mail.headers, "from"))[:300],
        "reply_to": mail.reply_to,
        "date": headers.value_of(mail.headers, "date")[:60],
        "verdict": mail.verdict.value,
        "automatic": mail.automatic,
        "forwarded": mail.is_forwarded,
        "numbers": _numbers(mail),
        "files": [file.name for file in mail.files] + mail.left_out,
    }


def _sort(row: IncomingMail, mail: ReadMail, *, now: datetime) -> None:
    """Write onto `row` what became of it; posts it where the rules allow. Raises what the ticket's verbs refuse."""
    if bounces.address_of(mail):
        taken = bounces.record(mail, now=now)
        if not taken:
            return _aside(row, MailCause.UNKNOWN_BOUNCE, now)
        return _end(row, MailState.BOUNCE, MailCause.NONE, now)
    if not mail.sender:
        return _hold(row, MailCause.NO_SENDER, now=now) if not mail.automatic else _aside(row, MailCause.AUTOMATIC, now)
    if headers.is_ours(mail.sender):
        return _aside(row, MailCause.OWN, now)
    if bounces.is_bounce(mail):
        return _aside(row, MailCause.AUTOMATIC, now)
    if _posted_elsewhere(row):
        return _aside(row, MailCause.DUPLICATE, now)
    token = next((found for address in mail.recipients if (found := read_reply_address(address))), None)
    if token is None and _has_bad_token(mail) and hit(BAD_TOKENS, mail.sender, now=now):
        return _aside(row, MailCause.THROTTLED, now)
    if _is_inactive(row.sender):
        return _aside(row, MailCause.INACTIVE, now)
    if token is not None:
        return _answer(row, mail, token, now=now)
    if mail.automatic:
        return _aside(row, MailCause.AUTOMATIC, now)
    return _request(row, mail, now=now)


def _answer(row: IncomingMail, mail: ReadMail, token: ReplyToken, *, now: datetime) -> None:
    """A mail to a reply address: it counts when the person that the address was made for wrote it, and only then."""
    row.about = Ticket.objects.for_detail().filter(pk=token.ticket).first()
    if row.sender is None or row.sender.pk != token.user:
        return _hold(row, MailCause.OTHER_SENDER, now=now)
    if not headers.is_trusted(mail.verdict):
        return _hold(row, MailCause.UNVERIFIED, now=now)
    contact = _participant(row.sender, row.about)
    if row.about is None or (contact is None and not row.sender.is_staff):
        return _hold(row, MailCause.NO_ACCESS, now=now)
    if mail.automatic:
        if hit(AUTOMATIC, mail.sender, now=now) is None:
            posting.note_automatic(row, row.about, now=now)
        return _aside(row, MailCause.AUTOMATIC, now)
    if hit(WRITING, mail.sender, now=now):
        return _hold(row, MailCause.TOO_MANY, now=now)
    row.cause = MailCause.TOKEN
    if contact:
        posting.reply_from(row, mail, row.about, contact=contact, now=now)
        return None
    seen = _answered(mail, row.about, row.sender)
    if seen is None:
        return _hold(row, MailCause.STALE, now=now)
    posting.reply_from_agent(row, mail, row.about, agent=row.sender, now=now, seen_message=seen)
    return None


def _request(row: IncomingMail, mail: ReadMail, *, now: datetime) -> None:
    """A mail to the support address: a new ticket for a contact whom we can be sure of."""
    if row.sender is None:
        return _hold(row, MailCause.UNKNOWN, now=now)
    if not headers.is_trusted(mail.verdict):
        return _hold(row, MailCause.UNVERIFIED, now=now)
    if row.sender.is_staff:
        return _hold(row, MailCause.STAFF, now=now)
    contacts = list(contacts_of(row.sender)[:2])
    if len(contacts) > 1:
        return _hold(row, MailCause.SEVERAL_ACCOUNTS, now=now)
    if hit(OPENING, mail.sender, now=now):
        return _hold(row, MailCause.TOO_MANY, now=now)
    row.cause = MailCause.CONTACT
    posting.open_from(row, mail, contact=contacts[0], by=row.sender, now=now)
    return None


def contacts_of(user: User) -> "list[Contact]":
    """As whom this person may write today, the oldest first."""
    return list(Contact.objects.active().for_acting().filter(user=user).order_by("pk"))


def _participant(user: User, ticket: Ticket | None) -> Contact | None:
    """The contact as whom `user` may still see the ticket."""
    if ticket is None or user.is_staff:
        return None
    contact = Contact.objects.active().for_acting().filter(user=user, account=ticket.account_id).first()
    sees = contact and Ticket.objects.visible_to(user, contact).filter(pk=ticket.pk).exists()
    return contact if sees else None


def _answered(mail: ReadMail, ticket: Ticket, agent: User) -> int | None:
    """The newest customer message that the agent had read: the one that the answered mail told of, by its Message-ID.

    None when the mail does not say which it answers: then nobody can tell whether the answer is stale.
    """
    said = set(mail.answers)
    spoken = ticket.messages.filter(author_kind=AuthorKind.CUSTOMER).order_by("-pk")
    for pk in spoken.values_list("pk", flat=True)[:MOST_ANSWERED]:
        if message_id(f"message:{pk}:{agent.pk}") in said:
            return pk
    first = ticket.messages.order_by("pk").values_list("pk", flat=True).first()
    told = {message_id(f"assigned:{ticket.pk}:{version}:{agent.pk}") for version in range(1, ticket.version + 1)}
    return first if told & said else None


def _is_inactive(user: User | None) -> bool:
    """Somebody we know, who may no longer write to us."""
    return user is not None and not user.is_staff and not contacts_of(user)


def _has_bad_token(mail: ReadMail) -> bool:
    return any(headers.is_ours(address) and "+" in address.partition("@")[0] for address in mail.recipients)


def _numbers(mail: ReadMail) -> list[str]:
    """Tickets that the subject names: for agents to look at."""
    named = {ticket_pk(number) or 0 for number in _NUMBER.findall(mail.subject)[:MOST_HINTS]}
    return [ticket.number for ticket in Ticket.objects.filter(pk__in=named).only("pk").order_by("pk")]


def _posted_elsewhere(row: IncomingMail) -> bool:
    same = IncomingMail.objects.filter(rfc_id=row.rfc_id, content_hash=row.content_hash)
    return same.filter(state=MailState.POSTED).exclude(pk=row.pk).exists()


def _hold(row: IncomingMail, cause: MailCause, *, now: datetime, detail: str = "") -> None:
    row.message = row.ticket = None
    row.detail = detail[:300]
    _end(row, MailState.HELD, cause, now)


def _aside(row: IncomingMail, cause: MailCause, now: datetime) -> None:
    _end(row, MailState.IGNORED, cause, now)


def _end(row: IncomingMail, state: MailState, cause: MailCause, now: datetime) -> None:
    row.state, row.cause, row.decided_at = state, cause, now
