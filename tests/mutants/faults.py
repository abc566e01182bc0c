"""Small faults: what a tired hand could write instead, found in the syntax tree and put in at its exact place."""

import ast
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tests.mutants import operators
from tests.mutants.operators import Change, Place
from tests.mutants.targets import ROOT, app_of, roots


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One change of one place in one file."""

    file: str
    line: int  # of the place
    first: int  # the lines of the place and of the statement that holds it
    last: int
    function: str  # dotted; "" at the top of the file
    text: str  # the first line of the place, as it stands in the file
    kind: str
    change: str  # in words, such as "`a < b` → `a <= b`"
    start: int  # in bytes
    end: int
    replacement: str
    chain: tuple[tuple[str, int], ...]  # the functions around it, outermost first; none: it is run at import
    names: tuple[str, ...]  # what the statement at the top of the file defines

    @property
    def app(self) -> str:
        return app_of(self.file)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def source(self) -> str:
        """The whole file with the fault in it."""
        data = (ROOT / self.file).read_bytes()
        return (data[: self.start] + self.replacement.encode() + data[self.end :]).decode()

    def rank(self, seed: int) -> str:
        """Its place in the lottery of `seed`: it depends on its words alone, not on where the line stands."""
        words = f"{seed}|{self.file}|{self.function}|{self.text}|{self.kind}|{self.change}"
        return hashlib.sha256(words.encode()).hexdigest()


class Finder:
    """Walks one file and knows, at every node, what is around it."""

    def __init__(self, file: str, source: str, kinds: list[Callable[[Place], Iterator[Change]]]) -> None:
        self.file, self.source, self.kinds = file, source, kinds
        self.starts = [0]
        for line in source.encode().split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    @cached_property
    def lines(self) -> list[str]:
        return self.source.split("\n")

    def find(self) -> Iterator[Fault]:
        for root in roots(self.file, ast.parse(self.source)):
            yield from self.walk(root, Place(root))

    def walk(self, node: ast.AST, place: Place) -> Iterator[Fault]:
        if skipped(node, place):
            return
        for kind in self.kinds:
            for change in kind(place):
                yield self.fault(place, kind.__name__, change)
        for name, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self.walk(child, place.inside(child, name))

    def fault(self, place: Place, kind: str, change: Change) -> Fault:
        node = change.node
        statement = place.statement
        body = getattr(statement, "body", None)
        last = min((body[0].lineno - 1) if isinstance(body, list) and body else (statement.end_lineno or 0), 10**9)
        return Fault(
            file=self.file,
            line=node.lineno,
            first=min(node.lineno, statement.lineno),
            last=max(last, node.end_lineno or 0) if node is not statement else (node.end_lineno or 0),
            function=".".join(name for name in place.scopes if name != "<locals>"),
            text=self.lines[node.lineno - 1].strip(),
            kind=kind,
            change=change.words,
            start=self.starts[node.lineno - 1] + node.col_offset,
            end=self.starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0),
            replacement=change.text,
            chain=place.chain,
            names=place.names,
        )


def skipped(node: ast.AST, place: Place) -> bool:
    """What has no behaviour of its own, or no exact place: annotations, f-strings, logs, type checks, imports."""
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if place.field in {"annotation", "returns", "decorator_list"}:
        return True
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.FunctionDef) and node.name in {"__str__", "__repr__"}:
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        if "select_for_update" in ast.unparse(node):
            return True  # a lock for its own sake: races and `make kill` look at those, on PostgreSQL
        root = node.value.func
        while isinstance(root, ast.Attribute):
            root = root.value
        return isinstance(root, ast.Name) and root.id in {"logger", "log", "warnings"}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"assert_never", "cast"}:
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def faults_in(file: str, source: str | None = None) -> list[Fault]:
    """Every fault of one file, each once, in the order of its places."""
    source = (ROOT / file).read_text() if source is None else source
    found: dict[tuple[int, int, str], Fault] = {}
    for fault in Finder(file, source, operators.ALL).find():
        found.setdefault((fault.start, fault.end, fault.replacement), fault)
    return sorted(found.values(), key=lambda fault: (fault.start, fault.end, fault.change))
