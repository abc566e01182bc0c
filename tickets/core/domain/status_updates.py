"""P4 has no rhythm of check-ins: every change of status by an agent tells the customer instead."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from sla.core.domain import clocks
from sla.core.enums import CheckInRule
from tickets.core.domain import clocks as promises
from tickets.core.domain import notices
from tickets.core.enums import AuthorKind, Channel, MessageKind
from tickets.core.models import Message, Ticket


def notify_status(ticket: Ticket, *, by: User, now: datetime) -> Message | None:
    """Post and mail the new state in the customer's language and record it as a check-in, met; None on P1 to P3.

    It is no answer: a running response clock goes on.
    """
    terms = promises.terms_of(ticket, now=now)
    if terms.check_in_rule != CheckInRule.STATUS_CHANGE:
        return None
    with translation.override(ticket.requester.user.language):
        body = _("The status of your ticket is now: %(status)s.") % {"status": ticket.get_status_display()}
    message = Message.objects.create(
        ticket=ticket, author=by, author_kind=AuthorKind.AGENT, kind=MessageKind.STATUS_UPDATE, channel=Channel.DESK,
        body=body, created_at=now,
    )  # fmt: skip
    clocks.record_check_in(ticket.pk, ticket.account_id, terms, by=by, now=now)
    notices.notify_customers(message, now=now)
    return message
