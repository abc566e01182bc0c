"""Who is on: hours of regions, absences, hand-overs around the world, and what customers and programs read of it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.absences.domain import go_away
from accounts.models import Agent
from sla.coverage.domain.duty import Duty, coverage_now, duties
from sla.coverage.domain.rota import open_rota, plan_weeks
from tests.api import Caller
from tests.factories import MONDAY_9AM, make_agent, make_contact, seat

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# 09:00 UTC on a Monday: 18:00 in Tokyo (just closed), 09:00 in London (just open), 04:00 in Toronto.
NOON_UTC = MONDAY_9AM + 3 * HOUR


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def make(name, *regions, languages=("en",), **user):
    agent = make_agent(f"{name}@punctual.test", name=name.title(), **user)
    agent.languages = list(languages)
    agent.save()
    agent.regions.set(regions)
    return agent


@pytest.fixture
def world(london, tokyo, toronto):
    """English in London, Tokyo and Toronto; French in Toronto only."""
    return {
        "ann": make("ann", london), "ken": make("ken", tokyo, languages=("en", "ja")),
        "luc": make("luc", toronto, languages=("en", "fr")),
    }  # fmt: skip


def duty_of(agent, now=MONDAY_9AM) -> Duty:
    (found,) = duties(Agent.objects.filter(pk=agent.pk), now=now)
    return found


def said(coverage, language):
    rows = [(row.region.code, row.until) for row in coverage.on_now(language)]
    then, following = coverage.hand_over(language), coverage.next_opening(language)
    return rows, then and (then.region.code, then.at), following and (following.region.code, following.at)


@pytest.mark.parametrize(
    ("now", "english", "french"),
    [
        # London is on until 17:30, when Toronto still is.
        (NOON_UTC, [("emea", at(9, 17, 30))], ([], None, ("canada-east", at(9, 14)))),
        (
            at(9, 15), [("canada-east", at(9, 22)), ("emea", at(9, 17, 30))],
            ([("canada-east", at(9, 22))], ("canada-east", at(10, 14)), ("canada-east", at(9, 15))),
        ),
        # Nobody is on between Toronto's evening and Tokyo's morning.
        (at(9, 23), [], ([], None, ("canada-east", at(10, 14)))),
        # The night from Monday to Tuesday in Europe: Tokyo.
        (at(10, 1), [("apac", at(10, 9))], ([], None, ("canada-east", at(10, 14)))),
    ],
    ids=["noon", "afternoon", "gap", "night"],
)  # fmt: skip
def test_the_desk_follows_the_sun(world, now, english, french):
    coverage = coverage_now(now)

    assert said(coverage, "en")[0] == english
    assert said(coverage, "fr") == french


def test_the_next_hand_over_is_when_the_last_of_those_on_now_stops(world):
    assert said(coverage_now(at(10, 1)), "en")[1] == ("emea", at(10, 9))
    assert said(coverage_now(at(9, 18)), "en")[1] == ("apac", at(10, 0))
    assert coverage_now(at(9, 23)).hand_over("en") is None


def test_who_is_away_is_not_on_and_comes_back_with_the_next_opening(world):
    ann = world["ann"]
    go_away(ann, starts_at=at(9, 15), ends_at=at(11, 20), by=ann.user, now=MONDAY_9AM)
    go_away(ann, starts_at=at(11, 20), ends_at=at(12, 12), by=ann.user, now=MONDAY_9AM)
    duty = duty_of(ann)

    assert [post.region.code for post in duty.open_posts(NOON_UTC)] == ["emea"]
    assert duty.off_at(NOON_UTC, duty.posts[0]) == at(9, 15)
    assert not duty.is_on(at(10, 12))
    # Two absences that follow each other are one.
    assert duty.away_until(at(10, 12)) == at(12, 12)
    assert duty.next_on(at(10, 12)) == at(12, 12)


def test_whoever_works_nowhere_keeps_hours_of_their_own_and_whoever_left_is_not_asked(world, paris):
    free, gone = make("free"), make("gone", paris)
    gone.user.is_active = False
    gone.user.save()

    assert duty_of(free).is_there_by(MONDAY_9AM + HOUR, now=MONDAY_9AM)
    assert [duty.agent.name for duty in coverage_now(NOON_UTC).duties] == ["Ann", "Ken", "Luc", "Free"]


@pytest.mark.parametrize(("due", "there"), [(at(10, 8, 59), False), (at(10, 9), False), (at(10, 9, 1), True)], ids=str)
def test_in_time_is_before_the_answer_is_due(world, due, there):
    assert duty_of(world["ann"], at(9, 20)).is_there_by(due, now=at(9, 20)) is there


def test_it_takes_three_statements_however_many_agents(world, london, django_assert_num_queries):
    coverage_now(NOON_UTC)  # the editions of the calendars are kept by the process
    for number in range(20):
        make(f"n{number}", london)

    with django_assert_num_queries(3):
        coverage = coverage_now(NOON_UTC)
        assert len(coverage.on_now("en")[0].agents) == 21


# --- Pages and programs -----------------------------------------------------------------------------------------------


def test_programs_read_who_answers_now_without_names(world, requester):
    body = Caller(requester, now=at(10, 1)).get("/coverage").json()

    assert body == {
        "at": "2026-11-10T01:00:00Z",
        "languages": [
            {
                "language": "en",
                "on_now": [{"region": "apac", "time_zone": "Asia/Tokyo", "until": "2026-11-10T09:00:00Z"}],
                "on_call": [],
                "then": {"region": "emea", "time_zone": "Europe/London", "at": "2026-11-10T09:00:00Z"},
                "next_opening": None,
            },
            {
                "language": "fr", "on_now": [], "on_call": [], "then": None,
                "next_opening": {
                    "region": "canada-east", "time_zone": "America/Toronto", "at": "2026-11-10T14:00:00Z",
                },
            },
            {
                "language": "ja",
                "on_now": [{"region": "apac", "time_zone": "Asia/Tokyo", "until": "2026-11-10T09:00:00Z"}],
                "on_call": [],
                "then": {"region": "apac", "time_zone": "Asia/Tokyo", "at": "2026-11-11T00:00:00Z"},
                "next_opening": None,
            },
        ],
    }  # fmt: skip
    assert "Ken" not in str(body)


def test_the_desk_reads_names_and_hand_overs(world, client_for, agent):
    with time_machine.travel(at(10, 1), tick=False):
        page = client_for(agent).get(reverse("admin:sla_on_now"))

    words = page.content.decode()
    assert [line["region"].code for line in page.context["table"]] == ["apac", "canada-east", "emea"]
    assert "Ken" in words
    assert dict(page.context["hand_overs"])["anglais"].at == at(10, 9)


@pytest.fixture
def luc_on_call(world, toronto, lead):
    """Luc is on call for French in Toronto, until a Monday at 09:00 there."""
    rota = open_rota(toronto, "fr", weekday=0, hour="09:00", by=lead.user, now=MONDAY_9AM)
    plan_weeks(rota, [world["luc"]], first_day=MONDAY_9AM.date(), weeks=2, by=lead.user, now=MONDAY_9AM)
    return rota


def test_at_night_the_desk_reads_who_is_on_call_and_when_business_hours_begin(luc_on_call, client_for, lead):
    with time_machine.travel(at(10, 1), tick=False):
        page = client_for(lead).get(reverse("admin:sla_on_now"))

    (line,) = [line for line in page.context["table"] if line["region"].code == "canada-east"]
    english, french = line["cells"][0], line["cells"][1]
    assert (english["on"], english["on_call"], french["on"]) == (None, None, None)
    assert (french["on_call"].agent.name, french["on_call"].until) == ("Luc", at(16, 14))
    assert "on call" in page.content.decode()


def test_in_business_hours_and_in_an_absence_nobody_is_called(luc_on_call, world):
    luc = world["luc"]
    go_away(luc, starts_at=at(10, 23), ends_at=at(11, 3), by=luc.user, now=MONDAY_9AM)

    assert coverage_now(at(9, 15)).on_call("fr") == []
    assert [row.until for row in coverage_now(at(10, 22, 30)).on_call("fr")] == [at(10, 23)]
    assert coverage_now(at(11, 1)).on_call("fr") == []


def test_customers_and_programs_read_where_somebody_is_on_call_without_names(luc_on_call, client_for, account, lead):
    zoe = make_contact(account, "zoe@acme.test", language="fr")
    seat(zoe, by=lead.user)
    with time_machine.travel(at(10, 1), tick=False):
        page = client_for(zoe).get(reverse("tickets:new"))
    (french,) = [
        row for row in Caller(zoe, now=at(10, 1)).get("/coverage").json()["languages"] if row["language"] == "fr"
    ]

    words = page.content.decode()
    assert [(row.region.code, row.until) for row in page.context["on_now"]["spoken"][1].on_call] == [
        ("canada-east", at(16, 14))
    ]
    assert ("d’astreinte" in words, "Luc" in words) == (True, False)
    assert french["on_call"] == [
        {"region": "canada-east", "time_zone": "America/Toronto", "until": "2026-11-16T14:00:00Z"}
    ]


def test_a_customer_chooses_the_language_knowing_when_it_opens(world, client_for, account, account_admin, lead):
    zoe = make_contact(account, "zoe@acme.test", language="fr")
    seat(zoe, by=lead.user)
    with time_machine.travel(at(10, 1), tick=False):
        page = client_for(zoe).get(reverse("tickets:new"))
        helped = client_for(zoe).get(reverse("portal:help"))

    english, french = page.context["on_now"]["spoken"]
    assert ([row.region.code for row in english.now], french.opening.at) == (["apac"], at(10, 14))
    assert "15:00" in page.content.decode()
    assert "Toronto" in page.content.decode()
    assert "Tokyo" in helped.content.decode()


def test_who_does_not_choose_is_not_charged_for_it(world, client_for, requester):
    page = client_for(requester).get(reverse("tickets:new"))

    assert (page.status_code, "on_now" in page.context) == (200, False)


def test_strangers_do_not_read_how_the_desk_is_staffed(world, client):
    page = client.get(reverse("portal:help"))

    assert (page.status_code, "on_now" in page.context) == (200, False)
