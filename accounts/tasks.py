"""Doors to the verbs, opened by Celery beat."""

from celery import shared_task

from accounts.contracts.domain import contracts, renewals
from accounts.hours.domain import hours_years
from accounts.sponsorship.domain import scheduling as keeping
from portal.lib.clock import now


@shared_task(name="accounts.record_contract_changes")
def record_contract_changes() -> int:
    return contracts.record_contract_changes(now=now())


@shared_task(name="accounts.update_hours")
def update_hours() -> int:
    return hours_years.update_contract_years(now=now())


@shared_task(name="accounts.warn_of_ends")
def warn_of_ends() -> int:
    return renewals.warn_of_ends(now=now())


@shared_task(name="accounts.schedule_meetings")
def schedule_meetings() -> int:
    return keeping.schedule_meetings(now=now())
