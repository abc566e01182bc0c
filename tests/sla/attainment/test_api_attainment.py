"""Attainment by API, for staff: the report as values, and each question that is none refused by name."""

from datetime import timedelta

import pytest

from sla.core.enums import ClockKind, Outcome
from sla.models import Clock
from tests.api import Caller, reason, wrong
from tests.ended import HOUR, make_ended
from tests.factories import MONDAY_9AM

pytestmark = pytest.mark.servers

DAY = timedelta(days=1)
NONE = {"median_seconds": None, "p90_seconds": None}
# To within 1 %: the middle of the bucket that holds it.
AN_HOUR = {"median_seconds": 3599, "p90_seconds": 3599}
TEN_MINUTES = {"median_seconds": 606, "p90_seconds": 606}
NOTHING = {
    "attainment": None, "kept": 0, "missed": 0, "cancelled": 0, "skipped": 0, "elapsed": NONE, "business": NONE,
    "late": NONE, "running": None, "overdue": None,
}  # fmt: skip


@pytest.fixture
def ended(ticket, agent):
    """An answer kept by Léa, one missed, a check-in skipped; all yesterday."""
    return Clock.objects.bulk_create([
        make_ended(ticket, MONDAY_9AM - DAY, by=agent.user),
        make_ended(ticket, MONDAY_9AM - DAY, outcome=Outcome.MISSED, late=HOUR),
        make_ended(ticket, MONDAY_9AM - DAY, outcome=Outcome.SKIPPED, kind=ClockKind.CHECK_IN, by=agent.user),
    ])  # fmt: skip


def test_the_report_is_answered_as_values(ended, lead):
    answer = Caller(lead).get("/attainment?from=2026-11-01&to=2026-11-30&group_by=tier_priority")

    figures = {
        "kind": "response", "attainment": 0.5, "kept": 1, "missed": 1, "cancelled": 0, "skipped": 0,
        "elapsed": AN_HOUR, "business": TEN_MINUTES, "late": AN_HOUR, "running": 1, "overdue": 0,
    }  # fmt: skip
    check_ins = {"kind": "check_in", **NOTHING, "skipped": 1, "running": 1, "overdue": 0}
    group = {"tier": "gold", "priority": 3}
    assert answer.json() == {
        "first_day": "2026-11-01",
        "last_day": "2026-11-30",
        "group_by": "tier_priority",
        "totals": [figures, check_ins],
        "before": [{"kind": "response", **NOTHING}, {"kind": "check_in", **NOTHING}],
        "other_times": [{"code": "workaround", "tickets": 0, "median_seconds": None, "p90_seconds": None}],
        "results": [{"group": group, **figures}, {"group": group, **check_ins}],
    }


def test_without_days_it_is_the_last_ninety(ended, lead):
    answer = Caller(lead).get("/attainment").json()

    assert (answer["first_day"], answer["last_day"], answer["group_by"]) == ("2026-08-12", "2026-11-09", "tier")


def test_lines_name_what_they_are(ended, agent, ticket):
    caller = Caller(agent)

    groups = {
        by: [line["group"] for line in caller.get(f"/attainment?group_by={by}&kind=response").json()["results"]]
        for by in ("priority", "account", "region", "agent", "month")
    }

    assert groups == {
        "priority": [{"priority": 3}],
        "account": [{"account": {"id": ticket.account_id, "name": "Acme"}}],
        "region": [{"region": {"code": "france", "name": "France"}}],
        "agent": [{"agent": {"id": agent.pk, "name": "Léa"}}, {"agent": None}],
        "month": [{"month": "2026-11"}],
    }


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ("kind=check_in", (0, 0, 1)),
        ("kind=response&tier=gold&priority=3&region=france", (1, 1, 0)),
        ("kind=response&tier=silver", (0, 0, 0)),
        ("kind=response&agent=none", (0, 1, 0)),
        ("kind=response&account=999999", (0, 0, 0)),
    ],
)
def test_filters_narrow_the_report(ended, lead, asked, counts):
    [total] = Caller(lead).get(f"/attainment?{asked}").json()["totals"]

    assert (total["kept"], total["missed"], total["skipped"]) == counts


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ("from=2026-11-10&to=2026-11-09", "from"), ("from=yesterday", "from"), ("to=2026-02-30", "to"),
        ("group_by=person", "group_by"), ("kind=x", "kind"), ("tier=x", "tier"), ("priority=9", "priority"),
        ("account=x", "account"), ("account=0", "account"), ("region=mars", "region"), ("agent=me", "agent"),
    ],
)  # fmt: skip
def test_a_parameter_that_does_not_fit_is_named(ended, lead, asked, pointer):
    response = Caller(lead).get(f"/attainment?{asked}")

    assert (reason(response), wrong(response)) == ((400, "BAD_PARAMETER"), [(pointer, "bad_parameter")])


def test_an_unknown_parameter_is_refused(lead):
    assert reason(Caller(lead).get("/attainment?stopped_at=x")) == (400, "UNKNOWN_PARAMETER")


def test_customers_are_refused(ended, account_admin):
    assert reason(Caller(account_admin).get("/attainment")) == (403, "NOT_ALLOWED")


def test_a_report_costs_the_same_however_many_lines_it_has(ended, lead, django_assert_max_num_queries):
    caller = Caller(lead)
    with django_assert_max_num_queries(20):
        caller.get("/attainment?group_by=account")
