"""What an account still has of what it bought, in one query: for the strip on the customer's first page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, IntegerField, OuterRef, Subquery

from accounts.core.domain.entitlements import contract_day
from accounts.core.models import Account, Seat
from accounts.hours.models import HoursEntry
from accounts.sponsorship.models import Meeting


@dataclass(frozen=True)
class Remaining:
    """Seats taken; minutes of services available and in all (None without a year in force); the next meeting."""

    seats_used: int
    available_minutes: int | None
    granted_minutes: int | None
    meeting_at: datetime | None


def remaining_of(account: Account, now: datetime) -> Remaining:
    """The figures of the moment; nothing is locked and nothing is written."""
    today = contract_day(account, now)
    seats = Seat.objects.taken().filter(account=OuterRef("pk")).order_by().values("account").annotate(n=Count("pk"))
    # The last line of the year in force carries its balance.
    lines = HoursEntry.objects.filter(
        year__contract__account=OuterRef("pk"), year__starts_on__lte=today, year__ends_on__gte=today
    )
    meetings = Meeting.objects.filter(account=OuterRef("pk")).ahead(now)
    seats_used, minutes, granted, meeting_at = (
        Account.objects.filter(pk=account.pk)
        .values_list(
            Subquery(seats.values("n"), output_field=IntegerField()),
            Subquery(lines.order_by("-number").values("available_after")[:1]),
            Subquery(lines.balanced().values("granted")),
            Subquery(meetings.values("starts_at")[:1]),
        )
        .get()
    )
    return Remaining(seats_used or 0, minutes, granted, meeting_at)
