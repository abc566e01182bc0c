"""Which code is the core, by app: what decides. Files are named from the root of the repository."""

import ast
import fnmatch
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PERMISSIONS = "portal/lib/permissions.py"
QUERYSETS_ONLY = ("*/models.py", "*/models/*.py")


def _of_rooms(app: str) -> list[str]:
    return [f"{app}/*/{place}" for place in ("domain.py", "domain/*.py", "models.py", "models/*.py")]


APPS: dict[str, list[str]] = {
    "portal": ["portal/lib/*.py", "portal/lib/rest/*.py"],
    "accounts": _of_rooms("accounts"),
    "sla": ["sla/business_time.py", *_of_rooms("sla")],
    "tickets": _of_rooms("tickets"),
}

# What the search itself is tried on.
SPECIMEN, SPECIMENS = "tests/mutants/specimen.py", "tests/mutants/specimens.py"

# Nothing here decides anything: it reads the watch, writes logs, helps migrations, draws or describes what others do.
LEFT_OUT = {
    "portal/lib/clock.py",
    "portal/lib/desk.py",
    "portal/lib/heartbeat.py",
    "portal/lib/logs.py",
    "portal/lib/migrations.py",
    "portal/lib/rest/schema.py",
    PERMISSIONS,  # has a mutation of its own: each row, one step wider and narrower
}


def files(app: str) -> list[str]:
    """The files of the core of `app`, in the order of their names."""
    if app == "specimen":
        return [SPECIMEN]
    found = {str(path.relative_to(ROOT)) for pattern in APPS[app] for path in ROOT.glob(pattern)}
    return sorted(found - LEFT_OUT)


def all_files() -> list[str]:
    return [SPECIMEN, *(name for app in APPS for name in files(app))]


def app_of(file: str) -> str:
    return file.split("/", 1)[0]


def roots(file: str, tree: ast.Module) -> Iterator[ast.AST]:
    """The parts of a file that are looked at: of the models only the querysets, of everything else all of it."""
    if not any(fnmatch.fnmatch(file, pattern) for pattern in QUERYSETS_ONLY):
        yield tree
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.endswith(("QuerySet", "Manager")):
            yield node
