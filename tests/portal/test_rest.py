"""What all resources share: problem details, rights and scopes, strict input, limits, versions, cursors."""

import pytest
from django.core.cache import cache
from rest_framework.settings import api_settings

from portal.lib.access import Role
from portal.lib.idempotency import IdempotencyKey, forget_old
from portal.lib.permissions import API
from portal.lib.rest.problems import TITLES
from portal.lib.rest.throttles import spend
from tests.api import Caller, reason
from tests.factories import MONDAY_9AM, make_ticket
from tickets.models import Ticket

TICKET = {"subject": "Enrolment fails", "body": "Nothing happens.", "priority": 3}


def test_a_refusal_is_problem_details(requester):
    refused = Caller(requester).get("/tickets/SUP-999999")
    place = "http://localhost:8000/api/v1/docs#error-not-found"
    assert refused.json() == {
        "type": place, "title": "Not found", "status": 404,
        "detail": "It does not exist, or you do not have access to it.", "instance": "/api/v1/tickets/SUP-999999",
        "reason": "NOT_FOUND", "metadata": {}, "errors": [], "doc_url": place,
        "request_id": refused["X-Request-Id"],
    }  # fmt: skip
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["Content-Language"] == "en"


def test_the_language_of_a_refusal_is_the_callers_wish(requester):
    refused = Caller(requester).get("/tickets/SUP-999999", **{"Accept-Language": "fr-CA, en;q=0.5"})
    assert (refused["Content-Language"], refused.json()["reason"]) == ("fr", "NOT_FOUND")


def test_every_reason_of_the_domain_has_a_title():
    import re
    from pathlib import Path

    root = Path(__file__).parents[2]
    codes = {"no_target", "refused", "stale", "not_allowed"}
    for app in ("accounts", "tickets"):
        for file in [file for file in (root / app).rglob("*.py") if "domain" in (file.stem, *file.parts)]:
            codes |= set(re.findall(r'\bcode ?= ?"([a-z_]+)"', file.read_text()))
    # Reached from pages only.
    codes -= {"last_admin", "not_invitable", "already_contact", "yourself", "too_many_attempts"}
    # Absences, cover, engineers, imports, mail in, hours and analyses are worked on at the desk and in pages.
    codes -= {"begun", "backwards", "overlaps", "away", "not_included", "already_designated", "same_person"}
    codes -= {"bad_encoding", "bad_language", "bad_role", "bad_seat", "bad_columns", "not_text"}
    codes -= {"not_an_answer", "cut", "unreadable", "wrong_state", "incomplete", "bad_day", "not_reviewed"}
    codes -= {"future", "other_year", "no_escalation", "taken", "too_many_chats", "not_there"}
    codes -= {"no_sponsor", "rhythm", "reason", "not_held", "required", "url", "not_yet", "slots"}
    assert {code.upper() for code in codes} - set(TITLES) == set()


def test_without_a_token_only_four_routes_answer(db):
    open_routes = {name for name, rule in API.items() if any(Role.ANONYMOUS in roles for roles in rule.values())}
    assert open_routes == {"api:schema", "api:docs", "api:token", "api:missing"}
    refused = Caller().get("/tickets")
    assert (reason(refused), refused["WWW-Authenticate"]) == ((401, "TOKEN_REQUIRED"), 'Bearer realm="api"')


@pytest.mark.parametrize("path", ["/nothing", "/tickets/", "/", "/tickets/SUP-1/nothing", "/me.json"])
def test_other_addresses_are_the_same_404(requester, path):
    for method in ("GET", "POST", "DELETE"):
        assert reason(Caller(requester).call(method, path)) == (404, "NOT_FOUND")


# --- Rights -----------------------------------------------------------------------------------------------------

