"""Input is taken literally or refused by name, at once, and without an effect."""

import json

import pytest

from tests.api import Caller, reason, wrong
from tickets.models import Ticket

TICKET = {"subject": "Enrolment fails", "body": "Nothing happens.", "priority": 3}


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b'{"subject": 1', "The body is not valid JSON from line 1, column 14."),
        (b'{"priority": NaN}', "NaN is not a number."),
        (b'{"priority": -Infinity}', "-Infinity is not a number."),
        (b'{"priority": 1e999}', "One of the numbers is too large."),
        (b'{"priority": ' + b"9" * 1_000_000 + b"}", "Whole numbers can have 15 digits at most."),
        (b'{"priority": 1, "priority": 2}', "The name “priority” appears twice in one object."),
        (b"[" * 100_000, "The body is nested too deeply."),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "The body is nested too deeply."),
        (b'{"subject": "\xff"}', "Send the body in UTF-8."),
    ],
    ids=["cut off", "NaN", "infinity", "1e999", "million digits", "doubled", "deep list", "deep object", "not UTF-8"],
)
def test_what_is_no_plain_json_is_refused(requester, raw, detail):
    caller = Caller(requester)

    refused = caller.call("POST", "/tickets", raw=raw)

    assert (reason(refused), refused.json()["detail"]) == ((400, "BAD_JSON"), detail)
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"subject": 7}, [("/subject", "invalid")]),
        ({"subject": ["x"]}, [("/subject", "invalid")]),
        ({"subject": "a\x00b"}, [("/subject", "null_characters_not_allowed")]),
        ({"subject": "\ud800"}, [("/subject", "surrogate_characters_not_allowed")]),
        ({"subject": "x" * 201}, [("/subject", "max_length")]),
        ({"subject": None}, [("/subject", "null")]),
        ({"priority": "1"}, [("/priority", "invalid")]),
        ({"priority": True}, [("/priority", "invalid")]),
        ({"priority": 1.0}, [("/priority", "invalid")]),
        ({"priority": 5}, [("/priority", "max_value")]),
        ({"is_private": "yes"}, [("/is_private", "invalid")]),
        ({"followers": "12"}, [("/followers", "not_a_list")]),
        ({"followers": [1, "2"]}, [("/followers/1", "invalid")]),
        ({"language_choice": "latin"}, [("/language_choice", "invalid_choice")]),
        ({"attachments": [{}]}, [("/attachments/0", "invalid")]),
        ({"due_at": "2027", "is_internal": True}, [("/due_at", "unknown_field"), ("/is_internal", "unknown_field")]),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_stored(requester, given, errors):
    refused = Caller(requester).post("/tickets", TICKET | given)
    assert (reason(refused), wrong(refused)) == ((400, "BAD_INPUT"), errors)
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_refused(requester, body):
    refused = Caller(requester).call("POST", "/tickets", raw=json.dumps(body).encode())
    assert reason(refused) == (400, "BAD_INPUT")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_forms_and_plain_text_are_no_input(requester, kind):
    refused = Caller(requester).call("POST", "/tickets", raw=b'{"subject": "x"}', content_type=kind)
    assert reason(refused) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_only_json_is_spoken(requester):
    assert reason(Caller(requester).get("/me", Accept="text/html")) == (406, "NOT_ACCEPTABLE")


def test_a_body_that_is_too_large_is_refused(requester, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert reason(Caller(requester).post("/tickets", TICKET | {"body": "x" * 1000})) == (413, "TOO_LARGE")


def test_whatever_breaks_tells_nothing_of_our_inside(requester, monkeypatch, caplog):
    monkeypatch.setattr("tickets.core.api.tickets.open_ticket", lambda *_, **__: 1 / 0)
    refused = Caller(requester).post("/tickets", TICKET)
    assert reason(refused) == (500, "INTERNAL_ERROR")
    assert "division" not in refused.content.decode()
    assert [record.request_id for record in caplog.records if record.message == "api.failed"] == [
        refused["X-Request-Id"]
    ]
