"""The permission table, held against the duties that are written by hand in duties.py."""

from collections import Counter

import pytest

from portal.lib.access import NOBODY, Role, Roles, rule_for
from portal.lib.permissions import DESK, TABLE
from tests.portal import duties

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
RIGHTS = ("view", "add", "change", "delete")
WHERE = "Write it by hand in tests/portal/duties.py, under the duty that it serves."


def rows_of_the_table() -> dict[tuple[str, str], Roles]:
    """(method, route) or (right, model) → who; a route that answers no method is ("NONE", route)."""
    rows: dict[tuple[str, str], Roles] = {}
    for route, rule in TABLE.items():
        rows |= {(method, route): who for method, who in rule.items()} or {("NONE", route): NOBODY}
    for model, rights in DESK.items():
        rows |= {(right, model): getattr(rights, right) for right in RIGHTS}
    return rows


def spoken(who: Roles | frozenset[str]) -> str:
    return ", ".join(role for role in Role if role in who) or "nobody"


WRITTEN = {(line.word, line.name): line for line in duties.lines()}


def complaint(word: str, name: str, who: Roles) -> str | None:
    """What a row of the table says other than the duties, as a sentence that says what to do."""
    line = WRITTEN.get((word, name))
    if line is None:
        return f"{word} {name} is open to {spoken(who)} by the table and has no duty. {WHERE}"
    if line.who != who:
        return f"{word} {name} is open to {spoken(who)} by the table, but “{line.duty}”: {spoken(line.who)}."
    return None


def test_the_permission_table_says_what_the_duties_say():
    said = [complaint(*row, who) for row, who in rows_of_the_table().items()]

    assert [sentence for sentence in said if sentence] == []


def test_each_duty_has_its_row_in_the_table():
    rows = rows_of_the_table()

    assert [f"{line.word} {line.name} ({line.duty})" for row, line in WRITTEN.items() if row not in rows] == []


def test_each_method_and_each_right_has_one_duty():
    times = Counter((line.word, line.name) for line in duties.lines())

    assert [f"{word} {name} stands in {n} lists" for (word, name), n in times.items() if n > 1] == []


def test_the_duties_know_every_role():
    assert {role.value for role in Role} == duties.EVERYBODY


def test_opening_or_shutting_any_row_for_any_role_is_noticed():
    rows = rows_of_the_table()
    steps = [
        (*row, role, rows.get(row, NOBODY) ^ {role})
        for row in {*rows, *((method, route) for method in METHODS for route in TABLE)}
        for role in Role
    ]

    assert [(word, name, role) for word, name, role, who in steps if complaint(word, name, who) is None] == []
    assert len(steps) > 7 * len(rows) > 2000


@pytest.mark.parametrize(
    ("suffix", "looking", "posting"),
    [
        ("changelist", "view", "view"),
        ("history", "view", "view"),
        ("change", "view", "change"),
        ("add", "add", "add"),
        ("delete", "delete", "delete"),
    ],
)
def test_each_page_of_a_model_asks_for_the_right_that_it_uses(suffix, looking, posting):
    for model in DESK:
        rule = rule_for(f"admin:{model}_{suffix}", TABLE, DESK)
        assert rule == {"GET": WRITTEN[looking, model].who, "POST": WRITTEN[posting, model].who}, model
