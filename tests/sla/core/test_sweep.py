"""Flags: raised once, with their true moment, whoever notices."""

from datetime import timedelta

import pytest

from portal.lib.heartbeat import Heartbeat
from portal.lib.outbox import Notice
from sla.core.domain.sweep import flag_breaches, flag_due_soon, sweep
from sla.core.enums import ClockEventKind, ClockKind, Priority
from sla.core.tasks import sweep_clocks
from sla.models import Clock, ClockEvent
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.routing import assign
from tickets.models import TicketEvent

pytestmark = pytest.mark.django_db
HOUR, MINUTE, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1)


@pytest.fixture
def urgent(requester):
    """A Gold P1: response due after 1 h, check-in after 4 business hours."""
    return make_ticket(requester, priority=Priority.URGENT)


@pytest.mark.parametrize(("after_due", "flagged"), [(-TICK, 0), (timedelta(0), 1), (TICK, 1)])
def test_a_clock_is_overdue_from_its_due_moment_on(urgent, after_due, flagged):
    assert flag_breaches(now=MONDAY_9AM + HOUR + after_due) == flagged


def test_a_flag_carries_the_due_moment_and_is_raised_once(urgent):
    noticed = MONDAY_9AM + HOUR + timedelta(seconds=14)

    counts = [sweep(now=noticed), sweep(now=noticed + MINUTE)]

    assert counts == [{"overdue": 1, "due_soon": 0}, {"overdue": 0, "due_soon": 0}]
    assert list(ClockEvent.objects.filter(kind="overdue").values_list("occurred_at", "recorded_at")) == [
        (MONDAY_9AM + HOUR, noticed)
    ]
    assert Clock.objects.get(kind=ClockKind.RESPONSE).breached_at == MONDAY_9AM + HOUR


def test_a_clock_is_due_soon_when_three_quarters_of_its_time_are_used(urgent):
    assert flag_due_soon(now=MONDAY_9AM + 45 * MINUTE - TICK) == 0
    assert flag_due_soon(now=MONDAY_9AM + 45 * MINUTE) == 1
    assert flag_due_soon(now=MONDAY_9AM + 50 * MINUTE) == 0


def test_batches_take_everything_however_small_they_are(requester):
    for _ in range(5):
        make_ticket(requester, priority=Priority.URGENT)

    flagged = [flag_breaches(now=MONDAY_9AM + HOUR, limit=2) for _ in range(4)]

    assert flagged == [2, 2, 1, 0]


def test_a_stopped_clock_is_never_flagged(urgent, agent):
    reply_as_agent(urgent, body="Here", by=agent.user, now=MONDAY_9AM + HOUR)

    assert flag_breaches(now=MONDAY_9AM + 2 * HOUR) == 0


def test_the_sweep_asks_few_questions_when_nothing_is_due(urgent, django_assert_num_queries):
    with django_assert_num_queries(6):  # begin, look, commit for each kind of flag
        sweep(now=MONDAY_9AM)


def test_overdue_tells_the_assignee_and_the_leads_once_and_stands_in_the_history(urgent, agent, lead):
    assign(urgent, agent, by=lead.user, now=MONDAY_9AM)
    Notice.objects.all().delete()
    sweep(now=MONDAY_9AM + HOUR)

    handled = [act_on_clock_events(now=MONDAY_9AM + HOUR), act_on_clock_events(now=MONDAY_9AM + HOUR)]

    assert handled == [1, 0]
    assert list(Notice.objects.order_by("recipient__name").values_list("kind", "recipient__name")) == [
        ("overdue", "Léa"),
        ("overdue", "Nadia"),
    ]
    assert TicketEvent.objects.get(ticket=urgent, kind="overdue").created_at == MONDAY_9AM + HOUR


def test_a_check_in_is_announced_once_to_the_owner_when_half_of_its_time_is_left(urgent, agent, lead):
    assign(urgent, agent, by=lead.user, now=MONDAY_9AM)
    Notice.objects.all().delete()

    planned = [plan_check_ins(now=MONDAY_9AM + after) for after in (2 * HOUR - TICK, 2 * HOUR, 3 * HOUR)]

    assert planned == [0, 1, 0]
    assert list(Notice.objects.values_list("kind", "recipient__name")) == [("check_in_due", "Léa")]


def test_a_flag_that_was_raised_stays_when_the_watch_goes_back(urgent, agent):
    sweep(now=MONDAY_9AM + HOUR)

    reply_as_agent(urgent, body="Here", by=agent.user, now=MONDAY_9AM + 50 * MINUTE)

    clock = Clock.objects.get(kind=ClockKind.RESPONSE)
    assert (clock.outcome, clock.stopped_at, clock.breached_at) == ("missed", clock.due_at, clock.due_at)


@pytest.mark.parametrize("apart", [timedelta(hours=2), timedelta(seconds=31)])
def test_a_watch_that_disagrees_with_the_database_flags_nothing(ticket, monkeypatch, apart):
    """F44: a flag is never taken back, so a wrong watch must not raise one."""
    monkeypatch.setattr("sla.core.tasks.now", lambda: MONDAY_9AM + timedelta(days=30))
    monkeypatch.setattr("sla.core.tasks.skew", lambda: apart)
    assert sweep_clocks() == {}
    assert not ClockEvent.objects.filter(kind=ClockEventKind.OVERDUE).exists()
    assert not Heartbeat.objects.filter(name="sweep").exists()


def test_a_watch_that_agrees_flags_what_is_due(ticket, monkeypatch):
    monkeypatch.setattr("sla.core.tasks.now", lambda: MONDAY_9AM + timedelta(days=30))
    assert sweep_clocks()["overdue"] == 2
