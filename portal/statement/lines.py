"""The lines of the statement: what the contract includes, how much of it is used, what is left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.core.domain.entitlements import Entitlements
from accounts.core.enums import MeetingState
from accounts.hours.domain.hours import balance_of, year_in_force
from accounts.models import Account, Contact, DesignatedEngineer, Meeting, TierTerms
from accounts.seats.domain.seats import SeatPlan, seat_plan
from portal.lib.durations import say_day_of_year, say_hours, say_moment
from portal.lib.zones import zone
from tickets.core.enums import AnalysisState
from tickets.core.models.ticket import TicketQuerySet
from tickets.models import Call, Escalation, RootCauseAnalysis, Ticket

# A longer count is said as “more than”.
COUNT_UP_TO = 500


@dataclass(frozen=True)
class Line:
    """One entitlement in words. Empty `used` or `left`: there is nothing to count. `url`: the page with the details."""

    name: str
    included: str
    used: str = ""
    left: str = ""
    url: str = ""
    has: bool = True


@dataclass(frozen=True)
class Reading:
    """What every line is made from, read once."""

    contact: Contact
    entitlements: Entitlements
    terms: TierTerms
    seats: SeatPlan
    now: datetime

    @property
    def account(self) -> Account:
        return self.contact.account

    @property
    def since(self) -> datetime | None:
        """When the contract in force began, in the day of the account's home region; None without a contract."""
        contract = self.entitlements.contract
        if contract is None:
            return None
        return datetime.combine(contract.starts_on, time.min, zone(self.account.home_region.time_zone))


def read(contact: Contact, entitlements: Entitlements, *, now: datetime) -> Reading:
    terms = TierTerms.objects.get(tier=entitlements.account_tier)
    return Reading(contact, entitlements, terms, seat_plan(contact.account, now), now)


def lines(reading: Reading) -> list[Line]:
    """Every line, in the order of the contract."""
    return [line(reading) for line in LINES]


def tickets(reading: Reading) -> Line:
    count = len(_seen(reading).order_by("-pk").values_list("pk", flat=True)[: COUNT_UP_TO + 1])
    opened = ngettext("%(count)s opened", "%(count)s opened", count) % {"count": count}
    if count > COUNT_UP_TO:
        opened = _("more than %(count)s opened") % {"count": COUNT_UP_TO}
    return Line(_("Tickets"), _("as many as you need"), opened, _("no limit"), reverse("tickets:list"))


def around_the_clock(reading: Reading) -> Line:
    if reading.terms.round_the_clock:
        return Line(_("24/7 replies"), _("yes, in English; in other languages in business hours"))
    return Line(_("24/7 replies"), _("no, in business hours"), has=False)


def seats(reading: Reading) -> Line:
    plan = reading.seats
    name, url = _("Premium contacts"), reverse("accounts:contacts")
    if not plan.limit and not plan.used:
        return Line(name, _("no seats"), has=False, url=url)
    included = ngettext("%(count)s seat", "%(count)s seats", plan.limit) % {"count": plan.limit}
    if reading.terms.regional_premium_contacts:
        included = _("%(seats)s, each with a region") % {"seats": included}
    return Line(name, included, str(plan.used), str(max(plan.free, 0)), url, has=bool(plan.limit))


def level_3(reading: Reading) -> Line:
    name = _("Level 3 support")
    if not reading.terms.level_3_support:
        return Line(name, _("no"), has=False)
    asked = Escalation.objects.filter(ticket__in=_seen(reading))
    count = _bounded(asked)
    said = ngettext("%(count)s request", "%(count)s requests", count) % {"count": count}
    if count > COUNT_UP_TO:
        said = _("more than %(count)s requests") % {"count": COUNT_UP_TO}
    return Line(name, _("yes"), said, _("no limit"))


