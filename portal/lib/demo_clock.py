"""The row that moves the time of a demonstration, and what a process holds of it.

It exists in demonstration mode only: with DEMO=0 nobody reads the row, so that nothing in the database can move the
time of a server.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

THE_ONE = 1
# Another process that moves the time is noticed within so many seconds, for one small query in as many.
FRESH = 1.0


class DemoClock(models.Model):
    """How far the demonstration's time is from the machine's, and where it is on its way to."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    ahead = models.DurationField(_("ahead of the machine"), default=timedelta())
    goal = models.DateTimeField(_("on its way to"), null=True)
    lay_at = models.DateTimeField(_("sample data to be laid around"), null=True)
    laid_at = models.DateTimeField(_("sample data laid around"), null=True)

    class Meta:
        app_label = "portal"
        verbose_name = _("demonstration time")
        verbose_name_plural = _("demonstration time")
        constraints = [models.CheckConstraint(name="portal_democlock_one_row", condition=Q(id=THE_ONE))]

    def __str__(self) -> str:
        return str(self.ahead)


@dataclass(frozen=True)
class CachedRow:
    """What this process knows of the row. `until` is a reading of time.monotonic()."""

    ahead: timedelta = timedelta()
    goal: datetime | None = None
    lay_at: datetime | None = None
    until: float = 0.0


_held = CachedRow()


def current_row() -> CachedRow:
    """The row as this process knows it, at most FRESH seconds old.

    Inside a transaction that has to be rolled back, and while the database does not answer, the last one stands.
    """
    if time.monotonic() < _held.until or connection.needs_rollback:
        return _held
    try:
        row = DemoClock.objects.filter(pk=THE_ONE).first()
    except DatabaseError:
        return _held
    return cache_row(row)


def cache_row(row: DemoClock | None, *, seconds: float = FRESH) -> CachedRow:
    """Hold this row for so long."""
    global _held
    found = row or DemoClock()
    _held = CachedRow(found.ahead, found.goal, found.lay_at, time.monotonic() + seconds)
    return _held
