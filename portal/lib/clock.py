"""The only place that reads the watch. Views, tasks and commands call `now()` once per act and pass it on."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, UTC."""
    return timezone.now()
