"""What a run found out, in words and figures, and kept for the next run."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from tests.mutants.equivalents import Key, key_of
from tests.mutants.faults import Fault
from tests.mutants.forks import Verdict
from tests.mutants.lines import CACHE
from tests.mutants.rows import RowFault

GOAL = 0.95
STEP = 25  # faults between two words of progress


def last(app: str) -> Path:
    """Where the faults stand that the last run did not notice."""
    return CACHE / f"missed-{app}.json"


@dataclass
class Report:
    out: TextIO
    equivalent: dict[Key, str]
    noticed: Counter[str] = field(default_factory=Counter)  # by app
    missed: dict[str, list[tuple[Fault | RowFault, Verdict]]] = field(default_factory=dict)
    excused: Counter[str] = field(default_factory=Counter)
    endless: int = 0
    looked_at: int = 0
    of: int = 0
    kinds: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def add(self, fault: Fault | RowFault, verdict: Verdict) -> None:
        self.looked_at += 1
        if self.looked_at % STEP == 0:
            self.say(f"{self.looked_at} of {self.of}")
        if verdict.noticed_by:
            self.noticed[fault.app] += 1
            self.endless += verdict.endless
        elif key_of(fault) in self.equivalent:
            self.excused[fault.app] += 1
            return
        else:
            self.missed.setdefault(fault.app, []).append((fault, verdict))
            self.say(self.line(fault, verdict))
        self.kinds[fault.kind, bool(verdict.noticed_by)] += 1

    def line(self, fault: Fault | RowFault, verdict: Verdict) -> str:
        ran = f"{verdict.ran} of {verdict.of} tests" if verdict.cut else f"{verdict.of} tests"
        ran = ran if verdict.of else "no test runs it"
        words = f"not noticed  {fault.place}  [{ran}]\n"
        return words + f"    {fault.file} :: {fault.text or fault.place} :: {fault.change}"

    def say(self, words: str) -> None:
        self.out.write(words + "\n")
        self.out.flush()

    @property
    def share(self) -> float:
        noticed, missed = sum(self.noticed.values()), sum(map(len, self.missed.values()))
        return noticed / (noticed + missed) if noticed + missed else 1.0

    def end(self, *, seed: int, seconds: float) -> int:
        self.say("")
        for kind in sorted({kind for kind, _ in self.kinds}):
            hit, miss = self.kinds[kind, True], self.kinds[kind, False]
            if miss:
                self.say(f"  {kind:12} {hit:5} of {hit + miss}")
        for app in sorted({*self.noticed, *self.missed, *self.excused}):
            hit, miss = self.noticed[app], len(self.missed.get(app, []))
            share = f"{hit / (hit + miss):7.1%}" if hit + miss else "      -"
            self.say(f"{app:12} {share}  {hit} of {hit + miss} noticed, {self.excused[app]} equivalent")
            missed = [key_of(fault) for fault, _ in self.missed.get(app, [])]
            last(app).write_text(json.dumps(missed))
        good = self.share >= GOAL
        self.say(
            f"{'Enough' if good else 'NOT ENOUGH'}: {self.share:.1%} of the faults are noticed (goal {GOAL:.0%}), "
            f"{self.endless} of them because a test did not end; seed {seed}, {seconds:.0f} s."
        )
        return 0 if good else 1
