"""On-call rotas: weeks by the region's watches, shifts that never share time, gaps that are told, and their pages."""

import contextlib
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.absences.domain import go_away
from accounts.core.enums import Tier
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.notice import Notice
from sla.coverage.domain.on_call import holes, next_on_call, on_call
from sla.coverage.domain.rota import change_handover, end_rota, open_rota, plan_weeks, reassign_shift, remove_shift
from sla.coverage.domain.rota_needs import current_rotas, unserved
from sla.coverage.domain.rota_notices import warn_of_holes
from sla.models import Calendar, CalendarVersion, Rota, Shift
from tests.factories import make_account, make_agent, make_contract, make_region

pytestmark = pytest.mark.django_db
DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(days=7)


def at(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


# A Monday; Paris is one hour ahead of UTC, so the week began at 08:00 UTC.
NOW = at(11, 9, 10)
FIRST = at(11, 9, 8)


def make(name, *regions, languages=("en", "fr"), **more):
    agent = make_agent(f"{name}@punctual.test", name=name.title(), **more)
    agent.languages = list(languages)
    agent.save()
    agent.regions.set(regions)
    return agent


@pytest.fixture
def people(paris):
    return [make("ann", paris), make("bob", paris), make("cleo", paris)]


@pytest.fixture
def rota(paris, people, lead):
    return open_rota(paris, "en", weekday=0, hour="09:00", by=lead.user, now=NOW)


@pytest.fixture
def planned(rota, people, lead):
    """Ann from now on, then Bob, then Cleo, each until a Monday 09:00 in Paris."""
    return plan_weeks(rota, people, first_day=NOW.date(), weeks=3, by=lead.user, now=NOW)


def rows(rota):
    return [(row.agent.name, row.starts_at, row.ends_at) for row in rota.shifts.select_related("agent__user")]


def told(*kinds):
    mails = Notice.objects.filter(kind__in=kinds or ["on_call", "rota_hole"]).order_by("pk")
    return [(mail.kind, mail.recipient.name, mail.data.get("what", "")) for mail in mails.select_related("recipient")]


def refused(code, act, *args, **kwargs):
    with pytest.raises(DomainError) as refusal:
        act(*args, **kwargs)
    assert refusal.value.code == code
    return str(refusal.value)


# --- Planning ---------------------------------------------------------------------------------------------------------


def test_weeks_follow_the_order_and_the_running_week_begins_now(rota, planned, people, lead):
    assert rows(rota) == [
        ("Ann", NOW, FIRST + WEEK), ("Bob", FIRST + WEEK, FIRST + 2 * WEEK),
        ("Cleo", FIRST + 2 * WEEK, FIRST + 3 * WEEK),
    ]  # fmt: skip
    assert told() == [("on_call", name, "planned") for name in ("Ann", "Bob", "Cleo")]


def test_the_handover_keeps_its_hour_when_the_clocks_change(rota, people, lead):
    # 25 October 2026: Paris falls back, so that week has an hour more.
    plan_weeks(rota, people, first_day=date(2026, 10, 19), weeks=2, by=lead.user, now=at(10, 1))

    assert rows(rota) == [("Ann", at(10, 19, 7), at(10, 26, 8)), ("Bob", at(10, 26, 8), at(11, 2, 8))]


def test_an_hour_that_a_clock_change_leaves_out_or_repeats_is_one_moment(people, lead):
    """Handover on Sunday at 02:30: left out on 29 March in Paris, there twice on 25 October."""
    rota = open_rota(make_region("x"), "en", weekday=6, hour="02:30", by=lead.user, now=at(3, 1))
    plan_weeks(rota, people, first_day=date(2026, 3, 25), weeks=2, by=lead.user, now=at(3, 1))
    plan_weeks(rota, people, first_day=date(2026, 10, 18), weeks=2, by=lead.user, now=at(3, 1))

    assert [(start, end) for _name, start, end in rows(rota)] == [
        (at(3, 22, 1, 30), at(3, 29, 1, 30)), (at(3, 29, 1, 30), at(4, 5, 0, 30)),
        (at(10, 18, 0, 30), at(10, 25, 0, 30)), (at(10, 25, 0, 30), at(11, 1, 1, 30)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("planned", {"first_day": date(2026, 11, 17)}),
        ("past", {"first_day": date(2026, 11, 2)}),
        ("weeks", {"weeks": 0}),
        ("weeks", {"weeks": 27}),
        ("empty", {"order": []}),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_planned(code, change, rota, planned, people, lead):
    before, values = rows(rota), {"order": people, "first_day": date(2026, 12, 7), "weeks": 2} | change

    refused(code, plan_weeks, rota, values.pop("order"), **values, by=lead.user, now=NOW)

    assert (rows(rota), len(told())) == (before, 3)


def test_only_active_agents_who_speak_the_language_are_planned(rota, people, lead):
    mute, gone = make("mute", languages=["ja"]), make("gone")
    gone.user.is_active = False
    gone.user.save()

    for code, agent in (("language", mute), ("left", gone)):
        refused(code, plan_weeks, rota, [people[0], agent], first_day=NOW.date(), weeks=2, by=lead.user, now=NOW)
    assert rows(rota) == []


def test_a_region_has_one_rota_for_a_language_and_none_for_a_language_nobody_speaks(rota, paris, lead):
    refused("exists", open_rota, paris, "en", weekday=1, hour="08:00", by=lead.user, now=NOW)
    refused("nobody_speaks", open_rota, paris, "ja", weekday=1, hour="08:00", by=lead.user, now=NOW)
    end_rota(rota, by=lead.user, now=NOW)

    again = open_rota(paris, "en", weekday=1, hour="08:00", by=lead.user, now=NOW)

    assert list(Rota.objects.current()) == [again]
    assert rota.pk != again.pk


def test_another_handover_bears_on_weeks_planned_later_only(rota, planned, people, lead):
    change_handover(rota, weekday=2, hour="18:00", by=lead.user, now=NOW)
    rota.refresh_from_db()

    plan_weeks(rota, people[:1], first_day=date(2026, 12, 2), weeks=1, by=lead.user, now=NOW)

    assert rows(rota)[2:] == [("Cleo", at(11, 23, 8), at(11, 30, 8)), ("Ann", at(12, 2, 17), at(12, 9, 17))]


# --- Changing a shift -------------------------------------------------------------------------------------------------


def test_a_whole_shift_changes_hands_and_says_for_whom_it_was_planned(rota, planned, people, lead):
    shift = reassign_shift(planned[1], people[2], by=lead.user, now=NOW)

    assert (shift.agent, shift.planned_for, shift.pk) == (people[2], people[1], planned[1].pk)
    assert told()[3:] == [("on_call", "Cleo", "planned"), ("on_call", "Bob", "freed")]
    back = reassign_shift(shift, people[1], by=lead.user, now=NOW + HOUR)
    assert (back.agent, back.planned_for) == (people[1], None)


def test_a_stretch_of_a_shift_changes_hands_and_the_rest_stays(rota, planned, people, lead):
    wednesday = at(11, 18, 17)

    reassign_shift(planned[1], people[0], starts_at=wednesday, ends_at=wednesday + DAY, by=lead.user, now=NOW)

    assert rows(rota)[1:4] == [
        ("Bob", FIRST + WEEK, wednesday), ("Ann", wednesday, wednesday + DAY),
        ("Bob", wednesday + DAY, FIRST + 2 * WEEK),
    ]  # fmt: skip


def test_what_is_over_of_a_shift_stays_with_whoever_had_it(rota, planned, people, lead):
    reassign_shift(planned[0], people[2], by=lead.user, now=NOW + DAY)

    assert rows(rota)[:2] == [("Ann", NOW, NOW + DAY), ("Cleo", NOW + DAY, FIRST + WEEK)]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("outside", {"starts_at": FIRST}),
        ("outside", {"ends_at": FIRST + 2 * WEEK + HOUR}),
        ("outside", {"starts_at": FIRST + WEEK + DAY, "ends_at": FIRST + WEEK + DAY}),
        ("unchanged", {"to": "bob"}),
    ],
)
def test_a_stretch_outside_of_the_shift_is_refused_and_nothing_moves(code, change, rota, planned, people, lead):
    before, to = rows(rota), people[1] if change.pop("to", "") else people[0]

    refused(code, reassign_shift, planned[1], to, by=lead.user, now=NOW, **change)

    assert (rows(rota), len(told())) == (before, 3)


def test_a_shift_that_is_over_or_gone_no_longer_changes(rota, planned, people, lead):
    remove_shift(planned[1], by=lead.user, now=NOW)
    before = rows(rota)

    for act in (lambda: reassign_shift(planned[1], people[0], by=lead.user, now=NOW),
                lambda: remove_shift(planned[0], by=lead.user, now=FIRST + WEEK)):  # fmt: skip
        with pytest.raises(Stale):
            act()
    assert rows(rota) == before
    assert told()[3:] == [("on_call", "Bob", "freed")]


def test_ending_a_rota_ends_the_running_shift_and_removes_what_comes(rota, planned, lead):
    end_rota(rota, by=lead.user, now=NOW + HOUR)

    assert rows(rota) == [("Ann", NOW, NOW + HOUR)]
    assert told()[3:] == [("on_call", name, "freed") for name in ("Ann", "Bob", "Cleo")]
    with pytest.raises(Stale):
        end_rota(rota, by=lead.user, now=NOW + 2 * HOUR)


def test_nobody_is_told_of_what_they_did_themselves(rota, people, lead):
    lead.languages = ["en"]
    lead.save()

    (shift,) = plan_weeks(rota, [lead], first_day=NOW.date(), weeks=1, by=lead.user, now=NOW)
    reassign_shift(shift, people[0], by=lead.user, now=NOW)

    assert told() == [("on_call", "Ann", "planned")]


def test_the_database_keeps_two_shifts_of_a_rota_apart(rota, planned, people, lead, london):
    other = open_rota(london, "en", weekday=0, hour="09:00", by=lead.user, now=NOW)
    new = {"agent": people[0], "changed_at": NOW}

    with pytest.raises(IntegrityError, match="sla_shift_apart"), transaction.atomic():
        Shift.objects.create(rota=rota, starts_at=FIRST + WEEK - HOUR, ends_at=FIRST + WEEK + HOUR, **new)
    with pytest.raises(IntegrityError, match="sla_shift_apart"), transaction.atomic():
        Shift.objects.filter(pk=planned[0].pk).update(ends_at=FIRST + WEEK + HOUR)
    # Shifts that touch, and those of another rota, share nothing.
    Shift.objects.create(rota=rota, starts_at=FIRST + 3 * WEEK, ends_at=FIRST + 4 * WEEK, **new)
    Shift.objects.create(rota=other, starts_at=NOW, ends_at=NOW + WEEK, **new)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_changes_hands_the_covered_time_stays_the_same(data, rota, people, lead):
    """Any sequence of swaps covers exactly what was planned, each moment once."""
    with transaction.atomic():
        plan_weeks(rota, people, first_day=NOW.date(), weeks=3, by=lead.user, now=NOW)
        for _number in range(data.draw(st.integers(1, 6))):
            shift = data.draw(st.sampled_from(list(rota.shifts.select_related("rota", "agent__user"))))
            minutes = int((shift.ends_at - shift.starts_at) / timedelta(minutes=1))
            first, last = sorted((data.draw(st.integers(0, minutes)), data.draw(st.integers(0, minutes))))
            stretch = {
                "starts_at": shift.starts_at + timedelta(minutes=first),
                "ends_at": shift.starts_at + timedelta(minutes=last),
            }
            with contextlib.suppress(DomainError):
                reassign_shift(shift, data.draw(st.sampled_from(people)), by=lead.user, now=NOW, **stretch)
        found = [(start, end) for _name, start, end in rows(rota)]
        assert (found[0][0], found[-1][1]) == (NOW, FIRST + 3 * WEEK)
        assert all(end == start for (_s, end), (start, _e) in zip(found, found[1:], strict=False))
        transaction.set_rollback(True)


# --- Who is on call, and when nobody is -------------------------------------------------------------------------------


def test_who_is_on_call_changes_exactly_at_the_handover(rota, planned, paris, people):
    second = timedelta(seconds=1)

    assert on_call(paris, "en", FIRST + WEEK - second) == people[0]
    assert on_call(paris, "en", FIRST + WEEK) == people[1]
    assert on_call(paris, "en", FIRST + 3 * WEEK) is None
    assert on_call(paris, "fr", NOW) is None
    assert next_on_call(paris, "en", NOW) == people[1]


def test_who_is_away_or_has_left_is_not_on_call(rota, planned, paris, people):
    go_away(people[0], starts_at=at(11, 10, 18), ends_at=at(11, 11, 6), by=people[0].user, now=NOW)
    people[1].user.is_active = False
    people[1].user.save()

    assert on_call(paris, "en", at(11, 10, 20)) is None
    assert on_call(paris, "en", at(11, 11, 6)) == people[0]
    assert on_call(paris, "en", FIRST + WEEK) is None


def test_gaps_are_what_no_shift_covers_and_where_the_agent_is_away(rota, planned, paris, people, lead):
    go_away(people[0], starts_at=at(11, 10, 18), ends_at=at(11, 11, 6), by=people[0].user, now=NOW)
    # A Thursday from 11:00 to 15:00: business hours, which need nobody on call.
    go_away(people[0], starts_at=at(11, 12, 10), ends_at=at(11, 12, 14), by=people[0].user, now=NOW)
    remove_shift(planned[1], by=lead.user, now=NOW)

    found = holes([rota], now=NOW, until=FIRST + 3 * WEEK + DAY)

    assert [(hole.starts_at, hole.ends_at, hole.agent and hole.agent.name) for hole in found] == [
        (at(11, 10, 18), at(11, 11, 6), "Ann"), (FIRST + WEEK, FIRST + 2 * WEEK, None),
        (FIRST + 3 * WEEK, None, None),
    ]  # fmt: skip


def test_an_absence_makes_a_gap_only_in_the_shift_in_which_it_lies(rota, people, lead):
    """Also where no calendar says when the desk is open."""
    plan_weeks(rota, people[:2], first_day=NOW.date(), weeks=3, by=lead.user, now=NOW)  # Ann, Bob, and Ann again
    ann, third = people[0], FIRST + 2 * WEEK
    go_away(ann, starts_at=FIRST + WEEK, ends_at=third, by=ann.user, now=NOW)  # just the week that is Bob's
    go_away(ann, starts_at=third + DAY, ends_at=third + 2 * DAY, by=ann.user, now=NOW)
    CalendarVersion.objects.filter(calendar__region=rota.region).delete()
    Calendar.objects.filter(region=rota.region).delete()

    found = holes([rota], now=NOW, until=third + 2 * WEEK)

    assert [(hole.starts_at, hole.ends_at, hole.agent) for hole in found] == [
        (third + DAY, third + 2 * DAY, ann), (FIRST + 3 * WEEK, None, None),
    ]  # fmt: skip


def test_leads_hear_of_a_gap_a_week_ahead_and_once(rota, planned, lead, administrator):
    gap = FIRST + 3 * WEEK

    for now in (gap - WEEK - HOUR, gap - WEEK):
        warn_of_holes(now=now)
        assert told("rota_hole") == []
    for now in (gap - WEEK + timedelta(seconds=1), gap - 2 * DAY, gap + HOUR):
        warn_of_holes(now=now)
        assert sorted(told("rota_hole")) == [("rota_hole", "Nadia", ""), ("rota_hole", "Root", "")]


def test_a_gap_is_mailed_with_its_end_or_without_when_nothing_is_planned_after_it(rota, planned, people, lead):
    remove_shift(planned[1], by=lead.user, now=NOW)
    warn_of_holes(now=FIRST + WEEK - DAY)
    warn_of_holes(now=FIRST + 3 * WEEK)

    mails = [outbox.render(mail).body for mail in Notice.objects.filter(kind="rota_hole").order_by("pk")]
    assert [mail.replace("\xa0", " ").splitlines()[0] for mail in mails] == [
        "Nobody is on call for France (English) "
        "from Monday 16 November at 09:00 (Paris) to Monday 23 November at 09:00 (Paris).",
        "Nobody is on call for France (English) from Monday 30 November at 09:00 (Paris) onwards.",
    ]


def test_gaps_of_many_rotas_cost_what_those_of_one_cost(rota, planned, people, lead, django_assert_max_num_queries):
    for number in range(5):
        region = make_region(f"r{number}")
        other = open_rota(region, "en", weekday=0, hour="09:00", by=lead.user, now=NOW)
        plan_weeks(other, people, first_day=NOW.date(), weeks=2, by=lead.user, now=NOW)
    rotas = list(Rota.objects.select_related("region"))
    holes(rotas, now=NOW, until=NOW + 4 * WEEK)  # the editions of the calendars are kept by the process

    with django_assert_max_num_queries(4):
        assert len(holes(rotas, now=NOW, until=NOW + 4 * WEEK)) == 6


# --- Regions that have no rota ----------------------------------------------------------------------------------------


def gaps_without_rota(now, until):
    found = unserved(current_rotas(), now=now, until=until)
    return [(hole.region.code, hole.starts_at, hole.ends_at) for hole in found]


def test_a_region_with_24x7_contracts_and_no_rota_is_a_gap_until_a_rota_anywhere_covers_it(
    paris, tokyo, london, people, lead
):
    """Gold in Tokyo and further in London: nobody is planned, then a rota of Paris speaks for both for two weeks."""
    gold = make_account("Acme", region=tokyo, tier=Tier.GOLD)
    gold.regions.add(london)
    make_account("Standard", region=make_region("latam"), tier=Tier.STANDARD)
    over = make_account("Over", region=make_region("iberia"))
    make_contract(over, Tier.PLATINUM, ends=NOW.date() - DAY)

    assert gaps_without_rota(NOW, NOW + WEEK) == [("apac", NOW, None), ("emea", NOW, None)]

    rota = open_rota(paris, "en", weekday=0, hour="09:00", by=lead.user, now=NOW)
    plan_weeks(rota, people[:2], first_day=NOW.date(), weeks=2, by=lead.user, now=NOW)
    end = FIRST + 2 * WEEK
    assert gaps_without_rota(NOW, end) == []
    assert gaps_without_rota(NOW, end + HOUR) == [("apac", end, None), ("emea", end, None)]

    # Away for a night: a gap here and there alike. For some hours of business in Paris: the desk answers.
    go_away(people[0], starts_at=at(11, 10, 18), ends_at=at(11, 11, 6), by=people[0].user, now=NOW)
    go_away(people[0], starts_at=at(11, 12, 10), ends_at=at(11, 12, 14), by=people[0].user, now=NOW)
    night = (at(11, 10, 18), at(11, 11, 6))
    assert gaps_without_rota(NOW, end) == [("apac", *night), ("emea", *night)]

    # A rota of another language speaks for nobody in English; one in London covers the night, for Tokyo as well.
    plan_weeks(
        open_rota(tokyo, "fr", weekday=0, hour="09:00", by=lead.user, now=NOW), people[2:], first_day=NOW.date(),
        weeks=1, by=lead.user, now=NOW,
    )  # fmt: skip
    assert gaps_without_rota(NOW, end) == [("apac", *night), ("emea", *night)]
    other = open_rota(london, "en", weekday=0, hour="09:00", by=lead.user, now=NOW)
    plan_weeks(other, people[2:], first_day=NOW.date(), weeks=1, by=lead.user, now=NOW)
    assert gaps_without_rota(NOW, end) == []


def test_leads_hear_once_of_a_region_without_a_rota_and_read_it_on_both_pages(
    tokyo, desk, lead, administrator, mailoutbox
):
    make_account("Acme", region=tokyo, tier=Tier.PLATINUM)
    administrator.user.language = "fr"
    administrator.user.save()

    for now in (NOW, NOW + HOUR, NOW + WEEK):
        warn_of_holes(now=now)
    outbox.deliver(now=NOW)

    assert sorted(told("rota_hole")) == [("rota_hole", "Nadia", ""), ("rota_hole", "Root", "")]
    said = {mail.to[0].split("@")[0]: mail.body.replace("\xa0", " ") for mail in mailoutbox}
    starts = "Monday 9 November at 11:00 (Paris), 19:00 in Tokyo"
    assert f"Nobody is on call for Apac (English) from {starts} onwards." in said["nadia"]
    assert "Accounts of this region have 24/7 targets, and it has no rota." in said["nadia"]
    assert "Des comptes de cette région ont des délais 24/7, et elle n’a pas d’astreinte." in said["root"]
    page = desk.get(reverse("admin:sla_rota_changelist"))
    assert [(row["region"].code, row["language"], row["gap"].starts_at) for row in page.context["unserved"]] == [
        ("apac", "English", NOW)
    ]
    assert "Regions that need a rota" in page.content.decode()
    (box,) = [box for box in desk.get(reverse("admin:index")).context["boxes"] if box.name == "on_call"]
    assert [(item.words, item.facts, item.url) for item in box.items] == [
        ("Apac · English", "from today 11:00", reverse("admin:sla_rota_changelist"))
    ]


def test_needs_of_many_regions_cost_what_those_of_one_cost(rota, planned, people, django_assert_max_num_queries):
    for number in range(5):
        make_account(f"A{number}", region=make_region(f"r{number}"), tier=Tier.GOLD)
    go_away(people[0], starts_at=at(11, 10, 18), ends_at=at(11, 11, 6), by=people[0].user, now=NOW)
    rotas = current_rotas()
    unserved(rotas, now=NOW, until=NOW + WEEK)  # the editions of the calendars are kept by the process

    with django_assert_max_num_queries(3):
        assert len(unserved(rotas, now=NOW, until=NOW + WEEK)) == 5


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client_for, lead, monkeypatch):
    monkeypatch.setattr("portal.lib.clock.now", lambda: NOW)
    return client_for(lead)


