"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from portal.lib.clock import now
from tickets.analyses.domain import deadlines


@shared_task(name="tickets.flag_overdue_analyses")
def flag_overdue_analyses() -> int:
    return deadlines.flag_breaches(now=now())
