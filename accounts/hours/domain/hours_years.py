"""The years of hours: opened and granted when they begin, kept in step with the contract, closed when they end.

A year begins on each anniversary of the contract's first day (one that began on 29 February: on 28 February in other
years). What is available on the last day expires; what is set aside for an accepted engagement stays until that ends.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_noop

from accounts.core.domain.entitlements import contract_day
from accounts.core.domain.people import admins_of
from accounts.core.enums import HoursKind
from accounts.core.models import Contract
from accounts.hours.domain import hours
from accounts.hours.models import HoursEntry, HoursYear
from portal.lib import outbox

DAY = timedelta(days=1)
# Days before the end on which account administrators hear what is about to expire.
WARN_BEFORE = 30

# Stored in the language of the code and translated where it is shown.
GRANTED = gettext_noop("Hours of the contract year")
FIGURE_CHANGED = gettext_noop("The number of hours in the contract changed")
EXPIRED = gettext_noop("Not used by the end of the contract year")
PROLONGED = gettext_noop("The contract was extended: expired hours are available again")


def years_of(contract: Contract) -> Iterator[tuple[int, date, date]]:
    """(number, first day, last day) of each year of a contract, from 1."""
    number, start = 1, contract.starts_on
    while start <= contract.ends_on:
        following = _anniversary(contract.starts_on, number)
        yield number, start, min(following - DAY, contract.ends_on)
        number, start = number + 1, following


def update_contract_years(*, now: datetime, limit: int = 500) -> int:
    """Grant, adjust and close whatever the calendar and the contracts ask for; return how many years were touched.

    Harmless however often and by however many it runs, and it catches up: each year is one transaction.
    """
    around = now.date()
    contracts = Contract.objects.filter(
        Q(professional_services_hours__gt=0) | Q(hours_years__isnull=False), starts_on__lte=around + DAY
    )
    unfinished = contracts.filter(Q(ends_on__gte=around - DAY) | Q(hours_years__closed_at=None)).distinct()
    touched = 0
    # The limit counts what was written: contracts in order would otherwise keep those behind them from their turn.
    for contract in list(unfinished.select_related("account__home_region").order_by("pk")):
        touched += update_years_of(contract, now=now)
        if touched >= limit:
            break
    return touched


def update_years_of(contract: Contract, *, now: datetime) -> int:
    """The years of one contract, as they should be on the account's present day."""
    today = contract_day(contract.account, now)
    touched = 0
    years = {year.number: year for year in HoursYear.objects.filter(contract=contract)}
    for number, starts_on, ends_on in years_of(contract):
        year = years.get(number)
        # A year that was over before anybody looked holds nothing: it is not opened to be closed.
        if starts_on <= today <= ends_on if year is None else _asks(year, contract, ends_on, today=today):
            touched += _update_year(contract, number, starts_on, ends_on, today=today, now=now)
    # The contract was cut short: years that now lie behind its end are over.
    for year in years.values():
        if year.closed_at is None and year.starts_on > contract.ends_on:
            with transaction.atomic():
                touched += _close(hours.lock(year), now=now)
    return touched


def _asks(year: HoursYear, contract: Contract, ends_on: date, *, today: date) -> bool:
    """Whether anything is to be done about a year; most days nothing is, and then nothing is locked."""
    if year.closed_at:
        return year.starts_on <= today <= ends_on
    as_promised = (year.ends_on, year.promised_minutes) == (ends_on, contract.professional_services_hours * hours.HOUR)
    return not as_promised or ends_on - today <= timedelta(days=WARN_BEFORE)


@transaction.atomic
def _update_year(contract: Contract, number: int, starts_on: date, ends_on: date, *, today: date, now: datetime) -> int:
    promised = contract.professional_services_hours * hours.HOUR
    year, is_new = HoursYear.objects.get_or_create(
        contract=contract,
        number=number,
        defaults={"starts_on": starts_on, "ends_on": ends_on, "promised_minutes": promised},
    )
    year = hours.lock(year)
    if year.closed_at:
        if today > ends_on:
            return 0
        _open_again(year, now=now)
    touched = int(is_new)
    if not HoursEntry.objects.filter(year=year).exists() and promised:
        hours.append(year, HoursKind.GRANT, available=promised, work=GRANTED, now=now)
        touched = 1
    if (year.ends_on, year.promised_minutes) != (ends_on, promised):
        _adjust(year, promised, now=now)
        year.ends_on, year.promised_minutes = ends_on, promised
        year.save(update_fields=["ends_on", "promised_minutes"])
        touched = 1
    if today > ends_on:
        return _close(year, now=now)
    if ends_on - today <= timedelta(days=WARN_BEFORE):
        _warn(year, now=now)
    return touched


def _adjust(year: HoursYear, promised: int, *, now: datetime) -> None:
    """The figure of the contract was edited: the difference is a line; hours that were used stay used."""
    # What the contract gave so far, read from the lines: an earlier cut may have been smaller than the figure asked.
    own = HoursEntry.objects.filter(year=year, by=None, kind__in=[HoursKind.GRANT, HoursKind.CORRECT])
    own = own.exclude(corrects__kind=HoursKind.EXPIRE)
    difference = promised - (own.aggregate(given=Sum("available"))["given"] or 0)
    available = hours.balance_of(year).available
    difference = max(difference, -available)
    if difference:
        hours.append(year, HoursKind.CORRECT, available=difference, work=FIGURE_CHANGED, now=now)


def _close(year: HoursYear, *, now: datetime) -> int:
    available = hours.balance_of(year).available
    if available:
        hours.append(year, HoursKind.EXPIRE, available=-available, work=EXPIRED, now=now)
    year.closed_at = now
    year.save(update_fields=["closed_at"])
    return 1


def _open_again(year: HoursYear, *, now: datetime) -> None:
    """The contract was cut short and then prolonged: the year goes on with what it had."""
    for line in HoursEntry.objects.filter(year=year, kind=HoursKind.EXPIRE, corrections=None).order_by("number"):
        hours.append(year, HoursKind.CORRECT, available=-line.available, corrects=line, work=PROLONGED, now=now)
    year.closed_at = None
    year.save(update_fields=["closed_at"])


def _warn(year: HoursYear, *, now: datetime) -> None:
    """Account administrators hear once, in the last month, how much is about to expire."""
    available = hours.balance_of(year).available
    if not available:
        return
    account = year.contract.account
    outbox.write(
        "hours_expire",
        key=f"hours_expire:{year.pk}:{year.ends_on.isoformat()}",
        recipients=admins_of(account.pk),
        data={"account": account.name, "minutes": available, "ends_on": year.ends_on.isoformat()},
        now=now,
    )


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)
