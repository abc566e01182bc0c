"""The time of a demonstration can be moved, everything follows it, and nothing of this exists anywhere else."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.identity.domain.sign_in import TRIES_OF_ADDRESS
from accounts.models import Account, User
from portal import preflight
from portal.demo import going, laying, passing
from portal.demo.passing import CannotMove
from portal.features import beat_schedule
from portal.lib import clock, demo_clock, heartbeat
from portal.lib.demo_clock import DemoClock
from portal.lib.outbox import Notice
from portal.management.commands import up
from sla.core.enums import ClockKind
from sla.models import Calendar, Clock, ClockEvent
from tests import factories
from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM, make_ticket
from tickets.core.domain.conversation import reply_as_agent
from tickets.core.enums import EventKind, Status
from tickets.models import Alert, TicketEvent

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = "/demo/clock"


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """The machine’s own watch stands on Monday at nine, UTC, and pages may take their time."""
    monkeypatch.setattr("sla.core.tasks.skew", timedelta)
    monkeypatch.setattr(going, "SLICE_OF_PAGE", 120)
    with time_machine.travel(MONDAY_9AM, tick=False) as traveller:
        yield traveller


def moved(**ahead):
    """The time stands so far ahead of the machine's, by a row that somebody else wrote."""
    DemoClock.objects.update_or_create(pk=demo_clock.THE_ONE, defaults={"ahead": timedelta(**ahead)})
    demo_clock.cache_row(None, seconds=0)


# --- What the present is --------------------------------------------------------------------------------------------


def test_what_another_process_moved_is_the_present_here_and_the_machine_keeps_its_own(django_assert_num_queries):
    moved(days=3)

    with django_assert_num_queries(1):  # asked at most once a second
        assert [clock.now() for _time in range(3)] == [MONDAY_9AM + 3 * DAY] * 3
    assert clock.machine_now() == MONDAY_9AM


def test_on_a_server_nobody_reads_the_row(settings, django_assert_num_queries):
    moved(days=3)
    settings.DEMO = False

    with django_assert_num_queries(0):
        assert clock.now() == MONDAY_9AM


@pytest.mark.parametrize("act", ["page", "post", "api", "api post"])
def test_on_a_server_there_is_nothing_to_move_it_with(settings, client_for, agent, act):
    caller = Caller(agent)
    browser = client_for(agent)
    settings.DEMO = False
    answer = {
        "page": lambda: browser.get(PAGE),
        "post": lambda: browser.post(PAGE, {"move": "day"}),
        "api": lambda: caller.get("/demo/clock"),
        "api post": lambda: caller.post("/demo/clock", {"by_minutes": 60}),
    }[act]()

    assert answer.status_code == 404
    assert not DemoClock.objects.exists()
    assert clock.now() == MONDAY_9AM


def test_on_a_server_beat_moves_nothing_and_nothing_is_taken_away(settings, requester):
    passing.set_off(MONDAY_9AM + DAY)
    settings.DEMO = False

    assert going.go_on(seconds=1) is True
    with pytest.raises(RuntimeError, match="in demonstration mode only"):
        laying.recreate_sample_data(MONDAY_9AM)
    assert (clock.now(), User.objects.filter(pk=requester.user_id).exists()) == (MONDAY_9AM, True)


def test_a_broken_transaction_is_not_asked():
    """The present is known all the same: as it was a moment before."""
    from django.db import connection, transaction

    moved(days=1)
    assert clock.now() == MONDAY_9AM + DAY
    demo_clock.cache_row(DemoClock.objects.get(), seconds=0)
    with transaction.atomic():
        connection.set_rollback(True)
        assert clock.now() == MONDAY_9AM + DAY
        connection.set_rollback(False)


# --- Forward --------------------------------------------------------------------------------------------------------


