"""When we can call: the half hours of a region that are open and have a place left."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count

from accounts.core.domain.entitlements import Entitlements
from accounts.core.enums import PhoneModel
from accounts.models import Region
from portal.lib.zones import zone
from sla.business_time import ALWAYS_OPEN, AlwaysOpen, BusinessCalendar, NoOpenTime
from sla.core.domain.calendars import business_calendar, calendar_of
from tickets.calls.models import Call
from tickets.core.domain import clocks as promises
from tickets.core.enums import LanguageChoice

LENGTH = timedelta(minutes=30)
# Nobody can be called in a slot that begins in a moment.
NOTICE = timedelta(minutes=15)
# How far ahead one may plan, and how many slots a page offers.
HORIZON = timedelta(days=7)
MOST = 96
# Within this much open time a call that is wanted as soon as possible should be made.
EXPECTED = {PhoneModel.PRIORITY: timedelta(minutes=30), PhoneModel.STANDARD: timedelta(hours=2)}

Hours = BusinessCalendar | AlwaysOpen


def call_hours(entitlements: Entitlements, region: Region, choice: LanguageChoice = LanguageChoice.ENGLISH) -> Hours:
    """Around the clock in English on the tiers that have it, else (and in the own language) the business hours."""
    own = choice == LanguageChoice.OWN and promises.may_choose_language(
        entitlements, entitlements.contact.user.language
    )
    if entitlements.terms.round_the_clock and not own:
        return ALWAYS_OPEN
    return business_calendar(calendar_of(region))


def is_priority(entitlements: Entitlements) -> bool:
    return entitlements.terms.phone_model == PhoneModel.PRIORITY


def expected_by(entitlements: Entitlements, hours: Hours, *, now: datetime) -> datetime:
    """By when a call that is wanted as soon as possible should have been tried."""
    return hours.add(now, EXPECTED[PhoneModel(entitlements.terms.phone_model)])


def free_slots(region: Region, hours: Hours, *, now: datetime, but: Call | None = None) -> list[datetime]:
    """The beginnings of the slots one can still choose, in order; `but`: a call whose own place counts as free."""
    possible = list(_slots(region, hours, now=now))
    if not possible:
        return []
    taken = Call.objects.waiting().filter(region=region, slot_at__in=possible)
    if but:
        taken = taken.exclude(pk=but.pk)
    full = dict(taken.values_list("slot_at").annotate(Count("pk")).order_by())
    return [slot for slot in possible if full.get(slot, 0) < settings.CALL_LINES]


def is_slot(slot: datetime, region: Region, hours: Hours, *, now: datetime) -> bool:
    """Whether `slot` is one that the page could have offered."""
    return slot in set(_slots(region, hours, now=now))


def nearest(slots: list[datetime], wanted: datetime, count: int = 2) -> list[datetime]:
    """The free slots nearest to the wanted one, in order of time."""
    return sorted(sorted(slots, key=lambda slot: abs(slot - wanted))[:count])


def _slots(region: Region, hours: Hours, *, now: datetime) -> Iterator[datetime]:
    """Every half hour that lies whole in open time, on the full and half hours of the region's clock."""
    first, found = now + NOTICE, 0
    try:
        windows = hours.windows(first, now + HORIZON)
    except NoOpenTime:
        return
    for opens, closes in windows:
        slot = _half_hour(opens, region)
        while slot + LENGTH <= closes and found < MOST:
            yield slot
            slot, found = slot + LENGTH, found + 1


def _half_hour(moment: datetime, region: Region) -> datetime:
    """The next full or half hour on the region's clock; zones differ by quarters of an hour at least."""
    local = moment.astimezone(zone(region.time_zone))
    past = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    return moment if not past else moment - past + LENGTH
