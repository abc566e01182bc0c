"""What stands on the first page of the desk beside the reader's own tickets: one function per box, in order."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.core.enums import MeetingState
from accounts.models import AwayPeriod, Contract, Meeting, Seat
from portal.boxes import MOST, Box, Item
from portal.lib.access import LEADS
from portal.lib.durations import say_by, say_date, say_moment, say_stretch
from portal.lib.http import PortalRequest
from portal.lib.names import language_name
from portal.lib.zones import zone
from portal.waiting import waiting_elsewhere
from sla.coverage.domain.on_call import AHEAD
from sla.coverage.domain.rota_needs import all_holes
from sla.models import CalendarException

WEEK = timedelta(days=7)
SOON = timedelta(days=60)


def seats_to_validate(request: PortalRequest, now: datetime) -> Box:
    waiting = Seat.objects.waiting().select_related("account", "contact__user").order_by("nominated_at")
    rows = list(waiting[:MOST])
    url = reverse("admin:accounts_seat_changelist")
    return Box(
        "seats", _("Premium seats pending approval"), _("None."), url=url,
        items=[
            Item(
                seat.contact.name, url,
                _("%(account)s, Premium seat %(number)s") % {"account": seat.account.name, "number": seat.number},
            )
            for seat in rows
        ],
    )  # fmt: skip


def meetings_this_week(request: PortalRequest, now: datetime) -> Box:
    coming = Meeting.objects.with_people().filter(state=MeetingState.CONFIRMED, starts_at__lt=now + WEEK)
    coming = coming.filter(starts_at__gte=now - timedelta(days=3)).order_by("starts_at", "pk")
    here = timezone.get_current_timezone()
    return Box(
        "meetings", _("Meetings in the next 7 days"), _("No executive sponsor meeting in the next 7 days."),
        url=reverse("admin:accounts_meeting_changelist"),
        items=[
            Item(
                meeting.account.name, reverse("admin:accounts_meeting_change", args=[meeting.pk]),
                f"{say_moment(at, now, here)} · {meeting.sponsor.name}"
                + ("" if at > now else " · " + _("not recorded yet")),
                is_late=at + timedelta(minutes=meeting.length_minutes) < now,
            )
            for meeting in coming[:MOST]
            if (at := meeting.starts_at)
        ],
    )  # fmt: skip


def contracts_ending(request: PortalRequest, now: datetime) -> Box:
    """Those that nothing follows; the day counts in the home region of the account, here to the day."""
    today = now.date()
    follows = Contract.objects.filter(account=OuterRef("account"), starts_on__gt=OuterRef("ends_on"))
    ending = Contract.objects.filter(ends_on__gte=today, ends_on__lte=today + SOON, account__is_active=True)
    ending = ending.exclude(Exists(follows)).select_related("account").order_by("ends_on", "pk")
    return Box(
        "contracts", _("Contracts ending soon"), _("No contract ends within 60 days without a following one."),
        url=reverse("admin:accounts_contract_changelist"),
        items=[
            Item(
                contract.account.name, reverse("admin:accounts_account_change", args=[contract.account_id]),
                f"{contract.get_tier_display()} · {say_date(contract.ends_on, today)}",
            )
            for contract in ending[:MOST]
        ],
    )  # fmt: skip


def absences(request: PortalRequest, now: datetime) -> Box:
    away = AwayPeriod.objects.filter(starts_at__lte=now, ends_at__gt=now, agent__user__is_active=True)
    here = timezone.get_current_timezone()
    return Box(
        "absences", _("Away today"), _("Nobody is away today."),
        items=[
            Item(period.agent.name, "", _("until %(moment)s") % {"moment": say_by(period.ends_at, now, here)})
            for period in away.select_related("agent__user").order_by("ends_at", "pk")[:MOST]
        ],
    )  # fmt: skip


def closed_regions(request: PortalRequest, now: datetime) -> Box:
    """Holidays and other special days, each on the calendar day of its own region."""
    near = [(now + timedelta(days=days)).date() for days in (-1, 0, 1)]
    special = CalendarException.objects.filter(day__in=near).select_related("calendar__region")
    return Box(
        "closed", _("Closed today"), _("No region is closed today."),
        url=reverse("admin:sla_calendar_changelist"),
        items=[
            Item(day.calendar.region.name, reverse("admin:sla_calendar_change", args=[day.calendar_id]), day.name)
            for day in special.order_by("calendar__region__name_en")
            if not day.intervals and day.day == now.astimezone(zone(day.calendar.region.time_zone)).date()
        ],
    )  # fmt: skip


def on_call_gaps(request: PortalRequest, now: datetime) -> Box | None:
    """For team leads: when nobody is on call within a week. Left out while nothing is missing."""
    if request.role not in LEADS:
        return None
    here, gaps = timezone.get_current_timezone(), all_holes(now=now, until=now + AHEAD)
    if not gaps:
        return None
    url = reverse("admin:sla_rota_changelist")
    return Box(
        "on_call", _("Gaps in on-call rotas"), "", count=len(gaps), url=url,
        items=[
            Item(
                f"{gap.region.name} · {language_name(gap.language)}",
                reverse("admin:sla_rota_change", args=[gap.rota.pk]) if gap.rota else url,
                say_stretch(gap.starts_at, gap.ends_at, now, here),
                is_late=True,
            )
            for gap in gaps[:MOST]
        ],
    )  # fmt: skip


# Each costs a statement or two of its own, whatever it holds.
BOXES: list[Callable[[PortalRequest, datetime], Box | None]] = [
    waiting_elsewhere,
    on_call_gaps,
    seats_to_validate,
    meetings_this_week,
    contracts_ending,
    absences,
    closed_regions,
]
