"""/live says that the process answers; /ready says whether people can work and promises are watched."""

import io
import logging
import time
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import override_settings

from portal import health
from portal.lib import clock, heartbeat, outbox
from portal.lib.logs import FactFormatter
from tests import factories


@pytest.fixture(autouse=True)
def _a_queue_that_answers(monkeypatch):
    monkeypatch.setattr(health, "_broker", lambda: {"ok": None, "reachable": True})


def test_live_asks_nobody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/live")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_when_the_sweep_ran_a_moment_ago(client, db):
    heartbeat.beat("sweep", now=clock.now() - timedelta(seconds=20))

    response = client.get("/ready")

    assert response.status_code == 200
    answer = response.json()
    assert 19 <= answer["parts"]["sweep"].pop("age_seconds") <= 25
    assert answer == {
        "status": "ready",
        "parts": {
            "broker": {"ok": None, "reachable": True},
            "database": {"ok": True},
            "migrations": {"ok": True, "waiting": 0},
            "sweep": {"ok": True},
            "notices": {"ok": None, "waiting": 0, "late": 0, "given_up": 0},
            "mail_in": {
                "ok": None,
                "age_seconds": None,
                "waiting": 0,
                "held": 0,
                "quarantined": 0,
                "failing": [],
            },
            "mail": {"ok": None, "works": True},
            "self_check": {"ok": None, "differences": None, "age_seconds": None},
        },
    }


@pytest.fixture
def started_long_ago(monkeypatch):
    monkeypatch.setattr(health, "STARTED", time.monotonic() - health.SWEEP_LIMIT.total_seconds() - 1)


@pytest.fixture
def lines():
    """What is logged from WARNING on, as it is written: by the handlers that the settings name."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(FactFormatter())
    logging.getLogger().addHandler(handler)
    yield lambda: [line.split(" ", 1)[1] for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("age", [None, timedelta(hours=9)])
def test_before_the_first_sweep_of_a_start_it_is_starting_and_logs_nothing(client, db, age, lines, monkeypatch):
    monkeypatch.setattr(health, "STARTED", time.monotonic() - 5)
    if age is not None:  # the site was off over night
        heartbeat.beat("sweep", now=clock.now() - age)

    response = client.get("/ready")

    assert (response.status_code, response.json()["status"]) == (503, "starting")
    assert lines() == []


def test_a_fault_is_one_line_that_names_it_even_at_the_start(client, db, lines, monkeypatch):
    monkeypatch.setattr(health, "STARTED", time.monotonic())
    monkeypatch.setattr(health, "_migrations", lambda: {"ok": False, "waiting": 2})

    client.get("/ready")

    assert lines() == ['ERROR portal.health ready.failed {"failing": ["migrations"]}']


def test_other_pages_that_break_are_logged_by_django_as_ever(client, lines):
    client.raise_request_exception = False
    client.get("/no-such-page")

    assert lines() == ['WARNING django.request Not Found: /no-such-page {"status_code": 404}']


@pytest.mark.parametrize("age", [None, timedelta(minutes=2, seconds=5)])
def test_not_ready_when_nobody_watches_the_promises(client, db, age, started_long_ago, lines):
    if age is not None:
        heartbeat.beat("sweep", now=clock.now() - age)

    response = client.get("/ready")

    assert (response.status_code, response.json()["status"]) == (503, "not ready")
    assert response.json()["parts"]["sweep"]["ok"] is False
    assert lines() == ['ERROR portal.health ready.failed {"failing": ["sweep"]}']


def test_two_minutes_are_still_ready(db):
    now = clock.now()
    heartbeat.beat("sweep", now=now - timedelta(minutes=2))

    assert health.examine(now=now)["sweep"] == {"ok": True, "age_seconds": 120}


def test_not_ready_without_a_database_and_silent_about_its_address(client, db, monkeypatch):
    def away():
        raise OperationalError("could not connect to db.internal as punctual with password secret")

    monkeypatch.setattr(health, "_database", away)

    response = client.get("/ready")

    assert response.status_code == 503
    assert response.json()["parts"] == {"broker": {"ok": None, "reachable": True}, "database": {"ok": False}}
    assert b"secret" not in response.content


def test_not_ready_while_migrations_wait(client, db, monkeypatch):
    monkeypatch.setattr(health, "_migrations", lambda: {"ok": False, "waiting": 2})

    response = client.get("/ready")

    assert (response.status_code, response.json()["parts"]["migrations"]) == (503, {"ok": False, "waiting": 2})


def test_mails_that_wait_are_counted_and_do_not_take_the_site_down(db):
    now = clock.now()
    reader = factories.make_agent("reader@punctual.test", name="Reader")
    for key, age in (("new", timedelta(0)), ("old", timedelta(minutes=6))):
        outbox.write("reset", key=key, recipients=[reader.user_id], data={}, now=now - age)
    outbox.write("reset", key="gone", recipients=[reader.user_id], data={}, now=now)
    outbox.Notice.objects.filter(key__startswith="gone").update(dead_at=now)

    assert health.examine(now=now)["notices"] == {"ok": None, "waiting": 2, "late": 1, "given_up": 1}


def test_a_queue_that_is_away_is_reported(db, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(health, "BROKER_PATIENCE", 0.1)

    class Away:
        def __enter__(self):
            raise ConnectionRefusedError

        def __exit__(self, *error):
            return None

    monkeypatch.setattr(health.app, "connection_for_write", lambda **kwargs: Away())

    assert health._broker() == {"ok": None, "reachable": False}


def test_the_real_queue_answers(monkeypatch):
    monkeypatch.undo()

    assert health._broker() == {"ok": None, "reachable": True}


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^live$", r"^ready$"])
def test_a_probe_from_the_machine_itself_is_not_sent_to_https(client, db):
    assert client.get("/live").status_code == 200


def test_only_reading_is_allowed(client, db):
    assert (client.post("/live").status_code, client.post("/ready").status_code) == (405, 405)
