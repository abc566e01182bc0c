"""The plan of check-ins: which ones have used half of their time and should be written now."""

from datetime import datetime

from django.db import connection

from sla.core.enums import ClockKind
from sla.core.models import Clock


def claim_coming_check_ins(*, now: datetime, limit: int = 200) -> list[Clock]:
    """Mark up to `limit` running check-in clocks as announced and return them, with their ticket ids.

    Half of the time is left, so that the update can be written in time. The caller's open transaction holds the rows
    and writes what tells the agent, so that a check-in is announced exactly once. Overdue ones are announced too.
    """
    coming = Clock.objects.running().of(ClockKind.CHECK_IN).filter(announced_at=None, announce_at__lte=now)
    coming = coming.order_by("announce_at")[:limit]
    if connection.features.has_select_for_update_skip_locked:
        coming = coming.select_for_update(skip_locked=True, of=("self",))
    clocks = list(coming)
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks], announced_at=None).update(announced_at=now)
    return clocks
