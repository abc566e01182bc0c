"""A plugin of pytest that puts faults into its own process's children: one fork a fault, on a database in memory.

The tests are imported and the schema is made once. Each fault goes into the code of the functions that are there
already; the fork then runs the tests that run the line, until one fails. A failure counts when the test alone fails
with the fault and passes without it.
"""

import gc
import json
import os
import signal
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.mutants.faults import Fault
from tests.mutants.targets import ROOT

# Seconds of work of one test beyond which it counts as endless: these, and ten times what it took without a fault. One
# that only waits is ended by the watch, which a busy machine makes slow.
PATIENCE, STANDSTILL = 10, 900
Done = Callable[["Verdict"], None]


class Unpatchable(Exception):
    """The fault cannot be put into functions that exist already: the file must be imported with it."""


@dataclass
class Verdict:
    noticed_by: str = ""
    endless: bool = False  # noticed because it did not end
    ran: int = 0
    of: int = 0
    cut: bool = False  # given up before all tests ran
    unpatchable: bool = False


@dataclass
class Job:
    """One fault on its way: which tests are to be run, and what is known so far."""

    apply: Callable[[], None]  # called in the child; may raise Unpatchable
    tests: list[str]
    done: Done
    instead: Callable[[list[str]], str] | None = None  # runs the tests in another way and names the one that failed
    suspect: str = ""  # a test that failed and is being tried alone, with the fault
    verdict: Verdict = field(default_factory=Verdict)


@dataclass
class Running:
    job: Job | None
    pipe: int
    tests: list[str]
    baseline: str = ""


class Forks:
    """Runs jobs in forks, `workers` at a time."""

    def __init__(self, session: pytest.Session, *, workers: int, seconds: dict[str, float], budget: float) -> None:
        self.items = {item.nodeid: item for item in session.items}
        self.workers, self.seconds, self.budget = workers, seconds, budget
        self.good: set[str] = set()  # tests that pass in a fork without a fault
        self.bad: set[str] = set()
        self.running: dict[int, Running] = {}
        self.waiting_for: dict[str, list[Job]] = {}
        self.session = session

    def run(self, jobs: Iterator[Job]) -> None:
        queue: list[Job] = []
        more = True
        while more or queue or self.running:
            while len(self.running) < self.workers and (queue or more):
                job = queue.pop() if queue else next(jobs, None)
                if job is None:
                    more = False
                    break
                self.start(job, [job.suspect] if job.suspect else [t for t in job.tests if t not in self.bad])
            if self.running:
                queue += self.finish()

    def start(self, job: Job | None, tests: list[str], baseline: str = "") -> None:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            in_child(self, job, tests, writer)
        os.close(writer)
        self.running[pid] = Running(job, reader, tests, baseline)

    def finish(self) -> list[Job]:
        """Wait for a child; the jobs that have to go on."""
        pid, status = os.wait()
        run = self.running.pop(pid, None)
        if run is None:  # a child of a test, not of ours
            return []
        with os.fdopen(run.pipe) as pipe:
            said = [json.loads(line) for line in pipe.read().splitlines()]
        begun = [line["test"] for line in said if "test" in line]
        end = said[-1] if said and "failed" in said[-1] else {}
        endless = os.WIFSIGNALED(status) or not end
        failed = begun[-1] if endless and begun else end.get("failed", "")
        if run.baseline:
            return self.baseline_done(run.baseline, passed=not failed)
        job = run.job
        assert job is not None
        if end.get("unpatchable"):
            job.verdict.unpatchable = True
            job.done(job.verdict)
            return []
        return self.job_done(job, run.tests, failed, endless=bool(endless), ran=len(begun), cut=end.get("cut", False))

    def job_done(self, job: Job, tests: list[str], failed: str, *, endless: bool, ran: int, cut: bool) -> list[Job]:
        if job.suspect and not failed:  # it failed only after others: no witness
            job.tests = [test for test in job.tests if test != job.suspect]
            job.suspect = ""
            return [job]
        if not job.suspect:
            job.verdict.ran, job.verdict.of, job.verdict.cut = ran, len(tests), cut
        if not failed:
            job.done(job.verdict)
            return []
        job.verdict.endless = endless
        if not job.suspect and tests[0] != failed:
            job.suspect = failed
            return [job]
        job.suspect = failed
        if failed in self.good:
            return self.convicted(job)
        self.waiting_for.setdefault(failed, []).append(job)
        if len(self.waiting_for[failed]) == 1:
            self.start(None, [failed], baseline=failed)
        return []

    def baseline_done(self, test: str, *, passed: bool) -> list[Job]:
        (self.good if passed else self.bad).add(test)
        jobs = self.waiting_for.pop(test, [])
        if passed:
            return [again for job in jobs for again in self.convicted(job)]
        for job in jobs:
            job.suspect = ""
        return jobs

    def convicted(self, job: Job) -> list[Job]:
        job.verdict.noticed_by, job.verdict.cut = job.suspect, False
        job.done(job.verdict)
        return []


