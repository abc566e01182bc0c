"""The self-check finds whatever is not what its history says, and only that."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from portal.lib.outbox import Notice
from sla.attainment.domain.tallies import roll_up_months
from sla.core.enums import ClockEventKind, ClockKind, Outcome, Priority
from sla.models import Clock, ClockEvent, Tally
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain import conversation, lifecycle
from tickets.core.enums import Status
from tickets.models import Ticket, Verification
from tickets.verification import domain as verification

pytestmark = pytest.mark.servers

HOUR = timedelta(hours=1)
NIGHT = datetime(2026, 11, 10, 2, 5, tzinfo=UTC)


def found(now=MONDAY_9AM):
    """(cause, is it about a clock) of every difference of one run."""
    run = verification.begin(now=now)
    rows = []
    while verification.go_on(run, now=now, found=rows.append):
        pass
    return [(row.cause, row.clock_id is not None) for row in rows]


@pytest.fixture
def history(ticket, requester, agent):
    """A ticket with an answer, a change of priority, a pause and a new message."""
    conversation.reply_as_agent(ticket, body="Looking.", by=agent.user, now=MONDAY_9AM + HOUR)
    lifecycle.change_priority(ticket, Priority.HIGH, by=agent.user, now=MONDAY_9AM + 2 * HOUR)
    lifecycle.change_status(ticket, Status.WAITING, by=agent.user, now=MONDAY_9AM + 3 * HOUR)
    conversation.reply_as_customer(ticket, body="Here.", by=requester, channel="portal", now=MONDAY_9AM + 4 * HOUR)
    return Ticket.objects.get(pk=ticket.pk)


def test_a_sound_history_has_no_difference(history):
    assert found() == []
    run = Verification.objects.get()
    assert (run.clocks, run.tickets, run.differences, run.finished_at) == (5, 1, 0, MONDAY_9AM)


@pytest.mark.parametrize(
    ("column", "value", "cause"),
    [
        ("due_soon_at", MONDAY_9AM, "due_soon"),
        ("announce_at", MONDAY_9AM + 9 * HOUR, "announce"),
        ("target_minutes", 7, "count"),
        ("started_at", MONDAY_9AM - HOUR, "started"),
        ("breached_at", MONDAY_9AM + HOUR, "overdue"),
        ("warned_at", MONDAY_9AM + HOUR, "warned"),
    ],
)
def test_each_changed_column_is_found(history, column, value, cause):
    Clock.objects.running().of(ClockKind.RESPONSE).update(**{column: value})
    assert (cause, True) in found()


def test_a_due_moment_that_does_not_add_up_is_found_on_clock_and_ticket(history):
    Clock.objects.running().of(ClockKind.RESPONSE).update(due_at=MONDAY_9AM + 4.5 * HOUR)
    assert found() == [("due", True), ("next_due_at", False)]


def test_a_lost_flag_is_found_when_it_is_late(ticket):
    late = MONDAY_9AM + 100 * HOUR
    assert set(found(late)) == {("not_flagged", True)}


def test_an_outcome_without_its_event_is_found(history):
    ClockEvent.objects.filter(kind=ClockEventKind.STOPPED).first().delete()
    assert ("outcome", True) in found()


def test_a_history_that_contradicts_itself_is_found(history):
    event = ClockEvent.objects.filter(kind=ClockEventKind.DUE_CHANGED).first()
    event.data["old_due_at"] = MONDAY_9AM.isoformat()
    event.save()
    assert found() == [("chain", True)]


def test_a_ticket_without_the_clock_it_owes_is_found(history):
    Clock.objects.running().of(ClockKind.RESPONSE).update(outcome=Outcome.CANCELLED, stopped_at=MONDAY_9AM + 5 * HOUR)
    assert ("no_response_clock", False) in found()


def test_a_status_that_nobody_set_is_found(history):
    Ticket.objects.update(status=Status.ON_HOLD)
    assert found() == [("status", False)]


@pytest.mark.parametrize(
    ("kind", "causes"),
    [
        (ClockKind.RESPONSE, {"clock_on_done"}),
        (ClockKind.CHECK_IN, {"clock_on_done", "check_in_on_their_turn"}),
    ],
)
def test_a_clock_that_runs_on_a_solved_ticket_is_found(ticket, kind, causes):
    ticket.clocks.exclude(kind=kind).delete()
    Ticket.objects.update(status=Status.SOLVED, solved_at=MONDAY_9AM, next_due_at=None)

    assert causes <= {cause for cause, _on_clock in found()}


def test_the_command_names_each_difference_and_fails(history, capsys):
    Ticket.objects.update(next_due_at=MONDAY_9AM)
    with pytest.raises(SystemExit) as stop:
        call_command("verify_clocks", "--json")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert stop.value.code == 1
    due = Clock.objects.running().order_by("due_at").first().due_at
    assert {"ticket": history.pk, "clock": None, "cause": "next_due_at", "stored": str(MONDAY_9AM),
            "rebuilt": str(due)} in rows  # fmt: skip


def test_the_nightly_run_goes_on_where_it_stopped_and_tells_the_leads(history, lead, monkeypatch):
    make_ticket(history.requester)
    Ticket.objects.filter(pk=history.pk).update(next_due_at=MONDAY_9AM)
    monkeypatch.setattr(verification, "BATCH", 1)
    assert verification.verify_some(now=MONDAY_9AM) == 0
    assert not Verification.objects.exists()
    for _part in range(40):
        verification.verify_some(now=NIGHT, batches=1)
    run = Verification.objects.get()
    assert (run.clocks, run.tickets, run.finished_at) == (Clock.objects.count(), 2, NIGHT)
    assert [(n.kind, n.recipient) for n in Notice.objects.filter(kind="differences_found")] == [
        ("differences_found", lead.user)
    ]


def test_the_readiness_page_says_what_the_last_run_found(client, history):
    assert client.get("/ready").json()["parts"]["self_check"]["differences"] is None
    Ticket.objects.update(next_due_at=MONDAY_9AM)
    found()
    assert client.get("/ready").json()["parts"]["self_check"]["differences"] == 1


def test_it_needs_the_same_few_statements_for_a_batch_of_any_size(history, django_assert_num_queries):
    for _more in range(5):
        make_ticket(history.requester)
    run = verification.begin(now=MONDAY_9AM)
    with django_assert_num_queries(5):  # clocks, events; the row of the run in its transaction
        verification.go_on(run, now=MONDAY_9AM)


def test_a_roll_up_that_the_clocks_do_not_bear_out_is_found(history):
    december = MONDAY_9AM + timedelta(days=30)
    assert roll_up_months(now=december) == 1
    assert found(december) == [("not_flagged", True), ("not_flagged", True)]
    Tally.objects.filter(met__gt=0).update(met=7)
    assert ("report", False) in found(december)
