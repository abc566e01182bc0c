"""The ledger of professional-services hours: append-only, never below zero, however many book at once.

Minutes inside, hours on pages. A year's lines are written under the lock of its row; and two lines that were reckoned
from the same balance would carry the same number, which the database refuses.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import contract_day
from accounts.core.enums import HoursKind, StaffRole
from accounts.core.models import Account, Agent, User
from accounts.hours.models import Engagement, HoursEntry, HoursYear
from portal.lib.durations import say_hours
from portal.lib.errors import DomainError, NotAllowed, Stale
from portal.lib.typed import as_line

HOUR = 60
# The ledger counts in quarters of an hour.
STEP = 15
# A correction of more than this is a lead's decision.
AGENT_MAY_CORRECT = 2 * HOUR


class NotEnoughHours(DomainError):
    """The balance does not hold as many hours."""

    code = "not_enough_hours"


class NoHours(DomainError):
    """The account has no professional-services hours in force."""

    code = "no_hours"


@dataclass(frozen=True)
class Balance:
    """Where a year of hours stands, in minutes. `granted` includes corrections."""

    year: HoursYear
    granted: int
    available: int
    reserved: int
    expired: int

    @property
    def used(self) -> int:
        return self.granted - self.available - self.reserved - self.expired

    @property
    def left(self) -> int:
        """Not used yet: what one can still decide on, and what is set aside."""
        return self.available + self.reserved


def year_in_force(account: Account, now: datetime) -> HoursYear | None:
    """The year of hours that holds today; None without one."""
    today = contract_day(account, now)
    years = HoursYear.objects.filter(contract__account=account, starts_on__lte=today, ends_on__gte=today)
    return years.select_related("contract__account__home_region").first()


def is_in_force(year: HoursYear, now: datetime) -> bool:
    return year.starts_on <= contract_day(year.contract.account, now) <= year.ends_on


def balance_of(year: HoursYear) -> Balance:
    """One query: the last line carries the balances, the sums come with it."""
    lines = HoursEntry.objects.filter(year=OuterRef("pk"))
    last, sums = lines.order_by("-number"), lines.balanced()
    row = (
        HoursYear.objects.filter(pk=year.pk)
        .values_list(
            Subquery(sums.values("granted")), Subquery(sums.values("gone")),
            Subquery(last.values("available_after")[:1]), Subquery(last.values("reserved_after")[:1]),
        )
        .get()
    )  # fmt: skip
    granted, gone, available, reserved = (figure or 0 for figure in row)
    return Balance(year, granted, available, reserved, -gone)


@transaction.atomic
def use(
    account: Account, minutes: int, *, work: str, by: User, now: datetime, worked_on: date | None = None,
    reference: str = "", engineer: Agent | None = None,
) -> HoursEntry:  # fmt: skip
    """Book `minutes` that were worked. Raises NoHours, NotEnoughHours, DomainError for an amount that is no amount."""
    year = _year(account, now)
    worked_on = worked_on or contract_day(account, now)
    if worked_on > contract_day(account, now):
        raise DomainError(
            _("The date of the work is in the future. Enter an earlier date."), code="future", field="worked_on"
        )
    return append(
        year, HoursKind.USE, available=-_amount(minutes), work=_words(work), by=by, now=now, reference=reference,
        worked_on=worked_on, engineer=engineer or _agent(by),
    )  # fmt: skip


@transaction.atomic
def reserve(engagement: Engagement, minutes: int, *, by: User, now: datetime) -> HoursEntry:
    """Set hours aside for an engagement, in the year that is in force now."""
    year, amount = _year(engagement.account, now), _amount(minutes)
    return append(
        year, HoursKind.RESERVE, available=-amount, reserved=amount, engagement=engagement, work=engagement.topic,
        by=by, now=now,
    )  # fmt: skip


@transaction.atomic
def close_reservation(engagement: Engagement, worked: int, *, by: User, now: datetime) -> list[HoursEntry]:
    """End the reservation of an engagement: `worked` minutes are used, the rest is released; more than was reserved is
    taken from what is available. `worked` 0 releases all. Raises NotEnoughHours, and nothing is settled.
    """
    held = _reservation(engagement)
    if held is None:
        return []
    year, amount = lock(held.year), held.reserved
    common: dict[str, Any] = {"engagement": engagement, "work": engagement.topic, "by": by, "now": now}
    done = []
    from_reserve = min(worked, amount)
    if from_reserve:
        done.append(_used(year, engagement, common, reserved=-from_reserve, now=now))
    if worked > amount:
        done.append(_used(year, engagement, common, available=amount - worked, now=now))
    if amount > worked:
        rest = amount - worked
        done.append(append(year, HoursKind.RELEASE, available=rest, reserved=-rest, **common))
        if year.closed_at:
            # The year is over: what comes back has nowhere to go.
            done.append(append(year, HoursKind.EXPIRE, available=-rest, **common))
    return done


@transaction.atomic
def correct(
    year: HoursYear, minutes: int, *, reason: str, by: User, now: datetime, corrects: HoursEntry | None = None
) -> HoursEntry:
    """Add (or take, when negative) `minutes`, with the reason that the customer reads.

    More than two hours on a line, more than the line took, and what mends no work is a lead's decision: NotAllowed.
    Nobody can use hours of a year that is over: they are written to the year in force, or NoHours is raised.
    """
    year = lock(year)
    if not minutes:
        raise DomainError(_("Enter the number of hours to add or subtract."), code="amount", field="hours")
    may_all = by.staff_role in {StaffRole.LEAD, StaffRole.ADMINISTRATOR}
    if not may_all and not _agent_may_correct(corrects, minutes):
        raise NotAllowed(
            _(
                "Only team leads can make corrections of more than 2 hours or without an entry to "
                "correct. Ask a team lead."
            ),
            field="hours",
        )
    if corrects and corrects.year_id != year.pk:
        raise DomainError(_("This entry belongs to another contract year."), code="other_year")
    target = _year(year.contract.account, now) if year.closed_at else year
    return append(
        target, HoursKind.CORRECT, available=minutes, work=_words(reason, field="reason"), corrects=corrects, by=by,
        now=now, reference=corrects.reference if corrects else "",
    )  # fmt: skip


def _agent_may_correct(line: HoursEntry | None, minutes: int) -> bool:
    """All corrections of a line count together, and never give back more than the line took."""
    if line is None or line.kind != HoursKind.USE:
        return False
    changed = minutes + sum(line.corrections.values_list("available", flat=True))
    return abs(changed) <= AGENT_MAY_CORRECT and line.amount + changed <= 0


def append(year: HoursYear, kind: HoursKind, *, available: int = 0, reserved: int = 0, **facts: Any) -> HoursEntry:
    """Write the next line of a year; the caller is inside a transaction. Raises NotEnoughHours, Stale."""
    last = HoursEntry.objects.filter(year=year).order_by("-number").first()
    number = last.number + 1 if last else 1
    left = (last.available_after if last else 0) + available
    held = (last.reserved_after if last else 0) + reserved
    if left < 0:
        have = last.available_after if last else 0
        raise NotEnoughHours(
            _(
                "%(need)s h are needed but only %(have)s h are available. Enter fewer hours, or ask a "
                "team lead to add hours."
            )
            % {"have": say_hours(have), "need": say_hours(-available)},
            field="hours",
            available_minutes=have,
        )
    now = facts.pop("now")
    try:
        with transaction.atomic():
            return HoursEntry.objects.create(
                year=year, number=number, kind=kind, available=available, reserved=reserved, available_after=left,
                reserved_after=held, created_at=now, **facts,
            )  # fmt: skip
    except IntegrityError:
        raise Stale(
            _("Somebody else has just logged hours on this contract year. Check the available hours, then try again.")
        ) from None


def lock(year: HoursYear) -> HoursYear:
    """Stand in line for the year: whoever holds the row writes the next line."""
    return (
        HoursYear.objects.select_for_update(of=("self",))
        .select_related("contract__account__home_region")
        .get(pk=year.pk)
    )


def _year(account: Account, now: datetime) -> HoursYear:
    year = year_in_force(account, now)
    if year is None:
        raise NoHours(
            _("%(account)s has no professional services hours. Gold includes 8 a year, Platinum 24.")
            % {"account": account.name}
        )
    return lock(year)


def _reservation(engagement: Engagement) -> HoursEntry | None:
    """The line that set hours aside for it, unless they were settled already."""
    lines = list(HoursEntry.objects.filter(engagement=engagement).select_related("year").order_by("pk"))
    held = next((line for line in lines if line.kind == HoursKind.RESERVE), None)
    return held if held and sum(line.reserved for line in lines) > 0 else None


def _used(
    year: HoursYear, engagement: Engagement, common: dict[str, Any], *, now: datetime, **amounts: int
) -> HoursEntry:
    day = contract_day(engagement.account, now)
    return append(year, HoursKind.USE, **amounts, worked_on=day, engineer=engagement.engineer, **common)


def _amount(minutes: int) -> int:
    if minutes <= 0 or minutes % STEP:
        raise DomainError(_("Hours must be a multiple of 0.25, for example 0.25 or 1.5."), code="amount", field="hours")
    return minutes


def _words(text: str, *, field: str = "work") -> str:
    text = as_line(text)
    if not text:
        raise DomainError(_("Enter what the hours were used for."), code="empty", field=field)
    return text[:200]


def _agent(by: User) -> Agent | None:
    return getattr(by, "agent", None)