def test_forward_every_flag_carries_its_due_moment_and_every_notice_its_own(requester, agent, mailoutbox):
    ticket = make_ticket(requester)
    due = {promise.kind: promise.due_at for promise in ticket.clocks.all()}
    soon = ticket.clocks.get(kind=ClockKind.RESPONSE).due_soon_at

    assert going.go_to(MONDAY_9AM + 3 * DAY) is True

    assert clock.now() == MONDAY_9AM + 3 * DAY
    assert dict(Clock.objects.values_list("kind", "breached_at")) == due
    flags = ClockEvent.objects.exclude(kind="started").order_by("occurred_at").values_list("kind", "occurred_at")
    assert [flag for flag in flags if flag[0] == "overdue"] == [("overdue", at) for at in sorted(due.values())]
    assert all(event.occurred_at == event.recorded_at for event in ClockEvent.objects.all())
    assert [event.created_at for event in TicketEvent.objects.filter(kind=EventKind.OVERDUE)] == sorted(due.values())
    written = Notice.objects.filter(kind__in=["due_soon", "overdue"]).order_by("created_at")
    assert {notice.created_at for notice in written} <= {soon, *due.values(), *_soon_moments(ticket)}
    assert Notice.objects.filter(sent_at=None).count() == 0
    assert all(notice.sent_at == notice.created_at for notice in written)
    dates = {parsedate_to_datetime(mail.extra_headers["Date"]) for mail in mailoutbox}
    assert {MONDAY_9AM + 3 * DAY} & dates == set()  # each left when it was written
    assert heartbeat.age("sweep", now=clock.now()) == timedelta()


def _soon_moments(ticket):
    return set(ticket.clocks.values_list("due_soon_at", flat=True)) | set(
        ticket.clocks.values_list("announce_at", flat=True)
    )


def test_what_is_solved_closes_seven_days_later_to_the_second(ticket, agent):
    reply_as_agent(ticket, body="Done", by=agent.user, now=MONDAY_9AM + HOUR, status_after=Status.SOLVED)

    going.go_to(MONDAY_9AM + 30 * DAY)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == (Status.CLOSED, MONDAY_9AM + HOUR + 7 * DAY)


def test_a_long_way_is_taken_in_slices_and_beat_goes_on_with_it(ticket, client_for, requester, monkeypatch):
    monkeypatch.setattr(going, "SLICE_OF_PAGE", 0)
    browser = client_for(requester)
    goal = MONDAY_9AM + 20 * DAY

    answer = browser.post(PAGE, {"move": "to", "to": f"{goal + HOUR:%Y-%m-%dT%H:%M}", "next": "/tickets/"})

    assert answer.headers["Location"] == f"{PAGE}?next=/tickets/"
    assert MONDAY_9AM < clock.now() < goal
    page = browser.get(f"{PAGE}?next=/tickets/").content.decode()
    assert "The clock is moving to Sun 29 Nov 2026 10:00" in page
    assert '<meta http-equiv="refresh" content="2">' in page
    assert "The clock is moving." in browser.get("/tickets/").content.decode()

    slices = 0
    while not going.go_on(seconds=0):
        slices += 1
    assert slices > 3
    assert (clock.now(), going.is_under_way()) == (goal, False)
    assert browser.get(f"{PAGE}?next=/tickets/").headers["Location"] == "/tickets/"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The clock is moving to Tue 9 Nov 2027 10:00. Wait until it gets there, or stop it: select “Stop here”"),
        (
            "fr",
            "L’horloge avance jusqu’à mar. 9 nov. 2027 10:00. Attendez la fin, ou arrêtez-la",
        ),
    ],
)
@pytest.mark.parametrize("values", [{"move": "hour"}, {"move": "to", "to": "2027-01-01T10:00"}])
def test_a_way_is_not_forgotten_for_another_one(language, said, values, client_for, requester, monkeypatch):
    monkeypatch.setattr(going, "SLICE_OF_PAGE", 0)
    User.objects.update(language=language)
    browser, caller, goal = client_for(requester), Caller(requester), MONDAY_9AM + 365 * DAY
    assert caller.post("/demo/clock", {"to": goal.isoformat()}).status_code == 202
    stood = clock.now()

    page = browser.post(PAGE, values | {"next": "/tickets/"})
    assert (page.status_code, said in page.content.decode()) == (409, True)
    assert 'http-equiv="refresh"' not in page.content.decode()
    assert '<button class="button" name="move" value="stop">' in page.content.decode()

    answer = caller.post("/demo/clock", {"by_minutes": 60})
    assert reason(answer) == (409, "ON_ITS_WAY")
    assert answer.json()["metadata"] == {"until": "2027-11-09T09:00:00Z"}
    assert (DemoClock.objects.get().goal, clock.now()) == (goal, stood)


def test_a_way_can_be_stopped_where_it_is(client_for, requester, monkeypatch):
    monkeypatch.setattr(going, "SLICE_OF_PAGE", 0)
    browser, caller = client_for(requester), Caller(requester)
    for stops in (
        lambda: browser.post(PAGE, {"move": "stop", "next": "/tickets/?q=e"}).headers["Location"] == "/tickets/?q=e",
        lambda: caller.post("/demo/clock", {"move": "stop"}).json()["on_its_way_to"] is None,
    ):
        assert caller.post("/demo/clock", {"by_minutes": 60 * 24 * 30}).status_code == 202
        stood = clock.now()
        assert stops()
        assert (going.is_under_way(), clock.now(), going.go_on(seconds=1)) == (False, stood, True)
        assert clock.now() == stood