def post(desk, name, *args, **data):
    return desk.post(reverse(f"admin:sla_rota_{name}", args=args), data, follow=True)


def test_a_lead_makes_a_rota_and_plans_it(desk, paris, people):
    made = post(desk, "new", region=paris.pk, language="en", weekday="0", hour="09:00")
    rota = Rota.objects.get()
    assert made.redirect_chain[-1][0] == reverse("admin:sla_rota_change", args=[rota.pk])

    page = post(
        desk, "plan", rota.pk, first_day="2026-11-09", weeks="2",
        **{f"place_{people[2].pk}": "1", f"place_{people[0].pk}": "2"},
    )  # fmt: skip

    assert rows(rota) == [("Cleo", NOW, FIRST + WEEK), ("Ann", FIRST + WEEK, FIRST + 2 * WEEK)]
    assert [row["shift"].agent.name for row in page.context["rows"] if "shift" in row] == ["Cleo", "Ann"]
    assert "Weeks planned." in page.content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"first_day": "2026-11-17", "weeks": "2", "first": "1"}, "is already on call from"),
        ({"first_day": "soon", "weeks": "2", "first": "1"}, "Enter a date."),
        ({"first_day": "2026-12-07", "weeks": "2"}, "Select at least one agent."),
        ({"first_day": "2026-12-07", "weeks": "99", "first": "1"}, "26"),
        ({"first_day": "2026-12-07", "weeks": "", "first": "1"}, "Enter a number of weeks."),
        (
            {"first_day": "2026-12-07", "weeks": "2", "first": "1", "second": "1"},
            "Ann already has number 1. Enter another number for Bob.",
        ),
    ],
)
def test_a_refused_plan_shows_why_and_keeps_what_was_typed(data, sentence, desk, rota, planned, people):
    before, places = rows(rota), [data.pop("first", ""), data.pop("second", "")]

    page = post(
        desk, "plan", rota.pk, **data,
        **{f"place_{agent.pk}": place for agent, place in zip(people, places, strict=False)},
    )  # fmt: skip

    assert (page.status_code, rows(rota)) == (422, before)
    assert sentence in page.content.decode()
    assert f'value="{data["first_day"]}"' in page.content.decode()


