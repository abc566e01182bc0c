"""What business time costs: `python bench/business_time.py`. Measures and prints, judges nothing.

Public libraries do the same work next to it when they are installed: pip install businesstimedelta business-duration
"""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from timeit import Timer
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sla.business_time import BusinessCalendar

try:
    import businesstimedelta
    import pytz  # comes with it
except ImportError:
    businesstimedelta = None
try:
    import business_duration
except ImportError:
    business_duration = None

ZONE = "Europe/Paris"
HOURS = {weekday: [("09:00", "18:00")] for weekday in range(5)}
HOLIDAYS = {date(year, 11, 11): "Armistice" for year in range(2026, 2046)}
CLOSED: dict[date, list[tuple[str, str]]] = {day: [] for day in HOLIDAYS}
START = datetime(2026, 11, 10, 16, 30, tzinfo=UTC)
AMOUNTS = (1, 100, 10_000)  # hours

Row = tuple[str, int, float]  # what, hours, µs a call


def microseconds(work: Callable[..., object], *arguments: object) -> float:
    """The best of several rounds, per call: the one that the rest of the machine disturbed least."""
    timer = Timer(lambda: work(*arguments))
    once = timer.timeit(1)
    number = max(1, min(20_000, int(0.05 / once)))
    return min(timer.repeat(5 if once < 0.5 else 1, number)) / number * 1e6


def build(zone: str, years: int = 10) -> float:
    """Milliseconds a year of horizon: the median of nine cold builds of ten years."""
    times = []
    for _ in range(9):
        calendar = BusinessCalendar(zone, HOURS, CLOSED)
        began = perf_counter()
        calendar.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026 + years, 1, 1, tzinfo=UTC) - timedelta(1))
        times.append(perf_counter() - began)
    return median(times) * 1e3 / years


def ours() -> Iterator[Row]:
    calendar = BusinessCalendar(ZONE, HOURS, CLOSED)
    paris = START.astimezone(ZoneInfo(ZONE))
    for hours in AMOUNTS:
        amount = timedelta(hours=hours)
        end = calendar.add(START, amount)
        yield "add", hours, microseconds(calendar.add, START, amount)
        yield "between", hours, microseconds(calendar.between, START, end)
        yield "add, start in Paris time", hours, microseconds(calendar.add, paris, amount)


def with_businesstimedelta() -> Iterator[Row]:
    zone = pytz.timezone(ZONE)
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(start_time=time(9), end_time=time(18), working_days=[0, 1, 2, 3, 4], tz=zone),
            businesstimedelta.HolidayRule(HOLIDAYS, tz=zone),
        ]
    )
    calendar = BusinessCalendar(ZONE, HOURS, CLOSED)
    for hours in AMOUNTS:
        delta = businesstimedelta.BusinessTimeDelta(rules, hours=hours)
        end = calendar.add(START, timedelta(hours=hours))
        yield "add", hours, microseconds(delta.__radd__, START)
        yield "between", hours, microseconds(rules.difference, START, end)


def with_business_duration() -> Iterator[Row]:
    """It measures only, and takes local times without a zone."""
    calendar = BusinessCalendar(ZONE, HOURS, CLOSED)
    for hours in AMOUNTS:
        start, end = (
            at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
            for at in (START, calendar.add(START, timedelta(hours=hours)))
        )
        work = partial(business_duration.businessDuration, holidaylist=HOLIDAYS, weekendlist=[5, 6])
        yield "between", hours, microseconds(work, start, end, time(9), time(18))


def main() -> None:
    table = {number: number for number in range(1000)}
    floor = microseconds(table.__getitem__, 500)
    print(f"{'build, a year of horizon':42}")
    for zone in ("UTC", ZONE, "Africa/Casablanca"):
        print(f"  {zone:40}{build(zone):>12.2f} ms")
    print(f"\n{'one call':42}{'µs':>12}{'× look-up':>12}{'× ours':>12}")
    print(f"{'dict look-up':42}{floor:>12.3f}{1:>12}")
    best: dict[tuple[str, int], float] = {}
    for what, hours, cost in ours():
        best[what, hours] = cost
        print(f"{f'{what}, {hours:,} h':42}{cost:>12.2f}{cost / floor:>12.0f}")
    for name, installed, measure in (
        ("businesstimedelta", businesstimedelta, with_businesstimedelta),
        ("business-duration", business_duration, with_business_duration),
    ):
        if installed is None:
            print(f"{name:42}not installed: pip install {name}")
            continue
        try:
            for what, hours, cost in measure():
                ratio = cost / best[what, hours]
                print(f"{f'{name} {what}, {hours:,} h':42}{cost:>12.1f}{cost / floor:>12,.0f}{ratio:>12,.0f}")
        except Exception as error:  # noqa: BLE001  (another release of a library is no reason to fail)
            print(f"{name:42}could not be measured: {error!r}")


if __name__ == "__main__":
    main()