WRITES = [
    ("POST", "/tickets"), ("PATCH", "/tickets/{n}"), ("POST", "/tickets/{n}/messages"), ("POST", "/tickets/{n}/close"),
    ("POST", "/tickets/{n}/reopen"), ("POST", "/tickets/{n}/request-priority"), ("POST", "/attachments"),
    ("DELETE", "/token/current"), ("POST", "/seats"), ("DELETE", "/seats/2"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_token_to_read_writes_nothing(account_admin, ticket, method, path):
    before = Ticket.objects.values().get()
    refused = Caller(account_admin, scopes=["read"]).call(method, path.format(n=ticket.number), {})
    assert reason(refused) == (403, "INSUFFICIENT_SCOPE")
    assert refused.json()["metadata"] == {"needed": "write", "scopes": ["read"]}
    assert refused["WWW-Authenticate"] == 'Bearer realm="api", error="insufficient_scope"'
    assert Ticket.objects.values().get() == before


def test_a_token_to_write_reads_nothing(requester):
    assert reason(Caller(requester, scopes=["write"]).get("/me")) == (403, "INSUFFICIENT_SCOPE")


@pytest.mark.parametrize(("method", "path"), [("POST", "/seats"), ("DELETE", "/seats/2")])
def test_a_member_changes_no_seats(requester, method, path):
    assert reason(Caller(requester).call(method, path, {})) == (403, "NOT_ALLOWED")


@pytest.mark.parametrize("path", ["/account", "/contacts", "/seats", "/seats/1"])
def test_staff_have_no_account_of_their_own(agent, path):
    assert reason(Caller(agent).get(path)) == (403, "NOT_ALLOWED")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/tickets"),
        ("PUT", "/tickets/SUP-1001"),
        ("DELETE", "/tickets/SUP-1001"),
        ("POST", "/me"),
        ("TRACE", "/me"),
    ],
)
def test_other_methods_are_refused(requester, method, path):
    refused = Caller(requester).call(method, path)
    assert reason(refused) == (405, "METHOD_NOT_ALLOWED")
    assert "GET" in refused["Allow"]


def test_a_method_cannot_be_disguised(requester, ticket):
    caller = Caller(requester)
    caller.post(f"/tickets/{ticket.number}", {}, **{"X-HTTP-Method-Override": "DELETE"})
    refused = caller.post(f"/tickets/{ticket.number}?_method=DELETE", {"_method": "DELETE"})
    assert reason(refused) == (405, "METHOD_NOT_ALLOWED")
    assert Ticket.objects.count() == 1


def test_options_names_the_methods(requester):
    answer = Caller(requester).call("OPTIONS", "/tickets")
    assert (answer.status_code, answer["Allow"], answer.content) == (204, "GET, POST, HEAD, OPTIONS", b"")
    assert Caller().call("OPTIONS", "/tickets").status_code == 401


# --- Limits -----------------------------------------------------------------------------------------------------


def test_limits_are_told_before_they_are_reached(requester):
    answer = Caller(requester).get("/me")
    assert answer["RateLimit-Policy"] == '"token";q=600;w=60'
    assert answer["RateLimit"] == '"token";r=599;t=60'


def test_one_call_too_many_waits(requester, monkeypatch):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "token", "3/min")
    caller = Caller(requester)
    statuses = [caller.get("/me").status_code for _ in range(4)]
    refused = caller.get("/me")
    assert statuses == [200, 200, 200, 429]
    assert reason(refused) == (429, "TOO_MANY_REQUESTS")
    assert refused["Retry-After"] == "61"
    assert refused["RateLimit"] == '"token";r=0;t=60'
    assert caller.later(seconds=60).get("/me").status_code == 200


def test_writing_has_a_limit_of_its_own(requester, monkeypatch):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "write", "2/min")
    caller = Caller(requester)
    statuses = [caller.post("/tickets", TICKET).status_code for _ in range(3)]
    assert (statuses, Ticket.objects.count()) == ([201, 201, 429], 2)
    assert caller.get("/me").status_code == 200


def test_two_tokens_of_a_person_share_one_limit(requester, monkeypatch):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "token", "1/min")
    caller, second = Caller(requester), Caller(requester)
    assert [caller.get("/me").status_code, second.get("/me").status_code] == [200, 429]


def test_without_a_cache_the_api_goes_on(requester, monkeypatch):
    caller = Caller(requester)
    monkeypatch.setattr(cache, "incr", lambda key: 1 / 0)
    assert caller.get("/me").status_code == 200


def test_a_budget_counts_down():
    cache.clear()
    left = [spend("bad_token", "someone", now=MONDAY_9AM).left for _ in range(2)]
    assert left == [59, 58]


# --- Versions, repeats ------------------------------------------------------------------------------------------


def test_a_version_of_the_shapes_may_be_named(requester):
    caller = Caller(requester)
    assert caller.get("/me")["API-Version"] == "2026-11-01"
    assert caller.get("/me", **{"API-Version": "2026-11-01"}).status_code == 200
    refused = caller.get("/me", **{"API-Version": "2019-01-01"})
    assert (reason(refused), refused.json()["metadata"]) == ((400, "UNKNOWN_VERSION"), {"versions": ["2026-11-01"]})


KEY = {"Idempotency-Key": "order-4711"}


