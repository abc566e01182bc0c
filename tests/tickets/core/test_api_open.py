"""Opening tickets by API, and asking beforehand what would happen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.core.enums import Tier
from portal.lib.outbox import Notice
from sla.models import Clock
from tests.api import Caller, reason, wrong
from tests.factories import make_account, make_contact, make_region, seat
from tests.tickets.core.test_api_read import check_in, response, shown
from tickets.models import Message, Ticket

TICKET = {"subject": "Enrolment fails", "body": "Nothing happens after the QR code.", "priority": 3}


def test_a_ticket_is_opened_and_shown(requester, colleague):
    answer = Caller(requester).post("/tickets", TICKET | {"product": "Mobile 4.2", "followers": [colleague.pk]})
    ticket = Ticket.objects.get()
    assert answer.json() == shown(
        ticket, requester, channel="api", product="Mobile 4.2", followers=[{"id": colleague.pk, "name": "Noé Blanc"}]
    )
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/tickets/{ticket.number}")
    assert answer["ETag"] == f'"{ticket.number}-1"'
    assert list(Message.objects.values_list("body", "author", "channel")) == [
        ("Nothing happens after the QR code.", requester.user_id, "api")
    ]
    told = Notice.objects.filter(kind="ticket_opened").values_list("recipient", flat=True)
    assert sorted(told) == sorted([requester.user_id, colleague.user_id])


def test_opening_takes_few_statements(requester):
    caller = Caller(requester)
    caller.post("/tickets", TICKET)  # the first one loads the calendar and notes the use of the token
    with CaptureQueriesContext(connection) as queries:
        assert caller.post("/tickets", TICKET).status_code == 201
    asked = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(asked) <= 15, "\n".join(sql[:150] for sql in asked)


def test_validate_only_says_what_would_happen_and_stores_nothing(requester):
    caller = Caller(requester)
    answer = caller.post("/tickets", TICKET | {"validate_only": True})
    body = answer.json()
    explanations = [row.pop("explanation") for row in body["clocks"]]
    assert answer.status_code == 200
    assert body == {
        "validate_only": True,
        "entitlement": {
            "tier": "gold", "account_tier": "gold", "basis": "seat",
            "reason": "You are a Premium contact of Acme (seat 2 of 3): Premium Gold targets apply.",
        },
        "priority": 3, "region": "france", "region_time_zone": "Europe/Paris", "language_choice": "english",
        "clocks": [
            {"kind": "response", "due_at": "2026-11-09T12:00:00Z"},
            {"kind": "check_in", "due_at": "2026-11-10T17:00:00Z"},
        ],
        "check_ins": ["2026-11-10T17:00:00Z", "2026-11-11T17:00:00Z", "2026-11-12T17:00:00Z"],
    }  # fmt: skip
    assert [e["counted_seconds"] for e in explanations] == [10800.0, 61200.0]
    assert [e["sentences"][0] for e in explanations] == ["The ticket was opened today at 10:00."] * 2
    assert (Ticket.objects.count(), Clock.objects.count(), Notice.objects.exclude(kind__startswith="seat").count()) == (
        0,
        0,
        0,
    )


def test_what_was_announced_is_what_happens(requester):
    caller = Caller(requester)
    announced = caller.post("/tickets", TICKET | {"validate_only": True, "priority": 1}).json()["clocks"]
    opened = caller.post("/tickets", TICKET | {"priority": 1}).json()["clocks"]
    assert [(c["kind"], c["due_at"]) for c in announced] == [(c["kind"], c["due_at"]) for c in opened]


def test_without_a_seat_the_reason_is_told(colleague):
    body = Caller(colleague).post("/tickets", TICKET | {"validate_only": True}).json()
    assert (body["entitlement"]["basis"], body["entitlement"]["tier"]) == ("no_seat", "standard")
    assert body["clocks"][0]["explanation"]["coverage"] == "business_hours"


def test_a_low_ticket_announces_no_rhythm(requester):
    body = Caller(requester).post("/tickets", TICKET | {"validate_only": True, "priority": 4}).json()
    assert ([c["kind"] for c in body["clocks"]], body["check_ins"]) == (["response"], [])


def test_validate_only_refuses_what_opening_would_refuse(requester):
    refused = Caller(requester).post("/tickets", TICKET | {"validate_only": True, "region": "apac"})
    assert (reason(refused), wrong(refused)) == ((400, "FOREIGN_REGION"), [("/region", "foreign_region")])


def test_own_language_is_counted_in_business_hours(account, lead):
    account.contracts.update(premium_contacts=5)
    paul = make_contact(account, "paul@acme.test", name="Paul", language="fr")
    seat(paul, by=lead.user)
    body = Caller(paul).post("/tickets", TICKET | {"language_choice": "own"}).json()
    assert (body["language"], body["language_choice"]) == ("fr", "own")
    assert body["clocks"][0] == response(coverage="business_hours")
    assert body["clocks"][1] == check_in()


def test_a_region_of_the_account_may_be_chosen(requester, london):
    requester.account.regions.add(london)
    body = Caller(requester).post("/tickets", TICKET | {"region": "emea"}).json()
    assert (body["region"], body["clocks"][1]["region_time_zone"]) == ("emea", "Europe/London")


@pytest.mark.parametrize(
    "name",
    ["account", "requester", "due_at", "breached_at", "number", "opened_at", "author", "id", "status", "tier",
     "assignee", "channel", "as_agent", "skip_sla", "notify", "is_internal"],
)  # fmt: skip
def test_nobody_writes_what_is_ours_to_write(requester, name):
    refused = Caller(requester).post("/tickets", TICKET | {name: 1})
    assert (reason(refused), wrong(refused)) == ((400, "BAD_INPUT"), [(f"/{name}", "unknown_field")])
    assert Ticket.objects.count() == 0


def test_foreign_people_cannot_follow(requester, stranger, agent):
    for pk in (stranger.pk, 999_999_999_999_999):
        refused = Caller(requester).post("/tickets", TICKET | {"followers": [pk]})
        assert (reason(refused), wrong(refused)) == ((400, "NOT_A_COLLEAGUE"), [("/followers", "not_a_colleague")])
    assert Ticket.objects.count() == 0


def test_staff_open_tickets_on_the_desk_and_not_here(agent):
    assert reason(Caller(agent).post("/tickets", TICKET)) == (403, "NOT_ALLOWED")


def test_a_gap_in_the_settings_is_a_refusal(db, lead):
    account = make_account("Void", region=make_region("void"), tier=Tier.GOLD)
    account.home_region.calendar.delete()
    contact = make_contact(account, "vic@void.test")
    assert reason(Caller(contact).post("/tickets", TICKET)) == (409, "NO_TARGET")
    assert Ticket.objects.count() == 0
