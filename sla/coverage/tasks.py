"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from portal.lib.clock import now
from sla.coverage.domain import rota_notices


@shared_task(name="sla.warn_of_rota_holes")
def warn_of_rota_holes() -> int:
    return rota_notices.warn_of_holes(now=now())
