"""The account page: what was bought, what of it is used, and which targets apply to whom.

Here and not among the pages of the accounts app, because it also shows what sla knows: targets and opening hours.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.core.domain.entitlements import contract_day, entitlements_of
from accounts.core.enums import ContactRole, Tier
from accounts.models import Contact
from accounts.urls import urlpatterns as account_urls
from portal.engineers import engineers_card
from portal.kept_promises import kept_promises
from portal.lib.clock import now
from portal.lib.durations import say_business_hours, say_duration
from portal.lib.http import PortalRequest
from portal.statement.lines import lines, read
from portal.statement.next_tier import next_tier
from sla.core.domain.calendars import business_calendar
from sla.core.domain.terms import MINUTE, matrix
from sla.core.domain.wording import week_words
from sla.core.enums import CheckInRule, Coverage, Priority
from sla.models import Calendar, CalendarException, Target
from tickets.core.pages.new import regions_of
from tickets.simulation.domain.replay import Replay, replays

LOOK_AHEAD = timedelta(days=120)


@dataclass(frozen=True)
class Cell:
    """One target in words."""

    response: str
    coverage: str
    check_in: str
    around_the_clock: bool


@dataclass(frozen=True)
class Row:
    """The targets of one tier, in the order of urgency; `mine` when they apply to the reader."""

    tier: Tier
    cells: list[Cell | None]
    mine: bool
    bought: bool


@dataclass(frozen=True)
class Hours:
    """The opening hours of a region, in words, and its next closed day."""

    calendar: Calendar
    week: str
    closed: CalendarException | None


@require_GET
def account(request: PortalRequest) -> HttpResponse:
    at = now()
    contact = request.contact
    entitlements = entitlements_of(contact, at)
    today = contract_day(contact.account, at)
    reading = read(contact, entitlements, now=at)
    admins = Contact.objects.active().filter(account=contact.account_id, role=ContactRole.ADMIN)
    replayed = _replays(contact, bought=entitlements.account_tier, at=at) if contact.is_admin else []
    context: dict[str, Any] = {
        "entitlements": entitlements,
        "contract": entitlements.contract,
        "days_left": (entitlements.contract.ends_on - today).days if entitlements.contract else None,
        "terms": reading.terms,
        "lines": lines(reading),
        "next_tier": next_tier(entitlements.account_tier),
        "rows": matrix_rows(mine=entitlements.tier, bought=entitlements.account_tier),
        "priorities": Priority,
        "hours": [hours_in_words(calendar, today=today) for calendar in _calendars(contact)],
        "engineers_card": engineers_card(contact.account, terms=reading.terms, now=at),
        "admins": admins.select_related("user").order_by("user__name"),
        "kept": kept_promises(contact, now=at),
        "shows_price": contact.is_admin,
        "replays": replayed,
        # What holds at every tier is said once.
        "replay_notes": list(dict.fromkeys(note for one in replayed for note in one.notes)),
        "now": at,
    }
    return render(request, "accounts/account.html", context)


def _replays(contact: Contact, *, bought: Tier, at: datetime) -> list[Replay]:
    """The last 90 days of the account under the tiers it has not bought."""
    return replays(contact.account, [tier for tier in reversed(Tier) if tier != bought], now=at)


def matrix_rows(*, mine: Tier, bought: Tier) -> list[Row]:
    """All targets, the highest tier first."""
    cells = matrix()
    return [
        Row(
            tier=tier,
            cells=[_cell(cells.get((tier, priority))) for priority in Priority],
            mine=tier == mine,
            bought=tier == bought,
        )
        for tier in reversed(Tier)
    ]


def _cell(target: Target | None) -> Cell | None:
    if target is None:
        return None
    if target.check_in_rule == CheckInRule.BUSINESS_HOURS:
        check_in = _("check-in every %(amount)s") % {
            "amount": say_business_hours((target.check_in_minutes or 0) * MINUTE)
        }
    elif target.check_in_rule == CheckInRule.BUSINESS_DAY:
        check_in = _("check-in once per business day")
    else:
        check_in = _("check-in when the status changes")
    return Cell(
        response=say_duration(target.response_minutes * MINUTE),
        coverage=str(Coverage(target.coverage).label),
        check_in=check_in,
        around_the_clock=target.coverage == Coverage.ALWAYS,
    )


def _calendars(contact: Contact) -> list[Calendar]:
    regions = regions_of(contact)
    return list(Calendar.objects.filter(region__in=regions).select_related("region").order_by("region__name_en"))


def hours_in_words(calendar: Calendar, *, today: date) -> Hours:
    weekly = business_calendar(calendar).weekly_hours
    coming = calendar.exceptions.filter(day__gte=today, day__lte=today + LOOK_AHEAD).order_by("day")
    return Hours(
        calendar=calendar,
        week=week_words({day: list(pairs) for day, pairs in weekly.items()}),
        closed=coming.first(),
    )


urlpatterns = [path("", account, name="account"), *account_urls]
