"""The stretches of days that reports look at. Days and months are those of UTC, the same for every reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC days, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends after it begins")

    @classmethod
    def month_of(cls, day: date) -> Self:
        """The whole month that holds `day`."""
        first = day.replace(day=1)
        return cls(first, next_month(first) - DAY)

    @classmethod
    def last_days(cls, days: int, today: date) -> Self:
        """`days` days, today among them."""
        return cls(today - (days - 1) * DAY, today)

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return midnight(self.last + DAY)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_month(self) -> bool:
        return self == Period.month_of(self.first)

    def before(self) -> "Period":
        """What to compare with: the month before a month, otherwise as many days right before."""
        if self.is_month:
            return Period.month_of(self.first - DAY)
        return Period.last_days(self.days, self.first - DAY)

    def months(self) -> Iterator[date]:
        """The first day of each month that lies in it as a whole."""
        month = self.first if self.first.day == 1 else next_month(self.first.replace(day=1))
        while next_month(month) - DAY <= self.last:
            yield month
            month = next_month(month)

    def without(self, months: set[date]) -> list[tuple[datetime, datetime]]:
        """What remains when these whole months are taken out: stretches from a moment to before another."""
        stretches, start = [], self.start
        for month in self.months():
            if month in months:
                if start < midnight(month):
                    stretches.append((start, midnight(month)))
                start = midnight(next_month(month))
        return [*stretches, (start, self.end)] if start < self.end else stretches

    def within(self, other: "Period") -> "Period":
        """The days of both; they must overlap."""
        return Period(max(self.first, other.first), min(self.last, other.last))

    def __str__(self) -> str:
        return f"{self.first.isoformat()}..{self.last.isoformat()}"


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def next_month(first: date) -> date:
    """The first day of the month after the one that begins on `first`."""
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def read_period(text: str) -> Period:
    """`2026-08-01..2026-08-31`, as `str(period)` writes it. Raises ValueError."""
    first, _dots, last = text.partition("..")
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    if not 2000 <= period.first.year <= period.last.year <= 2999:
        raise ValueError("a period lies in this millennium")
    return period
