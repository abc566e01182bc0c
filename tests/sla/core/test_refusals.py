"""Figures that make no sense: refused on the desk in words with the input kept, and by the database underneath."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.serializers import serialize
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.core.enums import Tier
from accounts.models import Contract, Region
from portal.lib import clock
from sla.core.domain.calendars import NeverOpens, business_calendar, new_version
from sla.models import Calendar, CalendarException, CalendarVersion, OpeningInterval, Target
from tests.factories import MONDAY_9AM, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY_9AM)


def everything() -> str:
    """All rows that people enter here, to be compared before and after; looking at a calendar keeps its version."""
    business_calendar(Calendar.objects.get())
    models = (Target, Region, Calendar, OpeningInterval, CalendarException, CalendarVersion, Contract)
    return "\n".join(serialize("json", model.objects.order_by("pk")) for model in models)


def mondays(count: int) -> list[date]:
    return [MONDAY_9AM.date() + week * 7 * DAY for week in range(count)]


# --- On the desk -----------------------------------------------------------------------------------------------------


def target(**values) -> tuple[str, dict]:
    figures = {
        "response_minutes": 60, "coverage": "24x7", "check_in_rule": "every_business_hours", "check_in_minutes": 240,
    }  # fmt: skip
    pk = Target.objects.get(tier=Tier.GOLD, priority=1).pk
    return reverse("admin:sla_target_change", args=[pk]), figures | values


def calendar(*, week=((0, "09:00", "18:00"),), closed=()) -> tuple[str, dict]:
    """The calendar page with its rows replaced by `week`, and `closed` days."""
    row = Calendar.objects.get()
    old = list(row.intervals.all())
    data = {
        "seen_version": row.version, "intervals-INITIAL_FORMS": len(old),
        "intervals-TOTAL_FORMS": len(old) + len(week), "exceptions-INITIAL_FORMS": 0,
        "exceptions-TOTAL_FORMS": len(closed),
    }  # fmt: skip
    for index, interval in enumerate(old):
        prefix = f"intervals-{index}"
        data |= {
            f"{prefix}-id": interval.pk, f"{prefix}-weekday": interval.weekday, f"{prefix}-opens": interval.opens,
            f"{prefix}-closes": interval.closes, f"{prefix}-DELETE": "on",
        }  # fmt: skip
    for index, (weekday, opens, closes) in enumerate(week, len(old)):
        prefix = f"intervals-{index}"
        data |= {f"{prefix}-weekday": weekday, f"{prefix}-opens": opens, f"{prefix}-closes": closes}
    for index, day in enumerate(closed):
        prefix = f"exceptions-{index}"
        data |= {
            f"{prefix}-day": day.isoformat(), f"{prefix}-name_en": "Away", f"{prefix}-name_fr": "Absents",
            f"{prefix}-hours": "",
        }  # fmt: skip
    return reverse("admin:sla_calendar_change", args=[row.pk]), data


def region(**values) -> tuple[str, dict]:
    row = Region.objects.get()
    fields = ("code", "name_en", "name_fr", "time_zone", "country", "subdivision", "phone")
    data = {field: getattr(row, field) for field in fields}
    return reverse("admin:accounts_region_change", args=[row.pk]), data | values


def contract(**values) -> tuple[str, dict]:
    data = {"account": Contract.objects.get().account_id, "tier": "silver", "starts_on": "2040-01-01"}
    return reverse("admin:accounts_contract_add"), data | {"ends_on": "2040-12-31"} | values


# What is posted, the sentence that answers, and a piece of the input that stands in the form again.
ON_THE_DESK = {
    "a response of zero minutes": (
        lambda: target(response_minutes=0), "greater than or equal to 1", 'name="response_minutes" value="0"',
    ),
    "a response of negative minutes": (
        lambda: target(response_minutes=-5), "greater than or equal to", 'name="response_minutes" value="-5"',
    ),
    "a check-in of zero minutes": (
        lambda: target(check_in_minutes=0), "greater than or equal to 1", 'name="check_in_minutes" value="0"',
    ),
    "a check-in without minutes": (
        lambda: target(check_in_minutes="", response_minutes=45), "Enter the business minutes between check-ins.",
        'name="response_minutes" value="45"',
    ),
    "a calendar without an opening": (
        lambda: calendar(week=()), "needs business hours on at least one day of the week", 'value="18:00"',
    ),
    "hours that overlap": (
        lambda: calendar(week=[(0, "09:00", "13:00"), (0, "12:00", "18:07")]), "Monday 09:00–13:00 overlaps",
        'value="18:07"',
    ),
    "a night that overlaps the next morning": (
        lambda: calendar(week=[(0, "22:00", "06:07"), (1, "06:00", "12:00")]), "Monday 22:00–06:07 overlaps Tuesday",
        'value="06:07"',
    ),
    "special days that close a whole year": (
        lambda: calendar(closed=mondays(53)), "the calendar is closed for a whole year", f'value="{mondays(53)[52]}"',
    ),
    "a zone that does not exist": (
        lambda: region(time_zone="Mars/Olympus", phone="+33 1 23"), "Mars/Olympus is not one of the available choices",
        'value="+33 1 23"',
    ),
    "contract days in the wrong order": (
        lambda: contract(starts_on="2040-06-01", ends_on="2040-05-31"), "The last day is before the first day.",
        'value="2040-05-31"',
    ),
    "two contracts at once": (
        lambda: contract(starts_on="2039-12-31"), "already has a contract on these dates", 'value="2039-12-31"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ON_THE_DESK)
def test_the_desk_refuses_in_words_keeps_what_was_entered_and_saves_nothing(client_for, administrator, account, case):
    posted, sentence, kept = ON_THE_DESK[case]
    client = client_for(administrator)
    before = everything()

    response = client.post(*posted())

    page = response.content.decode()
    assert (response.status_code, sentence in page, kept in page) == (422, True, True)
    assert everything() == before


def test_a_year_with_one_open_day_left_is_saved(client_for, administrator, account):
    """A calendar that opens on Mondays, closed on all of a year but one."""
    client = client_for(administrator)

    response = client.post(*calendar(closed=[day for day in mondays(53) if day != mondays(53)[30]]))

    assert (response.status_code, CalendarException.objects.count()) == (302, 52)


def test_stretches_may_change_places_in_one_edit(client_for, administrator, account):
    """On the way from one week to the other the database sees no two of them share time."""
    row = Calendar.objects.get()
    row.intervals.exclude(weekday__lt=2).delete()
    row.intervals.filter(weekday=1).update(weekday=0, opens="18:00", closes="20:00")
    morning, evening = row.intervals.all()
    url, data = calendar(week=())
    for index, (opens, closes) in enumerate([("18:00", "21:00"), ("08:00", "18:00")]):
        data |= {f"intervals-{index}-opens": opens, f"intervals-{index}-closes": closes}
        data.pop(f"intervals-{index}-DELETE")

    response = client_for(administrator).post(url, data)

    assert response.status_code == 302
    assert list(row.intervals.values_list("pk", "opens", "closes")) == [
        (evening.pk, "08:00", "18:00"), (morning.pk, "18:00", "21:00"),
    ]  # fmt: skip


# --- Underneath ------------------------------------------------------------------------------------------------------


def interval(weekday: int, opens: str, closes: str) -> None:
    OpeningInterval.objects.create(calendar=Calendar.objects.get(), weekday=weekday, opens=opens, closes=closes)


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def close_every_monday() -> None:
    """The week is one Monday; the days are written as rows, and the calendar says that it changed."""
    row = Calendar.objects.get()
    row.intervals.exclude(weekday=0).delete()
    CalendarException.objects.bulk_create(
        CalendarException(calendar=row, day=day, name_en="Away", name_fr="Absents", intervals=[]) for day in mondays(53)
    )
    new_version(row, by=None, now=MONDAY_9AM)


# What is written past all forms, and what refuses it. The calendar opens on weekdays from 09:00 to 18:00.
UNDERNEATH = {
    "a response of zero minutes": (lambda: Target.objects.update(response_minutes=0), IntegrityError),
    "a response of zero minutes in SQL": (
        lambda: sql("UPDATE sla_target SET response_minutes = 0 WHERE priority = 1"), IntegrityError,
    ),
    "a response of negative minutes": (lambda: Target.objects.update(response_minutes=-5), IntegrityError),
    "a check-in of zero minutes": (
        lambda: Target.objects.filter(priority=1).update(check_in_minutes=0), IntegrityError,
    ),
    "minutes for a check-in once per business day": (
        lambda: Target.objects.filter(priority=3).update(check_in_minutes=60), IntegrityError,
    ),
    "a version that stays closed for a year": (
        lambda: CalendarVersion.objects.create(
            calendar=Calendar.objects.get(), version=99, time_zone="UTC", weekly={}, exceptions={}, longest_closure=366
        ), IntegrityError,
    ),
    "special days that close a whole year": (close_every_monday, NeverOpens),
    "the same hours twice": (lambda: interval(0, "09:00", "18:00"), IntegrityError),
    "hours around others": (lambda: interval(0, "08:00", "19:00"), IntegrityError),
    "hours within others": (lambda: interval(0, "10:00", "11:00"), IntegrityError),
    "hours over the end of others": (lambda: interval(0, "17:59", "24:00"), IntegrityError),
    "a night over the next morning": (lambda: interval(0, "20:00", "09:01"), IntegrityError),
    "a night that begins before others end": (lambda: interval(3, "17:00", "02:00"), IntegrityError),
    "hours stretched into others": (
        lambda: OpeningInterval.objects.filter(weekday=2).update(closes="09:00", opens="09:00", weekday=1),
        IntegrityError,
    ),
    "hours stretched in SQL": (
        lambda: sql("UPDATE sla_openinginterval SET opens = '18:00', closes = '09:01' WHERE weekday = 1"),
        IntegrityError,
    ),
    "a weekday that is none": (lambda: interval(7, "09:00", "10:00"), IntegrityError),
    "a zone that does not exist": (
        lambda: Region.objects.create(code="mars", name_en="M", name_fr="M", time_zone="Mars/Olympus", country="FR"),
        ValidationError,
    ),
    "another zone that does not exist": (lambda: move_to("Europe/Atlantis"), ValidationError),
    "contract days in the wrong order": (
        lambda: make_contract(
            Contract.objects.get().account, Tier.GOLD, starts=date(2041, 1, 2), ends=date(2041, 1, 1)
        ), IntegrityError,
    ),
    "two contracts at once": (
        lambda: make_contract(
            Contract.objects.get().account, Tier.GOLD, starts=date(2039, 12, 31), ends=date(2040, 1, 1)
        ), IntegrityError,
    ),
    "two contracts at once by an edit in SQL": (
        lambda: sql(
            "INSERT INTO accounts_contract (account_id, tier, starts_on, ends_on, premium_contacts, "
            "professional_services_hours, created_at, start_noted, end_noted) SELECT account_id, tier, ends_on, "
            "ends_on, premium_contacts, professional_services_hours, created_at, start_noted, end_noted "
            "FROM accounts_contract"
        ), IntegrityError,
    ),
}  # fmt: skip


def move_to(zone: str) -> None:
    row = Region.objects.get()
    row.time_zone = zone
    row.save()


@pytest.mark.parametrize("case", UNDERNEATH)
def test_the_database_refuses_what_no_form_has_seen_and_keeps_what_it_had(account, case):
    act, refusal = UNDERNEATH[case]
    before = everything()

    with pytest.raises(refusal), transaction.atomic():
        act()

    assert everything() == before


def test_hours_may_touch_and_nights_may_run_into_the_next_day(account):
    for weekday, opens, closes in [
        (0, "18:00", "24:00"),
        (1, "00:00", "09:00"),
        (1, "18:00", "09:00"),
        (6, "09:00", "09:00"),
    ]:
        interval(weekday, opens, closes)

    assert OpeningInterval.objects.count() == 9
