"""Doors to the verbs, opened by Celery beat."""

from celery import shared_task

from accounts.domain import contracts
from portal.lib.clock import now


@shared_task(name="accounts.watch_contracts")
def watch_contracts() -> int:
    return contracts.watch_contracts(now=now())