@pytest.mark.parametrize(
    ("language", "summary"),
    [
        ("en", ["Enter a number of weeks.", "Ann already has number 1. Enter another number for Bob."]),
        ("fr", ["Saisissez un nombre de semaines.", "Ann a déjà le numéro 1. Saisissez un autre numéro pour Bob."]),
    ],
)
def test_a_refused_plan_is_said_in_the_language_of_the_reader(language, summary, desk, rota, people, lead):
    lead.user.language = language
    lead.user.save()

    places = {f"place_{agent.pk}": "1" for agent in people[:2]}
    page = post(desk, "plan", rota.pk, first_day="2026-12-07", weeks="", **places)

    assert (page.status_code, rows(rota)) == (422, [])
    assert all(said in page.content.decode() for said in summary)


def test_a_field_that_was_left_out_is_named_in_one_sentence(desk, rota, people, lead):
    lead.user.language = "fr"
    lead.user.save()

    page = post(desk, "give", rota.pk, plan_weeks(
        rota, people[:1], first_day=NOW.date(), weeks=1, by=lead.user, now=NOW)[0].pk, agent="")  # fmt: skip

    assert page.status_code == 422
    assert re.search(r'<p><a href="#give-\d+-agent">Saisissez « Agent ».</a></p>', page.content.decode())


