"""Calendars and targets on the desk: edits make versions, nonsense is refused in words, roles hold."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Region
from portal.lib import clock
from sla.core.domain.calendars import calendar_of, fill_coming_holidays, fill_holidays
from sla.models import Calendar, CalendarException, CalendarVersion, OpeningInterval, Target
from tests.factories import MONDAY_9AM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM)


def form(calendar, *, intervals=None, exceptions=(), **values):
    """What the calendar page posts; `intervals` replaces the rows by new ones."""
    rows = list(calendar.intervals.all())
    data = {"seen_version": calendar.version}
    for index, row in enumerate(rows):
        data |= {
            f"intervals-{index}-id": row.pk, f"intervals-{index}-weekday": row.weekday,
            f"intervals-{index}-opens": row.opens, f"intervals-{index}-closes": row.closes,
        }  # fmt: skip
        if intervals is not None:
            data[f"intervals-{index}-DELETE"] = "on"
    for offset, (weekday, opens, closes) in enumerate(intervals or []):
        index = len(rows) + offset
        data |= {
            f"intervals-{index}-weekday": weekday, f"intervals-{index}-opens": opens,
            f"intervals-{index}-closes": closes,
        }  # fmt: skip
    data |= {"intervals-TOTAL_FORMS": len(rows) + len(intervals or []), "intervals-INITIAL_FORMS": len(rows)}
    for index, (day, english, french, hours) in enumerate(exceptions):
        data |= {
            f"exceptions-{index}-day": day, f"exceptions-{index}-name_en": english,
            f"exceptions-{index}-name_fr": french, f"exceptions-{index}-hours": hours,
        }  # fmt: skip
    return data | {"exceptions-TOTAL_FORMS": len(exceptions), "exceptions-INITIAL_FORMS": 0} | values


def save(client, calendar, **changes):
    return client.post(reverse("admin:sla_calendar_change", args=[calendar.pk]), form(calendar, **changes))


def hours(calendar):
    return [(row.weekday, row.opens, row.closes) for row in calendar.intervals.all()]


def test_new_hours_make_a_new_version(client_for, lead, paris):
    calendar = calendar_of(paris)

    response = save(client_for(lead), calendar, intervals=[(0, "08:00", "12:00"), (0, "13:00", "24:00")])

    assert response.status_code == 302
    assert hours(calendar) == [(0, "08:00", "12:00"), (0, "13:00", "24:00")]
    assert Calendar.objects.get().version == 2


def test_a_new_calendar_is_kept_before_any_promise_names_it(client_for, administrator):
    region = Region.objects.create(code="iberia", name_en="Iberia", name_fr="Ibérie", time_zone="Europe/Madrid")
    data = form(Calendar(region=region, pk=0), region=region.pk) | {
        "intervals-TOTAL_FORMS": 1, "intervals-0-weekday": 0, "intervals-0-opens": "09:00",
        "intervals-0-closes": "17:00",
    }  # fmt: skip

    response = client_for(administrator).post(reverse("admin:sla_calendar_add"), data)

    assert response.status_code == 302
    kept = CalendarVersion.objects.values_list("calendar__region__code", "version", "weekly", "created_by__email")
    assert list(kept) == [("iberia", 1, {"0": [["09:00", "17:00"]]}, administrator.user.email)]


def test_saving_without_a_change_makes_no_version(client_for, lead, paris):
    save(client_for(lead), calendar_of(paris))

    assert Calendar.objects.get().version == 1


def test_a_special_day_is_written_as_people_write_hours(client_for, lead, paris):
    days = [
        ("2026-12-24", "Christmas Eve", "Veille de Noël", "09:00–12:00, 13:00-15:00"),
        ("2026-12-31", "Closed", "Fermé", ""),
    ]

    save(client_for(lead), calendar_of(paris), exceptions=days)

    assert list(CalendarException.objects.values_list("day", "name_en", "intervals")) == [
        (date(2026, 12, 24), "Christmas Eve", [["09:00", "12:00"], ["13:00", "15:00"]]),
        (date(2026, 12, 31), "Closed", []),
    ]
    assert Calendar.objects.get().version == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"intervals": []}, "needs business hours on at least one day of the week"),
        (
            {"intervals": [(0, "09:00", "13:00"), (0, "12:00", "18:00")]},
            "Monday 09:00–13:00 overlaps Monday 12:00–18:00",
        ),
        (
            {"intervals": [(6, "22:00", "06:00"), (0, "05:00", "18:00")]},
            "Sunday 22:00–06:00 overlaps Monday 05:00–18:00",
        ),
        ({"intervals": [(0, "9h", "18:00")]}, "Enter a time such as 09:00."),
        ({"exceptions": [("2026-12-24", "Eve", "Veille", "morning")]}, "Enter hours such as 09:00–12:00"),
        (
            {"exceptions": [("2026-12-24", "Eve", "Veille", "09:00–13:00, 12:00–14:00")]},
            "Two of these periods overlap.",
        ),
        ({"seen_version": 0}, "Somebody else changed this calendar. Your change was not saved"),
    ],
)
def test_hours_that_make_no_sense_are_refused_and_nothing_is_saved(client_for, lead, paris, changes, sentence):
    calendar = calendar_of(paris)
    before = hours(calendar)

    response = save(client_for(lead), calendar, **changes)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (hours(calendar), CalendarException.objects.count(), Calendar.objects.get().version) == (before, 0, 1)


def test_public_holidays_are_filled_in_once(client_for, lead, paris):
    calendar = calendar_of(paris)
    CalendarException.objects.create(
        calendar=calendar, day=date(2027, 7, 14), name_en="Open", name_fr="Ouvert", intervals=[]
    )
    client = client_for(lead)
    address = reverse("admin:sla_calendar_fill", args=[calendar.pk])

    client.post(address, {"year": "2027"})
    client.post(address, {"year": "2027"})

    days = dict(CalendarException.objects.values_list("day", "name_en"))
    assert (len(days), days[date(2027, 7, 14)], Calendar.objects.get().version) == (11, "Open", 2)


def days_of(calendar, year):
    return list(calendar.exceptions.filter(day__year=year).order_by("day").values_list("day", "name_en", "name_fr"))


def test_the_holidays_of_coming_years_are_entered_where_staff_keep_them(paris, london):
    """An edit of 2026 alone; London's staff keep none."""
    kept = calendar_of(paris)
    fill_holidays(kept, 2026, by=None, now=MONDAY_9AM)
    assert fill_coming_holidays(now=MONDAY_9AM) == 22
    assert [(len(days_of(kept, year))) for year in (2025, 2026, 2027, 2028, 2029)] == [0, 11, 11, 11, 0]
    assert (date(2028, 12, 25), "Christmas Day", "Noël") in days_of(kept, 2028)
    assert calendar_of(london).exceptions.count() == 0
    # Once a year is over, the next one follows.
    assert fill_coming_holidays(now=MONDAY_9AM) == 0
    assert fill_coming_holidays(now=MONDAY_9AM + timedelta(days=365)) == 11
    kept.refresh_from_db()
    assert kept.version == 5


