"""A plugin of pytest that runs no tests for themselves: it puts in the faults that were asked for, one by one."""

import gc
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TextIO

import pytest

from tests.mutants import template
from tests.mutants.choosing import Chooser
from tests.mutants.equivalents import key_of, reviewed
from tests.mutants.faults import Fault, faults_in
from tests.mutants.forks import Forks, Functions, Job, Verdict, empties, only_session
from tests.mutants.lines import load
from tests.mutants.report import Report, last
from tests.mutants.rows import RowFault, row_faults, witnesses
from tests.mutants.targets import APPS, ROOT, files

# A process that imports everything anew is slow: it gets the likeliest tests only.
TESTS_OF_A_PROCESS = 150


@dataclass(frozen=True)
class Asked:
    """What the run is to look at."""

    apps: list[str] = field(default_factory=lambda: [*APPS, "permissions"])
    only: str = ""  # the beginnings of places, between commas: a file, or a file and a line
    sample: int = 0  # of each app; 0: all
    seed: int = 1
    workers: int = 2
    budget: float = 60  # seconds of work for one fault
    again: bool = False  # only what was not noticed the last time


def chosen(asked: Asked) -> list[Fault | RowFault]:
    """The faults of the sample: the first of a lottery, the same for the same seed."""
    found: list[Fault | RowFault] = []
    only = tuple(asked.only.split(",")) if asked.only else ("",)
    for app in asked.apps:
        faults: list[Fault | RowFault]
        if app == "permissions":
            faults = [*row_faults()]
            lots = {id(fault): f"{fault.place} {fault.change}" for fault in faults}
        else:
            names = [name for name in files(app) if any(place.split(":")[0] in name for place in only)]
            faults = [fault for name in names for fault in faults_in(name)]
            lots = {id(fault): fault.rank(asked.seed) for fault in faults if isinstance(fault, Fault)}
        if asked.only:
            faults = [fault for fault in faults if fault.place.startswith(only)]
        if asked.again:
            missed = {tuple(key) for key in json.loads(last(app).read_text())}
            faults = [fault for fault in faults if key_of(fault) in missed]
        drawn = sorted(faults, key=lambda fault: lots[id(fault)])
        found += drawn[: asked.sample] if asked.sample else faults
    return found


class Campaign:
    def __init__(self, asked: Asked, out: TextIO) -> None:
        self.asked, self.out = asked, out
        self.report = Report(out, reviewed())
        self.chooser = Chooser(load())
        self.later: list[tuple[Fault, list[str]]] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The demonstration is seeded once and copied: its rows would not know of a fault."""
        items[:] = [item for item in items if "demonstration" not in getattr(item, "fixturenames", ())]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        begun = time.monotonic()
        faults = chosen(self.asked)
        self.report.of = len(faults)
        warm_up(session)
        functions = Functions()
        gc.collect()
        gc.freeze()  # a fork that looked through what it inherited would copy all of it
        self.report.say(
            f"{len(faults)} faults, {len(session.items)} tests, ready after {time.monotonic() - begun:.0f} s."
        )
        self.forks = Forks(session, workers=self.asked.workers, seconds=self.seconds(), budget=self.asked.budget)
        self.forks.run(self.jobs(faults, functions))
        self.forks.run(self.processes())
        if self.forks.bad:
            bad = len(self.forks.bad)
            self.report.say(f"{bad} tests fail in a fork without any fault and were not asked: {min(self.forks.bad)} …")
        session.testsfailed = self.report.end(seed=self.asked.seed, seconds=time.monotonic() - begun)
        return True

    def seconds(self) -> dict[str, float]:
        return {name: test.seconds for name, test in self.chooser.lines.tests.items()}

    def jobs(self, faults: list[Fault | RowFault], functions: Functions) -> Iterator[Job]:
        for fault in faults:
            if isinstance(fault, RowFault):
                tests = witnesses(sorted(self.seconds(), key=self.seconds().__getitem__))
                yield Job(fault.apply, tests, partial(self.report.add, fault))
                continue
            tests = [test for test in self.chooser.tests_for(fault) if test in self.forks.items]
            yield Job(partial(functions.patch, fault), tests, partial(self.done, fault, tests))

    def done(self, fault: Fault, tests: list[str], verdict: Verdict) -> None:
        if verdict.unpatchable:
            self.later.append((fault, tests))
            return
        if verdict.noticed_by:
            self.chooser.noticed[fault.file, verdict.noticed_by] += 1
        self.report.add(fault, verdict)

    def processes(self) -> Iterator[Job]:
        """What runs at import is put in by processes that import it anew."""
        for fault, tests in self.later:
            few = tests[:TESTS_OF_A_PROCESS]
            verdict = Verdict(of=len(tests), cut=len(few) < len(tests))
            act = partial(in_a_process, fault)
            yield Job(lambda: None, few, partial(self.report.add, fault), instead=act, verdict=verdict)


def in_a_process(fault: Fault, tests: list[str]) -> str:
    """The test that failed in a new process with the fault; "import" when nothing could be imported."""
    if not tests:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        text, names = Path(folder, "source.py"), Path(folder, "tests.txt")
        text.write_text(fault.source())
        names.write_text("\n".join(tests))
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.mutants.fresh", "-p", "no:cacheprovider",
                   "-p", "no:xdist", "--no-header", "--tb=no", f"@{names}"]  # fmt: skip
        extra = {"MUTANT_FILE": fault.file, "MUTANT_SOURCE": str(text)}
        try:
            run = subprocess.run(
                command, cwd=ROOT, env=os.environ | extra, capture_output=True, text=True, timeout=600, check=False
            )
        except subprocess.TimeoutExpired:
            return "endless"
    if run.returncode == 0:
        return ""
    failed = re.search(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", run.stdout, re.MULTILINE)
    return failed[1] if failed else "import"


def warm_up(session: pytest.Session) -> None:
    """Run one test that asks the database: the schema is made, and stays for every fork."""
    asking = (item for item in session.items if "db" in getattr(item, "fixturenames", ()) and not empties(item))
    first = next(asking, None)
    if first is None:  # nobody needs one
        return
    first.ihook.pytest_runtest_protocol(item=first, nextitem=only_session(session))
    template.keep()


def pytest_configure(config: pytest.Config) -> None:
    template.restore()
    asked = Asked(**json.loads(os.environ["MUTANTS"]))
    config.pluginmanager.register(Campaign(asked, os.fdopen(os.dup(1), "w")), "tests.mutants.campaign of now")


def run(asked: Asked, names: list[str]) -> int:
    """Run the faults that are asked for in a pytest of their own, over these files of tests."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.mutants.campaign", "-p", "no:xdist",
               "-p", "no:cacheprovider", "--no-header", "--no-summary", *names]  # fmt: skip
    environment = os.environ | {"MUTANTS": json.dumps(asdict(asked)), "TEST_DATABASE_URL": "", "TEST_REDIS_URLS": ""}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