def test_a_lead_gives_a_shift_away_and_removes_one(desk, rota, planned, people):
    post(desk, "give", rota.pk, planned[1].pk, agent=people[2].pk, starts_at="2026-11-18T18:00", ends_at="")
    page = post(desk, "remove", rota.pk, planned[2].pk)

    # Nadia reads Paris time: 18:00 there is 17:00 UTC.
    assert rows(rota)[1:] == [("Bob", FIRST + WEEK, at(11, 18, 17)), ("Cleo", at(11, 18, 17), FIRST + 2 * WEEK)]
    assert "instead of Bob" in page.content.decode()
    assert [row["gap"].starts_at for row in page.context["rows"] if "gap" in row] == []


def test_a_refused_handover_of_a_shift_points_to_its_field_and_keeps_what_was_typed(desk, rota, planned, people):
    before, shift = rows(rota), planned[1]

    page = post(desk, "give", rota.pk, shift.pk, agent=people[2].pk, starts_at="2026-11-01T10:00", ends_at="")

    said = page.content.decode()
    assert (page.status_code, rows(rota)) == (422, before)
    assert f'<a href="#give-{shift.pk}-starts_at">' in said
    assert f'id="give-{shift.pk}-starts_at_error">This time is outside the shift.' in said
    assert 'value="2026-11-01T10:00"' in said
    assert f'<option value="{people[2].pk}" selected>Cleo</option>' in said


