"""Is the site alive, and is it fit to work? Asked by load balancers, by monitoring and by `manage.py up`.

Both answers are open to everybody and say no secret: names of parts, ages and counts.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.celery import app
from portal.lib import breaker, clock, heartbeat
from portal.lib.outbox import MAIL, Notice
from tickets.core.enums import MailState
from tickets.models import IncomingMail, Mailbox, Verification

logger = logging.getLogger(__name__)

# The sweep runs every ten seconds; after two minutes without it promises may pass unnoticed.
SWEEP_LIMIT = timedelta(minutes=2)
# A process that has just started waits as long for the first sweep before it calls that a fault.
STARTED = time.monotonic()
BROKER_PATIENCE = 2
NOTICE_LATE = timedelta(minutes=5)

# What one part says of itself: `ok` and its figures. `ok` of None is a report that nothing depends on.
Part = dict[str, Any]


def live(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready(request: HttpRequest) -> HttpResponse:
    """200 when people can work and promises are being watched; 503 otherwise. Says of each part what it found."""
    parts = examine(now=clock.now())
    failing = [name for name, part in parts.items() if part["ok"] is False]
    status = "not ready" if failing else "ready"
    if failing == ["sweep"] and timedelta(seconds=time.monotonic() - STARTED) < SWEEP_LIMIT:
        status = "starting"
    elif failing:
        logger.error("ready.failed", extra={"failing": failing})
    answer = {"status": status, "parts": parts}
    return JsonResponse(answer, status=503 if failing else 200, headers={"Cache-Control": "no-store"})


def examine(*, now: datetime) -> dict[str, Part]:
    """Each part and its state. Without a database, the parts that live in it are not asked."""
    parts: dict[str, Part] = {"broker": _broker()}
    try:
        parts["database"] = _database()
        parts["migrations"] = _migrations()
        if parts["migrations"]["ok"]:
            parts["sweep"] = _sweep(now)
            parts["notices"] = _notices(now)
            parts["mail_in"] = _mail_in(now)
            parts["mail"] = _mail(now)
            parts["self_check"] = _self_check(now)
    except Error as error:
        logger.warning("ready.no_database", extra={"error": type(error).__name__})
        parts["database"] = {"ok": False}
    return parts


def _database() -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return {"ok": True}


def _migrations() -> Part:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return {"ok": waiting == 0, "waiting": waiting}


def _sweep(now: datetime) -> Part:
    age = heartbeat.age("sweep", now=now)
    seconds = None if age is None else round(age.total_seconds())
    return {"ok": age is not None and age <= SWEEP_LIMIT, "age_seconds": seconds}


def _notices(now: datetime) -> Part:
    """Mails may wait for a mail server that is away; that is worth a look, but the site stays usable."""
    waiting = Notice.objects.filter(sent_at=None, dead_at=None)
    return {
        "ok": None,
        "waiting": waiting.count(),
        "late": waiting.filter(created_at__lt=now - NOTICE_LATE).count(),
        "given_up": Notice.objects.dead().count(),
    }


def _mail_in(now: datetime) -> Part:
    """How old the last run is, what waits, and how many mailboxes fail. Mail waits safely in them meanwhile."""
    age = heartbeat.age("mail_in", now=now)
    counts = dict(
        IncomingMail.objects.filter(state__in=[MailState.RECEIVED, MailState.HELD, MailState.QUARANTINED])
        .order_by().values_list("state").annotate(rows=Count("pk"))
    )  # fmt: skip
    failing = list(Mailbox.objects.exclude(error="").values_list("error", flat=True)[:5])
    return {
        "ok": None,
        "age_seconds": None if age is None else round(age.total_seconds()),
        "waiting": counts.get(MailState.RECEIVED, 0),
        "held": counts.get(MailState.HELD, 0),
        "quarantined": counts.get(MailState.QUARANTINED, 0),
        "failing": failing,
    }


def _mail(now: datetime) -> Part:
    """The mail server, as the last attempt found it. An alarm for operators; people can work without mail."""
    fault = breaker.look(MAIL)
    if fault is None or fault.since is None:
        return {"ok": None, "works": True}
    age = round((now - fault.since).total_seconds())
    return {"ok": None, "works": False, "cause": fault.cause, "age_seconds": age}


def _self_check(now: datetime) -> Part:
    """What the nightly run found. A difference is for people to look into; the site stays usable meanwhile."""
    last = Verification.objects.exclude(finished_at=None).first()
    if last is None:
        return {"ok": None, "differences": None, "age_seconds": None}
    age = round((now - last.started_at).total_seconds())
    return {"ok": None, "differences": last.differences, "age_seconds": age}


def _broker() -> Part:
    """Work is found in the database, so an unreachable broker delays it; the age of the sweep tells when too long."""
    try:
        with app.connection_for_write(connect_timeout=BROKER_PATIENCE) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_PATIENCE)
    except Exception as error:  # noqa: BLE001 - each transport has errors of its own, and this is only a report
        logger.warning("ready.no_broker", extra={"error": type(error).__name__})
        return {"ok": None, "reachable": False}
    return {"ok": None, "reachable": True}
