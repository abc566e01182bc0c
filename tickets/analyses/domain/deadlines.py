"""By when an analysis is owed, and the flag of one that is late."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Region
from portal.lib.zones import zone
from sla.core.domain.calendars import business_calendar, calendar_of
from sla.models import Calendar
from tickets.analyses.domain import notices
from tickets.analyses.models import RootCauseAnalysis

# No calendar is looked at further.
PATIENCE = 366
A_WEEK = timedelta(days=7)


def due_after(solved_at: datetime, region: Region, *, days: int | None = None) -> datetime:
    """Closing time of the n-th business day after the local day of `solved_at`, in the calendar of `region`.

    `days` defaults to ANALYSIS_BUSINESS_DAYS of the settings. A region whose hours were never entered, or that hardly
    ever opens, gets a week: nothing of this may keep an agent from solving a ticket.
    """
    left = settings.ANALYSIS_BUSINESS_DAYS if days is None else days
    try:
        hours = business_calendar(calendar_of(region))
    except Calendar.DoesNotExist:
        return solved_at + A_WEEK
    today = solved_at.astimezone(zone(region.time_zone)).date()
    for later in range(1, PATIENCE + 1):
        closes = hours.day_closing(today + timedelta(days=later))
        left -= closes is not None
        if closes is not None and left <= 0:
            return closes
    return solved_at + A_WEEK


@transaction.atomic
def flag_breaches(*, now: datetime, limit: int = 200) -> int:
    """Flag analyses whose target date has passed with nothing published, each once; returns how many."""
    late = RootCauseAnalysis.objects.unflagged().filter(due_at__lte=now).order_by("due_at").with_people()
    if connection.features.has_select_for_update_skip_locked:
        late = late.select_for_update(skip_locked=True, of=("self",))
    return sum(flag(analysis, now=now) for analysis in late[:limit])


def flag(analysis: RootCauseAnalysis, *, now: datetime) -> bool:
    """Flag one that is late and was not flagged, and tell the leads in the same transaction.

    The flag's time is the due moment, whoever notices it. The condition travels inside the UPDATE.
    """
    if not analysis.is_overdue(now) or analysis.breached_at is not None:
        return False
    flagged = RootCauseAnalysis.objects.unflagged().filter(pk=analysis.pk).update(breached_at=analysis.due_at)
    if flagged:
        analysis.breached_at = analysis.due_at
        notices.notify_overdue(analysis, now=now)
    return bool(flagged)