def test_back_to_the_present_is_asked_about_on_the_way_too_and_ends_it(client_for, requester, monkeypatch):
    monkeypatch.setattr(going, "SLICE_OF_PAGE", 0)
    browser, caller = client_for(requester), Caller(requester)
    caller.post("/demo/clock", {"by_minutes": 60 * 24 * 30})

    page = browser.post(PAGE, {"move": "back"})
    assert "everything done in this demonstration is lost" in page.content.decode()
    assert 'http-equiv="refresh"' not in page.content.decode()
    assert reason(caller.post("/demo/clock", {"move": "back"})) == (409, "LOSES_DATA")
    assert DemoClock.objects.get().goal == MONDAY_9AM + 30 * DAY

    answer = caller.post("/demo/clock", {"move": "back", "lay_anew": True}).json()
    assert (answer["on_its_way_to"], answer["laying_data_at"]) == (None, "2026-11-09T09:00:00Z")


def test_a_long_way_comes_back_to_the_filter_it_began_at(client_for, requester, monkeypatch):
    monkeypatch.setattr(going, "SLICE_OF_PAGE", 0)
    browser, here = client_for(requester), "/tickets/?status=open&q=e"

    answer = browser.post(PAGE, {"move": "day", "next": here})
    assert answer.headers["Location"] == f"{PAGE}?next=/tickets/%3Fstatus%3Dopen%26q%3De"
    on_the_way = browser.get(answer.headers["Location"]).content.decode()
    assert f'<a class="button" href="{PAGE}?next=/tickets/%3Fstatus%3Dopen%26q%3De">' in on_the_way

    going.go_on(seconds=120)
    assert browser.get(answer.headers["Location"]).headers["Location"] == here
    elsewhere = browser.post(PAGE, {"move": "day", "next": "//evil.test/"})
    assert elsewhere.headers["Location"] == PAGE


def test_the_minute_that_runs_is_the_present_and_the_next_one_is_offered(client_for, requester, machine):
    machine.move_to(MONDAY_9AM + timedelta(seconds=40))
    browser = client_for(requester)
    for path in (PAGE, "/home/"):
        assert 'name="to" id="' in (page := browser.get(path).content.decode())
        assert 'value="2026-11-09T10:01"' in page

    page = browser.post(PAGE, {"move": "to", "to": "2026-11-09T10:00", "next": "/home/"}, follow=True)
    assert "The clock already shows that time." in page.content.decode()
    assert (clock.now(), going.is_under_way()) == (MONDAY_9AM + timedelta(seconds=40), False)
    assert "is lost" in browser.post(PAGE, {"move": "to", "to": "2026-11-09T09:59"}).content.decode()

    page = browser.post(PAGE, {"move": "to", "to": "2026-11-09T10:01", "next": "/home/"}, follow=True)
    assert "The demonstration time has been changed." in page.content.decode()
    assert clock.now() == MONDAY_9AM + timedelta(minutes=1)


def test_two_do_not_walk_at_a_time(ticket):
    passing.set_off(MONDAY_9AM + DAY)
    with passing.alone() as first:
        assert (first, passing.pass_time(seconds=1)) == (True, False)

    assert passing.pass_time(seconds=300) is True


def test_a_job_that_fails_keeps_no_other_from_its_turn(ticket, monkeypatch, caplog):
    from tickets.core.domain import closing

    monkeypatch.setattr(closing, "close_solved", lambda **_now: 1 / 0)

    going.go_to(MONDAY_9AM + 2 * DAY)

    assert Clock.objects.filter(breached_at=None).count() == 0
    assert {record.job for record in caplog.records if record.getMessage() == "demonstration.job_failed"} == {
        "tickets.close_solved"
    }


def test_every_job_of_beat_runs_on_the_way_or_is_left_to_beat_by_name():
    every = {entry["task"] for entry in beat_schedule().values()}

    assert set(passing.jobs()) == every - passing.LEFT_TO_BEAT
    assert every >= passing.LEFT_TO_BEAT


