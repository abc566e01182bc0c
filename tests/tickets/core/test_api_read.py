"""Reading tickets by API: whole bodies, filters, a cost that does not grow with the list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sla.core.enums import ClockKind, Priority
from sla.models import Clock
from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.api import shapes
from tickets.core.domain.conversation import add_note, reply_as_agent
from tickets.core.domain.followers import add_follower
from tickets.core.domain.routing import assign
from tickets.core.enums import Status
from tickets.models import Ticket

pytestmark = pytest.mark.servers

HOUR = timedelta(hours=1)


def response(**changes):
    return {
        "kind": "response", "state": "running", "started_at": "2026-11-09T09:00:00Z", "due_at": "2026-11-09T12:00:00Z",
        "due_soon_at": "2026-11-09T11:15:00Z", "stopped_at": None, "breached_at": None, "calendar": "france",
        "region_time_zone": "Europe/Paris", "coverage": "24x7", "target_minutes": 180, "check_in_rule": None,
        "tier": "gold", "priority": 3,
    } | changes  # fmt: skip


def check_in(**changes):
    """Once per business day: at the closing time of the next one."""
    return response(
        kind="check_in", due_at="2026-11-10T17:00:00Z", due_soon_at="2026-11-10T12:45:00Z", coverage="business_hours",
        target_minutes=None, check_in_rule="every_business_day",
    ) | changes  # fmt: skip


def shown(ticket, requester, **changes):
    return {
        "number": ticket.number, "subject": "Enrolment fails", "status": "new", "turn": "ours", "priority": 3,
        "asked_priority": None, "tier": "gold", "channel": "portal", "language": "en", "language_choice": "english",
        "region": "france", "product": "", "is_private": False,
        "requester": {"id": requester.pk, "name": "Marc Petit"}, "assignee": None, "followers": [],
        "level_3": None, "workaround": None, "follow_up_of": None, "merged_into": None,
        "opened_at": "2026-11-09T09:00:00Z",
        "updated_at": "2026-11-09T09:00:00Z",
        "solved_at": None, "closed_at": None, "reopens_until": None, "next_due_at": "2026-11-09T12:00:00Z",
        "clocks": [response(), check_in()],
        "coming_check_ins": ["2026-11-10T17:00:00Z", "2026-11-11T17:00:00Z", "2026-11-12T17:00:00Z"], "version": 1,
        "url": f"http://localhost:8000/tickets/{ticket.number}/",
    } | changes  # fmt: skip


def test_a_ticket_shows_its_state_and_its_running_promises(requester, ticket):
    answer = Caller(requester).get(f"/tickets/{ticket.number}")
    assert answer.json() == shown(ticket, requester)
    assert answer["ETag"] == f'"{ticket.number}-1"'
    assert answer["Cache-Control"] == "no-store"


def test_the_list_shows_the_same_as_the_ticket(requester, ticket):
    assert Caller(requester).get("/tickets").json() == {
        "next": None, "next_cursor": None, "results": [shown(ticket, requester)],
    }  # fmt: skip


def test_staff_see_the_account_and_the_address_too(agent, requester, ticket):
    add_note(ticket, body="CANARY", by=agent.user, now=MONDAY_9AM)
    answer = Caller(agent).get(f"/tickets/{ticket.number}")
    assert answer.json() == shown(
        ticket, requester, version=2, account={"id": requester.account_id, "name": "Acme"},
        requester_email="marc@acme.test", routed_by="nobody",
        url=f"http://localhost:8000/desk/tickets/ticket/{ticket.number}/change/",
    )  # fmt: skip


def test_what_is_shown_is_what_is_documented(agent, requester, ticket):
    for person, shape in ((requester, shapes.TicketOut), (agent, shapes.TicketStaffOut)):
        ticket_keys = list(Caller(person).get(f"/tickets/{ticket.number}").json())
        assert sorted(ticket_keys) == sorted(shape().fields)
    explained = Caller(requester).get(f"/tickets/{ticket.number}/clocks").json()["results"][0]
    assert sorted(explained) == sorted(shapes.ExplainedOut().fields)
    assert sorted(explained["explanation"]) == sorted(shapes.ExplanationOut().fields)


def test_a_promise_past_its_due_moment_is_overdue_before_any_sweep(requester, ticket):
    caller = Caller(requester).later(hours=3)
    clocks = caller.get(f"/tickets/{ticket.number}").json()["clocks"]
    assert clocks == [response(state="overdue", breached_at="2026-11-09T12:00:00Z"), check_in()]


def test_assignee_and_followers_are_names_without_addresses(requester, colleague, agent, ticket):
    assign(ticket, agent, by=agent.user, now=MONDAY_9AM)
    add_follower(ticket, colleague, by=requester.user, now=MONDAY_9AM)
    body = Caller(requester).get(f"/tickets/{ticket.number}").json()
    assert body["assignee"] == {"id": agent.pk, "name": "Léa"}
    assert body["followers"] == [{"id": colleague.pk, "name": "Noé Blanc"}]
    assert "@" not in str(body)


# --- Cost -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "most"), [("/tickets", 5), ("/tickets/{n}", 5), ("/tickets/{n}/messages", 5)])
def test_the_statements_do_not_grow_with_the_list(requester, agent, path, most):
    counts = []
    for _ in range(3):
        ticket = make_ticket(requester, followers=[])
        reply_as_agent(ticket, body="Which version?", by=agent.user, now=MONDAY_9AM + HOUR)
        caller = Caller(requester)
        caller.get(path.format(n=ticket.number))  # the first use in a minute writes when
        with CaptureQueriesContext(connection) as queries:
            assert caller.get(path.format(n=ticket.number)).status_code == 200
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
    assert counts[0] + 1 <= most


# --- Filters ----------------------------------------------------------------------------------------------------


@pytest.fixture
def three(requester, colleague, agent):
    """Marc's urgent one that waits for him, Noé's medium one, Marc's low one of two hours later."""
    urgent = make_ticket(requester, priority=Priority.URGENT, subject="urgent")
    reply_as_agent(urgent, body="Which version?", by=agent.user, now=MONDAY_9AM + HOUR, status_after=Status.WAITING)
    assign(urgent, agent, by=agent.user, now=MONDAY_9AM + HOUR)
    make_ticket(colleague, subject="medium")
    make_ticket(requester, priority=Priority.LOW, subject="low", now=MONDAY_9AM + 2 * HOUR)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["low", "medium", "urgent"]),
        ("status=waiting", ["urgent"]),
        ("status=new,waiting", ["low", "medium", "urgent"]),
        ("status=closed", []),
        ("priority=1,4", ["low", "urgent"]),
        ("turn=yours", ["urgent"]),
        ("turn=ours", ["low", "medium"]),
        ("turn=done", []),
        ("requester=me", ["low", "urgent"]),
        ("requester=me&priority=4", ["low"]),
        ("updated_since=2026-11-09T10:00:00Z", ["low", "urgent"]),
        ("updated_since=2026-11-09T11:00:00%2B01:00", ["low", "urgent"]),
        ("updated_since=2026-11-09T10:00:01Z", ["low"]),
        ("order=number", ["urgent", "medium", "low"]),
        ("order=updated_at", ["medium", "urgent", "low"]),
        ("order=next_due_at", ["low", "medium", "urgent"]),
        ("q=999999", []),
        ("q=%25", []),
        ("q=%27%20OR%201%3D1--", []),
    ],
)
def test_the_list_is_narrowed_and_ordered(requester, three, query, found):
    answer = Caller(requester).later(hours=3).get(f"/tickets?{query}").json()
    assert [ticket["subject"] for ticket in answer["results"]] == (
        found if query != "order=next_due_at" else sorted(found, key=_due)
    )


