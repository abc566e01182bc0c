"""Doors to the verbs, opened by Celery beat."""

from celery import shared_task

from portal.lib import heartbeat
from portal.lib.clock import now
from sla.domain import sweep, tallies


@shared_task(name="sla.sweep_clocks")
def sweep_clocks() -> dict[str, int]:
    at = now()
    counts = sweep.sweep(now=at)
    heartbeat.beat("sweep", now=at)
    return counts


@shared_task(name="sla.keep_attainment")
def keep_attainment() -> int:
    return tallies.keep_attainment(now=now())
