"""Which tests run on PostgreSQL and Redis as well: those whose answer these may give otherwise than SQLite alone.

The rule. A test bears the mark `servers` when it, a function of its module that it uses, or a fixture of that module

- meets the database with more than one connection, or commits,
- expects a refusal of the database, or gives it a value that a column may refuse,
- speaks SQL, or counts statements,
- runs a job of beat,
- asks for limits or for what Redis holds.

A test without a database never fits, and of the proofs (tests/long.py) only what commits does. Whoever fits is marked
when the tests are collected, so that no one is forgotten. What cannot be seen in the text of a test (searches, sums and
order over many rows) says `pytestmark = pytest.mark.servers` itself. `python -m tests.servers` lists the files.
"""

import ast
import re
from functools import cache
from pathlib import Path

from tests.long import PROOFS

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = {"transactional_db", "live_server"}


def task_files() -> list[Path]:
    return [path for app in ("accounts", "portal", "sla", "tickets") for path in (ROOT / app).rglob("tasks.py")]


def verbs(task: ast.AST) -> set[str]:
    """What a task calls at a moment, `sweep(now=…)`, or returns. Not the sign of life, which every job leaves."""
    nodes = list(ast.walk(task))
    at_a_moment = [n for n in nodes if isinstance(n, ast.Call) and any(k.arg == "now" for k in n.keywords)]
    returned = [n.value for n in nodes if isinstance(n, ast.Return) and isinstance(n.value, ast.Call)]
    called = [call.func for call in [*at_a_moment, *returned]]
    return {ast.unparse(f).rpartition(".")[2] for f in called} - {"beat", "len", "sum", "int", "bool"}


def jobs() -> set[str]:
    """The verbs that the tasks call: whatever is added there is added to the rule."""
    return set().union(*(verbs(ast.parse(file.read_text())) for file in task_files()))


TELLING = re.compile(
    r"\btransaction=True|\bThread\w*\(|\bfork\(|\bconnections\b|\bcommit\b"
    r"|\b(?:Integrity|Database|Data|Operational)Error\b"
    r"|\\x00|\\0|[\"'] \* \d{3,}|\b10 ?\*\* ?\d\d|9{9,}"
    r"|\bcursor\(|\bconnection\.|\.raw\(|\.explain\(|num_queries|CaptureQueries"
    r"|\bREDIS|\bcache\.(?:get|set|add|incr|touch)\b|[tT]hrottle|\b429\b"
    rf"|\b(?:{'|'.join(sorted(jobs()))})\("
)


@cache
def telling(file: Path) -> frozenset[str]:
    """The names of the functions of a file (tests, fixtures, helpers, methods) that the rule is about; "*": all."""
    text = file.read_text()
    if re.search(r"^pytestmark = .*mark\.servers", text, re.MULTILINE):
        return frozenset("*")
    lines = text.split("\n")  # ast.get_source_segment splits the whole file anew for every function
    functions = {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    found = {name for name, source in functions.items() if TELLING.search(source)}
    found |= set(re.findall(r"^@pytest\.mark\.servers\n(?:@.*\n|[ )].*\n)*def (\w+)", text, re.MULTILINE))
    while True:
        words = re.compile(rf"\b(?:{'|'.join(sorted(found))})\b") if found else None
        more = {name for name, source in functions.items() if words and words.search(source.partition("(")[2])} - found
        if not more:
            return frozenset(found)
        found |= more


def fits(item) -> bool:
    """Whether the rule is about this collected test."""
    database = item.get_closest_marker("django_db")
    if not (database or "db" in item.fixturenames or FIXTURES & set(item.fixturenames)):
        return False
    if FIXTURES & set(item.fixturenames) or (database and database.kwargs.get("transaction")):
        return True
    if item.path in {ROOT / file for file in PROOFS.values()}:
        return False
    names = telling(item.path)
    return "*" in names or item.function.__name__ in names


def files() -> list[str]:
    """Every file with tests that may fit, for a run that looks into no other."""
    every = (path for path in sorted((ROOT / "tests").rglob("test_*.py")) if path.parent.name != "browser")
    return [str(path.relative_to(ROOT)) for path in every if telling(path) or "transaction=True" in path.read_text()]


if __name__ == "__main__":
    print("\n".join(files()))
