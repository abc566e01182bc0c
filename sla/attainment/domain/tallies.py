"""The roll-ups behind reports: made once a month is over, read instead of its clocks, and verified against them.

A full cross of everything that a report may tell apart would have nearly a row for each clock. The grains are what
reports ask for; the few questions that none of them answers are answered from the clocks.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import chain, groupby
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min

from sla.attainment.domain.endings import NOBODY, Cell, Filters, Key, facts
from sla.attainment.domain.periods import Period, next_month, utc_day
from sla.attainment.models import TalliedMonth, Tally
from sla.core.enums import Grain, Outcome
from sla.core.models import Clock

# What each grain tells apart. The first one that tells enough is read: they stand in the order of their size.
DIMENSIONS: dict[Grain, tuple[str, ...]] = {
    Grain.TIERS: ("tier", "priority"),
    Grain.REGIONS: ("tier", "priority", "region"),
    Grain.AGENTS: ("agent",),
    Grain.ACCOUNTS: ("account",),
    Grain.AGENTS_TIERS: ("agent", "tier", "priority"),
}
# An act that began before midnight may be committed after it: a month is rolled up when it is over for so long.
SETTLED = timedelta(days=1)
BATCH = 500
OUTCOMES = (Outcome.MET, Outcome.MISSED, Outcome.CANCELLED, Outcome.SKIPPED)
HISTOGRAMS = ("elapsed", "business", "late")


def roll_up_months(*, now: datetime) -> int:
    """Roll up every month that is over and not rolled up yet, each in a commit of its own; return how many."""
    return sum(tally(month, now=now) for month in _missing(now))


def tally(first_day: date, *, now: datetime) -> bool:
    """Roll up one whole month; False, and nothing changes, when it is done already."""
    try:
        with transaction.atomic():
            month = TalliedMonth.objects.create(first_day=first_day, tallied_at=now)
            for grain in Grain:
                _write(month, grain)
            month.clocks = _clocks_of(month).count()
            month.save(update_fields=["clocks"])
    except IntegrityError:
        # Another worker was first.
        if not TalliedMonth.objects.filter(first_day=first_day).exists():
            raise
        return False
    return True


def tally_again(first_day: date, *, now: datetime) -> None:
    """Replace the roll-ups of a month by what its clocks say now: the cure for `tally_differences`."""
    with transaction.atomic():
        TalliedMonth.objects.filter(first_day=first_day).delete()
        tally(first_day, now=now)


def grain_for(dimensions: Iterable[str], filters: Filters) -> Grain | None:
    """The smallest grain that answers for these lines and filters; None when only the clocks do."""
    needed = ({*dimensions} | {*filters.given}) - {"kind", "month"}
    return next((grain for grain, known in DIMENSIONS.items() if needed <= {*known}), None)


def tallied_in(period: Period) -> dict[int, date]:
    """The whole months of `period` that are rolled up, by their keys."""
    months = TalliedMonth.objects.filter(first_day__gte=period.first, first_day__lte=period.last)
    whole = {*period.months()}
    return {pk: day for pk, day in months.values_list("pk", "first_day") if day in whole}


def tallied_cells(
    months: dict[int, date], grain: Grain, dimensions: Sequence[str], filters: Filters
) -> Iterator[tuple[Key, Cell]]:
    """What the roll-ups of `months` say by kind and `dimensions`; a key may come many times. One statement."""
    given = {name: value or None if name == "agent" else value for name, value in filters.given.items()}
    narrowed = {f"{name}__isnull" if value is None else name: value or True for name, value in given.items()}
    rows = Tally.objects.filter(month__in=months, grain=grain, **narrowed).order_by()
    places = [name if name != "month" else "month_id" for name in dimensions]
    read = rows.values_list("kind", *OUTCOMES, *HISTOGRAMS, *places)
    for kind, *values in read.iterator():
        key = [
            months[value] if name == "month" else NOBODY if value is None else value
            for name, value in zip(dimensions, values[7:], strict=True)
        ]
        yield (kind, *key), _cell(values[:4], values[4:7])


def tally_differences() -> Iterator[str]:
    """Recount every rolled-up month from its clocks; one line for each row that says otherwise. Memory: a month."""
    for month in TalliedMonth.objects.all():
        yield from month_differences(month)


def month_differences(month: TalliedMonth) -> Iterator[str]:
    """As `tally_differences`, for one month."""
    for grain, dimensions in DIMENSIONS.items():
        stored = dict(tallied_cells({month.pk: month.first_day}, grain, dimensions, Filters()))
        for key, counted in _counted(month, grain):
            kept = stored.pop(key, Cell())
            if kept != counted:
                yield _said(month, dimensions, key, kept, counted)
        for key, kept in stored.items():
            yield _said(month, dimensions, key, kept, Cell())


def _missing(now: datetime) -> Iterator[date]:
    """The months that are over and not rolled up, from the first ended clock on."""
    first: datetime | None = Clock.objects.ended().aggregate(at=Min("stopped_at"))["at"]
    if first is None:
        return
    done = {*TalliedMonth.objects.values_list("first_day", flat=True)}
    month = utc_day(first).replace(day=1)
    while next_month(month) <= utc_day(now - SETTLED):
        if month not in done:
            yield month
        month = next_month(month)


def _clocks_of(month: TalliedMonth) -> Any:
    whole = Period.month_of(month.first_day)
    return Clock.objects.ended_between((whole.start, whole.end))


def _counted(month: TalliedMonth, grain: Grain) -> Iterator[tuple[Key, Cell]]:
    """What the clocks of a month say, one cell at a time: the streams of facts come in the order of their keys."""
    streams = facts(_clocks_of(month), DIMENSIONS[grain], ordered=True)
    for key, some in groupby(merge(*streams, key=lambda fact: fact.key), key=lambda fact: fact.key):
        cell = Cell()
        for fact in some:
            cell.add(fact)
        yield key, cell


def _write(month: TalliedMonth, grain: Grain) -> None:
    rows: list[Tally] = []
    for key, cell in _counted(month, grain):
        rows.append(_row(month, grain, key, cell))
        if len(rows) == BATCH:
            Tally.objects.bulk_create(rows)
            rows = []
    Tally.objects.bulk_create(rows)


def _row(month: TalliedMonth, grain: Grain, key: Key, cell: Cell) -> Tally:
    kind, *values = key
    places = {
        name if name in {"tier", "priority"} else f"{name}_id": None if value == NOBODY else value
        for name, value in zip(DIMENSIONS[grain], values, strict=True)
    }
    outcomes = {outcome.value: cell.outcome[outcome] for outcome in OUTCOMES}
    histograms = {part: _flat(getattr(cell, part)) for part in HISTOGRAMS}
    return Tally(month=month, grain=grain, kind=kind, **places, **outcomes, **histograms)


def _flat(histogram: Counter[int]) -> list[int]:
    return list(chain.from_iterable(sorted(histogram.items())))


def _cell(outcomes: Sequence[int], histograms: Sequence[list[int]]) -> Cell:
    counted = Counter({outcome.value: number for outcome, number in zip(OUTCOMES, outcomes, strict=True) if number})
    return Cell(counted, *(Counter(dict(zip(flat[::2], flat[1::2], strict=True))) for flat in histograms))


def _said(month: TalliedMonth, dimensions: Sequence[str], key: Key, kept: Cell, counted: Cell) -> str:
    kind, *values = key
    place = " ".join(f"{name}={value}" for name, value in zip(dimensions, values, strict=True))
    return f"{month} {kind} {place}: rolled up as {_in_words(kept)}, the clocks say {_in_words(counted)}"


def _in_words(cell: Cell) -> str:
    counts = ", ".join(f"{cell.outcome[outcome]} {outcome.value}" for outcome in OUTCOMES)
    return f"{counts} ({', '.join(f'{part} {_flat(getattr(cell, part))}' for part in HISTOGRAMS)})"
