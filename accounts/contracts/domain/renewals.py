"""Before a contract ends, the account and our leads hear of it, as long as nothing follows it."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.contracts.models import ContractWarning
from accounts.core.domain.entitlements import contract_day, following_of
from accounts.core.domain.people import admins_of, leads
from accounts.core.models import Contract
from portal.lib import outbox

# Days before the last day. A job that was away says only the nearest.
DISTANCES = (90, 60, 30, 7)
LOOK_AHEAD = timedelta(days=max(DISTANCES) + 1)


def warn_of_ends(*, now: datetime, limit: int = 500) -> int:
    """Write the warnings that are due; return how many. Each is told once, however many copies of this run."""
    today = now.date()
    ending = Contract.objects.filter(
        ends_on__gte=today - timedelta(days=1), ends_on__lte=today + LOOK_AHEAD, account__is_active=True
    )
    told = 0
    # The limit counts what was told: contracts that were told already must not take the turn of others.
    for contract in list(ending.select_related("account__home_region").order_by("pk")):
        days = (contract.ends_on - contract_day(contract.account, now)).days
        distance = min((mark for mark in DISTANCES if days <= mark), default=None)
        if days >= 0 and distance is not None:
            told += _warn(contract, distance, days, now=now)
        if told >= limit:
            break
    return told


@transaction.atomic
def _warn(contract: Contract, distance: int, days: int, *, now: datetime) -> int:
    if following_of(contract):
        return 0
    _warning, is_new = ContractWarning.objects.get_or_create(
        contract=contract, ends_on=contract.ends_on, days=distance, defaults={"warned_at": now}
    )
    if not is_new:
        return 0
    outbox.write(
        "contract_ends",
        key=f"contract_ends:{contract.pk}:{contract.ends_on.isoformat()}:{distance}",
        recipients=[*admins_of(contract.account_id), *leads()],
        data={"contract": contract.pk, "ends_on": contract.ends_on.isoformat()},
        now=now,
    )
    return 1
