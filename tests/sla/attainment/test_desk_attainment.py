"""The page about attainment: words first, and behind every number exactly its clocks."""

import csv
import html
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.urls import reverse

from accounts.models import Account
from portal.lib import clock
from sla.attainment.desk.clock import ClockAdmin
from sla.attainment.domain.attainment import report
from sla.attainment.domain.endings import Filters
from sla.attainment.domain.periods import Period
from sla.core.enums import ClockKind, GroupBy, Outcome, Priority
from sla.models import Clock
from tests.ended import HOUR, make_ended, make_many
from tests.factories import MONDAY_9AM, make_ticket

pytestmark = pytest.mark.servers

PAGE, LIST = "admin:sla_attainment", "admin:sla_clock_changelist"
DAY = timedelta(days=1)


@pytest.fixture
def agent(agent):
    """Léa, who reads the desk in English here."""
    agent.user.language = "en"
    agent.user.save(update_fields=["language"])
    return agent


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM)


@pytest.fixture
def history(requester, stranger, agent, lead):
    tickets = [make_ticket(requester), make_ticket(stranger, priority=Priority.URGENT, now=MONDAY_9AM - DAY)]
    people = [agent.user, lead.user, requester.user, None]
    make_many(250, tickets, people, first=date(2026, 8, 1), last=date(2026, 11, 9))
    return tickets


def page(client, **asked):
    return client.get(reverse(PAGE), asked)


def text(response):
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(words).replace("\xa0", " ").split())


# --- Words ------------------------------------------------------------------------------------------------------------


def test_the_page_begins_with_what_happened_in_words(client_for, lead, ticket, agent):
    late = make_ended(ticket, MONDAY_9AM - DAY, outcome=Outcome.MISSED, late=41 * timedelta(minutes=1))
    kept = [make_ended(ticket, MONDAY_9AM - DAY, kind=kind) for kind in (*[ClockKind.RESPONSE] * 2, ClockKind.CHECK_IN)]
    long_ago = make_ended(ticket, MONDAY_9AM - 95 * DAY)
    Clock.objects.bulk_create([late, *kept, long_ago])

    said = [table["sentence"].replace("\xa0", " ") for table in page(client_for(lead)).context["tables"]]
    before = [table["before"] for table in page(client_for(lead)).context["tables"]]

    assert said == [
        "Replies on time: 2 of 3. One missed its target by 41 min.",
        "The only check-in was on time.",
    ]
    assert before == [
        "Previous period (14 May 2026 – 11 August 2026): 1 of 1.",
        "Previous period (14 May 2026 – 11 August 2026): none.",
    ]


def test_the_definitions_stand_beside_the_numbers(client_for, agent, ticket):
    said = text(page(client_for(agent)))

    assert "Met: ended by the due time. Missed: ended after it." in said
    assert "Both are exact to within 1%." in said


def test_without_a_promise_the_page_says_when_there_will_be_one(client_for, agent):
    said = text(page(client_for(agent)))

    assert ("No reply was due." in said, "A target appears on the day it ends." in said) == (True, True)


def test_the_navigation_leads_to_it(client_for, agent):
    promises = dict(client_for(agent).get(reverse("admin:index")).context["navigation"])["Service levels"]

    assert ("SLA report", reverse(PAGE)) in [(link.label, link.url) for link in promises]


# --- Every number opens its clocks ------------------------------------------------------------------------------------

COUNTED = re.compile(r'<a href="([^"]+)">([\d,]+)( overdue)?</a>')


def links(response):
    """(address, number) of every count on the page."""
    found = COUNTED.findall(response.content.decode())
    return [(html.unescape(url), int(number.replace(",", ""))) for url, number, _word in found]


ASKED = [
    *({"by": group.value} for group in GroupBy),
    {"by": "priority", "period": "2026-10", "tier": "gold"},
    {"by": "month", "kind": "response", "agent": "none"},
    {"by": "tier", "period": "days", "from": "2026-10-05", "to": "2026-11-02", "priority": "2"},
]


