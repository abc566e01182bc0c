"""Rebuilds every balance of the hours ledger from its lines and names each difference."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.core.enums import HOLDS_HOURS, HoursKind
from accounts.hours.models import Engagement, HoursEntry

CHUNK = 2000


@dataclass(frozen=True)
class Difference:
    """One line of the ledger that is not what the lines before it say; `found` stands on it, `expected` follows."""

    year: int
    line: int
    what: str
    found: int
    expected: int


def differences() -> Iterator[Difference]:
    """Every line of every year in order: numbers without a gap, balances that follow; and every reservation held."""
    year, number, available, reserved = 0, 0, 0, 0
    for entry in HoursEntry.objects.order_by("year_id", "number").iterator(chunk_size=CHUNK):
        if entry.year_id != year:
            year, number, available, reserved = entry.year_id, 0, 0, 0
        number, available, reserved = number + 1, available + entry.available, reserved + entry.reserved
        for what, found, expected in (
            ("number", entry.number, number),
            ("available", entry.available_after, available),
            ("reserved", entry.reserved_after, reserved),
        ):
            if found != expected:
                yield Difference(year, entry.number, what, found, expected)
        number, available, reserved = entry.number, entry.available_after, entry.reserved_after
    yield from _reservations()


def _reservations() -> Iterator[Difference]:
    """Hours are set aside for exactly the engagements that are accepted or scheduled."""
    held: dict[int, int] = {}
    years: dict[int, int] = {}
    lines = HoursEntry.objects.filter(engagement__isnull=False).values_list("engagement", "year", "reserved", "kind")
    for engagement, year, reserved, kind in lines.iterator(chunk_size=CHUNK):
        held[engagement] = held.get(engagement, 0) + reserved
        if kind == HoursKind.RESERVE:
            years[engagement] = year
    waiting = dict(Engagement.objects.filter(state__in=sorted(HOLDS_HOURS)).values_list("pk", "planned_minutes"))
    for engagement in sorted(held.keys() | waiting.keys()):
        found, expected = held.get(engagement, 0), waiting.get(engagement) or 0
        if found != expected:
            yield Difference(years.get(engagement, 0), 0, f"reserved for engagement {engagement}", found, expected)
