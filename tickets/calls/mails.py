"""The mails about call-backs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from portal.lib.outbox import Notice, Withdrawn
from tickets.calls.domain.calling import MOST_ATTEMPTS
from tickets.calls.domain.numbers import say_number
from tickets.calls.models import Call
from tickets.core.enums import CallAct, CallState
from tickets.core.mails.about import about_ticket, say_dated_by, say_dated_on
from tickets.core.models import Ticket


def _call(notice: Notice) -> Call:
    return Call.objects.select_related("region", "contact__user").get(pk=notice.data["call"])


@about_ticket("call_planned")
def call_planned(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    """Withdrawn when the call was moved, made or cancelled before this left."""
    call = _call(notice)
    if call.state != CallState.WAITING or call.version != notice.data["version"]:
        raise Withdrawn("the call has changed since")
    return _words(call, notice)


@about_ticket("call_tried")
def call_tried(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    call = _call(notice)
    if call.version != notice.data["version"] or call.state in {CallState.DONE, CallState.CANCELLED}:
        raise Withdrawn("the call has changed since")
    return _words(call, notice) | {"given_up": call.state == CallState.GIVEN_UP, "most": MOST_ATTEMPTS}


@about_ticket("call_number")
def call_number(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    call = _call(notice)
    if not call.needs_number or call.state != CallState.WAITING:
        raise Withdrawn("the number was corrected")
    return _words(call, notice)


@about_ticket("call_changed")
def call_changed(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    """Withdrawn when the call changed once more before this left: a later one tells that."""
    call = _call(notice)
    if call.version != notice.data["version"]:
        raise Withdrawn("the call has changed since")
    words = _words(call, notice, say=say_dated_by) | {"moved": notice.data["act"] == CallAct.MOVED}
    if notice.recipient.is_staff:
        words["url"] = f"{settings.SITE_URL}{reverse('admin:tickets_call_change', args=[call.pk])}"
        if ticket.assignee is None or ticket.assignee.user_id != notice.recipient_id:
            words["because"] = _("You get this email because you were about to make this call.")
    return words


@about_ticket("call_waits")
def call_waits(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    call = _call(notice)
    if call.state != CallState.WAITING:
        raise Withdrawn("the call was made")
    path = reverse("admin:tickets_call_change", args=[call.pk])
    return _words(call, notice) | {"url": f"{settings.SITE_URL}{path}", "who": call.contact.name}


def _words(call: Call, notice: Notice, *, say: Callable[[datetime, User, str], str] = say_dated_on) -> dict[str, Any]:
    region = call.region.time_zone
    return {
        "call_number": say_number(call.number),
        "topic": call.topic,
        "at": say(call.slot_at, notice.recipient, region) if call.slot_at else "",
        "next_at": say_dated_on(call.next_try_at, notice.recipient, region),
        "url": f"{settings.SITE_URL}{reverse('tickets:phone')}",
    }
