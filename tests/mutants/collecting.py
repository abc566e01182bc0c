"""A plugin of pytest: which lines of the core each test runs, kept when the last test of a file is done."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import coverage
import pytest

from tests.mutants.lines import all_keys, digest, kept
from tests.mutants.targets import ROOT, all_files


@dataclass
class Record:
    """What the tests of one file ran; pytest-django may run them in two parts."""

    names: list[str] = field(default_factory=list)
    masks: Counter[str] = field(default_factory=Counter)  # key of a line → one bit a test
    width: Counter[str] = field(default_factory=Counter)  # test → how many lines


class Collector:
    def __init__(self) -> None:
        self.keys = all_keys()
        self.coverage = coverage.Coverage(
            data_file=None, config_file=False, include=[str(ROOT / name) for name in all_files()], messages=False
        )
        self.coverage.set_option("run:disable_warnings", ["no-data-collected"])  # some files run nothing of the core
        self.records: dict[str, Record] = {}
        self.passed: dict[str, bool] = {}
        self.seconds: dict[str, float] = {}
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        begun = time.process_time()
        result = yield
        self.seconds[item.nodeid] = round(time.process_time() - begun, 3)
        self.coverage.switch_context("between")
        if nextitem is None or nextitem.path != item.path:
            self.write(str(item.path.relative_to(ROOT)))
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        good = self.passed.get(report.nodeid, True) and not report.failed
        self.passed[report.nodeid] = good and not (report.skipped and report.when != "teardown")

    def write(self, file: str) -> None:
        """Only tests that passed are witnesses: one that fails without a fault says nothing about one."""
        record = self.records.setdefault(file, Record())
        record.names += [name for name in self.seconds if name not in record.names and self.is_witness(name, file)]
        index = {name: number for number, name in enumerate(record.names)}
        self.coverage.stop()
        data = self.coverage.get_data()
        for path in data.measured_files():
            keys = self.keys[os.path.relpath(path, ROOT)]
            for line, contexts in data.contexts_by_lineno(path).items():
                for name in contexts:
                    if name in index and line in keys:
                        record.masks[keys[line]] |= 1 << index[name]
                        record.width[name] += 1
        self.coverage.erase()
        self.coverage.start()
        tests = [(name, self.seconds[name], record.width[name]) for name in record.names]
        masks = {key: f"{mask:x}" for key, mask in record.masks.items()}
        kept(file).parent.mkdir(parents=True, exist_ok=True)
        kept(file).write_text(json.dumps({"digest": digest(file), "tests": tests, "lines": masks}))

    def is_witness(self, name: str, file: str) -> bool:
        return self.passed.get(name, False) and name.split("::", 1)[0] == file


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Collector(), "tests.mutants.collector")
