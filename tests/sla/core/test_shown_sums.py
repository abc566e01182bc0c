"""What is shown adds up: whoever reckons with a pencil gets what the page says, whatever second a target began at."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.core.enums import Basis, Tier
from sla.core.domain.calendars import calendar_of, new_version
from sla.core.domain.explanation import explain_clock, explain_terms
from sla.core.domain.terms import terms_for
from sla.core.domain.wording import lines
from sla.core.enums import ClockKind, Outcome, Priority
from sla.models import CalendarException
from tests.factories import MONDAY_9AM, make_region, make_ticket
from tests.long import LONG
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.domain.recounts import recount_calendars

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SETTINGS = settings(
    max_examples=4000 if LONG else 60, deadline=None, database=None, derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
REGIONS = {"france": ("Europe/Paris", "09:00", "18:00"), "apac": ("Asia/Kathmandu", "10:15", "18:00")}
READERS = ["Europe/Paris", "America/Toronto", "Asia/Kathmandu"]
WEEK = datetime(2026, 11, 9, tzinfo=UTC)  # no clock change within
moments = st.builds(
    lambda seconds, micro: WEEK + timedelta(seconds=seconds, microseconds=micro),
    st.integers(0, 7 * 24 * 3600), st.sampled_from([0, 1, 499_999, 500_000, 999_999]),
)  # fmt: skip


def minutes_in(words):
    """`1 h 12 min`, `3 h`, `22 min`; French `1 h 12`."""
    words = words.replace("\u00a0", " ")
    found = re.fullmatch(r"(?:(\d+) h)? ?(?:(\d+)(?: min)?)?", words)
    assert found, words
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def clock_minutes(words):
    hours, minutes = re.findall(r"\d\d:\d\d", words)[-1].split(":")
    return int(hours) * 60 + int(minutes)


COUNTED = {
    "en": re.compile(r"Included (.+) to (.+) \((.+)\)\."),
    "fr": re.compile(r"Temps inclus (.+:\d\d) (?:à|au) (.+) \((.+)\)\."),
}
TOTAL = {"en": re.compile(r"Total (.+?)\. Due (.+)\."), "fr": re.compile(r"Total : (.+?)\. Échéance (.+)\.")}


def reckon(explanation, *, now, zone_name, language):
    """With a pencil: every stretch by the hours on both sides of it, then all of them."""
    with translation.override(language):
        said = [str(line).replace("\u00a0", " ") for line in lines(explanation, now=now, zone_name=zone_name)]
    stretches = [found.groups() for line in said if (found := COUNTED[language].match(line))]
    (total, due), *_more = [found.groups() for line in said if (found := TOTAL[language].match(line))] or [
        ("0 min", "")
    ]
    for start, end, length in stretches:
        assert (clock_minutes(end) - clock_minutes(start) - minutes_in(length)) % (24 * 60) == 0, said
    assert len(stretches) == sum(stretch.counted for stretch in explanation.stretches)
    if due:
        assert sum(minutes_in(length) for _start, _end, length in stretches) == minutes_in(total), said
        assert minutes_in(total) == explanation.target_minutes


@pytest.fixture
def regions(db):
    holiday = {date(2026, 11, 11): ("Armistice Day", "Armistice")}
    return {
        code: make_region(code, time_zone=zone, hours=(opens, closes), holidays=holiday)
        for code, (zone, opens, closes) in REGIONS.items()
    }


def test_every_stretch_and_their_total_are_what_a_reader_reckons(regions):
    @SETTINGS
    @given(
        at=moments, tier=st.sampled_from(list(Tier)), priority=st.sampled_from(list(Priority)),
        region=st.sampled_from(list(REGIONS)), kind=st.sampled_from(list(ClockKind)),
        zone_name=st.sampled_from(READERS), language=st.sampled_from(["en", "fr"]), own=st.booleans(),
    )  # fmt: skip
    def adds_up(at, tier, priority, region, kind, zone_name, language, own):
        basis = Basis.STANDARD_CONTRACT if tier == Tier.STANDARD else Basis.SEAT
        terms = terms_for(tier=tier, basis=basis, priority=priority, region=regions[region], own_language=own)
        explanation = explain_terms(terms, kind, now=at)
        if explanation is not None:
            reckon(explanation, now=WEEK, zone_name=zone_name, language=language)

    adds_up()


def test_an_edit_of_the_hours_at_any_second_leaves_sums_that_add_up(colleague, lead):
    """What had passed by then counts as it was, what comes by the new hours: both in full minutes."""
    ticket = make_ticket(colleague, priority=Priority.LOW, now=MONDAY_9AM + timedelta(seconds=32, microseconds=7))
    calendar = calendar_of(ticket.region)
    for days, seconds in ((0, 5_401.25), (1, 7_212.5), (2, 0)):
        at = MONDAY_9AM + timedelta(days=days, seconds=seconds)
        CalendarException.objects.update_or_create(
            calendar=calendar, day=at.date(), defaults={"name_en": "Fair", "name_fr": "Foire", "intervals": []}
        )
        new_version(calendar, by=lead.user, now=at)
        recount_calendars(now=at)
    explanation = explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE))
    assert len(explanation.recounts) == 3
    for language in ("en", "fr"):
        for zone_name in READERS:
            reckon(explanation, now=MONDAY_9AM, zone_name=zone_name, language=language)


def test_the_stretches_of_a_ticket_opened_at_half_past_and_some_seconds(colleague):
    """17:30:32 in Paris: once shown as 29 min and 30 min that make 1 h."""
    at = datetime(2026, 11, 9, 16, 30, 32, tzinfo=UTC)
    clock = make_ticket(colleague, priority=Priority.HIGH, now=at).clocks.get(kind=ClockKind.RESPONSE)
    said = [str(line).replace("\u00a0", " ") for line in lines(explain_clock(clock), now=at, zone_name="Europe/Paris")]
    assert said[3:] == [
        "Included today from 17:30 to 18:00 (30 min).",
        "Not included from Monday 9 November at 18:00 to Tuesday 10 November at 09:00 (closed overnight).",
        "Included tomorrow from 09:00 to 12:30 (3 h 30 min).",
        "Total 4 h. Due tomorrow at 12:30.",
    ]


@pytest.mark.parametrize(
    ("seconds", "outcome", "sentence"),
    [
        (-29 * 60 - 50, Outcome.MET, "Met today at 14:30, 30 min before the due time."),
        (-31, Outcome.MET, "Met today at 15:00, less than 1 min before the due time."),
        (0, Outcome.MET, "Met today at 15:00, 0 min before the due time."),
        (40, Outcome.MISSED, "Missed by 1 min: sent today at 15:01."),
        (5, Outcome.MISSED, "Missed by less than 1 min: sent today at 15:00."),
        (3_600, Outcome.MISSED, "Missed by 1 h: sent today at 16:00."),
    ],
)
def test_by_how_much_it_was_in_time_is_the_difference_of_the_moments_shown(
    colleague, agent, seconds, outcome, sentence
):
    opened = datetime(2026, 11, 9, 9, 0, 32, tzinfo=UTC)
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=opened)  # 4 business hours: 14:00:32 in Paris
    due = opened + timedelta(hours=4)
    reply_as_agent(ticket, body="Here.", by=agent.user, now=due + timedelta(seconds=seconds))
    explanation = explain_clock(ticket.clocks.get(kind=ClockKind.RESPONSE))
    said = str(lines(explanation, now=opened, zone_name="Europe/Athens")[-1]).replace("\u00a0", " ")
    assert (explanation.outcome, said) == (outcome, sentence)
