"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from portal.lib.clock import now
from sla.attainment.domain import tallies


@shared_task(name="sla.roll_up_months")
def roll_up_months() -> int:
    return tallies.roll_up_months(now=now())
