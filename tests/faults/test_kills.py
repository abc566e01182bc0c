"""Nothing is lost and nothing doubled when a process dies, at any statement, commit or mail (F1, F2, F5, F91).

The short version: acts die at a handful of steps, all of them on PostgreSQL, every third on SQLite. `make prove` kills
all of them on either, and `make kill` lets every act die at every step.
"""

import pytest
from django.db import connection

from tests.faults import kill, world
from tests.faults.acts import ACTS
from tests.faults.mailbox import recording
from tests.long import LONG

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]


@pytest.fixture
def killer(tmp_path):
    with recording(tmp_path / "sent") as mailbox:
        yield kill.Killer(world.build(), mailbox)


def acts(*, whole):
    chosen = [(name, act) for name, act in ACTS.items() if act.whole == whole]
    return dict(chosen if LONG or connection.vendor == "postgresql" else chosen[::3])


def test_a_verb_that_dies_has_happened_whole_or_not_at_all(killer):
    assert killer.found_in_world == []

    tallies = {name: killer.kill(act, kill.handful, to_rest=False) for name, act in acts(whole=True).items()}

    assert [line for tally in tallies.values() for line in tally.differences] == []
    assert {name for name, tally in tallies.items() if tally.kills < 2} == set()


def test_a_job_that_dies_and_starts_again_comes_to_where_it_would_have_come(killer):
    tallies = {name: killer.kill(act, kill.handful) for name, act in acts(whole=False).items()}

    assert [line for tally in tallies.values() for line in tally.differences] == []
    # Mails whose sender died between their acceptance and the note of it: each kill repeats one at most, see kill.py.
    repeating = {"deliver_mail", "deliver_mail_one_by_one"}
    assert {name for name, tally in tallies.items() if tally.repeats} == repeating & set(tallies)
    assert repeating <= set(ACTS)
