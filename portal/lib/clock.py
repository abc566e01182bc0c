"""The only place that reads the watch. Views, tasks and commands call `now()` once per act and pass it on."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, UTC."""
    return timezone.now()


def skew() -> timedelta:
    """How far this machine's watch and the database's are apart; nothing on SQLite, which has none of its own."""
    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    return abs(timezone.now() - theirs)
