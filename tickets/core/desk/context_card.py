"""What stands beside a thread: the account, its contract, the requester’s terms, the region’s hours, the engineer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.core.domain.entitlements import entitlements_of
from accounts.models import DesignatedEngineer, Seat
from portal.lib.zones import zone
from sla.business_time import NoOpenTime
from sla.core.domain.calendars import business_calendar, calendar_of
from sla.models import Calendar, CalendarException, Clock
from tickets.core.models import Ticket

# The other open tickets of the account that are listed; one more says that there are more.
OTHERS = 5


@dataclass(frozen=True)
class Hours:
    """Whether a region is open now, and when that changes; `changes_at` None: never in the coming year."""

    calendar: Calendar
    is_open: bool
    changes_at: datetime | None


def context(ticket: Ticket, *, running: list[Clock], now: datetime) -> dict[str, Any]:
    entitlements = entitlements_of(ticket.requester, now)
    calendar = next((c.calendar for c in running if c.calendar.region_id == ticket.region_id), None)
    hours = hours_now(calendar, now=now) if calendar else hours_of_region(ticket, now=now)
    others = ticket.account.tickets.live().exclude(pk=ticket.pk).in_order_of_due().only("account", "subject")
    today = now.astimezone(zone(ticket.region.time_zone)).date()
    return {
        "entitlements": entitlements,
        "seats_used": Seat.objects.taken().filter(account=ticket.account_id).count(),
        "hours": hours,
        "holidays": list(CalendarException.objects.filter(calendar=hours.calendar, day__gte=today)[:3])
        if hours
        else [],
        "engineer": DesignatedEngineer.objects.current()
        .filter(account=ticket.account_id, region=ticket.region_id)
        .select_related("agent__user", "backup__user")
        .first(),
        "others": list(others[: OTHERS + 1]),
        "most_others": OTHERS,
        "requester_zone": ticket.requester.user.time_zone,
    }


def hours_of_region(ticket: Ticket, *, now: datetime) -> Hours | None:
    try:
        return hours_now(calendar_of(ticket.region), now=now)
    except Calendar.DoesNotExist:
        return None


def hours_now(calendar: Calendar, *, now: datetime) -> Hours:
    """Open or closed at `now`, with the next change."""
    open_hours = business_calendar(calendar)
    is_open = open_hours.is_open(now)
    try:
        changes_at = open_hours.next_closing(now) if is_open else open_hours.next_opening(now)
    except NoOpenTime:
        changes_at = None
    return Hours(calendar, is_open, changes_at)
