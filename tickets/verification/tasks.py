"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from portal.lib.clock import now
from tickets.verification import domain as verification


@shared_task(name="tickets.verify_clocks")
def verify_clocks() -> int:
    return verification.verify_some(now=now())
