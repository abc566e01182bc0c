"""The dry run of an edit: which running promises would move, by how much, and what the last 90 days would have been.

Nothing is written. What is reckoned here is what the recount does after the edit, through the same functions.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.core.enums import Tier
from sla.business_time import NoOpenTime
from sla.core.domain.calendars import CalendarSnapshot, built, next_minute
from sla.core.domain.calendars import calendar_snapshot as edition_of
from sla.core.domain.clocks import Rule, counted_under
from sla.core.domain.due_calculation import calculation_for, stored_calculation
from sla.core.domain.terms import terms_for
from sla.core.enums import CheckInRule, ClockKind, Coverage, Outcome, Priority
from sla.core.models import Calendar, CalendarException, CalendarVersion, Clock, OpeningInterval, Target

PAST = timedelta(days=90)
# So many moves are named; all are counted.
MOST_NAMED = 100
# The past is reckoned over so many promises at most, the latest ones.
MOST_PAST = 50_000

Under = Callable[[Clock], datetime | None]


@dataclass(frozen=True)
class Move:
    """One running promise before and after; `new_due_at` None: it would end."""

    ticket_id: int
    kind: ClockKind
    old_due_at: datetime
    new_due_at: datetime | None
    becomes_overdue: bool

    @property
    def shift(self) -> timedelta:
        return self.new_due_at - self.old_due_at if self.new_due_at else timedelta()

    @property
    def distance(self) -> timedelta:
        return abs(self.shift)

    @property
    def is_later(self) -> bool:
        return self.shift > timedelta()

    def as_json(self) -> dict[str, Any]:
        return {
            "ticket": self.ticket_id,
            "kind": self.kind.value,
            "old_due_at": self.old_due_at.isoformat(),
            "new_due_at": self.new_due_at.isoformat() if self.new_due_at else None,
            "shift_minutes": round(self.shift.total_seconds() / 60),
            "becomes_overdue": self.becomes_overdue,
        }


@dataclass
class Past:
    """The promises of one kind that ended in the last 90 days: as they were, and as they would have been."""

    kept: int = 0
    missed: int = 0
    kept_then: int = 0
    missed_then: int = 0

    @property
    def total(self) -> int:
        return self.kept + self.missed

    @property
    def share(self) -> float | None:
        """Kept of all, 0 to 1; None without any."""
        return self.kept / self.total if self.total else None

    @property
    def share_then(self) -> float | None:
        return self.kept_then / self.total if self.total else None

    def as_json(self) -> dict[str, Any]:
        return {
            "kept": self.kept, "missed": self.missed, "kept_then": self.kept_then, "missed_then": self.missed_then,
        }  # fmt: skip


@dataclass
class Consequences:
    """What an edit would do. `moves` names the largest shifts; the counts are complete."""

    running: int = 0
    moved: int = 0
    later: int = 0
    earlier: int = 0
    ended: int = 0
    overdue: int = 0
    moves: list[Move] = field(default_factory=list)
    past: dict[ClockKind, Past] = field(default_factory=dict)
    past_is_cut: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "running": self.running,
            "moved": self.moved,
            "later": self.later,
            "earlier": self.earlier,
            "ended": self.ended,
            "become_overdue": self.overdue,
            "moves": [move.as_json() for move in self.moves],
            "last_90_days": {kind.value: past.as_json() for kind, past in self.past.items()},
            "last_90_days_is_cut": self.past_is_cut,
        }


def compare(
    running: QuerySet[Clock], under: Under, past: QuerySet[Clock], past_due: Under, *, now: datetime
) -> Consequences:
    """Reckon over clocks, streamed. `under` gives the due moment a running one would have, `past_due` an ended one."""
    found = Consequences()
    found.moves = heapq.nlargest(
        MOST_NAMED, _moves(running, under, found, now=now), key=lambda move: (move.becomes_overdue, abs(move.shift))
    )
    for index, clock in enumerate(_ended(past, now)):
        if index == MOST_PAST:
            found.past_is_cut = True
            break
        due_at = past_due(clock)
        kept = clock.outcome == Outcome.MET
        kept_then = kept if due_at is None or clock.stopped_at is None else clock.stopped_at <= due_at
        figures = found.past.setdefault(ClockKind(clock.kind), Past())
        figures.kept, figures.missed = figures.kept + kept, figures.missed + (not kept)
        figures.kept_then, figures.missed_then = figures.kept_then + kept_then, figures.missed_then + (not kept_then)
    return found


def if_calendar(calendar: Calendar, edition: CalendarSnapshot, *, now: datetime) -> Consequences:
    """What the recount does when `calendar` becomes `edition`."""

    counts_from_now = replace(edition, since=next_minute(now), before=edition_of(calendar.pk, calendar.version)).counted

    def under(clock: Clock) -> datetime | None:
        return stored_calculation(clock).due_in(counts_from_now)

    def past_due(clock: Clock) -> datetime | None:
        return stored_calculation(clock).due_in(edition.hours)

    counted = Clock.objects.filter(calendar=calendar, coverage=Coverage.BUSINESS_HOURS)
    return compare(counted.running().unflagged(), under, counted, past_due, now=now)


def if_target(target: Target, *, was: Coverage, now: datetime) -> Consequences:
    """What the recount does when a cell of the matrix, counted in `was` until now, becomes `target`."""
    tier, priority = Tier(target.tier), Priority(target.priority)
    cell = Clock.objects.filter(tier=tier, priority=priority).select_related("calendar__region")

    def terms(clock: Clock) -> Any:
        count = stored_calculation(clock)
        return terms_for(
            tier=tier, basis=count.basis, priority=priority, region=clock.calendar.region, target=target,
            # In business hours although the cell is around the clock: the requester chose their own language.
            own_language=was == Coverage.ALWAYS and count.coverage == Coverage.BUSINESS_HOURS,
            calendar=clock.calendar,
        )  # fmt: skip

    def under(clock: Clock) -> datetime | None:
        count = counted_under(clock, Rule.EARLIER, at=now, terms=terms(clock))
        return count.due_at if count else None

    def past_due(clock: Clock) -> datetime | None:
        own = stored_calculation(clock)
        count = calculation_for(terms(clock), own.kind, since=own.counted_from)
        return count.in_calendar(own.calendar_id, own.calendar_version).due_at if count else None

    return compare(cell.running().unflagged(), under, cell, past_due, now=now)


def with_changes(
    calendar: Calendar,
    *,
    closed: Mapping[date, tuple[str, str]] | None = None,
    weekly: Mapping[int, list[tuple[str, str]]] | None = None,
    time_zone: str | None = None,
) -> CalendarSnapshot:
    """The calendar as its rows say now, with further closed days (English and French name), other weeks or zone."""
    exceptions = {
        row.day.isoformat(): {"hours": row.intervals, "en": row.name_en, "fr": row.name_fr}
        for row in CalendarException.objects.filter(calendar=calendar)
    }
    exceptions |= {day.isoformat(): {"hours": [], "en": en, "fr": fr} for day, (en, fr) in (closed or {}).items()}
    if weekly is None:
        weekly = {}
        for row in OpeningInterval.objects.filter(calendar=calendar):
            weekly.setdefault(row.weekday, []).append((row.opens, row.closes))
    return built(
        CalendarVersion(
            calendar=calendar, version=0, time_zone=time_zone or calendar.region.time_zone,
            weekly={str(day): [list(pair) for pair in pairs] for day, pairs in weekly.items()}, exceptions=exceptions,
        )
    )  # fmt: skip


def _moves(running: QuerySet[Clock], under: Under, found: Consequences, *, now: datetime) -> Iterator[Move]:
    for clock in running.filter(due_at__gt=now).order_by("pk").iterator(chunk_size=1000):
        found.running += 1
        try:
            new_due_at = under(clock)
        except NoOpenTime:
            new_due_at = None
        if new_due_at == clock.due_at:
            continue
        overdue = new_due_at is not None and new_due_at <= now
        found.moved += 1
        found.ended += new_due_at is None
        found.later += new_due_at is not None and new_due_at > clock.due_at
        found.earlier += new_due_at is not None and new_due_at < clock.due_at
        found.overdue += overdue
        yield Move(clock.ticket_id, ClockKind(clock.kind), clock.due_at, new_due_at, overdue)


def _ended(past: QuerySet[Clock], now: datetime) -> Iterator[Clock]:
    ended = past.filter(outcome__in=[Outcome.MET, Outcome.MISSED], stopped_at__gt=now - PAST, stopped_at__lte=now)
    return ended.exclude(rule=CheckInRule.STATUS_CHANGE).order_by("-stopped_at").iterator(chunk_size=1000)
