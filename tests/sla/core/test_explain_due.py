"""The proof of the promise: `explain_due` agrees with an oracle that shares no code with the engine."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sla.models import Target
from tests.factories import make_region
from tests.sla.core.oracle import Oracle

pytestmark = pytest.mark.django_db

ALWAYS, BUSINESS = "24x7", "business_hours"
DAILY, ON_CHANGE = "every_business_day", "on_status_change"

# The page of the contract: tier, priority, hours to the answer, counted how, check-in (business hours, or a rule).
MATRIX = [
    ("platinum", 1, 1, ALWAYS, 2),
    ("platinum", 2, 2, ALWAYS, 2),
    ("platinum", 3, 2, ALWAYS, DAILY),
    ("platinum", 4, 8, ALWAYS, ON_CHANGE),
    ("gold", 1, 1, ALWAYS, 4),
    ("gold", 2, 3, ALWAYS, 4),
    ("gold", 3, 3, ALWAYS, DAILY),
    ("gold", 4, 8, ALWAYS, ON_CHANGE),
    ("silver", 1, 1, BUSINESS, 4),
    ("silver", 2, 3, BUSINESS, 4),
    ("silver", 3, 4, BUSINESS, DAILY),
    ("silver", 4, 12, BUSINESS, ON_CHANGE),
    ("standard", 1, 2, BUSINESS, 6),
    ("standard", 2, 4, BUSINESS, 6),
    ("standard", 3, 6, BUSINESS, DAILY),
    ("standard", 4, 24, BUSINESS, ON_CHANGE),
]  # fmt: skip

# region → zone, opens, closes, holidays
REGIONS = {
    "france": ("Europe/Paris", "09:00", "18:00", [date(2026, 7, 14), date(2026, 11, 11), date(2026, 12, 25)]),
    "emea": ("Europe/London", "09:00", "17:30", [date(2026, 12, 25), date(2026, 12, 28)]),
}
# All in UTC. The eve of a holiday is another one in each region.
MOMENTS = {
    "summer": {"france": "2026-07-15T13:20", "emea": "2026-07-15T13:20"},
    "winter": {"france": "2026-01-20T10:05", "emea": "2026-01-20T10:05"},
    "Friday evening": {"france": "2026-10-16T15:45", "emea": "2026-10-16T16:10"},
    "holiday eve": {"france": "2026-11-10T16:30", "emea": "2026-12-24T16:40"},
    "clock-change weekend": {"france": "2026-03-28T23:30", "emea": "2026-03-29T00:30"},
}


@pytest.fixture
def regions(db):
    for code, (zone, opens, closes, holidays) in REGIONS.items():
        make_region(
            code, time_zone=zone, hours=(opens, closes), holidays=dict.fromkeys(holidays, ("Holiday", "Jour férié"))
        )


def oracle_of(region):
    zone, opens, closes, holidays = REGIONS[region]
    return Oracle(zone, {day: [(opens, closes)] for day in range(5)}, {day: [] for day in holidays})


def expected_due(region, start, hours, coverage, check_in):
    """(response due, check-in due) by walking from interval to interval."""
    oracle = oracle_of(region)
    response = start + timedelta(hours=hours) if coverage == ALWAYS else oracle.slow_add(start, timedelta(hours=hours))
    if check_in == ON_CHANGE:
        return response, None
    if check_in == DAILY:
        return response, oracle.slow_closing_of_business_day_after(start)
    return response, oracle.slow_add(start, timedelta(hours=check_in))


def run(**options):
    out = StringIO()
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items() if value is not True]
    words += [f"--{name.replace('_', '-')}" for name, value in options.items() if value is True]
    call_command("explain_due", *words, stdout=out)
    return out.getvalue()


def asked(**options):
    return json.loads(run(json=True, **options))


def test_the_seeded_targets_are_the_page_of_the_contract():
    rows = {
        (
            target.tier,
            target.priority,
            target.response_minutes,
            target.coverage,
            target.check_in_rule,
            target.check_in_minutes,
        )
        for target in Target.objects.all()
    }

    assert rows == {
        (tier, priority, hours * 60, coverage)
        + (("every_business_hours", check_in * 60) if isinstance(check_in, int) else (check_in, None))
        for tier, priority, hours, coverage, check_in in MATRIX
    }


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    ("tier", "priority", "hours", "coverage", "check_in"), MATRIX, ids=[f"{row[0]}-P{row[1]}" for row in MATRIX]
)
def test_every_row_at_every_kind_of_moment_agrees_with_the_oracle(
    regions, moment, tier, priority, hours, coverage, check_in
):
    told, expected = {}, {}
    for region in REGIONS:
        start = datetime.fromisoformat(MOMENTS[moment][region]).replace(tzinfo=UTC)
        answers = asked(tier=tier, priority=priority, region=region, at=start.isoformat())
        response = answers["response"]
        told[region] = [answer and datetime.fromisoformat(answer["due_at"]) for answer in answers.values()]
        told[region] += [response["counted_seconds"], response["coverage"], response["started_at"]]
        expected[region] = [
            *expected_due(region, start, hours, coverage, check_in),
            hours * 3600,
            coverage,
            start.isoformat(),
        ]

    assert told == expected


@pytest.mark.parametrize("moment", MOMENTS)
def test_another_language_than_english_is_counted_in_business_hours(regions, moment):
    start = datetime.fromisoformat(MOMENTS[moment]["france"]).replace(tzinfo=UTC)

    answers = asked(tier="gold", priority=2, region="france", at=start.isoformat(), own_language=True)

    assert answers["response"]["coverage"] == BUSINESS
    assert datetime.fromisoformat(answers["response"]["due_at"]) == oracle_of("france").slow_add(
        start, timedelta(hours=3)
    )


def test_one_kind_can_be_asked_for(regions):
    assert asked(tier="silver", priority="P4", region="emea", at="2026-01-20T10:05Z", kind="check_in") == {
        "check_in": None
    }


def test_the_sentences_give_the_whole_derivation_of_both_clocks(regions):
    said = run(tier="standard", priority=1, region="france", at="2026-11-10T17:30+01:00").replace("\u00a0", " ")

    holiday = "  Not included from Tuesday 10 November at 18:00 to Thursday 12 November at 09:00 (Holiday)."
    assert said.splitlines() == [
        "Reply",
        "  The ticket was opened on Tuesday 10 November at 17:30.",
        "  Target: a reply within 2 business hours for P1 with Standard, because the account has the Standard tier.",
        "  Business hours of France: Mon–Fri 09:00–18:00 (Paris).",
        "  Included on Tuesday 10 November from 17:30 to 18:00 (30 min).",
        holiday,
        "  Included on Thursday 12 November from 09:00 to 10:30 (1 h 30 min).",
        "  Total 2 h. Due on Thursday 12 November at 10:30.",
        "Check-in",
        "  The ticket was opened on Tuesday 10 November at 17:30.",
        "  Target: a check-in every 6 business hours for P1 with Standard, because the account has the Standard tier.",
        "  Business hours of France: Mon–Fri 09:00–18:00 (Paris).",
        "  Included on Tuesday 10 November from 17:30 to 18:00 (30 min).",
        holiday,
        "  Included on Thursday 12 November from 09:00 to 14:30 (5 h 30 min).",
        "  Total 6 h. Due on Thursday 12 November at 14:30.",
    ]


def test_a_french_reader_gets_french_dates(regions):
    said = run(tier="gold", priority=1, region="france", at="2026-11-10T17:30+01:00", language="fr", kind="response")

    assert said.splitlines()[-1].replace("\u00a0", " ") == "  Total : 1 h. Échéance mardi 10 novembre à 18:30."


GOOD = {"tier": "gold", "priority": "1", "region": "emea", "at": "2026-03-27T15:30+01:00"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"tier": "bronze"}, "--tier bronze is not known. Known: standard, silver, gold, platinum."),
        ({"priority": "5"}, "--priority 5 is not known. Known: 1, 2, 3, 4."),
        ({"region": "mars"}, "--region mars is not known. Known: emea, france."),
        ({"kind": "repair"}, "--kind repair is not known. Known: response, check_in."),
        ({"language": "de"}, "--language de is not known. Known: en, fr."),
        (
            {"at": "2026-03-27T15:30"},
            "--at 2026-03-27T15:30 names no offset, so it is no single moment. Write it like 2026-03-27T15:30+01:00.",
        ),
        ({"at": "27 March"}, "--at 27 March is no moment. Write it like 2026-03-27T15:30+01:00."),
        (
            {"at": "9999-12-31T23:59Z"},
            "--at 9999-12-31T23:59Z is too far away to be counted. Choose a year between 1970 and 2200.",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_question_that_cannot_be_asked_is_refused_in_one_sentence(regions, wrong, sentence):
    with pytest.raises(CommandError) as refusal:
        run(**(GOOD | wrong))

    assert (str(refusal.value), refusal.value.returncode) == (sentence, 2)


def test_a_gap_in_the_matrix_is_said_and_fails_the_check_of_the_terms(regions):
    Target.objects.filter(tier="gold", priority=1).delete()
    errors = StringIO()

    with pytest.raises(CommandError) as refusal:
        run(**GOOD)
    with pytest.raises(SystemExit) as ended:
        call_command("check_terms", stderr=errors)

    assert str(refusal.value) == "No target for Premium Gold and P1. Add it on the desk under Targets."
    assert (ended.value.code, errors.getvalue()) == (1, "No target for Premium Gold and P1.\n")


def test_a_complete_installation_passes_the_check_of_the_terms(regions):
    out = StringIO()

    call_command("check_terms", stdout=out)

    assert out.getvalue() == "Every tier, priority and region has its figures.\n"


def test_a_region_without_hours_is_said(regions):
    make_region("nowhere").calendar.intervals.all().delete()
    errors = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_terms", stderr=errors)
    with pytest.raises(CommandError, match="^The region nowhere has no business hours in the year after"):
        run(**(GOOD | {"region": "nowhere"}))

    assert errors.getvalue() == "No opening hours for the region nowhere.\n"