# --- In the child -----------------------------------------------------------------------------------------------------


class Reports:
    """Remembers whether anything failed."""

    def __init__(self) -> None:
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed


def in_child(forks: Forks, job: Job | None, tests: list[str], writer: int) -> None:
    """Never returns."""
    code = 1
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        forks.session.config.pluginmanager.unregister(name="terminalreporter")
        say(writer, **run_tests(forks, job, tests, writer))
        code = 0
    finally:
        os._exit(code)


def say(writer: int, **words: Any) -> None:
    os.write(writer, json.dumps(words).encode() + b"\n")


def run_tests(forks: Forks, job: Job | None, tests: list[str], writer: int) -> dict[str, Any]:
    if job is not None and job.instead is not None:
        return {"failed": job.instead(tests)}
    if job is not None:
        try:
            job.apply()
        except Unpatchable:
            return {"failed": "", "unpatchable": True}
    items = [forks.items[test] for test in tests if test in forks.items]
    together, alone = [i for i in items if not empties(i)], [i for i in items if empties(i)]
    begun = time.process_time()
    for item, run in [*((item, passes) for item in together), *((item, passes_in_fork) for item in alone)]:
        if time.process_time() - begun > forks.budget:
            return {"failed": "", "cut": True}
        if not run(forks, item, writer):
            return {"failed": item.nodeid}
    return {"failed": ""}


def empties(item: pytest.Item) -> bool:
    """Whether the test empties the database at its end; what comes after it would miss what migrations put there."""
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    return bool(marker and marker.kwargs.get("transaction")) or bool(names & {"transactional_db", "live_server"})


def passes(forks: Forks, item: pytest.Item, writer: int) -> bool:
    say(writer, test=item.nodeid)
    for ending in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(ending, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE + 10 * forks.seconds.get(item.nodeid, 1))
    signal.alarm(STANDSTILL)
    reports = Reports()
    item.config.pluginmanager.register(reports)
    item.ihook.pytest_runtest_protocol(item=item, nextitem=only_session(forks.session))
    item.config.pluginmanager.unregister(reports)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)
    return not reports.failed


def passes_in_fork(forks: Forks, item: pytest.Item, writer: int) -> bool:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if passes(forks, item, writer) else 1
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


def only_session(session: pytest.Session) -> Any:
    """Stands for the next test: what modules set up is torn down, what the session set up (the database) stays."""
    return types.SimpleNamespace(listchain=lambda: [session])


# --- The fault in the code --------------------------------------------------------------------------------------------


class Functions:
    """Every Python function of the product that lives in this process, by where it was written."""

    def __init__(self) -> None:
        gc.unfreeze()  # what the suite froze when it had collected its tests is not listed
        self.found: dict[tuple[str, str, int], list[types.FunctionType]] = {}
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType):
                code = thing.__code__
                key = (code.co_filename, code.co_qualname, code.co_firstlineno)
                self.found.setdefault(key, []).append(thing)
        if not any(path.startswith(f"{ROOT}/") for path, _name, _line in self.found):
            raise RuntimeError("No function of ours is listed: every fault would need a process of its own.")

    def patch(self, fault: Fault) -> None:
        """Give the functions around the fault the code that has it."""
        path = str(ROOT / fault.file)
        code: types.CodeType = compile(fault.source(), path, "exec", dont_inherit=True)
        if not fault.chain:
            raise Unpatchable
        for number, (qualname, line) in enumerate(fault.chain):
            wanted = [c for c in inner(code) if (c.co_qualname, c.co_firstlineno) == (qualname, line)]
            functions = self.found.get((path, qualname, line), [])
            if len(wanted) != 1 or (number == 0 and not functions):
                raise Unpatchable
            for function in functions:
                try:
                    function.__code__ = wanted[0]
                except ValueError as error:  # a name of the function around is used no longer
                    raise Unpatchable from error


def inner(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from inner(constant)
