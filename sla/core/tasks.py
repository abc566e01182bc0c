"""Jobs of this room, started by Celery beat."""

import logging
from datetime import timedelta

from celery import shared_task

from portal.lib import heartbeat
from portal.lib.clock import now, skew
from sla.core.domain import calendars, sweep

logger = logging.getLogger(__name__)

# The watches of the machines may differ by so much.
MOST_APART = timedelta(seconds=30)


@shared_task(name="sla.sweep_clocks")
def sweep_clocks() -> dict[str, int]:
    at = now()
    if (apart := skew()) > MOST_APART:
        # A watch that runs ahead would flag promises that are not due, and a flag is never taken back. Without a
        # heartbeat the readiness page turns red, and another machine goes on.
        logger.error("sweep.refused", extra={"skew_seconds": apart.total_seconds()})
        return {}
    counts = sweep.sweep(now=at)
    heartbeat.beat("sweep", now=at)
    return counts


@shared_task(name="sla.fill_coming_holidays")
def fill_coming_holidays() -> int:
    return calendars.fill_coming_holidays(now=now())
