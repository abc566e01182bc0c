"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from accounts.hours.domain import hours_years
from portal.lib.clock import now


@shared_task(name="accounts.update_hours")
def update_hours() -> int:
    return hours_years.update_contract_years(now=now())