def _due(subject):
    due = Ticket.objects.get(subject=subject).next_due_at
    return (due is None, due or 0)


@pytest.mark.parametrize("order", ["number", "-number", "next_due_at", "updated_at"])
def test_every_order_pages_through_all_tickets_once(requester, three, order):
    caller = Caller(requester)
    whole = [ticket["number"] for ticket in caller.get(f"/tickets?order={order}").json()["results"]]
    seen, path = [], f"/tickets?order={order}&page_size=1"
    while path:
        page = caller.get(path).json()
        seen += [ticket["number"] for ticket in page["results"]]
        path = page["next"] and page["next"].removeprefix("/api/v1")
    assert seen == whole
    assert len(seen) == 3


def test_a_number_is_found_in_any_writing(requester, ticket):
    for q in (ticket.number, ticket.number.lower(), ticket.number[4:]):
        assert [t["number"] for t in Caller(requester).get(f"/tickets?q={q}").json()["results"]] == [ticket.number]


def test_staff_filter_by_assignee_and_customers_cannot(requester, agent, lead, three):
    found = [t["subject"] for t in Caller(agent).get("/tickets?assignee=me").json()["results"]]
    assert (found, Caller(lead).get("/tickets?assignee=me").json()["results"]) == (["urgent"], [])
    assert len(Caller(lead).get("/tickets?assignee=none").json()["results"]) == 2
    assert reason(Caller(requester).get("/tickets?assignee=none")) == (400, "UNKNOWN_PARAMETER")


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("assignee__user__password__startswith=p", "UNKNOWN_PARAMETER", "assignee__user__password__startswith"),
        ("ordering=-pk", "UNKNOWN_PARAMETER", "ordering"),
        ("fields=notes", "UNKNOWN_PARAMETER", "fields"),
        ("expand=account.contacts", "UNKNOWN_PARAMETER", "expand"),
        ("id__in=1,2,3", "UNKNOWN_PARAMETER", "id__in"),
        ("order=-requester__user__password", "BAD_PARAMETER", "order"),
        ("status=new&status=open", "BAD_PARAMETER", "status"),
        ("status=", "BAD_PARAMETER", "status"),
        ("status=NEW", "BAD_PARAMETER", "status"),
        ("priority=1e9", "BAD_PARAMETER", "priority"),
        ("turn=theirs", "BAD_PARAMETER", "turn"),
        ("requester=2", "BAD_PARAMETER", "requester"),
        ("updated_since=yesterday", "BAD_PARAMETER", "updated_since"),
        ("updated_since=2026-11-09", "BAD_PARAMETER", "updated_since"),
        ("updated_since=2026-11-09T09:00:00", "BAD_PARAMETER", "updated_since"),
        ("updated_since=2026-99-09T09:00:00Z", "BAD_PARAMETER", "updated_since"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "BAD_PARAMETER", "updated_since"),
    ],
)
def test_an_unknown_or_odd_parameter_is_refused_by_name(requester, ticket, query, code, pointer):
    refused = Caller(requester).get(f"/tickets?{query}")
    assert (reason(refused), wrong(refused)) == ((400, code), [(pointer, code.lower())])