@pytest.mark.parametrize("goal", [MONDAY_9AM, MONDAY_9AM - HOUR, MONDAY_9AM + 732 * DAY])
def test_time_does_not_pass_backwards_nor_for_ever(goal):
    with pytest.raises(CannotMove):
        passing.set_off(goal)

    assert clock.now() == MONDAY_9AM


def test_the_next_moment_is_the_first_at_which_any_job_has_something_to_do(requester):
    ticket = make_ticket(requester)
    passing.run_jobs()  # the first step of the ladder is taken at once
    ladder = Alert.objects.get(ticket=ticket).next_at
    warned = ticket.clocks.get(kind=ClockKind.RESPONSE).due_soon_at

    a_minute_later = MONDAY_9AM + timedelta(minutes=1)  # when the seats that were given are looked at again
    assert passing.next_moment(MONDAY_9AM) == a_minute_later
    assert passing.next_moment(a_minute_later) == min(warned, ladder or warned)
    assert passing.next_moment(MONDAY_9AM + 300 * DAY) == (MONDAY_9AM + 301 * DAY).replace(hour=0)


def test_data_that_cannot_be_laid_leaves_what_is_there_and_is_not_tried_for_ever(requester, monkeypatch, caplog):
    moved(days=2)
    going.go_to(MONDAY_9AM, may_lay_anew=True)
    monkeypatch.setattr(laying, "recreate_sample_data", lambda moment: 1 / 0)

    going.go_on(seconds=1)

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "demonstration.not_laid"
    ]
    assert (going.is_under_way(), clock.now()) == (False, MONDAY_9AM + 2 * DAY)


# --- What does not follow -------------------------------------------------------------------------------------------


def test_sessions_and_tokens_outlive_a_year_and_limits_of_sign_in_are_not_shortened(client_for, requester, settings):
    caller = Caller(requester)
    browser = client_for(requester)
    stranger = Client()
    for _try in range(TRIES_OF_ADDRESS.amount):
        stranger.post("/sign-in/", {"login": "marc@acme.test", "password": "wrong"})
    moved(days=366)

    assert browser.get("/home/").status_code == 200
    assert caller.get("/me").status_code == 200
    assert stranger.post("/sign-in/", {"login": "marc@acme.test", "password": "wrong"}).status_code == 429


def test_the_history_of_the_desk_carries_the_moved_time(client_for, administrator, account):
    moved(days=30)
    browser = client_for(administrator)
    path = reverse("admin:accounts_account_change", args=[account.pk])
    form = browser.get(path).context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}

    answer = browser.post(path, values | {"name": "Acme & Sons", "regions": [account.home_region_id]})

    assert answer.status_code == 302
    assert [entry.action_time for entry in LogEntry.objects.all()] == [MONDAY_9AM + 30 * DAY]


