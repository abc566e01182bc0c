"""Two beats, one sends; the other takes over; nothing breaks when the database is away."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from celery.beat import ScheduleEntry
from django.db import OperationalError

from portal import lease
from portal.lease import LENGTH, PAUSE, LeaseScheduler
from portal.lib import clock
from portal.lib.lease import Lease

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)


class Beat(LeaseScheduler):
    """A beat that writes down what it would send."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        app = Celery("suite", set_as_current=False)
        app.conf.beat_schedule = {
            "often": {"task": "suite.often", "schedule": timedelta(seconds=0)},
        }
        super().__init__(app=app, max_interval=300)

    def setup_schedule(self) -> None:
        self.merge_inplace(self.app.conf.beat_schedule)

    def apply_entry(self, entry: ScheduleEntry, producer: object = None) -> None:
        self.sent.append(entry.task)

    @property
    def producer(self) -> None:  # type: ignore[override]
        return None


@pytest.fixture
def watch(monkeypatch):
    """A clock that the test moves: `watch(12)` is twelve seconds after the start."""
    monkeypatch.setattr(lease, "close_old_connections", lambda: None)  # would end the test's own transaction

    def move(seconds: float) -> None:
        monkeypatch.setattr(clock, "machine_now", lambda: START + timedelta(seconds=seconds))

    move(0)
    return move


def test_of_two_beats_only_the_first_sends(watch):
    first, second = Beat(), Beat()

    for second_of_the_day in range(0, 30, 3):
        watch(second_of_the_day)
        first.tick()
        second.tick()

    assert (len(first.sent), second.sent) == (10, [])
    assert Lease.objects.get().holder == first.holder


def test_the_second_takes_over_when_the_lease_of_a_dead_one_has_run_out(watch):
    dead, heir = Beat(), Beat()
    dead.tick()

    watch(LENGTH.total_seconds())
    heir.tick()
    assert heir.sent == []

    watch(LENGTH.total_seconds() + 1)
    heir.tick()
    assert heir.sent == ["suite.often"]
    assert Lease.objects.get().holder == heir.holder


def test_an_heir_sends_a_missed_job_once_however_long_nobody_sent(watch):
    dead, heir = Beat(), Beat()
    heir.app.conf.beat_schedule["often"]["schedule"] = timedelta(hours=1)
    heir.setup_schedule()
    dead.tick()
    entry = heir.schedule["often"]
    entry.last_run_at = entry.default_now() - timedelta(hours=6)

    watch(6 * 3600)
    for _ in range(5):
        heir.tick()

    assert heir.sent == ["suite.often"]


def test_a_beat_that_ends_gives_the_lease_back(watch):
    first, second = Beat(), Beat()
    first.tick()
    first.close()

    second.tick()

    assert second.sent == ["suite.often"]


def test_a_standby_that_ends_leaves_the_lease_with_its_holder(watch):
    first, second = Beat(), Beat()
    first.tick()
    second.tick()
    second.close()

    assert Lease.objects.get().holder == first.holder


def test_without_a_database_a_beat_sends_nothing_and_tries_again(watch, monkeypatch):
    beat = Beat()

    def away(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as outage:
        outage.setattr(lease, "hold", away)
        outage.setattr(lease.connection, "close", lambda: None)
        assert beat.tick() == PAUSE
        assert beat.sent == []

    beat.tick()
    assert beat.sent == ["suite.often"]


def test_a_beat_never_sleeps_past_its_lease(watch):
    beat = Beat()
    beat.app.conf.beat_schedule["often"]["schedule"] = timedelta(hours=1)
    beat.setup_schedule()

    assert 0 < beat.tick() <= PAUSE < LENGTH.total_seconds()
