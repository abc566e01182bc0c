"""Times in a report that no clock measures. An app above registers each, such as the time to a workaround."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sla.attainment.domain.attainment import Times
from sla.attainment.domain.endings import Filters
from sla.attainment.domain.periods import Period


@dataclass(frozen=True, slots=True)
class OtherTime:
    """One measure over `count` tickets; `label` is translated, `code` is for programs."""

    code: str
    label: str
    count: int
    times: Times


Measure = Callable[[Period, Filters], OtherTime]
_measures: list[Measure] = []


def measures(function: Measure) -> Measure:
    """Register a measure; reports show them in the order of registration."""
    _measures.append(function)
    return function


def other_times(period: Period, filters: Filters) -> list[OtherTime]:
    """One statement a measure; nothing when the report is narrowed to one kind of clock."""
    return [] if filters.kind else [measure(period, filters) for measure in _measures]


def times_of(lengths: Sequence[timedelta]) -> Times:
    """Median and 90th percentile of sorted lengths, exact: the least that so many do not exceed."""
    if not lengths:
        return Times()
    return Times(*(lengths[max(0, -(-len(lengths) * share // 100) - 1)].total_seconds() for share in (50, 90)))
