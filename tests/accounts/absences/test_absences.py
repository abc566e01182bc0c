"""Absences: own ones, those of others by leads, overlaps refused in words, what is over stays."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.absences.domain import LONGEST, cancel_absence, change_absence, go_away
from accounts.models import AwayPeriod
from portal.lib import clock
from portal.lib.errors import DomainError, NotAllowed, Stale
from tests.factories import MONDAY_9AM, make_agent

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAGE = "/desk/accounts/awayperiod/"


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM)


@pytest.fixture
def kim(db):
    return make_agent("kim@punctual.test", name="Kim", time_zone="UTC")


@pytest.fixture
def week(kim):
    starts_at, ends_at = MONDAY_9AM + DAY, MONDAY_9AM + 3 * DAY
    return go_away(kim, starts_at=starts_at, ends_at=ends_at, reason=" Skiing\x00 ", by=kim.user, now=MONDAY_9AM)


def periods():
    return list(AwayPeriod.objects.values_list("agent__user__name", "starts_at", "ends_at", "reason"))


def test_an_agent_enters_the_own_absence(week):
    assert periods() == [("Kim", MONDAY_9AM + DAY, MONDAY_9AM + 3 * DAY, "Skiing")]


def test_a_lead_enters_anybody_s_and_an_agent_only_the_own(kim, lead, agent):
    with pytest.raises(NotAllowed):
        go_away(kim, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + DAY, by=agent.user, now=MONDAY_9AM)
    assert periods() == []

    go_away(kim, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + DAY, by=lead.user, now=MONDAY_9AM)
    assert [row[0] for row in periods()] == ["Kim"]


@pytest.mark.parametrize(
    ("starts", "ends", "code", "sentence"),
    [
        (2 * DAY, 2 * DAY, "backwards", "The end must be after the start. Select a later end."),
        (-2 * DAY, -DAY, "past", "The end is in the past. Select an end in the future."),
        (5 * DAY, 900 * DAY, "too_long", "An absence can last up to one year. Check the year of the end."),
        (
            2 * DAY, 9 * DAY, "overlaps",
            "Kim already has an absence from 09:00 tomorrow to Thursday 12\xa0November at 09:00. "
            "Change that absence instead.",
        ),
    ],
    ids=["backwards", "past", "too long", "overlapping"],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(kim, week, starts, ends, code, sentence):
    with pytest.raises(DomainError) as refusal:
        go_away(kim, starts_at=MONDAY_9AM + starts, ends_at=MONDAY_9AM + ends, by=kim.user, now=MONDAY_9AM)

    assert (refusal.value.code, str(refusal.value)) == (code, sentence)
    assert len(periods()) == 1


def test_absences_that_touch_are_two(kim, week):
    go_away(kim, starts_at=week.ends_at, ends_at=week.ends_at + DAY, by=kim.user, now=MONDAY_9AM)

    assert len(periods()) == 2


def test_one_that_has_begun_keeps_its_beginning(kim, week):
    later = MONDAY_9AM + 2 * DAY
    with pytest.raises(DomainError) as refusal:
        change_absence(week, starts_at=later, ends_at=week.ends_at, reason="", by=kim.user, now=later)
    longer = change_absence(
        week, starts_at=week.starts_at, ends_at=week.ends_at + DAY, reason="Snow", by=kim.user, now=later
    )

    assert refusal.value.code == "begun"
    assert periods() == [("Kim", longer.starts_at, MONDAY_9AM + 4 * DAY, "Snow")]


def test_taken_back_before_it_begins_ended_while_it_runs_kept_when_over(kim, week):
    again = go_away(kim, starts_at=MONDAY_9AM + 5 * DAY, ends_at=MONDAY_9AM + 6 * DAY, by=kim.user, now=MONDAY_9AM)
    assert cancel_absence(again, by=kim.user, now=MONDAY_9AM) is None

    left = cancel_absence(week, by=kim.user, now=MONDAY_9AM + DAY + HOUR)
    assert left is not None
    assert periods() == [("Kim", week.starts_at, MONDAY_9AM + DAY + HOUR, "Skiing")]

    with pytest.raises(Stale):
        cancel_absence(week, by=kim.user, now=MONDAY_9AM + 2 * DAY)
    assert len(periods()) == 1


# --- The desk ---------------------------------------------------------------------------------------------------------


def test_the_page_takes_the_own_absence_and_refuses_an_overlap_with_what_was_written(client_for, kim, week):
    client = client_for(kim)
    values = {"starts_at": "2026-11-20T09:00", "ends_at": "2026-11-21T18:00", "reason": "Course"}
    stored = client.post(PAGE, values)
    again = client.post(PAGE, values)
    empty = client.post(PAGE, {"starts_at": "soon"})

    assert (stored.status_code, again.status_code, empty.status_code) == (302, 422, 422)
    assert list(again.context["form"].errors) == ["starts_at"]
    assert again.context["form"]["reason"].value() == "Course"
    assert [row[3] for row in periods()] == ["Skiing", "Course"]


def test_an_agent_sees_and_changes_only_the_own_and_leads_all(client_for, kim, week, agent, lead):
    change, cancel = f"{PAGE}{week.pk}/change/", reverse("admin:accounts_awayperiod_cancel", args=[week.pk])
    other = client_for(agent)
    assert other.get(PAGE).context["rows"] == []
    answers = [other.get(change), other.post(change, {}), other.post(cancel)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    # Whose absence it is cannot be smuggled in.
    other.post(PAGE, {"agent": kim.pk, "starts_at": "2026-12-01T09:00", "ends_at": "2026-12-02T09:00"})
    assert AwayPeriod.objects.filter(agent=kim).count() == 1

    leading = client_for(lead)
    assert week in leading.get(PAGE).context["rows"]
    leading.post(PAGE, {"agent": kim.pk, "starts_at": "2026-12-01T09:00", "ends_at": "2026-12-02T09:00"})
    leading.post(cancel)
    assert [row.starts_at.month for row in AwayPeriod.objects.filter(agent=kim)] == [12]


def test_a_change_on_the_page_keeps_what_was_not_touched(client_for, kim, week):
    odd = timedelta(seconds=7)
    AwayPeriod.objects.update(starts_at=week.starts_at + odd)
    page = client_for(kim).get(f"{PAGE}{week.pk}/change/")
    values = {name: page.context["form"][name].value() for name in ("starts_at", "ends_at", "reason")}
    values = {name: v if isinstance(v, str) else v.strftime("%Y-%m-%dT%H:%M") for name, v in values.items()}

    client_for(kim).post(f"{PAGE}{week.pk}/change/", values | {"reason": "Snow"})

    assert periods()[0][3] == "Snow"


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_in_its_first_moment_an_absence_has_begun(week, kim, late):
    at = week.starts_at + late
    with pytest.raises(DomainError) as refusal:
        change_absence(week, starts_at=at + HOUR, ends_at=week.ends_at, reason="", by=kim.user, now=at)
    assert (refusal.value.code, refusal.value.field) == ("begun", "starts_at")
    assert periods() == [("Kim", MONDAY_9AM + DAY, MONDAY_9AM + 3 * DAY, "Skiing")]

    change_absence(week, starts_at=week.starts_at, ends_at=week.ends_at + DAY, reason="Snow", by=kim.user, now=at)
    assert periods() == [("Kim", MONDAY_9AM + DAY, MONDAY_9AM + 4 * DAY, "Snow")]


def test_before_its_first_moment_an_absence_can_begin_at_another_time(week, kim):
    at = week.starts_at - timedelta(seconds=1)

    change_absence(week, starts_at=at + HOUR, ends_at=week.ends_at, reason="", by=kim.user, now=at)

    assert [row[1] for row in periods()] == [at + HOUR]


def test_an_absence_ends_after_this_very_moment_and_lasts_a_year_at_most(kim):
    for starts, ends, code in ((-DAY, timedelta(0), "past"), (DAY, DAY, "backwards")):
        with pytest.raises(DomainError) as refusal:
            go_away(kim, starts_at=MONDAY_9AM + starts, ends_at=MONDAY_9AM + ends, by=kim.user, now=MONDAY_9AM)
        assert refusal.value.code == code
    with pytest.raises(DomainError) as refusal:
        go_away(kim, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + LONGEST + HOUR, by=kim.user, now=MONDAY_9AM)
    assert (refusal.value.code, periods()) == ("too_long", [])

    go_away(kim, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + LONGEST, by=kim.user, now=MONDAY_9AM)
    assert [row[2] - row[1] for row in periods()] == [LONGEST]
