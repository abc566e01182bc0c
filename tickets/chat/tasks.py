"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from portal.lib.clock import now
from tickets.chat.domain import sweeping


@shared_task(name="tickets.close_idle_chats")
def close_idle_chats() -> int:
    return sweeping.close_idle_chats(now=now())
