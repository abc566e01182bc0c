"""How promises ended, counted by the database: outcomes, and how long they took in buckets.

Reports and their roll-ups both read clocks with `facts`, so the two cannot count differently.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC
from typing import Any, NamedTuple

from django.db.models import Count, DateField, Expression, F, FloatField, Func, IntegerField, Value
from django.db.models.functions import Cast, Ceil, Coalesce, Greatest, Ln, TruncMonth

from accounts.core.enums import Tier
from sla.attainment.domain.percentiles import LOG_RATIO
from sla.core.enums import ClockKind, Outcome, Priority
from sla.core.models.clock import ClockQuerySet

# The agent of clocks that a customer or a job ended.
NOBODY = 0

# What lines and filters tell apart → where a clock has it.
_PLACES: dict[str, Expression | F] = {
    "tier": F("tier"),
    "priority": F("priority"),
    "account": F("account"),
    "region": F("calendar__region"),
    "agent": Coalesce("ended_by__agent", NOBODY, output_field=IntegerField()),
    "month": TruncMonth("stopped_at", tzinfo=UTC, output_field=DateField()),
}
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a report is narrowed to; None narrows nothing. `agent` NOBODY: ended by a customer or a job."""

    kind: ClockKind | None = None
    tier: Tier | None = None
    priority: Priority | None = None
    account: int | None = None
    region: int | None = None
    agent: int | None = None

    @property
    def given(self) -> dict[str, Any]:
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def of(self, clocks: ClockQuerySet) -> ClockQuerySet:
        given = self.given
        if "agent" in given:
            clocks = clocks.ended_by_agent(given.pop("agent") or None)
        if "region" in given:
            given["calendar__region"] = given.pop("region")
        return clocks.filter(**given)


class Fact(NamedTuple):
    """So many clocks of one kind and key have this outcome, or took a time of this bucket."""

    key: Key
    what: str
    which: Any
    clocks: int


@dataclass(slots=True)
class Cell:
    """All facts of one kind and key. The three times are histograms of buckets, see domain/percentiles.py."""

    outcome: Counter[str] = field(default_factory=Counter)
    elapsed: Counter[int] = field(default_factory=Counter)
    business: Counter[int] = field(default_factory=Counter)
    late: Counter[int] = field(default_factory=Counter)

    def add(self, fact: Fact) -> None:
        getattr(self, fact.what)[fact.which] += fact.clocks

    def merge(self, other: "Cell") -> None:
        for part in ("outcome", "elapsed", "business", "late"):
            getattr(self, part).update(getattr(other, part))


class _Seconds(Func):
    """The seconds of a difference of two moments, as a floating-point number."""

    template = "CAST(EXTRACT(EPOCH FROM (%(expressions)s)) AS double precision)"
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="((%(expressions)s) / 1000000.0)", **extra)


def _bucket(seconds: Expression) -> Cast:
    """As domain/percentiles.py reckons it."""
    at_least_one = Greatest(seconds, Value(1.0, FloatField()), output_field=FloatField())
    return Cast(Ceil(Ln(at_least_one) / Value(LOG_RATIO, FloatField())), IntegerField())


_ELAPSED = _bucket(_Seconds(F("stopped_at") - F("started_at")))
_BUSINESS = _bucket(Cast("business_seconds", FloatField()))
_LATE = _bucket(_Seconds(F("stopped_at") - F("due_at")))


def facts(clocks: ClockQuerySet, dimensions: Sequence[str], *, ordered: bool = False) -> list[Iterator[Fact]]:
    """Four streams of facts about ended `clocks`, one statement each; `ordered`: each in the order of its keys.

    The key is the kind and the values of `dimensions`. An update that a change of status sent takes no time: it counts
    as kept and stands in no histogram.
    """
    timed = clocks.timed()
    return [
        _stream(clocks, dimensions, "outcome", F("outcome"), ordered=ordered),
        _stream(timed, dimensions, "elapsed", _ELAPSED, ordered=ordered),
        _stream(timed.filter(business_seconds__isnull=False), dimensions, "business", _BUSINESS, ordered=ordered),
        _stream(timed.filter(outcome=Outcome.MISSED), dimensions, "late", _LATE, ordered=ordered),
    ]


def keys_of(dimensions: Sequence[str]) -> dict[str, Any]:
    """The annotations of a clock that make the key; their names hide no column."""
    return {f"key_{name}": _PLACES[name] for name in dimensions}


def _stream(
    clocks: ClockQuerySet, dimensions: Sequence[str], what: str, which: Expression | F, *, ordered: bool
) -> Iterator[Fact]:
    keys = keys_of(dimensions)
    grouped = clocks.annotate(**keys, which=which).order_by().values_list("kind", *keys, "which")
    rows = grouped.annotate(clocks=Count("pk"))
    if ordered:
        rows = rows.order_by("kind", *keys)
    for *key, value, count in rows.iterator():
        yield Fact(tuple(key), what, value, count)


def cells(clocks: ClockQuerySet, dimensions: Sequence[str]) -> dict[Key, Cell]:
    """The facts of ended `clocks` by kind and `dimensions`; four statements."""
    found: dict[Key, Cell] = {}
    for stream in facts(clocks, dimensions):
        for fact in stream:
            found.setdefault(fact.key, Cell()).add(fact)
    return found
