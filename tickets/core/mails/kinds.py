"""The mails about a ticket that its messages, its clocks and its agents cause."""

from datetime import datetime
from typing import Any, assert_never

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from portal.lib.names import language_name
from portal.lib.outbox import Notice, Withdrawn
from sla.core.domain.wording import cause_words, dated_words
from sla.core.enums import ChangeCause, ClockKind, Priority
from sla.models import Clock
from tickets.core.domain.routing_words import last_routing
from tickets.core.enums import AlertStep, EventKind, MessageKind
from tickets.core.mails.about import (
    about_ticket,
    dated_by,
    last_from_customer,
    message_text,
    parts_of,
    running_clock,
    say_dated_by,
)
from tickets.core.models import Ticket


@about_ticket("ticket_opened")
def ticket_opened(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    """Nothing of the text comes back: an acknowledgement must not carry words to whoever was made a follower."""
    return {
        "priority": Priority(ticket.priority).said,
        "automatic": "auto-replied",
    }


@about_ticket("agent_wrote")
def agent_wrote(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    message = ticket.messages.select_related("author").get(pk=notice.data["message"])
    reader, says_itself = notice.recipient, message.kind == MessageKind.STATUS_UPDATE
    return {
        # A change of status has no text of the agent's: the sentence above says it.
        "words": None if says_itself else message_text(message) | {"parts": parts_of(message, reader, ticket)},
        "name": message.author.name,
        "message_kind": message.kind,
        "status": ticket.get_status_display(),
        # What a person wrote is no automatic mail; a change of status says itself.
        "automatic": "auto-generated" if says_itself else None,
        "from_name": _("%(name)s at %(site)s") % {"name": message.author.name, "site": settings.SITE_NAME},
    }


@about_ticket("customer_wrote")
def customer_wrote(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    message = ticket.messages.select_related("author").get(pk=notice.data["message"])
    return {"words": message_text(message)}


@about_ticket("ticket_assigned")
def ticket_assigned(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    if ticket.assignee is None or ticket.assignee.user_id != notice.recipient_id:
        raise Withdrawn("somebody else has the ticket now")
    event = ticket.events.filter(kind=EventKind.ASSIGNED).last()
    why = last_routing([event]) if event else ""
    covers_for = event.data.get("covers_for", "") if event else ""
    return {"words": last_from_customer(ticket), "why": why, "covers_for": covers_for}


@about_ticket("priority_asked")
def priority_asked(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    asked, present = Priority(notice.data["asked"]), Priority(ticket.priority)
    event = ticket.events.filter(kind=EventKind.PRIORITY_ASKED, data__priority=asked.value).last()
    return {
        "asked_code": asked.said,
        "present_code": present.said,
        "reason": event.data["reason"] if event else "",
        "decided": ticket.asked_priority is None,
    }


@about_ticket("due_changed")
def due_changed(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    """Sent while one of the moved promises still runs; later the moment says nothing to anybody."""
    data = notice.data
    running = set(
        ticket.clocks.running().filter(pk__in=[row["clock"] for row in data["moved"]]).values_list("pk", flat=True)
    )
    if not running:
        raise Withdrawn("the promises have been kept")
    region = ticket.region.time_zone
    reason = cause_words(ChangeCause(data["cause"]), data["detail"])
    if dated_at := data["detail"].get("dated_at"):
        reason = dated_words(reason, say_dated_by(datetime.fromisoformat(dated_at), notice.recipient, region))
    return {
        "reason": reason,
        "moved": [
            {
                "is_response": row["kind"] == ClockKind.RESPONSE,
                "old": say_dated_by(datetime.fromisoformat(row["old"]), notice.recipient, region),
                "new": say_dated_by(datetime.fromisoformat(row["new"]), notice.recipient, region),
            }
            for row in data["moved"]
            if row["clock"] in running
        ],
    }


@about_ticket("unassigned")
def unassigned(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    if ticket.assignee is not None:
        raise Withdrawn("somebody has the ticket now")
    clock = running_clock(notice)
    events = ticket.events.filter(kind=EventKind.ALERTED, created_at__gte=clock.started_at)
    earlier = events.filter(data__step__lt=notice.data["step"]).order_by("pk").values_list("data__names", flat=True)
    return _clock_words(clock, ticket, notice.recipient) | {
        "again": notice.data["step"] > AlertStep.ON_DUTY,
        "told": ", ".join(dict.fromkeys(name for names in earlier for name in names)),
        "because": _because_of(AlertStep(notice.data["step"]), ticket),
    }


def _because_of(step: AlertStep, ticket: Ticket) -> str:
    values = {"region": ticket.region.name, "language": language_name(ticket.language)}
    match step:
        case AlertStep.ON_DUTY:
            return _("You get this email because you are on duty (%(region)s, %(language)s).") % values
        case AlertStep.BACKUP:
            return _("You get this email because you are a backup agent for this region: %(region)s.") % values
        case AlertStep.LEADS:
            return _("You get this email because you are a team lead.")
    assert_never(step)


@about_ticket("due_soon")
def due_soon(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    clock = running_clock(notice)
    return _clock_words(clock, ticket, notice.recipient)


@about_ticket("check_in_due")
def check_in_due(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    clock = running_clock(notice)
    return _clock_words(clock, ticket, notice.recipient)


@about_ticket("overdue")
def overdue(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    """Sent even when it has been answered meanwhile: a broken promise is worth knowing of."""
    clock = Clock.objects.select_related("calendar__region").get(pk=notice.data["clock"])
    return _clock_words(clock, ticket, notice.recipient)


def _clock_words(clock: Clock, ticket: Ticket, reader: User) -> dict[str, Any]:
    return {
        "is_response": clock.kind == ClockKind.RESPONSE,
        "due": say_dated_by(clock.due_at, reader, clock.calendar.region.time_zone),
        "due_here": dated_by(clock.due_at, reader),
        "still_owed": clock.is_running,
        "words": last_from_customer(ticket) if clock.kind == ClockKind.RESPONSE else None,
    }