def test_a_coming_year_that_staff_have_begun_to_enter_is_left_to_them(paris):
    calendar = calendar_of(paris)
    fill_holidays(calendar, 2026, by=None, now=MONDAY_9AM)
    fill_holidays(calendar, 2027, by=None, now=MONDAY_9AM)
    calendar.exceptions.filter(day=date(2027, 5, 1)).delete()
    assert fill_coming_holidays(now=MONDAY_9AM) == 11
    assert not calendar.exceptions.filter(day=date(2027, 5, 1)).exists()


def test_a_region_of_a_country_without_known_holidays_does_not_stop_the_others(paris, london):
    Region.objects.filter(pk=london.pk).update(country="XX")
    CalendarException.objects.create(calendar=calendar_of(london), day=date(2026, 12, 25), name_en="x", name_fr="x")
    fill_holidays(calendar_of(paris), 2026, by=None, now=MONDAY_9AM)
    assert fill_coming_holidays(now=MONDAY_9AM) == 22


@pytest.mark.parametrize("year", ["1999", "x", ""])
def test_a_year_that_is_not_offered_is_refused(client_for, lead, paris, year):
    client_for(lead).post(reverse("admin:sla_calendar_fill", args=[calendar_of(paris).pk]), {"year": year})

    assert CalendarException.objects.count() == 0


