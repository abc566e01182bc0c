"""Doors to the verbs of the floor, opened by Celery beat."""

from celery import shared_task

from portal.demo import going
from portal.lib import drafts, heartbeat, idempotency, outbox, submissions
from portal.lib.clock import now


@shared_task(name="portal.deliver_notices")
def deliver_notices() -> int:
    at = now()
    sent = outbox.deliver(now=at)
    heartbeat.beat("notices", now=at)
    return sent


@shared_task(name="portal.forget_old")
def forget_old() -> int:
    """Keys of requests and forms that nobody repeats any more, and drafts that nobody went back to."""
    at = now()
    return submissions.forget_old(now=at) + (idempotency.forget_old(now=at) or 0) + drafts.forget_old(now=at)


@shared_task(name="portal.pass_time")
def pass_time() -> bool:
    """Goes on with a way through time that a page began; of a demonstration only."""
    return going.go_on(seconds=going.SLICE_OF_BEAT)
