"""Answers the accounts app when it asks for the opening hours of a region: the calendars are kept here."""

from datetime import datetime

from accounts.core.domain.opening_hours import Span, provide
from accounts.models import Region
from sla.core.domain.calendars import business_calendar
from sla.core.models import Calendar


@provide
def open_spans(region: Region, start: datetime, end: datetime) -> list[Span]:
    """By the region's present calendar, holidays left out; none for a region without a calendar."""
    calendar = Calendar.objects.select_related("region").filter(region=region).first()
    if calendar is None:
        return []
    return [Span(*window) for window in business_calendar(calendar).windows(start, end)]
