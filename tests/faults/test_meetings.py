"""Acts that meet do no harm (E5); `python -m tests.faults races` plays a thousand rounds of each."""

import pytest

from tests.faults import invariants, kill, meeting, races, world
from tests.faults.mailbox import recording

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]
ROUNDS = 3


def test_whoever_comes_first_nothing_is_lost_doubled_or_left_behind(tmp_path):
    with recording(tmp_path / "sent") as mailbox:
        desk = world.people()
        wrong = [line for race in meeting.RACES.values() for line in meeting.run(race, desk, rounds=ROUNDS)]
        wrong += meeting.repeated(mailbox.counts())
    end = races.LATE + 9 * world.DAY
    kill.drain(end, mail=False)

    assert wrong + invariants.differences(end) == []
    assert len(meeting.RACES) >= 13
