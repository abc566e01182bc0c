"""The search for faults, tried on a core of three rules: what a test sees is noticed, what none sees is named."""

import os
import subprocess
import sys

import pytest

from portal.lib.access import ACCOUNT_ADMINS, ADMINISTRATORS, CUSTOMERS, LEADS, NOBODY, STAFF
from tests.mutants.equivalents import key_of, read, reviewed
from tests.mutants.faults import faults_in
from tests.mutants.rows import around
from tests.mutants.targets import ROOT


def search(*words, cache):
    """Run the search over the specimen, without what tests of the product need."""
    environment = os.environ | {"MUTANTS_CACHE": str(cache), "PYTEST_ADDOPTS": "--noconftest"}
    command = [sys.executable, "-m", "tests.mutants", "--app", "specimen", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.thorough
def test_a_fault_that_a_test_sees_is_noticed_and_one_that_none_sees_is_named(tmp_path):
    before = (ROOT / "tests/mutants/specimen.py").read_bytes()

    run = search(cache=tmp_path)

    # Forks report when they are done, whichever was begun first.
    missed = sorted(line.strip() for line in run.stdout.splitlines() if " :: " in line)
    file = "tests/mutants/specimen.py"
    assert missed == [
        f"{file} :: LIMIT = 10 :: `10` → `11`",
        f"{file} :: return now + 1 :: `1` → `0`",
        f"{file} :: return now + 1 :: `1` → `2`",
        f"{file} :: return now + 1 :: `now + 1` → `now - 1`",
        f"{file} :: return now + 1 :: `return now + 1` → `return 0`",
        f"{file} :: return now < due :: `now < due` → `now <= due`",
    ]
    assert "12 of 18 noticed" in run.stdout
    assert run.returncode == 1
    assert (ROOT / "tests/mutants/specimen.py").read_bytes() == before


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("def f(a, b):\n    if a and not b: g(a)", {
            "`a and (not b)` → True", "`a and (not b)` → False", "without `a`", "without `not b`",
            "`a and (not b)` → `a or not b`", "`not b` → `b`", "without `g(a)`",
        }),
        ("def f(q, now):\n    return q.filter(due__lte=now, stopped=None).order_by('due').first()", {
            "without `due__lte=`", "without `stopped=`", "without `.order_by(…)`", "`due` → `-due`",
            "`.first()` → `.last()`",
            "`return q.filter(due__lte=now, stopped=None).order_by('due').first()` → `return None`",
        }),
        ("WAIT = timedelta(hours=2)", {
            "`timedelta(hours=2)` → `timedelta(minutes=2)`", "`2` → `3`", "`2` → `1`",
        }),
        ("WAIT = timedelta(hours=5, minutes=7)", {"`5` → `6`", "`5` → `4`", "`7` → `8`", "`7` → `6`"}),
        ("def f(a: int = 3) -> bool:\n    \"\"\"Doc.\"\"\"\n    logger.info('x', a)\n    return a >= 1", {
            "`3` → `4`", "`a >= 1` → `a > 1`", "`a >= 1` → `a < 1`", "`1` → `2`", "`1` → `0`",
            "`return a >= 1` → `return True`", "`return a >= 1` → `return False`",
        }),
    ],
    ids=["conditions", "questions", "figures", "no unit twice", "answers"],
)  # fmt: skip
def test_faults_are_what_a_tired_hand_could_write(source, changes):
    assert {fault.change for fault in faults_in("sla/domain/x.py", source)} == changes


def test_a_row_of_the_table_becomes_one_step_wider_and_one_narrower():
    assert list(around(LEADS, desk=True)) == [STAFF, ADMINISTRATORS]
    assert list(around(ACCOUNT_ADMINS, desk=False)) == [CUSTOMERS, NOBODY]
    assert list(around(NOBODY, desk=True)) == [ADMINISTRATORS]


def test_every_reviewed_entry_fits_a_fault_that_there_is():
    entries = reviewed()

    there = {key_of(fault) for file in sorted({file for file, _, _ in entries}) for fault in faults_in(file)}

    assert sorted(set(entries) - there) == []


def test_an_entry_without_a_reason_is_refused():
    assert read("a.py :: x :: y\na.py :: x :: z\n    Because.\n") == {
        ("a.py", "x", "y"): "Because.",
        ("a.py", "x", "z"): "Because.",
    }
    with pytest.raises(ValueError, match="no reason"):
        read("a.py :: x :: y\n")
