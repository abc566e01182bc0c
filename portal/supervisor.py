"""Keeps a few processes running side by side: restarts one that ends, and ends all of them together.

Each process leads a session of its own, so that Ctrl-C reaches only the supervisor and a whole family of processes can
be ended at once, whatever they started themselves.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType

POLL = 0.2
PATIENCE = 8.0
# A process that ran this long was well: its next pause is the shortest again.
WELL_AFTER = 60.0
LONGEST_PAUSE = 30.0
# gunicorn and our checks end with this code when starting again cannot help.
HOPELESS = 4

Say = Callable[[str], None]


def say(line: str) -> None:
    """Write a line at once; a terminal that was closed is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@dataclass
class Child:
    """One process that should always run."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    pause: float = 1.0
    start_at: float = 0.0
    groups: set[int] = field(default_factory=set)

    def start(self, *, at: float, tell: Say) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started = at
        self.groups.add(self.process.pid)
        threading.Thread(target=self._relay, args=(self.process, tell), daemon=True).start()

    def _relay(self, process: subprocess.Popen[str], tell: Say) -> None:
        """Show what the process writes, with its name in front."""
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                tell(f"{self.name:<6} | {line.rstrip()}")

    def ended(self) -> int | None:
        """The exit code once, None while it runs or waits for its next start."""
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        self.process = None
        return code

    def send(self, number: signal.Signals) -> None:
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)

    def gone(self) -> bool:
        """True when nothing is left of any family this child has led."""
        if self.process is not None:
            self.process.poll()
        self.groups = {group for group in self.groups if _exists(group)}
        return not self.groups


class Supervisor:
    """Runs `children` until a signal, or until one of them ends in a way that starting again cannot mend."""

    def __init__(self, children: list[Child], *, tell: Say = say) -> None:
        self.children = children
        self.tell = tell
        self.signal: int | None = None
        self.hopeless = False

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM and the closing of the terminal ask for the end; they do not interrupt it."""
        wanted = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
        before = {number: signal.signal(number, self._on_signal) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signal = number

    @property
    def stopping(self) -> bool:
        return self.signal is not None or self.hopeless

    def run(self, *, while_starting: Callable[[], bool]) -> int:
        """Start everything, call `while_starting` until it says True, then watch. Returns an exit code."""
        started = False
        with self.listening():
            try:
                while not self.stopping:
                    self.look(at=time.monotonic())
                    if not started:
                        started = while_starting()
                    time.sleep(POLL)
            finally:
                self.stop()
        return 1 if self.hopeless else 0

    def look(self, *, at: float) -> None:
        """Start what should run and does not; a process that keeps ending waits longer each time."""
        for child in self.children:
            code = child.ended()
            if code is not None:
                child.send(signal.SIGKILL)  # what it left behind would work beside its successor
                if code == HOPELESS:
                    self.hopeless = True
                    self.tell(f"{child.name} can't start; the reason stands above.")
                    return
                child.pause = 1.0 if at - child.started > WELL_AFTER else min(child.pause * 2, LONGEST_PAUSE)
                child.start_at = at + child.pause
                self.tell(f"{child.name} ended with code {code}; starting it again in {child.pause:.0f} s.")
            if child.process is None and at >= child.start_at:
                child.start(at=at, tell=self.tell)

    def stop(self) -> None:
        """Ask every family to end, then insist."""
        self.tell(f"Ending {', '.join(child.name for child in self.children)} …")
        for number, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, 2.0)):
            for child in self.children:
                child.send(number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if all(child.gone() for child in self.children):
                    return
                time.sleep(0.05)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
