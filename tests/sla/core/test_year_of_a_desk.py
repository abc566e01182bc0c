"""A year of a busy desk, replayed in the test's own time: every verb, every job at its ticks, then an inspection.

The suite plays some fifty tickets, `python -m tests.long year` five thousand.
"""

from datetime import timedelta

import pytest

from sla.core.domain.sweep import sweep
from tests.desk import ACTS, DAY, EPOCH, TICKS, Desk
from tests.ledger import flags, tickets_with_a_wrong_due_moment, what_is_wrong
from tests.long import LONG
from tickets.models import Ticket

pytestmark = pytest.mark.thorough

TICKETS = 5000 if LONG else 50
SEED = 6
YEAR, BUSY = 365 * DAY, timedelta(minutes=20)


@pytest.mark.django_db
def test_after_a_year_every_promise_is_in_order():
    """A flag is noticed within one tick of the sweep; everything else that is in order is said in tests/ledger.py."""
    desk = Desk(SEED, start=EPOCH)
    rest = YEAR / TICKETS * ACTS["open"] / sum(ACTS.values())  # between two acts, on average
    now = EPOCH
    while now < EPOCH + YEAR:
        desk.beat(now)
        assert tickets_with_a_wrong_due_moment() == []
        desk.act(now)
        assert tickets_with_a_wrong_due_moment() == []
        # Much happens within hours, and then nothing for a while.
        now += desk.dice.expovariate(1) * (min(rest, BUSY) if desk.dice.random() < 0.9 else 10 * rest)
    desk.beat(EPOCH + YEAR)

    assert what_is_wrong(tick=TICKS[sweep]) == []
    assert set(desk.done) == set(ACTS)
    assert Ticket.objects.count() > 0.7 * TICKETS
    assert len(flags()) > 0.5 * TICKETS