def test_a_shift_of_another_rota_is_not_found_under_this_one(desk, rota, planned, people, london, lead):
    other = open_rota(london, "en", weekday=0, hour="09:00", by=lead.user, now=NOW)

    assert post(desk, "remove", other.pk, planned[1].pk).status_code == 404
    assert len(rows(rota)) == 3


def test_agents_read_the_rota_and_change_nothing(client_for, rota, planned, agent, monkeypatch):
    monkeypatch.setattr("portal.lib.clock.now", lambda: NOW)
    desk = client_for(agent)

    page = desk.get(reverse("admin:sla_rota_change", args=[rota.pk]))

    assert '<form method="post" action="/desk/sla/rota' not in page.content.decode()
    assert "plan" not in page.context
    for name, args in (("plan", [rota.pk]), ("give", [rota.pk, planned[0].pk]), ("end", [rota.pk])):
        assert post(desk, name, *args).status_code == 403
    assert (len(rows(rota)), Rota.objects.current().count()) == (3, 1)


def test_the_list_says_who_is_on_call_until_when_and_where_gaps_are(desk, rota, planned, people, london, lead):
    go_away(people[0], starts_at=at(11, 10, 18), ends_at=at(11, 11, 6), by=people[0].user, now=NOW)
    open_rota(london, "en", weekday=0, hour="09:00", by=lead.user, now=NOW)

    page = desk.get(reverse("admin:sla_rota_changelist"))

    said = [
        (row["rota"].region.code, row["now"] and row["now"].agent.name, row["next"] and row["next"].agent.name,
         [(gap.starts_at, gap.ends_at) for gap in row["gaps"]])
        for row in page.context["rows"]
    ]  # fmt: skip
    assert said == [
        ("emea", None, None, [(NOW, None)]), ("france", "Ann", "Bob", [(at(11, 10, 18), at(11, 11, 6))]),
    ]  # fmt: skip
    assert "Ann is away" in page.content.decode()


def test_an_ended_rota_shows_what_was_and_offers_nothing(desk, rota, planned, lead):
    page = post(desk, "end", rota.pk)
    assert page.context["rows"] == []

    page = desk.get(reverse("admin:sla_rota_change", args=[rota.pk]))

    assert "This rota has ended." in page.content.decode()
    assert (page.context["rows"], "plan" in page.context) == ([], False)
