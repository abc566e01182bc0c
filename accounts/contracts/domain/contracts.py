"""Contracts are signed, changed, begin and end; the promises that run at that moment are told of it."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.core.domain.changes import note_change
from accounts.core.domain.entitlements import contract_day, contract_in_force
from accounts.core.domain.people import admins_of, leads
from accounts.core.enums import EntitlementCause, SeatState
from accounts.core.models import Account, Contract, Seat, User
from portal.lib import outbox
from portal.lib.zones import zone

DAY = timedelta(days=1)


class InForce(NamedTuple):
    """What of a contract in force bears on promises."""

    pk: int
    tier: str
    seats: int

    @classmethod
    def of(cls, contract: Contract) -> "InForce":
        return cls(contract.pk, contract.tier, contract.premium_contacts)


@transaction.atomic
def save_contract(contract: Contract, *, by: User | None, now: datetime) -> Contract:
    """Sign `contract` or change it. What is in force today may change by that: running promises follow.

    A contract that is entered after its first day, or ended after its last one, counts for them from now on, never
    from the day that it names; the change keeps both moments.

    Raises IntegrityError when another contract of the account shares a day (the form says so first, in words).
    """
    account = Account.objects.select_for_update(of=("self",)).select_related("home_region").get(pk=contract.account_id)
    record_changes_of(account, now=now)
    before = _in_force(account, now)
    today = contract_day(account, now)
    contract.start_noted = contract.starts_on <= today
    contract.end_noted = contract.ends_on < today
    contract.save()
    after = _in_force(account, now)
    if after != before:
        dated_at = _dated(account, before, after, today)
        note_change(account, EntitlementCause.CONTRACT, by=by, at=now, dated_at=dated_at)
        _notify(account, before, after, by=by, now=now)
    return contract


def _dated(account: Account, before: InForce | None, after: InForce | None, today: date) -> datetime | None:
    """The day before today from which the change says that it counts; None for figures changed in place."""
    if before is not None and after is not None and before.pk == after.pk:
        return None
    if after is not None:
        starts = Contract.objects.get(pk=after.pk).starts_on
        return midnight(account, starts) if starts < today else None
    ended = Contract.objects.filter(pk=before.pk, ends_on__lt=today).first() if before else None
    return midnight(account, ended.ends_on + DAY) if ended else None


def record_contract_changes(*, now: datetime, limit: int = 500) -> int:
    """Note the contracts that began or ended by the calendar alone, each once; return how many.

    A contract begins and ends at midnight in the home region of its account. What begins where another one ended is
    noted once, as a beginning.
    """
    noted = 0
    latest = (now + DAY).date()  # no zone is further ahead
    unnoted = Contract.objects.filter(
        Q(start_noted=False, starts_on__lte=latest) | Q(end_noted=False, ends_on__lt=latest)
    )
    for pk in list(unnoted.order_by("pk").values_list("pk", flat=True)[:limit]):
        noted += _record_changes(pk, now=now)
    return noted


def record_changes_of(account: Account, *, now: datetime) -> None:
    """As `record_contract_changes` for one account, before anything else about it is recorded, in its order."""
    today = contract_day(account, now)
    unnoted = Contract.objects.filter(account=account).filter(
        Q(start_noted=False, starts_on__lte=today) | Q(end_noted=False, ends_on__lt=today)
    )
    for pk in list(unnoted.order_by("starts_on").values_list("pk", flat=True)):
        _record_changes(pk, now=now)


@transaction.atomic
def _record_changes(pk: int, *, now: datetime) -> int:
    account_id = Contract.objects.values_list("account", flat=True).get(pk=pk)
    account = Account.objects.select_for_update(of=("self",)).select_related("home_region").get(pk=account_id)
    contract = Contract.objects.get(pk=pk)
    today = contract_day(account, now)
    noted = 0
    if not contract.start_noted and contract.starts_on <= today:
        contract.start_noted = True
        noted += 1
        if contract.ends_on >= today:
            at = midnight(account, contract.starts_on)
            note_change(account, EntitlementCause.CONTRACT_STARTED, by=None, at=at)
            _notify(account, _in_force(account, at - DAY), _in_force(account, now), by=None, now=now)
    if not contract.end_noted and contract.ends_on < today:
        contract.end_noted = True
        noted += 1
        if contract_in_force(account, midnight(account, contract.ends_on + DAY)) is None:
            at = midnight(account, contract.ends_on + DAY)
            note_change(account, EntitlementCause.CONTRACT_ENDED, by=None, at=at)
            _notify(account, InForce.of(contract), None, by=None, now=now)
    contract.save(update_fields=["start_noted", "end_noted"])
    return noted


def midnight(account: Account, day: date) -> datetime:
    """The moment at which `day` begins where the account is at home."""
    return datetime.combine(day, time(), zone(account.home_region.time_zone))


def _in_force(account: Account, now: datetime) -> InForce | None:
    contract = contract_in_force(account, now)
    return InForce.of(contract) if contract else None


def _notify(account: Account, before: InForce | None, after: InForce | None, *, by: User | None, now: datetime) -> None:
    """Another tier, or none: those who administer the account and those who hold its seats hear of it; our leads, too.

    A contract that goes on under the same tier with as many seats changes nothing for anybody.
    """
    if before and after and before[1:] == after[1:]:
        return
    holders = Seat.objects.filter(account=account, state=SeatState.ACTIVE, contact__is_active=True)
    people = [*admins_of(account.pk), *holders.values_list("contact__user", flat=True), *leads()]
    outbox.write(
        "contract_changed",
        key=f"contract_changed:{account.pk}:{after.pk if after else 'none'}:{now.isoformat()}",
        recipients=[user for user in people if by is None or user != by.pk],
        data={
            "account": account.pk,
            "before": before.tier if before else "",
            "after": after.tier if after else "",
            "limit": after.seats if after else 0,
        },
        now=now,
    )
