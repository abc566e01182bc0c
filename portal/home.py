"""The first page of a customer: what waits for them, what we owe them, what they have."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from accounts.core.domain.entitlements import entitlements_of
from accounts.models import Region
from portal.lib.clock import now
from portal.lib.http import PortalRequest, wants_fragment
from portal.remaining import remaining_of
from sla.core.domain.calendars import business_calendar, calendar_of
from sla.core.enums import ClockKind
from sla.models import Calendar, Clock
from tickets.core.domain.clocks import region_for
from tickets.core.enums import OUR_TURN, Status
from tickets.core.models.ticket import TicketQuerySet
from tickets.models import Follower, Ticket

SHOWN = 8
COUNT_UP_TO = 200
NEXT_CHECK_INS = 3


@dataclass(frozen=True)
class Desk:
    """When the business hours of the person's region are: open until, or opens at (one of the two)."""

    region: Region
    open_until: datetime | None
    opens_at: datetime | None


@require_GET
def home(request: PortalRequest) -> HttpResponse:
    """The whole page; for htmx only what refreshes by itself. Thirteen queries, whatever the history."""
    at = now()
    contact = request.contact
    visible = Ticket.objects.visible_to(request.user, contact)
    followed = Follower.objects.of(contact).values("ticket")
    mine = visible.live().filter(Q(requester=contact) | Q(pk__in=followed))
    yours = list(_rows(mine.your_turn()).order_by("status_changed_at", "pk")[: SHOWN + 1])
    ours = list(_rows(mine.filter(status__in=sorted(OUR_TURN))).in_order_of_due()[: SHOWN + 1])
    _with_clocks([*yours, *ours])
    entitlements = entitlements_of(contact, at)
    context = {
        "yours": yours[:SHOWN],
        "more_yours": len(yours) > SHOWN,
        "ours": ours[:SHOWN],
        "more_ours": len(ours) > SHOWN,
        "check_ins": check_ins_owed(mine),
        "organisation": _others(visible, [*yours, *ours]),
        "entitlements": entitlements,
        "remaining": remaining_of(contact.account, at),
        "desk": desk_of(region_for(contact, entitlements), now=at),
        "now": at,
    }
    response = render(request, "portal/_home.html" if wants_fragment(request) else "portal/home.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _rows(tickets: TicketQuerySet) -> TicketQuerySet:
    return tickets.select_related("requester__user", "region")


def _with_clocks(tickets: list[Ticket]) -> None:
    """`ticket.running_clocks` for both lists in one query."""
    running = Clock.objects.running().select_related("calendar__region").order_by("due_at")
    prefetch_related_objects(tickets, Prefetch("clocks", queryset=running, to_attr="running_clocks"))


def check_ins_owed(tickets: TicketQuerySet) -> list[Clock]:
    """The next three updates that we owe on `tickets`, late ones first: what is late is still to come."""
    owed = Clock.objects.running().of(ClockKind.CHECK_IN).filter(ticket__in=tickets.values("pk"))
    return list(owed.select_related("ticket", "calendar__region").order_by("due_at", "pk")[:NEXT_CHECK_INS])


def _others(visible: TicketQuerySet, shown: list[Ticket]) -> dict[str, Any]:
    """How many further tickets of the organisation wait, by turn; `more` when the count was cut off."""
    others = visible.live().exclude(pk__in=[ticket.pk for ticket in shown])
    statuses = list(others.order_by().values_list("status", flat=True)[: COUNT_UP_TO + 1])
    counted = Counter(Status(status) for status in statuses[:COUNT_UP_TO])
    yours = counted.pop(Status.WAITING, 0)
    return {"yours": yours, "ours": counted.total(), "more": len(statuses) > COUNT_UP_TO}


def desk_of(region: Region, *, now: datetime) -> Desk | None:
    """Whether business hours run now in `region`; None when its hours were never entered."""
    try:
        hours = business_calendar(calendar_of(region))
    except Calendar.DoesNotExist:
        return None
    if hours.is_open(now):
        return Desk(region, hours.next_closing(now), None)
    return Desk(region, None, hours.next_opening(now))
