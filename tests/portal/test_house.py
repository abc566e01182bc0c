"""The size of functions and files, and that no files import each other in a circle: what CONTRIBUTING.md asks for."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "sla", "tickets", "portal")
MOST_LINES_OF_A_FUNCTION = 60
MOST_PARAMETERS = 8
MOST_LINES_OF_A_FILE = 450

# Circles that stand. The list only gets shorter. An administrator is a user and an agent: creating one (the user's
# manager, as Django asks for it) needs both, so that one import is inside the function.
CIRCLES = [{"accounts.core.models.agent", "accounts.core.models.user"}]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {
    module_of(file): file.read_text()
    for app in APPS
    for file in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in file.parts
}


@cache
def functions() -> list[tuple[str, Function]]:
    return list(_functions())


def _functions() -> Iterator[tuple[str, Function]]:
    for module, source in SOURCES.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, Function):
                yield f"{module}.{node.name}", node


def lines_of(function: Function) -> int:
    """From `def` to the last line: decorators, in which the API is documented, are not counted."""
    return (function.end_lineno or 0) - function.lineno + 1


def parameters_of(function: Function) -> int:
    """All of them, `self` and `**more` too."""
    args = function.args
    rest = [arg for arg in (args.vararg, args.kwarg) if arg]
    return len([*args.posonlyargs, *args.args, *args.kwonlyargs, *rest])


def imported(source: str, known: Mapping[str, object]) -> set[str]:
    """The modules among `known` that a file imports, at the top or in a function; not those for types alone."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not followed"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else str(node.module) for name in names}
        else:
            waiting += ast.iter_child_nodes(node)
    return found & set(known)


def circles(sources: Mapping[str, str]) -> list[set[str]]:
    """The circles of imports, each found once: an import of one that was found is left out, and the rest looked at."""
    arrows = {module: sorted(imported(source, sources) - {module}) for module, source in sources.items()}
    found: list[set[str]] = []
    while True:
        try:
            TopologicalSorter(arrows).prepare()
        except CycleError as error:
            # Each module of `circle` is imported by the next one; the first is also the last.
            circle: list[str] = error.args[1]
            arrows[circle[1]].remove(circle[0])
            found.append(set(circle))
        else:
            return found


def test_no_function_is_longer_than_what_fits_on_one_screen():
    assert [name for name, function in functions() if lines_of(function) > MOST_LINES_OF_A_FUNCTION] == []


def test_no_function_has_more_parameters_than_a_reader_remembers():
    assert [name for name, function in functions() if parameters_of(function) > MOST_PARAMETERS] == []


def test_no_file_is_longer_than_a_reader_keeps_in_mind():
    assert [name for name, source in SOURCES.items() if source.count("\n") > MOST_LINES_OF_A_FILE] == []


def test_no_files_import_each_other_in_a_circle():
    assert circles(SOURCES) == CIRCLES


def test_every_app_is_looked_at():
    assert {module.split(".")[0] for module in SOURCES} == set(APPS)
    assert len(SOURCES) > 400


@pytest.mark.parametrize(
    ("source", "lines", "parameters"),
    [
        ("def f():\n    return 1", 2, 0),
        ("@decorated(\n    1\n)\ndef f(a, /, b, *, c):\n    return (\n        1\n    )", 4, 3),
        ("async def f(self, *rest, key=1, **more):\n    ...", 2, 4),
    ],
)
def test_lines_and_parameters_are_counted_as_a_reader_does(source, lines, parameters):
    [function] = ast.parse(source).body
    assert isinstance(function, Function)
    assert (lines_of(function), parameters_of(function)) == (lines, parameters)


def test_circles_of_two_and_of_three_would_be_found_wherever_the_import_stands():
    assert circles(
        {
            "a": "import b",
            "b": "def late():\n    from a import name",
            "p.c": "from p import d",
            "p.d": "from p.e import name\nimport a",
            "p.e": "import p.c\nfrom os import path",
        }
    ) == [{"a", "b"}, {"p.c", "p.d", "p.e"}]


def test_an_import_for_types_alone_makes_no_circle():
    sources = {"a": "if TYPE_CHECKING:\n    import b\nelse:\n    import c", "b": "import a", "c": ""}
    assert circles(sources) == []
    assert imported(sources["a"], sources) == {"c"}
