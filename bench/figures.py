"""Measuring and printing: what a piece of work cost, and tables of such costs."""

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection


@dataclass
class Cost:
    """What one piece of work took. `server` is the CPU time of the database's process; None when it is elsewhere."""

    wall: float = 0.0
    cpu: float = 0.0
    database: float = 0.0
    server: float | None = None
    statements: list[tuple[str, Any]] = field(default_factory=list)


@contextmanager
def measured() -> Iterator[Cost]:
    """Fills the cost in when the block ends. Waiting for the database is wall time, not CPU."""
    cost = Cost()
    pid = server_pid()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        cost.statements.append((sql, params))
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            cost.database += time.perf_counter() - begun

    with connection.execute_wrapper(watch):
        before = cpu_of(pid)
        wall, cpu = time.perf_counter(), time.process_time()
        yield cost
        cost.wall, cost.cpu = time.perf_counter() - wall, time.process_time() - cpu
        after = cpu_of(pid)
    cost.server = after - before if before is not None and after is not None else None


def server_pid() -> int | None:
    """The process that serves our connection, when it runs on this machine."""
    connection.ensure_connection()
    pid = int(connection.connection.info.backend_pid)
    try:
        return pid if Path(f"/proc/{pid}/comm").read_text().startswith("postgres") else None
    except OSError:
        return None


def cpu_of(pid: int | None) -> float | None:
    """Seconds of CPU time that a process has used; to the nanosecond where the kernel says it."""
    if pid is None:
        return None
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return None


def typical(costs: Sequence[Cost]) -> Cost:
    """The median of each figure: one slow run on a busy machine moves nothing."""
    servers = [cost.server for cost in costs if cost.server is not None]
    return Cost(
        wall=median(cost.wall for cost in costs),
        cpu=median(cost.cpu for cost in costs),
        database=median(cost.database for cost in costs),
        server=median(servers) if servers else None,
        statements=costs[-1].statements,
    )


def ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:,.2f}".replace(",", " ")


def peak_memory() -> float:
    """The most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def count(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def ratio(of: float | None, to: float | None) -> str:
    return "–" if not of or not to else f"{of / to:.2f}×"


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table for people: the first column to the left, figures to the right."""
    widths = [max(len(line[i]) for line in (head, *rows)) for i in range(len(head))]
    print(f"\n{title}")
    for first, *figures in (head, ["─" * width for width in widths], *rows):
        cells = [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
        print("  ".join([f"  {first.ljust(widths[0])}", *cells]))
    print(flush=True)
