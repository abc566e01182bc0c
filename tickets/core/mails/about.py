"""What a mail about a ticket says: put together when it leaves, in the reader's language and zone.

Every kind has the same order: what changed, whose turn it is, what comes next and by when, the words themselves, one
button. Sentences about the ticket are made here, once for both bodies; what changed stands in `emails/<kind>/`.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, assert_never

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.core.enums import StaffRole
from accounts.models import Contact, User
from portal.lib import outbox
from portal.lib.durations import LATER, say_business_hours, say_by, say_duration, say_on, say_with_day
from portal.lib.mail import message_id
from portal.lib.outbox import Notice, Withdrawn
from portal.lib.zones import zone
from sla.core.domain.terms import MINUTE
from sla.core.enums import CheckInRule, ClockKind, Coverage, Priority
from sla.models import Clock
from tickets.core.domain import clocks as promises
from tickets.core.domain.check_ins import LABELS
from tickets.core.domain.closing import reopens_until
from tickets.core.domain.notices import customers_of
from tickets.core.domain.unfollowing import unfollow_token
from tickets.core.enums import LIVE, AuthorKind, MailState, Status
from tickets.core.models import Message, Ticket
from tickets.mail.domain.reply_tokens import reply_address
from tickets.mail.models import IncomingMail

# The only shape in which a stranger's Message-ID may stand in a header of ours.
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,200}>")

Words = Callable[[Notice, Ticket], dict[str, Any]]


def about_ticket(kind: str) -> Callable[[Words], Words]:
    """Register `words` for notices of `kind`, on top of what every mail about a ticket says."""

    def register(words: Words) -> Words:
        @outbox.completes(kind)
        def context(notice: Notice) -> dict[str, Any]:
            reader = notice.recipient
            with translation.override(reader.language):
                ticket = _ticket_for(notice)
                return {**_state(ticket, reader), **words(notice, ticket)}

        return words

    return register


def _ticket_for(notice: Notice) -> Ticket:
    """The ticket, if the reader may still hear of it. Raises Withdrawn: who left since then is not told."""
    ticket = Ticket.objects.for_detail().filter(pk=notice.data["ticket"]).first()
    if ticket is None:
        raise Withdrawn("the ticket is gone")
    if notice.recipient.is_staff:
        return ticket
    contact = Contact.objects.active().filter(user=notice.recipient, account=ticket.account_id).first()
    sees = Ticket.objects.visible_to(notice.recipient, contact).filter(pk=ticket.pk).exists()
    if not sees or notice.recipient_id not in customers_of(ticket):
        raise Withdrawn("the reader no longer hears of this ticket")
    return ticket


def _state(ticket: Ticket, reader: User) -> dict[str, Any]:
    staff = reader.is_staff
    path = reverse(
        "admin:tickets_ticket_change" if staff else "tickets:detail", args=[ticket.pk if staff else ticket.number]
    )
    return {
        "turn": _turn(ticket, staff=staff),
        "due_lines": _due_lines(ticket, reader, staff=staff),
        "about": _about(ticket) if staff else "",
        "url": f"{settings.SITE_URL}{path}",
        "because": _because(ticket, reader, staff=staff),
        "references": thread_of(ticket),
        "reply_to": reply_address(ticket.pk, reader.pk),
        "unsubscribe": _unfollow_url(ticket, reader, staff=staff),
        "words": None,
    }


def thread_of(ticket: Ticket) -> list[str]:
    """The Message-IDs that every mail about `ticket` refers to, the root first: mail programs group by them.

    With the customer's own, when a mail of theirs opened the ticket: they find our answers under what they wrote.
    """
    theirs = IncomingMail.objects.filter(ticket=ticket, state=MailState.POSTED).exclude(rfc_id="").order_by("pk")
    root = theirs.filter(message__isnull=False).values_list("rfc_id", flat=True).first()
    return [message_id(f"ticket:{ticket.pk}"), *([root] if root and _MESSAGE_ID.fullmatch(root) else [])]


def _unfollow_url(ticket: Ticket, reader: User, *, staff: bool) -> str:
    """Followers may leave; whoever opened the ticket, or works on it, has nothing to leave."""
    if staff or ticket.requester.user_id == reader.pk:
        return ""
    return f"{settings.SITE_URL}{reverse('tickets:unfollow', args=[unfollow_token(ticket.pk, reader.pk)])}"


def _turn(ticket: Ticket, *, staff: bool) -> str:
    status = Status(ticket.status)
    match status:
        case Status.CLOSED:
            return _("The ticket is closed. A reply opens a follow-up ticket.")
        case Status.SOLVED:
            return _("The ticket is solved.")
        case Status.WAITING:
            return _("Next step: the customer’s reply.") if staff else _("Next step: your reply.")
        case Status.NEW | Status.OPEN | Status.ON_HOLD:
            return _("Next step: our reply.")
    assert_never(status)


def _due_lines(ticket: Ticket, reader: User, *, staff: bool) -> list[str]:
    """What comes next and by when, the nearest first; a sentence also when no clock runs."""
    running = list(ticket.clocks.running().select_related("calendar__region").order_by("due_at"))
    said = [_due_line(clock, ticket, reader, staff=staff) for clock in running]
    if ticket.status not in LIVE:
        until = reopens_until(ticket)
        if until is None or staff:
            return said
        moment = say_dated_by(until, reader, ticket.region.time_zone)
        return [_("Problem back? Reply by %(moment)s to reopen the ticket.") % {"moment": moment}]
    if staff:
        return said
    if ticket.status == Status.WAITING:
        return [*said, _("Our check-ins are paused until you reply.")]
    if not any(clock.kind == ClockKind.CHECK_IN for clock in running) and _tells_on_change(ticket):
        said.append(_("We will email you each time the status changes."))
    return said


def _due_line(clock: Clock, ticket: Ticket, reader: User, *, staff: bool) -> str:
    values = {"moment": say_dated_by(clock.due_at, reader, clock.calendar.region.time_zone)}
    response, late = clock.kind == ClockKind.RESPONSE, clock.breached_at is not None
    if staff and late:
        return (_("Reply overdue since %(moment)s.") if response else _("Check-in overdue since %(moment)s.")) % values
    if staff:
        return (_("Reply due by %(moment)s.") if response else _("Check-in due by %(moment)s.")) % values
    if late:
        values["name"] = ticket.assignee.name if ticket.assignee else _("Our support team")
        sentence = (
            _("Our reply has been overdue since %(moment)s. %(name)s is working on it.")
            if response
            else _("Our check-in has been overdue since %(moment)s. %(name)s is working on it.")
        )
        return sentence % values
    if not response:
        return _("Next check-in by %(moment)s, in business hours.") % values
    length = (clock.target_minutes or 0) * MINUTE
    if clock.coverage == Coverage.ALWAYS:
        values["length"] = say_duration(length)
        return _("Reply within %(length)s (24/7), by %(moment)s.") % values
    values["length"] = say_business_hours(length)
    return _("Reply within %(length)s, by %(moment)s.") % values


def _tells_on_change(ticket: Ticket) -> bool:
    terms = promises.terms_of(ticket, now=ticket.updated_at)
    return terms.check_in_rule == CheckInRule.STATUS_CHANGE


def _about(ticket: Ticket) -> str:
    priority = Priority(ticket.priority)
    return f"{priority.said} · {ticket.get_tier_display()} · {ticket.account} · {ticket.requester.name}"


def _because(ticket: Ticket, reader: User, *, staff: bool) -> str:
    if staff:
        if ticket.assignee is not None and ticket.assignee.user_id == reader.pk:
            return _("You get this email because the ticket is assigned to you.")
        if reader.staff_role == StaffRole.AGENT:
            return _("You get this email because the ticket was assigned to you.")
        return _("You get this email because you are a team lead.")
    if ticket.requester.user_id == reader.pk:
        return _("You get this email because you opened the ticket.")
    return _("You get this email because you follow the ticket.")


def say_dated_on(moment: datetime, reader: User, region_zone: str) -> str:
    """`on Tuesday 10 November at 17:30 (Paris)`, or the reader's time first and the region's after it."""
    return say_with_day(moment, zone(reader.time_zone), zone(region_zone), say=say_on)


def say_dated_by(moment: datetime, reader: User, region_zone: str) -> str:
    """The same after a word such as by, since, until: `Tuesday 10 November at 17:30 (Paris)`."""
    return say_with_day(moment, zone(reader.time_zone), zone(region_zone), say=say_by)


def dated_by(moment: datetime, reader: User) -> str:
    """`Tuesday 10 November at 17:30`, for a subject line."""
    return say_by(moment, moment + LATER, zone(reader.time_zone))


def message_text(message: Message) -> dict[str, Any]:
    """The text of a public message. Notes live in another table, which nothing here reads."""
    return {
        "author": message.author.name,
        "text": message.body,
        "files": [attachment.name for attachment in message.attachments.all()],
    }


def parts_of(message: Message, reader: User, ticket: Ticket) -> list[dict[str, str]]:
    """The four parts of an enhanced check-in, the moment in the reader's time; nothing for other messages."""
    if not message.parts or not message.next_update_at:
        return []
    texts = message.parts | {"next_at": say_dated_by(message.next_update_at, reader, ticket.region.time_zone)}
    return [{"label": str(label), "text": texts[name]} for name, label in LABELS.items()]


def running_clock(notice: Notice) -> Clock:
    """The clock of a warning. Raises Withdrawn when the promise has been kept meanwhile."""
    clock = Clock.objects.running().filter(pk=notice.data["clock"]).select_related("calendar__region").first()
    if clock is None:
        raise Withdrawn("the promise has been kept")
    return clock


def last_from_customer(ticket: Ticket) -> dict[str, Any] | None:
    """What the customer said last: enough to begin without opening the page."""
    message = ticket.messages.filter(author_kind=AuthorKind.CUSTOMER).select_related("author").last()
    return message_text(message) if message else None
