"""Every table from an enum to something else knows every member: one that is missing would be a 500 on some page."""

import ast
import importlib
import re
from enum import Enum
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

import tickets.core.mails.kinds  # noqa: F401 - the mails register themselves
from accounts.core.enums import EngagementState
from accounts.identity.domain.tokens import SCOPES
from accounts.identity.forms import SCOPE_WORDS
from portal.lib import outbox
from portal.lib.mail import ANSWER_ABOVE
from sla.core.enums import ClockEventKind, Priority
from tickets.core.domain import history
from tickets.core.domain.check_ins import LABELS, WORDS
from tickets.core.enums import EventKind, Status, Turn

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
    for app in ("portal", "tickets", "sla", "accounts")
    for path in (ROOT / app).rglob("*.py")
    if not {"migrations", "management"} & set(path.parts) and path.name not in {"wsgi.py", "asgi.py"}
)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@cache
def parsed():
    """Every module with its syntax tree."""
    modules = [(name, importlib.import_module(name)) for name in MODULES]
    return [(name, module, ast.parse(Path(module.__file__).read_text())) for name, module in modules]


def member(node, module):
    """The enum member that an expression such as `Status.NEW` names in `module`; None for everything else."""
    if not isinstance(node, ast.Attribute):
        return None
    try:
        found = eval(ast.unparse(node), vars(module))
    except (NameError, AttributeError):
        return None
    return found if isinstance(found, Enum) else None


def lacking(members):
    """What the enum of `members` has beside them."""
    return [other for other in type(members[0]) if other not in members]


def matched(match, module):
    """The enum members that the cases of a `match` name without a further condition."""
    plain = [case.pattern for case in match.cases if case.guard is None]
    values = [node.value for pattern in plain for node in ast.walk(pattern) if isinstance(node, ast.MatchValue)]
    return [found for value in values if (found := member(value, module)) is not None]


def names_it_for_mypy(case):
    return any(isinstance(node, ast.Name) and node.id == "assert_never" for node in ast.walk(case))


def test_no_match_over_an_enum_hides_a_member_that_is_missing():
    """A last case that takes everything else would take the next member too, in silence."""
    hiding, tables = [], 0
    for name, module, tree in parsed():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Match) or not matched(node, module):
                continue
            tables += 1
            rest = [case for case in node.cases if isinstance(case.pattern, ast.MatchAs) and not case.pattern.pattern]
            hiding += [f"{name}:{node.lineno}" for case in rest if not names_it_for_mypy(case)]

    assert hiding == []
    assert tables > 15


def test_a_match_that_lets_members_through_says_so_to_mypy():
    """One that names some members only is followed by assert_never: what is left was handled before."""
    loose = []
    for name, module, tree in parsed():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                named = matched(node, module) if isinstance(node, ast.Match) else []
                if named and lacking(named) and not names_it_for_mypy(function):
                    loose.append(f"{name}:{node.lineno} lacks {lacking(named)}")

    assert loose == []


def test_a_dictionary_that_is_written_down_by_member_has_all_of_them():
    short, tables = [], 0
    for name, module, tree in parsed():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Dict) or None in node.keys:
                continue
            keys = [member(key, module) for key in node.keys]
            # One pair is no table but one value; a mixture is another thing.
            if len(keys) < 2 or None in keys:
                continue
            tables += 1
            short += [f"{name}:{node.lineno} lacks {lacking(keys)}"] if lacking(keys) else []

    assert short == []
    assert tables > 8


def test_a_table_that_is_put_together_has_all_members_too():
    short = [
        f"{module.__name__}.{label} lacks {lacking(list(table))}"
        for _name, module, _tree in parsed()
        for label, table in vars(module).items()
        if isinstance(table, dict) and table and all(isinstance(key, Enum) for key in table)
        if len({type(key) for key in table}) == 1 and table is not history._sentences and lacking(list(table))
    ]

    assert short == []


def test_every_kind_of_event_has_a_sentence_of_its_own_in_exactly_one_place():
    module = history
    tree = ast.parse(Path(module.__file__).read_text())
    [found] = [node for node in ast.walk(tree) if isinstance(node, ast.Match)]
    elsewhere = [case for case in found.cases if "kind.label" in ast.unparse(case)]
    in_the_match = {
        kind for case in found.cases if case not in elsewhere for kind in matched(ast.Match(None, [case]), module)
    }

    assert in_the_match | set(history._sentences) == set(EventKind)
    assert in_the_match & set(history._sentences) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_by_word_know_every_word(language):
    assert language in ANSWER_ABOVE
    assert set(SCOPE_WORDS) == set(SCOPES)
    assert tuple(LABELS) == (*WORDS, "next_at")