@pytest.fixture
def one_row_a_page(monkeypatch):
    """A list says how many there are, however many of them it draws."""
    monkeypatch.setattr(ClockAdmin, "list_per_page", 1)


@pytest.mark.usefixtures("one_row_a_page")
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_behind_every_count_are_exactly_so_many_clocks(client_for, lead, history, asked):
    client = client_for(lead)

    found = links(page(client, **asked))

    shown = [client.get(url).context["cl"].result_count for url, _number in found]
    assert len(found) > 8
    assert shown == [number for _url, number in found]


def test_a_filter_of_the_page_goes_on_into_every_list(client_for, lead, history):
    account, region = history[0].account_id, history[0].region_id
    client = client_for(lead)

    found = links(page(client, account=account, region=region, by="priority"))

    shown = [client.get(url).context["cl"] for url, _number in found]
    assert [cl.result_count for cl in shown] == [number for _url, number in found]
    assert {row.account_id for cl in shown for row in cl.result_list} == {account}


def test_behind_shares_and_times_are_the_clocks_they_were_made_of(client_for, lead, history):
    client = client_for(lead)
    table = page(client, by="tier", kind="check_in", period="2026-10").context["tables"][0]
    october = Clock.objects.filter(kind="check_in", stopped_at__year=2026, stopped_at__month=10)

    shown = [
        client.get(url).context["cl"].result_count for url in (table["total"].share.url, table["total"].numbers[4].url)
    ]

    judged = october.filter(outcome__in=["met", "missed"])
    assert shown == [judged.count(), judged.exclude(rule="on_status_change").count()]


def test_each_clock_leads_to_its_ticket(client_for, agent, ticket):
    Clock.objects.bulk_create([make_ended(ticket, MONDAY_9AM - DAY)])
    client = client_for(agent)

    rows = client.get(links(page(client))[0][0]).content.decode()
    address = reverse("admin:tickets_ticket_change", args=[ticket.pk])

    assert f'href="{address}">{ticket.number}</a>' in rows
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"ended": "x"}, {"ended": "2026-02-01..2026-01-01"}, {"account": "x"}, {"region": "-1"}, {"agent": "me"},
        {"among": "x"}, {"stopped_at__gte": "2026-01-01"}, {"ended_by__email": "lea@punctual.test"},
    ],
    ids=str,
)  # fmt: skip
def test_the_list_of_clocks_answers_no_other_question(client_for, agent, ticket, asked):
    assert client_for(agent).get(reverse(LIST), asked).status_code == 400


# --- Asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        ({}, Period(date(2026, 8, 12), date(2026, 11, 9))),
        ({"period": "this_month"}, Period(date(2026, 11, 1), date(2026, 11, 30))),
        ({"period": "last_month"}, Period(date(2026, 10, 1), date(2026, 10, 31))),
        ({"period": "last_30"}, Period(date(2026, 10, 11), date(2026, 11, 9))),
        ({"period": "last_365"}, Period(date(2025, 11, 10), date(2026, 11, 9))),
        ({"period": "2025-02"}, Period(date(2025, 2, 1), date(2025, 2, 28))),
        (
            {"period": "days", "from": "2026-01-05", "to": "2026-01-05"},
            Period(date(2026, 1, 5), date(2026, 1, 5)),
        ),
    ],
)
def test_a_period_is_chosen_by_name_by_month_or_by_its_days(client_for, agent, asked, period):
    assert page(client_for(agent), **asked).context["question"].period == period


@pytest.mark.parametrize(
    "days", [{"from": "2026-02-01", "to": "2026-01-01"}, {"from": "", "to": "2026-01-01"}, {"from": "soon", "to": "x"}]
)
def test_days_that_make_no_period_are_refused_in_words(client_for, agent, days):
    response = page(client_for(agent), period="days", **days)

    assert response.status_code == 422
    assert "Enter a first day and a last day, in that order." in text(response)


