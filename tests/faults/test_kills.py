"""Nothing is lost and nothing doubled when a process dies, at any statement, commit or mail (F1, F2, F5, F91).

The short version: acts die at a handful of steps, every third on SQLite, the others on PostgreSQL, so that each of them
dies in every run of the suite. `make prove` kills all of them on either, and `make kill` at every step.
"""

import pytest
from django.db import connection

from tests.faults import kill, world
from tests.faults.acts import ACTS
from tests.faults.mailbox import recording
from tests.long import LONG

PARTS = 4

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]


@pytest.fixture
def killer(tmp_path):
    with recording(tmp_path / "sent") as mailbox:
        yield kill.Killer(world.build(), mailbox)


def acts(*, whole, part):
    """The share of one test: so many are dealt out that the workers of the suite end together."""
    chosen = [(name, act) for name, act in ACTS.items() if act.whole == whole]
    if not LONG:
        is_sqlite = connection.vendor == "sqlite"
        chosen = [found for number, found in enumerate(chosen) if (number % 3 == 0) == is_sqlite]
    return dict(chosen[part::PARTS])


@pytest.mark.parametrize("part", range(PARTS))
def test_a_verb_that_dies_has_happened_whole_or_not_at_all(killer, part):
    assert killer.found_in_world == []

    tallies = {name: killer.kill(act, kill.handful, to_rest=False) for name, act in acts(whole=True, part=part).items()}

    assert [line for tally in tallies.values() for line in tally.differences] == []
    assert {name for name, tally in tallies.items() if tally.kills < 2} == set()


@pytest.mark.parametrize("part", range(PARTS))
def test_a_job_that_dies_and_starts_again_comes_to_where_it_would_have_come(killer, part):
    tallies = {name: killer.kill(act, kill.handful) for name, act in acts(whole=False, part=part).items()}

    assert [line for tally in tallies.values() for line in tally.differences] == []
    # Mails whose sender died between their acceptance and the note of it: each kill repeats one at most, see kill.py.
    repeating = {"deliver_mail", "deliver_mail_one_by_one"}
    assert {name for name, tally in tallies.items() if tally.repeats} == repeating & set(tallies)
    assert repeating <= set(ACTS)