# --- Back -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"move": "back"}, {"move": "to", "to": "2026-11-08T09:00"}])
def test_going_back_is_asked_about_and_changes_nothing_before(client_for, requester, ticket, values):
    moved(days=2)

    page = client_for(requester).post(PAGE, values | {"next": "/tickets/"})

    assert page.status_code == 200
    assert "everything done in this demonstration is lost" in page.content.decode()
    assert (clock.now(), going.is_under_way(), ticket.messages.count()) == (MONDAY_9AM + 2 * DAY, False, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_back_the_sample_data_is_laid_anew_around_the_moment_and_who_is_signed_in_stays(
    client_for, requester, ticket, monkeypatch
):
    def a_small_sample(now):
        region = factories.make_region("france")
        account = factories.make_account("Acme anew", region=region)
        for name in ("nobody", "nadia"):
            factories.make_user(f"{name}@acme.test")
        factories.make_contact(account, "anna@acme.test")
        factories.make_contact(account, "marc@acme.test", name="Marc Petit")
        return 0

    monkeypatch.setattr(laying, "create_sample_data", a_small_sample)
    # As the small cast of this file has them: Marc is the fourth person here and there.
    while User.objects.count() < 3:
        factories.make_user(f"filler{User.objects.count()}@acme.test")
    browser, calendars = client_for(requester), set(Calendar.objects.values_list("pk", flat=True))
    moved(days=2)

    answer = browser.post(PAGE, {"move": "to", "to": "2026-11-08T10:00", "lay_anew": "1", "next": "/tickets/"})
    assert answer.headers["Location"] == f"{PAGE}?next=/tickets/"
    assert "The sample data is being reset for Sun 8 Nov 2026 10:00" in browser.get(PAGE).content.decode()
    assert ticket.messages.exists()

    assert going.go_on(seconds=1) is True
    assert clock.now() == datetime(2026, 11, 8, 9, 0, tzinfo=UTC)
    assert [account.name for account in Account.objects.all()] == ["Acme anew"]
    assert not Clock.objects.exists()
    assert set(Calendar.objects.values_list("pk", flat=True)) & calendars == set()
    assert going.is_under_way() is False
    anew = User.objects.get(email="marc@acme.test")
    assert browser.get("/help/").status_code == 200
    if anew.pk == requester.user_id:
        assert "Marc" in browser.get("/help/").content.decode()


def test_the_figures_of_the_tiers_are_there_again():
    from accounts.models import TierTerms
    from sla.models import Target

    assert (TierTerms.objects.count(), Target.objects.count()) == (4, 16)


# --- The banner, on both faces --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "path"), [("requester", "/home/"), ("agent", "/desk/")])
def test_the_banner_says_the_time_and_moves_it_without_a_script(who, path, request, client_for):
    person = request.getfixturevalue(who)
    User.objects.update(language="en")
    browser = client_for(person)
    page = browser.get(path).content.decode()
    assert "Demonstration time: <strong>Mon 9 Nov 2026 10:00</strong> (Paris)" in page

    answer = browser.post(PAGE, {"move": "hour", "next": path})

    assert answer.headers["Location"] == path
    page = browser.get(path).content.decode()
    assert "<strong>Mon 9 Nov 2026 11:00</strong>" in page
    assert "The demonstration time has been changed." in page


def test_the_banner_speaks_french(client_for, colleague):
    page = client_for(colleague).get("/home/").content.decode()

    assert "Heure de la démonstration\xa0: <strong>lun. 9 nov. 2026 10:00</strong>" in page.replace("&nbsp;", "\xa0")


def test_whoever_is_not_signed_in_reads_the_time_and_cannot_move_it(client):
    page = client.get("/sign-in/").content.decode()

    assert "Demonstration time" in page
    assert "Change the time" not in page
    assert client.post(PAGE, {"move": "day"}).status_code == 302
    assert clock.now() == MONDAY_9AM


def test_on_a_server_no_banner_stands_anywhere(client_for, requester, agent, settings):
    settings.DEMO = False

    for person, path in ((requester, "/home/"), (agent, "/desk/")):
        page = client_for(person).get(path).content.decode()
        assert "demonstration" not in page.lower()
        assert "demo.css" not in page


def test_a_post_from_elsewhere_moves_nothing(requester):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(requester.user, backend="accounts.identity.backends.PersonBackend")

    assert browser.post(PAGE, {"move": "day"}).status_code == 403
    assert clock.now() == MONDAY_9AM


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Choose a date and time."),
        ({"move": "sideways"}, "Choose a date and time."),
        ({"move": "to"}, "Enter a date and time."),
        ({"move": "to", "to": "tomorrow"}, "Enter a date and time such as 2026-11-10 17:30."),
        ({"move": "to", "to": "2060-01-01T00:00"}, "Choose a date between 2020 and 2035."),
        ({"move": "to", "to": "2029-11-09T10:00"}, "Choose a date within the next two years."),
        ({"move": "due"}, "No target is due later."),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason_and_moves_nothing(client_for, requester, values, said):
    page = client_for(requester).post(PAGE, values)

    assert page.status_code == 422
    assert said in page.content.decode()
    assert clock.now() == MONDAY_9AM


def test_to_the_next_due_moment(client_for, requester, ticket):
    due = ticket.clocks.get(kind=ClockKind.RESPONSE).due_at

    client_for(requester).post(PAGE, {"move": "due", "next": "/tickets/"})

    assert clock.now() == due
    assert ticket.clocks.get(kind=ClockKind.RESPONSE).breached_at == due


def test_scripts_count_from_the_time_that_the_server_says(client_for, requester):
    moved(days=2)

    assert 'data-now="2026-11-11T09:00:00.000+00:00"' in client_for(requester).get("/home/").content.decode()


# --- By API ---------------------------------------------------------------------------------------------------------


def test_a_program_reads_and_moves_the_time(requester, ticket):
    caller = Caller(requester)
    assert caller.get("/demo/clock").json() == {
        "now": "2026-11-09T09:00:00Z", "at_rest": True, "on_its_way_to": None, "laying_data_at": None,
    }  # fmt: skip

    assert caller.post("/demo/clock", {"by_minutes": 90}).json()["now"] == "2026-11-09T10:30:00Z"
    assert caller.post("/demo/clock", {"to": "2026-11-09T12:00:00+01:00"}).json()["now"] == "2026-11-09T11:00:00Z"
    due = caller.post("/demo/clock", {"move": "next_due"})
    assert (due.status_code, due.json()["now"]) == (200, "2026-11-09T12:00:00Z")
    assert ticket.clocks.get(kind=ClockKind.RESPONSE).breached_at == MONDAY_9AM + 3 * HOUR


def test_a_program_that_does_not_wait_is_told_to_ask_again(requester, ticket, monkeypatch):
    monkeypatch.setattr(going, "SLICE_OF_PAGE", 0)
    caller = Caller(requester)

    answer = caller.post("/demo/clock", {"by_minutes": 60 * 24 * 5})

    assert (answer.status_code, answer.json()["at_rest"]) == (202, False)
    assert answer.json()["on_its_way_to"] == "2026-11-14T09:00:00Z"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, [("", "one_of")]),
        ({"by_minutes": 5, "move": "back"}, [("", "one_of")]),
        ({"by_minutes": 0}, [("/by_minutes", "min_value")]),
        ({"to": "2026-11-10T10:00"}, [("/to", "invalid")]),
        ({"to": "2060-01-01T00:00:00Z"}, [("/to", "cannot_move")]),
        ({"move": "sideways"}, [("/move", "invalid_choice")]),
    ],
)
def test_a_body_that_does_not_fit_is_refused_and_moves_nothing(requester, body, pointers):
    answer = Caller(requester).post("/demo/clock", body)

    assert (answer.status_code, wrong(answer)) == (400, pointers)
    assert clock.now() == MONDAY_9AM


