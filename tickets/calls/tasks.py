"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from portal.lib.clock import now
from tickets.calls.domain import calling


@shared_task(name="tickets.warn_of_waiting_calls")
def warn_of_waiting_calls() -> int:
    return calling.warn_of_waiting(now=now())
