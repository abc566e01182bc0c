"""Which tests run which line: collected once by a run under coverage, kept in var/ for each file of tests.

A line is remembered by the function it stands in and by its words, not by its number: what was collected stays true
when other lines move. A file of tests is run again when it changed. `python -m tests.mutants` calls all of this.
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.targets import ROOT, all_files

CACHE = Path(os.environ.get("MUTANTS_CACHE") or ROOT / "var" / "mutants")
# These start processes of their own, which know nothing of a fault in ours, or look at nothing of the core.
NEVER = ["tests/browser", "tests/faults", "tests/mutants", "tests/portal/test_up.py", "tests/portal/test_catalogues.py"]


@dataclass(frozen=True)
class Test:
    id: str
    seconds: float
    width: int  # how many lines of the core it runs


@dataclass
class Lines:
    """What the core's lines are run by."""

    tests: dict[str, Test] = field(default_factory=dict)
    by_line: dict[str, set[str]] = field(default_factory=dict)  # key of a line → tests
    by_function: dict[str, set[str]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)  # the lines that were there when it was collected, run or not

    def running(self, keys: set[str]) -> set[str]:
        return set().union(*(self.by_line.get(key, set()) for key in keys))


def test_files() -> list[str]:
    found = (str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))
    return sorted(name for name in found if not name.startswith(tuple(NEVER)))


def keys_of(file: str, source: str) -> dict[int, str]:
    """The number of each line → what it is remembered by."""
    lines = source.splitlines()
    owner = dict.fromkeys(range(1, len(lines) + 1), "")

    def visit(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{name}.{child.name}" if name else child.name
                owner.update(dict.fromkeys(range(child.lineno, (child.end_lineno or child.lineno) + 1), inner))
                visit(child, inner)
            else:
                visit(child, name)

    visit(ast.parse(source), "")
    return {number: f"{file}::{owner[number]}::{lines[number - 1].strip()}" for number in owner}


def function_of(key: str) -> str:
    return "::".join(key.split("::")[:2])


def digest(file: str) -> str:
    return hashlib.sha256((ROOT / file).read_bytes()).hexdigest()[:20]


def kept(file: str) -> Path:
    return CACHE / "lines" / (file.replace("/", "+") + ".json")


def is_current(file: str) -> bool:
    path = kept(file)
    return path.exists() and json.loads(path.read_text())["digest"] == digest(file)


def collect(names: list[str]) -> None:
    """Run these files of tests under coverage, in one process, and keep what each test ran."""
    print(f"Collecting which lines {len(names)} files of tests run …", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.mutants.collecting", "-p", "no:xdist",
               "-p", "no:cacheprovider", "--no-header", "--tb=line", *names]  # fmt: skip
    there = known() | {key for keys in all_keys().values() for key in keys.values()}
    subprocess.run(command, cwd=ROOT, check=False, env=os.environ | {"TEST_DATABASE_URL": "", "TEST_REDIS_URLS": ""})
    (CACHE / "known.json").write_text(json.dumps(sorted(there)))


def known() -> set[str]:
    path = CACHE / "known.json"
    return set(json.loads(path.read_text())) if path.exists() else set()


def load() -> Lines:
    lines = Lines(known=known())
    for path in sorted((CACHE / "lines").glob("*.json")):
        record = json.loads(path.read_text())
        names = [entry[0] for entry in record["tests"]]
        for name, seconds, width in record["tests"]:
            lines.tests[name] = Test(name, seconds, width)
        for key, mask in record["lines"].items():
            number = int(mask, 16)
            tests = {name for index, name in enumerate(names) if number >> index & 1}
            lines.by_line.setdefault(key, set()).update(tests)
            lines.by_function.setdefault(function_of(key), set()).update(tests)
    return lines


def bring_up_to_date(names: list[str]) -> None:
    """Run again those of these files of tests that changed, and forget those that are gone."""
    for path in (CACHE / "lines").glob("*.json"):
        if not (ROOT / path.stem.replace("+", "/")).exists():
            path.unlink()
    if stale := [file for file in names if not is_current(file)]:
        collect(stale)


def all_keys() -> dict[str, dict[int, str]]:
    return {file: keys_of(file, (ROOT / file).read_text()) for file in all_files()}