def written_kinds():
    """The kinds of notices that some verb writes, as they stand in the code."""
    found = set()
    for _name, _module, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = ast.unparse(node.func)
                if called in {"outbox.write", "outbox.NoticeDraft", "_notify", "notify"}:
                    found.add(node.args[0].value)
    return found


FOLDERS = sorted(path.name for path in (ROOT / "templates" / "emails").iterdir() if path.is_dir())


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_mail_has_a_subject_and_both_bodies(kind):
    folder = ROOT / "templates" / "emails" / kind

    assert {"subject.txt", "body.txt", "body.html"} <= {path.name for path in folder.iterdir()}


def test_every_kind_of_notice_that_is_written_has_its_folder_and_whoever_completes_it_writes_it():
    written = {kind for kind in written_kinds() if isinstance(kind, str)}

    assert {kind for kind in written if kind not in FOLDERS and kind in outbox._contexts} == set()
    assert set(outbox._contexts) - set(FOLDERS) == set()
    assert len(written & set(FOLDERS)) > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_an_engagement_has_its_own_subject(language):
    values = {"topic": "Enrolment", "account": "Acme", "hours": "2", "words": ""}
    with translation.override(language):
        said = [render_to_string("emails/engagement/subject.txt", values | {"step": step}) for step in EngagementState]

    assert len(set(said)) == len(EngagementState)
    assert all(one.strip() for one in said)


MEETING_STEPS = sorted(
    set(re.findall(r'step == "(\w+)"', (ROOT / "templates" / "emails" / "meeting" / "changed.txt").read_text()))
)


def steps_that_are_told():
    """The steps of meetings that verbs tell of: `notices.notify("step", meeting, …)`."""
    return {
        node.args[0].value
        for _name, _module, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "notices.notify"
        if isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", MEETING_STEPS)
def test_every_step_of_a_meeting_is_said(language, step):
    values = {"step": step, "account": "Acme", "held_by": "Root", "who": "Anna", "days": 2, "slots": []}
    with translation.override(language):
        assert render_to_string("emails/meeting/changed.txt", values).strip()
        assert render_to_string("emails/meeting/subject.txt", values).strip() != "— Acme"


def test_no_step_of_a_meeting_is_told_without_words():
    assert steps_that_are_told() - set(MEETING_STEPS) == set()
    assert len(steps_that_are_told()) > 4


def css():
    return "\n".join(path.read_text() for path in sorted((ROOT / "static" / "css").glob("*.css")))


def states_of_chips():
    """What the chips of the code can be, read from where they are made."""
    tree = ast.parse((ROOT / "portal" / "chips.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func).lower() == "chip"]
    return {node.args[0].value for node in calls if node.args and isinstance(node.args[0], ast.Constant)}


def test_every_state_of_a_chip_has_a_shape_and_a_colour():
    sprite, styles = Path(finders.find("img/icons.svg")).read_text(), css()

    assert len(states_of_chips()) == 8
    for state in states_of_chips():
        assert f'id="{state}"' in sprite
        assert f".chip--{state} " in styles


@pytest.mark.parametrize("priority", Priority)
def test_every_priority_has_its_arrow(priority):
    assert f'id="p{priority.value}"' in Path(finders.find("img/icons.svg")).read_text()


@pytest.mark.parametrize("turn", Turn)
def test_every_turn_has_its_colour(turn):
    assert f".turn-{turn.value} " in css()


@pytest.mark.parametrize("status", Status)
def test_every_status_is_somebodys_turn(status):
    from tickets.models import Ticket

    assert Ticket(status=status).turn in Turn


def test_icons_that_templates_name_are_in_the_sprite():
    sprite = Path(finders.find("img/icons.svg")).read_text()
    texts = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    named = {name for text in texts for name in re.findall(r'{% icon ["\'](\w+)["\']', text)}

    assert {name for name in named if f'id="{name}"' not in sprite} == set()
    assert len(named) > 5


def test_every_event_of_a_clock_can_be_rebuilt_or_is_called_broken():
    """The self-check reads every kind there is (the type check holds its match)."""
    source = (ROOT / "sla" / "verification" / "domain" / "verification.py").read_text()

    assert all(f"case ClockEventKind.{kind.name}:" in source for kind in ClockEventKind)
