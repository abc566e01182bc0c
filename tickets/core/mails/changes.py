"""The mails about what became of a ticket beside its messages: merged, closed, passed on, followed."""

from typing import Any

from portal.lib.outbox import Notice, Withdrawn
from tickets.core.enums import DONE
from tickets.core.mails.about import about_ticket, last_from_customer
from tickets.core.models import Ticket


@about_ticket("ticket_merged")
def ticket_merged(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    return {}


@about_ticket("customer_closed")
def customer_closed(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    if ticket.status not in DONE:
        raise Withdrawn("the customer has opened it again")
    return {}


@about_ticket("ticket_passed_on")
def ticket_passed_on(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    if ticket.assignee is not None and ticket.assignee.user_id == notice.recipient_id:
        raise Withdrawn("the reader has the ticket again")
    return {"to": ticket.assignee.name if ticket.assignee else ""}


@about_ticket("follower_added")
def follower_added(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    return {"words": last_from_customer(ticket)}