def phone(reading: Reading) -> Line:
    calls = Call.objects.filter(account=reading.account)
    if reading.since:
        calls = calls.filter(asked_at__gte=reading.since)
    count = _bounded(calls)
    said = ngettext("%(count)s call", "%(count)s calls", count) % {"count": count}
    if count > COUNT_UP_TO:
        said = _("more than %(count)s calls") % {"count": COUNT_UP_TO}
    return Line(_("Phone"), reading.terms.get_phone_model_display(), said, _("no limit"), reverse("tickets:phone"))


def hours(reading: Reading) -> Line:
    name, url = _("Professional services"), reverse("accounts:hours")
    year = year_in_force(reading.account, reading.now)
    if year is None:
        return Line(name, _("no hours"), has=False, url=url)
    balance = balance_of(year)
    left = _("%(hours)s h") % {"hours": say_hours(balance.available)}
    if balance.reserved:
        left = _("%(hours)s h, and %(reserved)s h reserved") % {
            "hours": say_hours(balance.available), "reserved": say_hours(balance.reserved),
        }  # fmt: skip
    included = _("%(hours)s h until %(day)s") % {
        "hours": say_hours(balance.granted), "day": say_day_of_year(year.ends_on),
    }  # fmt: skip
    return Line(name, included, _("%(hours)s h") % {"hours": say_hours(balance.used)}, left, url)


def analyses(reading: Reading) -> Line:
    name, url = _("Root-cause analyses"), reverse("tickets:analyses")
    if not reading.terms.p1_root_cause_analysis:
        return Line(name, _("no"), has=False, url=url)
    mine = RootCauseAnalysis.objects.filter(ticket__in=_seen(reading))
    states = list(mine.values_list("state", flat=True)[:COUNT_UP_TO])
    published = states.count(AnalysisState.PUBLISHED)
    done = ngettext("%(count)s published", "%(count)s published", published) % {"count": published}
    under_way = len(states) - published
    left = ngettext("%(count)s in progress", "%(count)s in progress", under_way) % {"count": under_way}
    return Line(name, _("after every P1 ticket"), done, left if under_way else "", url)


def engineers(reading: Reading) -> Line:
    name = _("Designated engineer")
    if not reading.terms.designated_engineer:
        return Line(name, _("no"), has=False)
    named = DesignatedEngineer.objects.current().filter(account=reading.account).count()
    return Line(
        name, _("one per region"), ngettext("%(count)s engineer", "%(count)s engineers", named) % {"count": named}
    )


def sponsor(reading: Reading) -> Line:
    name, url = _("Executive sponsor"), reverse("accounts:meetings")
    if not reading.terms.executive_sponsor:
        return Line(name, _("no"), has=False, url=url)
    meetings = Meeting.objects.filter(account=reading.account)
    held = meetings.filter(state=MeetingState.HELD).count()
    coming = meetings.ahead(reading.now).first()
    said = ngettext("%(count)s meeting", "%(count)s meetings", held) % {"count": held}
    if coming is None or coming.starts_at is None:
        return Line(name, _("a meeting every quarter"), said, "", url)
    moment = say_moment(coming.starts_at, reading.now, timezone.get_current_timezone())
    return Line(name, _("a meeting every quarter"), said, _("next: %(moment)s") % {"moment": moment}, url)


def check_ins(reading: Reading) -> Line:
    return _yes_or_no(_("Enhanced check-ins"), has=reading.terms.enhanced_check_ins)


def _seen(reading: Reading) -> TicketQuerySet:
    """The tickets that the reader may see, opened under the present contract."""
    seen = Ticket.objects.visible_to(reading.contact.user, reading.contact)
    return seen.filter(opened_at__gte=reading.since) if reading.since else seen


def _bounded(rows: QuerySet[Any]) -> int:
    """How many rows there are, counted up to one more than is said."""
    return len(rows.order_by().values_list("pk", flat=True)[: COUNT_UP_TO + 1])


def _yes_or_no(name: str, *, has: bool) -> Line:
    return Line(name, _("yes") if has else _("no"), has=has)


LINES: list[Callable[[Reading], Line]] = [
    tickets,
    seats,
    around_the_clock,
    check_ins,
    phone,
    level_3,
    hours,
    analyses,
    engineers,
    sponsor,
]
