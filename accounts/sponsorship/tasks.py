"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from accounts.sponsorship.domain import scheduling
from portal.lib.clock import now


@shared_task(name="accounts.schedule_meetings")
def schedule_meetings() -> int:
    return scheduling.schedule_meetings(now=now())