def test_a_program_says_that_data_may_be_lost_before_time_goes_back(requester):
    moved(days=1)
    caller = Caller(requester)

    assert reason(caller.post("/demo/clock", {"move": "back"})) == (409, "LOSES_DATA")
    assert clock.now() == MONDAY_9AM + DAY
    answer = caller.post("/demo/clock", {"move": "back", "lay_anew": True})
    assert (answer.status_code, answer.json()["laying_data_at"]) == (202, "2026-11-09T09:00:00Z")
    assert reason(caller.post("/demo/clock", {"by_minutes": 5})) == (409, "BUSY")


def test_reading_tokens_do_not_move_the_time(requester):
    assert reason(Caller(requester, scopes=["read"]).post("/demo/clock", {"by_minutes": 5})) == (
        403, "INSUFFICIENT_SCOPE",
    )  # fmt: skip
    assert clock.now() == MONDAY_9AM


# --- make run DEMO_AT=… ---------------------------------------------------------------------------------------------


@pytest.fixture
def laid(monkeypatch):
    """The moments around which sample data was laid."""
    found = []
    monkeypatch.setattr(up, "create_sample_data", found.append)
    return found


def test_a_demonstration_begins_at_the_moment_that_was_named_and_goes_on_from_there(db, laid):
    up.lay_around("2026-11-10T17:30+01:00")
    assert laid == [datetime.fromisoformat("2026-11-10T17:30+01:00")]
    assert clock.now() == laid[0]

    factories.make_user("somebody@acme.test")
    passing.set_time(clock.now() + DAY)
    up.lay_around("2026-11-10T17:30+01:00")  # started again
    assert (len(laid), clock.now()) == (1, laid[0] + DAY)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tomorrow", "DEMO_AT tomorrow is no moment. Write it like 2026-11-10T17:30+01:00."),
        ("2026-11-10T17:30", "DEMO_AT 2026-11-10T17:30 names no time zone. Write it like 2026-11-10T17:30+01:00."),
    ],
)
def test_a_moment_that_is_none_stops_the_start(db, laid, words, said):
    with pytest.raises(preflight.CannotStart) as refused:
        up.lay_around(words)

    assert (str(refused.value), laid, clock.now()) == (said, [], MONDAY_9AM)


def test_data_of_somebody_else_is_not_mixed_with(laid, requester):
    with pytest.raises(preflight.CannotStart, match="^DEMO_AT lays sample data around a moment, and the data"):
        up.lay_around("2026-11-10T17:30+01:00")

    assert (laid, clock.now()) == ([], MONDAY_9AM)


def test_a_server_does_not_begin_at_another_moment(db, laid, settings):
    settings.DEMO = False

    with pytest.raises(preflight.CannotStart, match="DEMO is 0"):
        up.lay_around("2026-11-10T17:30+01:00")
    assert laid == []


def test_the_row_is_one(db):
    moved(days=1)
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        DemoClock.objects.create(id=2)
    call_command("check")