def test_an_agent_looks_at_calendars_and_changes_none(client_for, agent, paris):
    calendar = calendar_of(paris)
    client = client_for(agent)

    answers = [
        client.get(reverse("admin:sla_calendar_change", args=[calendar.pk])).status_code,
        save(client, calendar, intervals=[(0, "08:00", "12:00")]).status_code,
        client.post(reverse("admin:sla_calendar_fill", args=[calendar.pk]), {"year": "2027"}).status_code,
    ]

    assert answers == [200, 403, 403]
    assert (Calendar.objects.get().version, len(hours(calendar)), CalendarException.objects.count()) == (1, 5, 0)


def test_another_zone_of_a_region_is_another_version_of_its_calendar(client_for, administrator, paris):
    client_for(administrator).post(
        reverse("admin:accounts_region_change", args=[paris.pk]),
        {
            "code": paris.code, "name_en": "France", "name_fr": "France", "time_zone": "Europe/Madrid", "country": "fr",
            "subdivision": "", "phone": "", "backup_after_percent": 30, "leads_after_percent": 60,
        },
    )  # fmt: skip

    assert (Region.objects.get().time_zone, Region.objects.get().country, Calendar.objects.get().version) == (
        "Europe/Madrid", "FR", 2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "answer", "minutes"), [("agent", 403, 60), ("lead", 403, 60), ("administrator", 302, 30)]
)
def test_targets_are_the_administrators(client_for, request, role, answer, minutes):
    target = Target.objects.get(tier="gold", priority=1)
    values = {
        "response_minutes": 30,
        "coverage": "24x7",
        "check_in_rule": "every_business_hours",
        "check_in_minutes": 240,
    }

    response = client_for(request.getfixturevalue(role)).post(
        reverse("admin:sla_target_change", args=[target.pk]), values
    )

    assert (response.status_code, Target.objects.get(pk=target.pk).response_minutes) == (answer, minutes)


@pytest.mark.parametrize("minutes", ["0", "-5", "", "many"])
def test_a_target_without_time_is_refused(client_for, administrator, minutes):
    target = Target.objects.get(tier="gold", priority=1)
    values = {
        "response_minutes": minutes, "coverage": "24x7", "check_in_rule": "every_business_hours",
        "check_in_minutes": 240,
    }  # fmt: skip

    response = client_for(administrator).post(reverse("admin:sla_target_change", args=[target.pk]), values)

    assert (response.status_code, Target.objects.get(pk=target.pk).response_minutes) == (422, 60)


def test_the_matrix_shows_all_sixteen_cells(client_for, agent):
    rows = client_for(agent).get(reverse("admin:sla_target_changelist")).context["rows"]

    assert [[target.response_minutes for _tier, target in cells] for _priority, cells in rows] == [
        [120, 60, 60, 60],
        [240, 180, 180, 120],
        [360, 240, 180, 120],
        [1440, 720, 480, 480],
    ]


def test_a_noon_that_moves_is_saved_although_the_halves_overlap_on_the_way(client_for, lead, paris):
    calendar = calendar_of(paris)
    monday = calendar.intervals.get(weekday=0)
    monday.closes = "12:00"
    monday.save()
    OpeningInterval.objects.create(calendar=calendar, weekday=0, opens="12:30", closes="17:00")
    later = {"intervals-0-closes": "13:00", "intervals-1-opens": "13:30"}

    response = save(client_for(lead), calendar, **later)

    assert response.status_code == 302
    assert list(calendar.intervals.filter(weekday=0).values_list("opens", "closes")) == [
        ("09:00", "13:00"), ("13:30", "17:00"),
    ]  # fmt: skip