@pytest.mark.parametrize(
    "asked",
    [
        {"x": "1"}, {"period": "ever"}, {"period": "2026-13"}, {"by": "person"}, {"kind": "x"}, {"tier": "x"},
        {"priority": "5"}, {"account": "x"}, {"account": "0"}, {"region": "²"}, {"agent": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_form_of_ours_asks_is_refused(client_for, agent, asked):
    assert page(client_for(agent), **asked).status_code == 400


def test_what_was_asked_stands_in_the_form(client_for, agent, ticket):
    asked = {"period": "2026-10", "by": "month", "tier": "gold", "account": str(ticket.account_id), "agent": "none"}

    selects = page(client_for(agent), **asked).context["selects"]

    chosen = {
        select["name"]: str(value) for select in selects for value, _text, is_chosen in select["options"] if is_chosen
    }
    assert chosen == {"kind": "", "priority": "", "region": "", **asked}


@pytest.mark.parametrize("role", ["requester", "account_admin"])
def test_customers_do_not_find_the_page(client_for, request, role):
    assert page(client_for(request.getfixturevalue(role))).status_code == 403


def test_the_page_asks_a_fixed_number_of_questions(client_for, lead, history, django_assert_max_num_queries):
    client = client_for(lead)
    page(client, by="account")
    with django_assert_max_num_queries(20):
        page(client, by="account")
    Account.objects.bulk_create(Account(name=f"A{n}", home_region_id=history[0].region_id) for n in range(30))
    Clock.objects.bulk_create(
        make_ended(history[0], MONDAY_9AM, account_id=pk) for pk in Account.objects.values_list("pk", flat=True)
    )
    with django_assert_max_num_queries(20):
        assert len(page(client, by="account").context["tables"][0]["rows"]) == 32


def test_the_page_shows_a_hundred_lines_and_says_how_many_more_there_are(client_for, lead, ticket):
    Account.objects.bulk_create(Account(name=f"A{n:03}", home_region_id=ticket.region_id) for n in range(101))
    Clock.objects.bulk_create(
        make_ended(ticket, MONDAY_9AM, account_id=pk) for pk in Account.objects.values_list("pk", flat=True)
    )

    response = page(client_for(lead), by="account", kind="response")

    assert len(response.context["tables"][0]["rows"]) == 100
    assert "2 more rows are in the CSV file." in text(response)


# --- The file ---------------------------------------------------------------------------------------------------------


def rows_of(response):
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


def test_the_file_holds_the_whole_report_for_programs(client_for, lead, ticket, agent):
    Account.objects.filter(pk=ticket.account_id).update(name='=HYPERLINK("x")')
    Clock.objects.bulk_create([
        make_ended(ticket, MONDAY_9AM - DAY, took=HOUR, business=600, by=agent.user),
        make_ended(ticket, MONDAY_9AM - DAY, outcome=Outcome.MISSED, took=HOUR, late=HOUR, business=600),
    ])  # fmt: skip

    response = page(client_for(lead), by="account", kind="response", period="last_30", format="csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="attainment-2026-10-11-2026-11-09.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert rows_of(response) == [
        [
            "from", "to", "kind", "account", "attainment", "kept", "missed", "cancelled", "skipped",
            "elapsed_median_seconds", "elapsed_p90_seconds", "business_median_seconds", "business_p90_seconds",
            "late_median_seconds", "running_now", "overdue_now",
        ],
        [
            "2026-10-11", "2026-11-09", "response", "'=HYPERLINK(\"x\")", "0.5", "1", "1", "0", "0", "3599", "3599",
            "606", "606", "3599", "1", "0",
        ],
    ]  # fmt: skip


def test_the_file_says_the_same_as_the_report(client_for, lead, history):
    period = Period(date(2026, 8, 12), date(2026, 11, 9))
    answer = report(period, group_by=GroupBy.MONTH, filters=Filters(kind=ClockKind.CHECK_IN), now=MONDAY_9AM)
    lines = sorted(answer.tables[0].lines, key=lambda line: line.key)

    rows = rows_of(page(client_for(lead), by="month", kind="check_in", format="csv"))

    assert [(row[3], int(row[5]), int(row[6])) for row in rows[1:]] == [
        (f"{line.key[0]:%Y-%m}", line.figures.kept, line.figures.missed) for line in lines
    ]
