"""Jobs of this room, started by Celery beat."""

from celery import shared_task

from portal.lib import heartbeat
from portal.lib.clock import now
from tickets.core.domain import alerts, attachments, clock_events, closing, recounts


@shared_task(name="tickets.act_on_clock_events")
def act_on_clock_events() -> int:
    return clock_events.act_on_clock_events(now=now())


@shared_task(name="tickets.notify_unassigned_tickets")
def notify_unassigned_tickets() -> int:
    return alerts.notify_next_steps(now=now())


@shared_task(name="tickets.plan_check_ins")
def plan_check_ins() -> int:
    at = now()
    planned = clock_events.plan_check_ins(now=at)
    heartbeat.beat("check_ins", now=at)
    return planned


@shared_task(name="tickets.recount_after_changes")
def recount_after_changes() -> int:
    return recounts.recount_after_changes(now=now())


@shared_task(name="tickets.close_solved")
def close_solved() -> int:
    return closing.close_solved(now=now())


@shared_task(name="tickets.purge_uploads")
def purge_uploads() -> int:
    return attachments.purge_uploads(now=now())
