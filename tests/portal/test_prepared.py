"""A prepared query gives the rows of its ORM query, whatever values are bound."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken
from portal.lib.prepared import Prepared
from sla.models import Clock
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.api import rows


def test_rows_are_those_of_the_query(requester):
    keys = [make_ticket(requester).pk for _ in range(3)]
    wanted = Clock.objects.running().filter(ticket__in=keys[:2]).order_by("due_at", "pk")
    assert [tuple(row) for row in rows._rows_for(rows._CLOCKS, keys[:2])] == list(
        wanted.values_list("ticket_id", *rows.PLAN_COLUMNS, *rows.CLOCK_COLUMNS)
    )
    assert rows._rows_for(rows._CLOCKS, []) == []


def test_moments_are_bound_and_read_as_moments(requester):
    ticket = make_ticket(requester)
    due = Prepared(
        lambda at: Clock.objects.filter(due_at__lte=at).order_by("pk").values_list("ticket_id", "due_at"),
        datetime(2000, 1, 1, tzinfo=UTC),
    )
    assert due.rows(MONDAY_9AM) == []
    found = due.rows(datetime(2026, 11, 9, 12, tzinfo=UTC))
    assert [list(row) for row in found] == [[ticket.pk, datetime(2026, 11, 9, 12, tzinfo=UTC)]]


def test_values_are_bound_and_never_become_sql(db):
    names = Prepared(lambda name: ApiToken.objects.filter(name=name).values_list("pk"), "mark")
    with CaptureQueriesContext(connection) as queries:
        assert names.rows("' OR 1=1 --") == []
    assert len(queries) == 1


def test_a_mark_that_the_query_does_not_hold_is_an_error(db):
    lost = Prepared(lambda name, other: ApiToken.objects.filter(name=name).values_list("pk"), "a", "b")
    with pytest.raises(ValueError, match="a mark is missing"):
        lost.rows("x", "y")
