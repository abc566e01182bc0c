"""What the documents say to type works as it stands there, and in a fresh clone says what to do first."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.core.enums import Tier
from tests.factories import make_account, make_region

ROOT = Path(__file__).resolve().parent.parent.parent
SHOWN = (ROOT / "docs" / "promises.md").read_text().splitlines()
COMMANDS = [line.strip() for line in SHOWN if line.startswith("    .venv/bin/python ")]
BEGINS = {
    "check_terms": "Every tier, priority and region has its figures.\n",
    "explain_due": "Reply\n  The ticket was opened on Friday 27 March at 14:30.\n",
    "replay": "No target has ended in the last 90 days, so there is nothing to compare.\n",
    "verify_clocks": "0 SLA clocks and 0 tickets checked: no difference.\n",
    "what_if": "0 of 0 running promises would move: 0 later, 0 earlier, 0 ended. 0 would be overdue at once.\n",
}
TARGETS = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M))


def test_the_page_about_promises_shows_commands():
    assert [shlex.split(line)[2] for line in COMMANDS] == [
        "explain_due", "what_if", "what_if", "what_if", "replay", "verify_clocks", "check_terms",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_answers(line, capsys):
    """With the regions and the account of the sample data that they name."""
    make_region("emea", time_zone="Europe/London", country="GB", hours=("09:00", "17:30"))
    make_account("Maple Freight", region=make_region("france"), tier=Tier.GOLD)
    python, manage, name, *arguments = shlex.split(line)
    assert (python, manage) == (".venv/bin/python", "manage.py")
    call_command(name, *arguments)
    assert capsys.readouterr().out.replace("\u00a0", " ").startswith(BEGINS[name])


def test_the_engine_says_the_same_in_french(db, capsys):
    make_region("emea", time_zone="Europe/London", country="GB", hours=("09:00", "17:30"))
    call_command(*shlex.split(COMMANDS[0])[2:], "--language", "fr")
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert "Total : 1 h. Échéance vendredi 27 mars à 15:30." in said


def test_in_a_fresh_clone_it_says_what_to_do_first(tmp_path):
    """No database, no tables: one sentence, no traceback."""
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    ran = subprocess.run(
        [sys.executable, *shlex.split(COMMANDS[0])[1:]],
        cwd=ROOT,
        env=environment | {"DEMO": "1", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.splitlines()[-1] == (
        "The database is not prepared yet. Run `make run`, or `manage.py migrate`, then ask again."
    )
    assert "Traceback" not in ran.stderr


def test_every_target_that_the_readme_names_is_one():
    named = set(re.findall(r"`?\bmake ([a-z-]+)`?", (ROOT / "README.md").read_text()))
    assert named
    assert named <= TARGETS | {"sure"}
