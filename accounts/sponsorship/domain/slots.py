"""Times to propose: in the business hours of the account’s region and on a working day of the sponsor."""

from datetime import UTC, datetime, time, timedelta

from accounts.core.domain.opening_hours import Span, open_spans
from accounts.core.models import Account, Agent, AwayPeriod
from accounts.sponsorship.models import Meeting
from portal.lib.zones import zone

# The sponsor’s own day, where they live; regions have calendars, people have habits.
BEGINS, ENDS = time(9), time(17, 30)
WEEKEND = 5
# Nobody prepares such a meeting in less than a week; beyond six weeks nobody knows their diary.
FIRST, LAST = timedelta(days=7), timedelta(days=42)
STEP = timedelta(minutes=30)
WANTED = 3
# Proposed days lie apart, so that one full week does not rule out all of them.
APART = timedelta(days=2)


def find_slots(
    account: Account, sponsor: Agent, *, now: datetime, minutes: int = 60, wanted: int = WANTED
) -> list[datetime]:
    """Up to `wanted` moments that suit both sides, on different days. None: their hours do not overlap.

    Everything is compared as instants, so a change of the clocks on one side moves only that side's hours.
    """
    start, end = now + FIRST, now + LAST
    length = timedelta(minutes=minutes)
    busy = taken(sponsor, start, end)
    found: list[datetime] = []
    for shared in _shared(open_spans(account.home_region, start, end), working_spans(sponsor, start, end)):
        if found and shared.start.date() - found[-1].date() < APART:
            continue
        at = _next_half_hour(shared.start)
        while at + length <= shared.end:
            if not any(at < other.end and other.start < at + length for other in busy):
                found.append(at)
                break
            at += STEP
        if len(found) == wanted:
            break
    return found


def working_spans(sponsor: Agent, start: datetime, end: datetime) -> list[Span]:
    """The sponsor's working days between two moments, by the clock where they live, as instants in UTC."""
    here = zone(sponsor.user.time_zone)
    day, last = start.astimezone(here).date(), end.astimezone(here).date()
    spans = []
    while day <= last:
        if day.weekday() < WEEKEND:
            spans.append(Span(*(datetime.combine(day, at, here).astimezone(UTC) for at in (BEGINS, ENDS))))
        day += timedelta(days=1)
    return spans


def taken(sponsor: Agent, start: datetime, end: datetime, *, besides: Meeting | None = None) -> list[Span]:
    """When the sponsor is away or has a confirmed meeting with anybody."""
    away = AwayPeriod.objects.filter(agent=sponsor, starts_at__lt=end, ends_at__gt=start)
    return [
        *(Span(*pair) for pair in away.values_list("starts_at", "ends_at")),
        *(Span(other.starts_at, other.ends_at) for other in meetings_of(sponsor, start, end, besides=besides)),  # type: ignore[arg-type]
    ]


def meetings_of(sponsor: Agent, start: datetime, end: datetime, *, besides: Meeting | None = None) -> list[Meeting]:
    """The sponsor's confirmed meetings that touch a stretch of time."""
    # No meeting is longer than four hours (accounts_meeting_length_sensible).
    near = Meeting.objects.filter(
        state="confirmed", sponsor=sponsor, starts_at__lt=end, starts_at__gt=start - timedelta(hours=4)
    )
    if besides is not None:
        near = near.exclude(pk=besides.pk)
    return [meeting for meeting in near.select_related("account") if meeting.ends_at and meeting.ends_at > start]


def _shared(ours: list[Span], theirs: list[Span]) -> list[Span]:
    return sorted(
        Span(max(a.start, b.start), min(a.end, b.end))
        for a in ours
        for b in theirs
        if a.start < b.end and b.start < a.end
    )


def _next_half_hour(at: datetime) -> datetime:
    """`at` or the next full or half hour. Zones with quarters of an hour get theirs on the other side’s clock."""
    whole = at.replace(minute=0, second=0, microsecond=0)
    while whole < at:
        whole += STEP
    return whole
