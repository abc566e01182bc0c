"""A process that runs one act and shoots itself at its k-th step: before or after a statement, a commit, a mail.

It is forked from the warm parent. The child opens a connection of its own and never touches the parent's.
"""

import gc
import os
import pickle
import signal
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections

from tests.faults import mailbox

AFTER_COMMIT = "after COMMIT"


@dataclass(frozen=True)
class End:
    """How a child ended: killed by itself, or done, with the steps it passed, or with the traceback it raised."""

    killed: bool
    steps: list[str] = field(default_factory=list)
    raised: str = ""
    result: Any = None


inherited: list[Any] = []


class Steps:
    """Counts the steps of this process and dies at the one it was told."""

    def __init__(self, die_at: int | None) -> None:
        self.die_at, self.labels = die_at, list[str]()

    def step(self, label: str) -> None:
        if len(self.labels) == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.labels.append(label)

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        words = " ".join(sql.split()[:3])
        self.step(f"before {words}")
        result = execute(sql, params, many, context)
        self.step(f"after {words}")
        return result

    def commit(self, commit: Callable[[], None]) -> Callable[[], None]:
        def stepping() -> None:
            self.step("before COMMIT")
            commit()
            self.step(AFTER_COMMIT)

        return stepping


def run(act: Callable[[], Any], *, die_at: int | None = None) -> End:
    """Run `act` in a child that kills itself at step `die_at`; without it, the child reports the steps it passed."""
    return await_end(start(act, die_at=die_at))


@dataclass(frozen=True)
class Child:
    pid: int
    pipe: int


def start(act: Callable[[], Any], *, die_at: int | None = None) -> Child:
    """Fork a child that acts."""
    if connection.vendor == "sqlite":
        # A process must not even inherit an open SQLite file: it would take the parent's locks for its own.
        connections.close_all()
    reading, writing = os.pipe()
    pid = fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    os.close(reading)
    gc.disable()  # a collection would copy the memory of the parent
    end = End(killed=False, raised="the child did not come to its end")
    try:
        end = _act(act, die_at)
    except BaseException:  # noqa: BLE001 - the parent reads it
        end = End(killed=False, raised=traceback.format_exc())
    finally:
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(end, pipe)
        # Nothing of the parent's (a test runner, its handlers at exit) may run here.
        os._exit(0)


def await_end(child: Child) -> End:
    """Wait for a child and read how it ended."""
    with os.fdopen(child.pipe, "rb") as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(child.pid, 0)
    if os.WIFSIGNALED(status):
        return End(killed=True)
    end: End = pickle.loads(said)
    return end


def fork() -> int:
    with warnings.catch_warnings():
        # A test runner may keep a thread that reads from its pipe; the child touches nothing of it.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _act(act: Callable[[], Any], die_at: int | None) -> End:
    steps = Steps(die_at)
    # Kept alive and left alone: to close the inherited socket would end the parent's session.
    inherited.append(connection.connection)
    connection.connection = None
    connection.ensure_connection()
    connection._commit = steps.commit(connection._commit)  # type: ignore[method-assign]
    mailbox.passing.append(steps.step)
    with connection.execute_wrapper(steps.statement):
        result = act()
    connections.close_all()
    return End(killed=False, steps=steps.labels, result=result)
