"""What the desk shows of an account besides its form: one function per box, in order, and what it still needs."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.core.domain.entitlements import contract_day, contract_in_force
from accounts.core.enums import ContactRole, MeetingState, SeatState
from accounts.models import Account, Contact, DesignatedEngineer, Meeting, Seat, Sponsorship, TierTerms
from portal.boxes import MOST, Box, Item
from portal.lib.durations import say_moment
from portal.lib.http import PortalRequest
from portal.lib.permissions import may_open
from sla.attainment.domain.attainment import figures_by_kind
from sla.attainment.domain.attainment_wording import FEW, say_share
from sla.attainment.domain.periods import Period, utc_day
from sla.models import Calendar, Clock

DAYS = 90


def needs(request: PortalRequest, account: Account, now: datetime) -> Box | None:
    """What is missing before the promises of the contract can be kept; nothing missing shows no box."""
    contract = contract_in_force(account, now)
    page = reverse("admin:accounts_account_change", args=[account.pk])
    found = []
    if contract is None:
        found.append(Item(_("A contract in force"), _page(request, "contract_add", about=account)))
    if not Contact.objects.active().filter(account=account, role=ContactRole.ADMIN).exists():
        found.append(Item(_("An account administrator"), _page(request, "contact_add", about=account)))
    if not Calendar.objects.filter(region=account.home_region_id).exists():
        found.append(Item(_("Business hours of its home region"), reverse("admin:sla_calendar_changelist")))
    terms = TierTerms.objects.filter(tier=contract.tier).first() if contract else None
    validated = Seat.objects.filter(account=account, state=SeatState.ACTIVE)
    if contract and contract.premium_contacts and not validated.exists():
        found.append(Item(_("An approved Premium seat"), reverse("admin:accounts_seat_changelist")))
    if (
        terms
        and terms.designated_engineer
        and not DesignatedEngineer.objects.current().filter(account=account).exists()
    ):
        found.append(Item(_("A designated engineer"), page))
    if terms and terms.executive_sponsor and not Sponsorship.objects.live().filter(account=account).exists():
        found.append(Item(_("An executive sponsor"), _page(request, "meeting_sponsor", account.pk)))
    return Box("needs", _("Missing from this account"), "", found) if found else None


def _page(request: PortalRequest, name: str, *args: int, about: Account | None = None) -> str:
    """The address of a page of the desk, for those whom it would not refuse; the others read the words alone."""
    route = f"admin:accounts_{name}"
    if not may_open(request.role, route):
        return ""
    return reverse(route, args=args) + (f"?account={about.pk}" if about else "")


def term(request: PortalRequest, account: Account, now: datetime) -> Box:
    found = contract_in_force(account, now)
    if found is None:
        return Box("term", _("Contract term"), _("No contract in force: Standard targets"))
    days = (found.ends_on - contract_day(account, now)).days
    words = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return Box("term", _("Contract term"), "", [Item(words, facts=found.get_tier_display())])


def attainment(request: PortalRequest, account: Account, now: datetime) -> Box:
    """How the promises of the last 90 days went, of all tickets of the account."""
    period = Period.last_days(DAYS, utc_day(now))
    figures = figures_by_kind(Clock.objects.filter(account=account), period)
    judged = {kind: some for kind, some in figures.items() if some.judged}
    return Box(
        "attainment", _("Targets met, last 90 days"), _("No targets have ended yet."),
        [
            Item(
                str(kind.label)
                if some.judged < FEW
                else _("%(kind)s: %(share)s") % {"kind": kind.label, "share": say_share(some.attainment)},
                facts=_("%(kept)s met, %(missed)s missed") % {"kept": some.kept, "missed": some.missed},
            )
            for kind, some in judged.items()
        ],
        url=reverse("admin:sla_attainment"),
    )  # fmt: skip


def meetings(request: PortalRequest, account: Account, now: datetime) -> Box | None:
    """The sponsor, the meeting to come and the last ones; nothing below Platinum."""
    sponsor = Sponsorship.objects.live().filter(account=account).select_related("sponsor__user").first()
    rows = list(Meeting.objects.filter(account=account).order_by("-proposed_at", "-pk")[:MOST])
    if sponsor is None and not rows:
        return None
    here = timezone.get_current_timezone()
    title = _("Executive sponsor: %(name)s") % {"name": sponsor.sponsor.name} if sponsor else _("Meetings")
    return Box(
        "meetings", title, _("No meeting yet. The next one is proposed when its period begins."),
        [
            Item(
                say_moment(row.starts_at, now, here) if row.starts_at else _("time not chosen yet"),
                reverse("admin:accounts_meeting_change", args=[row.pk]), row.get_state_display(),
                is_late=row.state == MeetingState.MISSED,
            )
            for row in rows
        ],
        url=reverse("admin:accounts_meeting_changelist"),
    )  # fmt: skip


BOXES: list[Callable[[PortalRequest, Account, datetime], Box | None]] = [
    needs,
    term,
    attainment,
    meetings,
]
