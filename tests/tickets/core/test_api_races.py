"""The same request many times at once has one effect, on SQLite and PostgreSQL alike."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client

from portal.lib.idempotency import IdempotencyKey
from tests.api import Caller
from tests.factories import MONDAY_9AM
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
TICKET = {"subject": "Enrolment fails", "body": "Nothing happens.", "priority": 3}


def at_once(secret, keys):
    """One POST per key, all let go together; returns status and body of each."""
    barrier = Barrier(len(keys))

    def send(key):
        try:
            barrier.wait()
            answer = Client().post(
                "/api/v1/tickets", json.dumps(TICKET), content_type="application/json",
                headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": key},
            )  # fmt: skip
            return answer.status_code, answer.content
        finally:
            connection.close()

    with time_machine.travel(MONDAY_9AM, tick=False), ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(send, keys))


def test_eight_equal_requests_open_one_ticket_and_get_one_answer(requester):
    answers = at_once(Caller(requester).secret, ["same"] * 8)
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert (Ticket.objects.count(), IdempotencyKey.objects.count()) == (1, 1)


def test_eight_keys_open_eight_tickets(requester):
    answers = at_once(Caller(requester).secret, [f"key-{n}" for n in range(8)])
    assert {status for status, _body in answers} == {201}
    assert Ticket.objects.count() == 8