def test_the_same_request_again_gives_the_same_answer_and_no_second_effect(requester):
    caller = Caller(requester)
    first = caller.post("/tickets", TICKET, **KEY)
    again = caller.later(hours=2).post("/tickets", TICKET, **KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert [answer.get("Idempotent-Replayed") for answer in (first, again)] == [None, "true"]
    assert Ticket.objects.count() == 1


def test_the_same_key_with_another_body_or_address_is_refused(requester, ticket):
    caller = Caller(requester)
    caller.post("/tickets", TICKET, **KEY)
    for path, body in (("/tickets", TICKET | {"priority": 1}), (f"/tickets/{ticket.number}/close", TICKET)):
        assert reason(caller.post(path, body, **KEY)) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Ticket.objects.count() == 2


def test_the_key_of_somebody_else_is_another_key(requester, colleague, stranger):
    numbers = {
        Caller(person).post("/tickets", TICKET, **KEY).json()["number"] for person in (requester, colleague, stranger)
    }
    assert len(numbers) == 3


def test_a_refused_request_may_be_corrected_under_the_same_key(requester):
    caller = Caller(requester)
    assert caller.post("/tickets", TICKET | {"followers": [999]}, **KEY).status_code == 400
    assert IdempotencyKey.objects.count() == 0
    assert caller.post("/tickets", TICKET, **KEY).status_code == 201


def test_an_act_that_breaks_leaves_neither_effect_nor_key(requester, monkeypatch):
    caller = Caller(requester)
    with monkeypatch.context() as broken:
        broken.setattr("tickets.core.api.rows.etag", lambda *_: 1 / 0)
        assert caller.post("/tickets", TICKET, **KEY).status_code == 500
    assert (Ticket.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    assert caller.post("/tickets", TICKET, **KEY).status_code == 201


@pytest.mark.parametrize("key", ["with space", "x" * 101, "é"])
def test_a_key_that_is_none_is_refused(requester, key):
    refused = Caller(requester).post("/tickets", TICKET, **{"Idempotency-Key": key})
    assert reason(refused) == (400, "BAD_IDEMPOTENCY_KEY")
    assert Ticket.objects.count() == 0


def test_answers_are_kept_for_two_days(requester):
    caller = Caller(requester)
    caller.post("/tickets", TICKET, **KEY)
    caller.later(hours=47)
    assert (forget_old(now=caller.now), caller.post("/tickets", TICKET, **KEY)["Idempotent-Replayed"]) == (0, "true")
    assert forget_old(now=caller.later(hours=2).now) == 1


# --- Cursors ----------------------------------------------------------------------------------------------------


def test_a_list_goes_on_where_it_ended(requester):
    for _ in range(5):
        make_ticket(requester)
    caller = Caller(requester)
    seen, path = [], "/tickets?page_size=2&requester=me"
    while path:
        page = caller.get(path).json()
        seen.append([ticket["number"] for ticket in page["results"]])
        path = page["next"] and page["next"].removeprefix("/api/v1")
    newest = [ticket.number for ticket in Ticket.objects.order_by("-pk")]
    assert seen == [newest[:2], newest[2:4], newest[4:]]


def test_a_cursor_opens_no_other_list(requester, account_admin):
    for _ in range(2):
        make_ticket(requester)
    caller = Caller(requester)
    cursor = caller.get("/tickets?page_size=1").json()["next_cursor"]
    for path in (
        f"/tickets?cursor={cursor}&status=new",
        f"/contacts?cursor={cursor}",
        "/tickets?cursor=abc",
        "/tickets?cursor=",
    ):
        assert reason(caller.get(path)) == (400, "BAD_CURSOR")
    assert reason(Caller(account_admin).get(f"/tickets?cursor={cursor}")) == (400, "BAD_CURSOR")


@pytest.mark.parametrize(
    ("size", "found"), [("-1", 3), ("0", 1), ("abc", 3), ("1000000000000", 3), ("2", 2), ("", 3), ("²", 3)]
)
def test_a_size_is_brought_into_its_limits(requester, size, found):
    for _ in range(3):
        make_ticket(requester)
    assert len(Caller(requester).get(f"/tickets?page_size={size}").json()["results"]) == found


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        (
            "/simulator?x=1",
            "The parameter “x” does not exist here. Parameters: tier, priority, region, at, own_language.",
        ),
        (
            "/simulator?page_size=5",
            "The parameter “page_size” does not exist here. Parameters: tier, priority, region, at, own_language.",
        ),
        ("/me?cursor=x", "The parameter “cursor” does not exist here. This URL has no parameters."),
        ("/calls?x=1", "The parameter “x” does not exist here. Parameters: cursor, page_size."),
    ],
)
def test_only_a_list_that_is_paged_knows_the_parameters_of_paging(path, detail, requester):
    answer = Caller(requester).get(path)

    assert (answer.status_code, answer.json()["reason"], answer.json()["detail"]) == (400, "UNKNOWN_PARAMETER", detail)
