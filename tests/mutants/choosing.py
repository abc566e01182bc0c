"""Which tests are to notice a fault: those that run its line, the narrowest and most likely first."""

import re
from collections import Counter
from pathlib import Path

from tests.mutants.faults import Fault
from tests.mutants.lines import Lines, all_keys

# Seconds from which on a test waits until the quick ones had their turn.
SLOW = 1.0


class Chooser:
    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.keys = all_keys()
        self.noticed: Counter[tuple[str, str]] = Counter()  # (file, test): who has noticed faults of the file so far

    def tests_for(self, fault: Fault) -> list[str]:
        found = self.at_import(fault) if not fault.chain else self.in_function(fault)
        return self.ordered(found, fault.file)

    def in_function(self, fault: Fault) -> set[str]:
        numbers = self.keys[fault.file]
        lines = {numbers[number] for number in range(fault.first, fault.last + 1)}
        if found := self.lines.running(lines):
            return found
        if lines <= self.lines.known:
            return set()  # looked at, and never run
        return self.lines.by_function.get(f"{fault.file}::{fault.function}", set())

    def at_import(self, fault: Fault) -> set[str]:
        """Tests that run a line that names what the statement defines."""
        if not fault.names:
            return set()
        word = re.compile(rf"\b(?:{'|'.join(map(re.escape, fault.names))})\b")
        found = self.lines.running({key for key in self.lines.by_line if word.search(key.split("::", 2)[2])})
        return found or set().union(
            *(tests for name, tests in self.lines.by_function.items() if name.startswith(f"{fault.file}::"))
        )

    def ordered(self, tests: set[str], file: str) -> list[str]:
        stem = Path(file).stem.rstrip("s")

        def rank(name: str) -> tuple[bool, int, bool, float, str]:
            test = self.lines.tests[name]
            near = stem in Path(name.split("::", 1)[0]).stem
            return test.seconds > SLOW, -self.noticed[file, name], not near, test.seconds + test.width / 2000, name

        return sorted(tests, key=rank)
