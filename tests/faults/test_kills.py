"""Nothing is lost and nothing doubled when a process dies, at any statement, commit or mail (F1, F2, F5, F91).

The short version: every act dies at a handful of steps. `make kill` lets every act die at every step.
"""

import pytest

from tests.faults import kill, world
from tests.faults.acts import ACTS
from tests.faults.mailbox import recording

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def killer(tmp_path):
    with recording(tmp_path / "sent") as mailbox:
        yield kill.Killer(world.build(), mailbox)


def test_a_verb_that_dies_has_happened_whole_or_not_at_all(killer):
    assert killer.found_in_world == []

    tallies = {name: killer.kill(act, kill.handful, to_rest=False) for name, act in ACTS.items() if act.whole}

    assert [line for tally in tallies.values() for line in tally.differences] == []
    assert {name for name, tally in tallies.items() if tally.kills < 2} == set()


def test_a_job_that_dies_and_starts_again_comes_to_where_it_would_have_come(killer):
    tallies = {name: killer.kill(act, kill.handful) for name, act in ACTS.items() if not act.whole}

    assert [line for tally in tallies.values() for line in tally.differences] == []
    # Mails whose sender died between their acceptance and the note of it: each kill repeats one at most, see kill.py.
    assert {name for name, tally in tallies.items() if tally.repeats} == {"deliver_mail", "deliver_mail_one_by_one"}
