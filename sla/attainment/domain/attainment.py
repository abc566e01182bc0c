"""Attainment: which promises were kept, how long they took, for whom and by whom; from clocks alone.

A clock counts once, on the UTC day it ended, by its outcome. Attainment is kept / (kept + missed); cancelled and
skipped ones count apart, running ones stand beside and are in no percentage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q

from sla.attainment.domain.endings import Cell, Filters, Key, cells, keys_of
from sla.attainment.domain.percentiles import percentile
from sla.attainment.domain.periods import Period
from sla.attainment.domain.tallies import grain_for, tallied_cells, tallied_in
from sla.core.enums import ClockKind, GroupBy, Outcome
from sla.core.models import Clock
from sla.core.models.clock import ClockQuerySet

DIMENSIONS: dict[GroupBy, tuple[str, ...]] = {
    GroupBy.TIER_PRIORITY: ("tier", "priority"),
    **{group: (group.value,) for group in GroupBy if group != GroupBy.TIER_PRIORITY},
}


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Times:
    """Median and 90th percentile in seconds, to within 1 %; None without a value."""

    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How some promises of one kind ended. `running` and `overdue` None: nobody could say (who will end them?)."""

    kept: int = 0
    missed: int = 0
    cancelled: int = 0
    skipped: int = 0
    elapsed: Times = Times()
    business: Times = Times()
    late: Times = Times()
    running: int | None = None
    overdue: int | None = None

    @property
    def judged(self) -> int:
        return self.kept + self.missed

    @property
    def attainment(self) -> float | None:
        """The share that was kept, 0 to 1; None when nothing was kept or missed."""
        return self.kept / self.judged if self.judged else None

    @property
    def ended(self) -> int:
        return self.judged + self.cancelled + self.skipped


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of a report; `key` holds a value for each of its dimensions."""

    key: Key
    figures: Figures


@dataclass(frozen=True, slots=True)
class Table:
    """What a report says about one kind of promise."""

    kind: ClockKind
    lines: list[ReportRow]
    total: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """The answer, with the question: a table for each kind, and how it was in the period before."""

    period: Period
    group_by: GroupBy
    filters: Filters
    tables: list[Table]
    before: dict[ClockKind, Figures]

    @property
    def dimensions(self) -> tuple[str, ...]:
        return DIMENSIONS[self.group_by]


def report(
    period: Period, *, group_by: GroupBy, filters: Filters = EVERYTHING, now: datetime, compare: bool = True
) -> Report:
    """How promises ended in `period`. A fixed number of statements; `compare` False leaves `before` out."""
    dimensions = DIMENSIONS[group_by]
    ended = _ended(period, dimensions, filters)
    by_line = not {"agent", "month"} & {*dimensions}
    running = _running(dimensions if by_line else (), filters, now=now)
    before = _ended(period.before(), (), filters) if compare else {}
    kinds = [kind for kind in ClockKind if filters.kind in {None, kind}]
    return Report(
        period, group_by, filters,
        tables=[_table(kind, ended, running, by_line=by_line) for kind in kinds],
        before={kind: figures_of(before.get((kind.value,), Cell())) for kind in kinds} if compare else {},
    )  # fmt: skip


def figures_by_kind(clocks: ClockQuerySet, period: Period) -> dict[ClockKind, Figures]:
    """How those of `clocks` that ended in `period` did; read from the clocks, so any selection of them will do."""
    found = cells(clocks.ended_between((period.start, period.end)), ())
    return {kind: figures_of(found.get((kind.value,), Cell())) for kind in ClockKind}


def figures_of(cell: Cell) -> Figures:
    return Figures(
        kept=cell.outcome[Outcome.MET],
        missed=cell.outcome[Outcome.MISSED],
        cancelled=cell.outcome[Outcome.CANCELLED],
        skipped=cell.outcome[Outcome.SKIPPED],
        elapsed=_times(cell.elapsed),
        business=_times(cell.business),
        late=_times(cell.late),
    )


def _times(histogram: Mapping[int, int]) -> Times:
    return Times(percentile(histogram, 0.5), percentile(histogram, 0.9))


def _ended(period: Period, dimensions: Sequence[str], filters: Filters) -> dict[Key, Cell]:
    """Whole months from their roll-ups, the rest from the clocks."""
    grain = grain_for(dimensions, filters)
    months = tallied_in(period) if grain else {}
    found: dict[Key, Cell] = {}
    if grain and months:
        for key, cell in tallied_cells(months, grain, dimensions, filters):
            found.setdefault(key, Cell()).merge(cell)
    rest = period.without({*months.values()})
    if rest:
        for key, cell in cells(filters.of(Clock.objects.ended_between(*rest)), dimensions).items():
            found.setdefault(key, Cell()).merge(cell)
    return found


def _running(dimensions: Sequence[str], filters: Filters, *, now: datetime) -> dict[Key, tuple[int, int]] | None:
    """(running, overdue) by kind and dimensions; None when the question is who ended them: nobody has."""
    if filters.agent is not None:
        return None
    keys = keys_of(dimensions)
    rows = filters.of(Clock.objects.running()).annotate(**keys).order_by().values_list("kind", *keys)
    counted = rows.annotate(clocks=Count("pk"), late=Count("pk", filter=Q(due_at__lte=now)))
    return {tuple(key): (clocks, late) for *key, clocks, late in counted}


def _table(
    kind: ClockKind, ended: dict[Key, Cell], running: dict[Key, tuple[int, int]] | None, *, by_line: bool
) -> Table:
    """`by_line` False: running clocks belong to no line, because nobody and no month has ended them."""
    mine = {key[1:]: cell for key, cell in ended.items() if key[0] == kind}
    now = {key[1:]: counts for key, counts in (running or {}).items() if key[0] == kind}
    whole = Cell()
    for cell in mine.values():
        whole.merge(cell)
    shown = running is not None and by_line
    lines = [
        ReportRow(key, _with_running(figures_of(mine.get(key, Cell())), now.get(key, (0, 0)) if shown else None))
        for key in {*mine} | ({*now} if shown else set())
    ]
    sums = (sum(counts[0] for counts in now.values()), sum(counts[1] for counts in now.values()))
    return Table(kind, lines, _with_running(figures_of(whole), None if running is None else sums))


def _with_running(figures: Figures, counts: tuple[int, int] | None) -> Figures:
    running, overdue = counts or (None, None)
    return replace(figures, running=running, overdue=overdue)