# --- Clocks ------------------------------------------------------------------------------------------------


def test_every_promise_explains_its_due_moment(requester, ticket):
    answer = Caller(requester).get(f"/tickets/{ticket.number}/clocks").json()
    assert [row["kind"] for row in answer["results"]] == ["check_in", "response"]
    row = answer["results"][1]
    explanation = row.pop("explanation")
    sentences = explanation.pop("sentences")
    assert row == response()
    assert explanation == {
        "kind": "response", "tier": "gold", "basis": "seat", "priority": 3, "cause": "opened",
        "started_at": "2026-11-09T09:00:00+00:00", "counted_from": "2026-11-09T09:00:00+00:00", "coverage": "24x7",
        "check_in_rule": None, "target_minutes": 180,
        "calendar": {
            "region": "france", "name": {"en": "France", "fr": "France (fr)"}, "time_zone": "Europe/Paris",
            "version": 1, "weekly_hours": {str(day): [["09:00", "18:00"]] for day in range(5)},
        },
        "stretches": [{
            "starts_at": "2026-11-09T09:00:00+00:00", "ends_at": "2026-11-09T12:00:00+00:00", "seconds": 10800.0,
            "counted": True, "closed_because": None, "name": None, "clock_change_minutes": 0,
        }],
        "counted_seconds": 10800.0, "paused_at": None, "recounts": [],
        "due_at": "2026-11-09T12:00:00+00:00", "outcome": "running",
        "stopped_at": None, "breached_at": None,
    }  # fmt: skip
    assert len(sentences) >= 4


def test_a_kept_promise_stays_readable(requester, agent, ticket):
    reply_as_agent(ticket, body="Restart it.", by=agent.user, now=MONDAY_9AM + HOUR)
    rows = Caller(requester).later(hours=1).get(f"/tickets/{ticket.number}/clocks").json()["results"]
    assert [(row["kind"], row["state"], row["stopped_at"]) for row in rows] == [
        ("check_in", "running", None),
        ("check_in", "met", "2026-11-09T10:00:00Z"),
        ("response", "met", "2026-11-09T10:00:00Z"),
    ]


def test_an_explanation_that_does_not_add_up_is_left_out_and_logged(requester, ticket, caplog):
    Clock.objects.filter(ticket=ticket, kind=ClockKind.RESPONSE).update(target_minutes=7)
    rows = Caller(requester).get(f"/tickets/{ticket.number}/clocks").json()["results"]
    assert [row["explanation"] is None for row in rows] == [False, True]
    assert "api.explanation_does_not_add_up" in [record.message for record in caplog.records]


def test_targets_are_the_matrix(requester, agent):
    rows = Caller(requester).get("/targets").json()["results"]
    assert len(rows) == 16
    assert Caller(agent).get("/targets?tier=gold").json()["results"][0] == {
        "tier": "gold", "priority": 1, "response_minutes": 60, "coverage": "24x7",
        "check_in_rule": "every_business_hours", "check_in_minutes": 240,
    }  # fmt: skip
    assert reason(Caller(requester).get("/targets?tier=iron")) == (400, "BAD_PARAMETER")
