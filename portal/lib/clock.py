"""The only place that reads the watch. Views, tasks and commands call `now()` once per act and pass it on."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.lib import demo_clock


def now() -> datetime:
    """The present instant, aware, UTC. In demonstration mode it can be moved (portal/demo/passing.py)."""
    if not settings.DEMO:
        return timezone.now()
    return timezone.now() + demo_clock.current_row().ahead


def machine_now() -> datetime:
    """What this machine’s own watch says, which nobody can move: for sessions, sign-in, limits and leases."""
    return timezone.now()


def skew() -> timedelta:
    """How far this machine's watch and the database's are apart; nothing on SQLite, which has none of its own."""
    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    return abs(timezone.now() - theirs)
