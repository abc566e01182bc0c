"""What the documents name exists: paths, links, commands, names of code, figures, jobs, and whatever code cites.

A document that names something else is wrong, or will be. So: a path stands in backticks (`docs/limits.md`), with `<…>`
or `*` for what differs; a name of code too (`portal.lib.clock.now`); commands as they are typed.
"""

import importlib
import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.db import models

from portal.features import beat_schedule
from portal.lib.limits import Limit

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "portal", "sla", "tickets")
OURS = (*APPS, "bench", "tests")
# What is no document of ours: what was installed, what a run left, folders that begin with a dot.
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part == "var" or part.startswith(".") for part in path.relative_to(ROOT).parts)
)
BY_NAME = {str(path.relative_to(ROOT)): path for path in DOCUMENTS}
JOBS = {job["task"]: job["schedule"] for job in beat_schedule().values()}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))

SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"(?:[\w.*-]|<[\w -]+>)+(?:/(?:[\w.*-]|<[\w -]+>)*)+")
FILE = re.compile(r"[\w.-]+\.(?:py|md|toml|txt|po|html|css|js|json|sh|yaml|yml|eml|pem)|\.[a-z]+(?:-[a-z]+)*")
NAME = re.compile(rf"(?:{'|'.join(OURS)})(?:\.\w+)+")
# What is no file of ours although it has a slash: a type of content, a zone, a choice.
NO_PATHS = re.compile(r"(?:text|application|image|message)/|[A-Z]\w+/[A-Z]\w+$|24/7|var/")


def spans(text: str) -> list[str]:
    return [found.strip() for found in SPAN.findall(text)]


def blocks(text: str) -> list[str]:
    """Lines of code: those between fences, and those that four spaces set in."""
    lines, inside = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            inside = not inside
        elif inside or line.startswith("    "):
            lines.append(line.strip())
    return lines


def typed(text: str) -> list[str]:
    return [*spans(text), *blocks(text)]


@cache
def source() -> str:
    """All code and all templates of ours."""
    files = [path for top in OURS for kind in ("*.py", "*.html", "*.txt") for path in (ROOT / top).rglob(kind)]
    files += [*(ROOT / "templates").rglob("*.*"), *(ROOT / ".ci").iterdir(), ROOT / "Makefile", ROOT / "manage.py"]
    return "\n".join(path.read_text() for path in files if path.is_file() and path.suffix not in {".png", ".pyc"})


@cache
def words_of_code() -> set[str]:
    return set(re.findall(r"\w+", source()))


@cache
def file_names() -> set[str]:
    tops = [ROOT / name for name in (*OURS, "templates", "static", "docs", ".ci")]
    ignored = (ROOT / ".gitignore").read_text().replace("/", "").split()
    return {path.name for top in tops for path in top.rglob("*")} | {path.name for path in ROOT.iterdir()} | {*ignored}


