"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from accounts.contracts.domain import contracts, renewals
from portal.lib.clock import now


@shared_task(name="accounts.record_contract_changes")
def record_contract_changes() -> int:
    return contracts.record_contract_changes(now=now())


@shared_task(name="accounts.warn_of_ends")
def warn_of_ends() -> int:
    return renewals.warn_of_ends(now=now())
