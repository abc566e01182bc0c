"""Nothing is lost and nothing doubled when a process dies, at any statement, commit or mail (F1, F2, F5, F91).

The short version: every act dies at a handful of steps. `make kill` lets every act die at every step.
"""

import pytest

from tests.faults import kill, world
from tests.faults.acts import ACTS
from tests.faults.mailbox import recording

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def killer(tmp_path):
    with recording(tmp_path / "sent") as mailbox:
        yield kill.Killer(world.build(), mailbox)


def test_every_act_that_dies_leaves_all_of_it_or_nothing_and_a_restart_brings_the_rest(killer):
    assert killer.found_in_world == []

    tallies = {name: killer.kill(act, kill.handful) for name, act in ACTS.items()}

    assert [line for tally in tallies.values() for line in tally.differences] == []
    assert {name for name, tally in tallies.items() if tally.kills < 3} == set()