def value_of(name: str):
    """What `name` stands for; AttributeError when nothing is called so."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise AttributeError(name)


def exists(name: str) -> bool:
    if name in JOBS:
        return True
    try:
        value_of(name)
    except AttributeError:
        return False
    return True


@pytest.fixture(params=BY_NAME, ids=str)
def document(request):
    return BY_NAME[request.param]


def test_there_are_documents():
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/glossary.md"} <= set(BY_NAME)


def test_each_path_is_there(document):
    missing = []
    for span in typed(document.read_text()):
        for word in span.split() if span in blocks(document.read_text()) else [span]:
            if not PATH.fullmatch(word) or NO_PATHS.match(word):
                continue
            pattern = re.sub(r"<[^>]+>", "*", word).rstrip("/")
            if not any(True for _ in ROOT.glob(pattern)):
                missing.append(word)
    assert missing == []


def test_each_file_is_there(document):
    named = {span for span in spans(document.read_text()) if FILE.fullmatch(span)}
    assert sorted(named - file_names()) == []


def test_each_link_leads_somewhere(document):
    text = document.read_text()
    missing = []
    for target in LINK.findall(text):
        if "://" in target or target.startswith(("mailto:", "#")):
            continue
        path, _, anchor = target.partition("#")
        there = (document.parent / path).resolve()
        if not there.exists() or (anchor and f"#{anchor}" not in headings(there)):
            missing.append(target)
    assert missing == []


def headings(path: Path) -> set[str]:
    """The anchors of a document, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.M)
    return {"#" + re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_each_name_of_code_is_one(document):
    named = {found for span in spans(document.read_text()) if NAME.fullmatch(found := span.partition("(")[0])}
    assert sorted(name for name in named if not exists(name)) == []


def test_each_command_is_one(document):
    text = "\n".join(typed(document.read_text()))
    assert sorted(set(re.findall(r"manage\.py ([a-z_]+)", text)) - set(get_commands())) == []
    assert sorted(set(re.findall(r"\bmake ([a-z-]+)", text)) - TARGETS) == []
    modules = re.findall(r"python -m ((?:tests|bench)[\w.]*)", text)
    assert [name for name in modules if not exists(name) and not (ROOT / name.replace(".", "/")).exists()] == []


# --- Whatever code cites --------------------------------------------------------------------------------------------

RANGE = re.compile(r"(?<![&\w])(#|F)(\d{1,3}) (?:to|and) \1?(\d{1,3})\b")
NUMBER = re.compile(r"(?<![&\w#])(#\d{1,3}|F\d{1,2})\b")


def cited() -> set[str]:
    """The numbers of abuse (#37) and fault (F61) that comments and docstrings cite."""
    found = set()
    for path in (path for top in OURS for path in (ROOT / top).rglob("*.py")):
        if path == Path(__file__):
            continue
        text = path.read_text()
        for sign, first, last in RANGE.findall(text):
            found |= {f"{sign}{number}" for number in range(int(first), int(last) + 1)}
        found |= {number for number in NUMBER.findall(text) if path.name != "hostile.py"}
    return found


def test_each_number_that_code_cites_stands_in_the_catalogue():
    rows = re.findall(r"^\| (#\d+|F\d+) \|", (ROOT / "docs/faults.md").read_text(), re.M)
    assert len(rows) == len(set(rows))
    assert sorted(cited() - set(rows)) == []


def test_each_section_that_code_cites_stands_in_the_promises():
    sections = set(re.findall(r"^## (\d+)\. ", (ROOT / "docs/promises.md").read_text(), re.M))
    found = re.findall(r"(?:semantics|promises)(?:\.md)?`? §(\d)|§(\d) (?:and|to) §(\d)", source(), re.I)
    assert {number for row in found for number in row if number} <= sections


def test_nothing_cites_a_document_that_is_not_here():
    named = set(re.findall(r"\b[\w/.-]+\.md\b", source()))
    there = set(BY_NAME) | {path.name for path in DOCUMENTS}
    assert sorted(name for name in named if name not in there) == []


# --- Facts that stand in a document and in the code -----------------------------------------------------------------


def said(value: object, name: str) -> str:
    """A limit as the document writes it."""
    if isinstance(value, Limit):
        return f"{value.amount} in {said(value.per, '')}"
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
            if seconds >= size and seconds % size == 0:
                return f"{seconds // size} {unit}{'s' if seconds > size else ''}"
        return f"{seconds} seconds"
    if isinstance(value, models.Field) or hasattr(value, "field"):
        return f"{getattr(value, 'field', value).max_length:,}"
    if isinstance(value, int) and "BYTES" in name:
        size, unit = next((size, unit) for size, unit in ((2**20, "MB"), (2**10, "kB")) if value % size == 0)
        return f"{value // size} {unit}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def limits() -> list[tuple[str, str]]:
    rows = re.findall(r"^\|[^|]+\|([^|]+)\| `([\w.]+)`", (ROOT / "docs/limits.md").read_text(), re.M)
    return [(name, shown.strip()) for shown, name in rows]


def test_there_are_limits():
    assert len(limits()) > 80


@pytest.mark.parametrize(("name", "shown"), limits())
def test_each_limit_is_what_the_code_says(name, shown):
    value = getattr(settings, name) if name.isupper() else value_of(name)
    expected = said(value, name)
    assert re.search(rf"(?<![\d,]){re.escape(expected)}(?![\d,])", shown), expected


def test_each_length_and_each_rate_stands_in_the_document():
    """Those that say by their name or type that people meet them; others are entered by hand."""
    found = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{name}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for name in re.findall(r"^(MAX_\w+_CHARS(?= = )|[A-Z_]+(?= = Limit\())", path.read_text(), re.M)
    }
    assert len(found) > 20
    assert sorted(found - {name for name, _shown in limits()}) == []


def test_each_job_stands_in_the_document_with_its_period():
    rows = dict(re.findall(r"^\| `([\w.]+)` \| ([^|]+) \|", (ROOT / "docs/operations.md").read_text(), re.M))
    assert {task: rows.get(task) for task in JOBS} == {task: said(period, "") for task, period in JOBS.items()}


def test_each_command_of_ours_stands_in_the_document():
    named = set(re.findall(r"manage\.py ([a-z_]+)", (ROOT / "docs/operations.md").read_text()))
    assert sorted(name for name, place in get_commands().items() if place in APPS and name not in named) == []


def test_each_setting_that_the_documents_name_is_read():
    known = words_of_code() | set(re.findall(r"[A-Z_]+", (ROOT / ".env.example").read_text()))
    texts = [span for path in DOCUMENTS for span in spans(path.read_text())]
    named = {found[0] for text in texts if (found := re.match(r"[A-Z][A-Z_]{3,}", text))}
    assert sorted(named - known) == []


ROOMS = [
    path.parent.relative_to(ROOT)
    for name in ("accounts", "sla", "tickets")
    for path in sorted((ROOT / name).glob("*/__init__.py"))
    if path.parent.name not in {"migrations", "management"}
]


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_each_room_stands_in_the_overview_and_in_the_import_contracts(room):
    assert f"| `{room}/` |" in (ROOT / "docs/overview.md").read_text()
    contracts = (ROOT / "pyproject.toml").read_text()
    assert f'"{room.parent}.{room.name}"' in contracts
    assert re.search(rf'[" ]{room.name}[" ]', contracts)


def test_each_name_in_the_glossary_is_one_of_the_code():
    table = re.findall(r"^\|[^|]+\|[^|]+\|([^|]*)\|", (ROOT / "docs/glossary.md").read_text(), re.M)
    names = {word for cell in table for span in spans(cell) for word in re.findall(r"\w+", span)}
    assert len(names) > 80
    assert sorted(names - words_of_code()) == []


def test_what_is_gone_would_be_found():
    assert exists("tickets.core.domain.opening.open_ticket")
    assert exists("portal.deliver_notices")
    assert not exists("tickets.core.domain.opening.shut_ticket")
    assert PATH.fullmatch("accounts/<room>/domain.py")
    assert not list(ROOT.glob("accounts/*/nothing.py"))
    assert said(timedelta(minutes=15), "") == "15 minutes"
    assert said(Limit("tests", 3, timedelta(hours=1)), "") == "3 in 1 hour"
