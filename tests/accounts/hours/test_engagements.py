"""Engagements from the wish to the work, in the portal, on the desk and by programs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.core.enums import EngagementState
from accounts.hours.domain import engagements, hours, hours_years
from accounts.identity.domain.tokens import create_token
from accounts.models import Engagement, HoursEntry, HoursQuestion, HoursYear
from portal.lib import outbox
from portal.lib.errors import DomainError, NotAllowed
from tests import factories
from tests.factories import MONDAY_9AM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_9AM, tick=False):
        yield


@pytest.fixture
def year(account):
    hours_years.update_contract_years(now=MONDAY_9AM)
    return hours.year_in_force(account, MONDAY_9AM)


@pytest.fixture
def planned(year, requester, agent):
    asked = engagements.request_engagement(by=requester, topic="Upgrade", wish="Be current.", now=MONDAY_9AM)
    return engagements.plan_engagement(
        asked, plan="Rehearse, then do it.", goals="No downtime.", minutes=240, engineer=agent, by=agent.user,
        now=MONDAY_9AM,
    )  # fmt: skip


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def balance(year):
    found = hours.balance_of(year)
    return (found.used, found.reserved, found.available)


def test_the_whole_way_through_both_browsers(client, year, account_admin, requester, agent, mailoutbox):
    """A member asks, an agent plans, the administrator accepts, the work is scheduled and delivered."""

    def as_(person):
        client.force_login(person.user, backend="accounts.identity.backends.PersonBackend")
        return client

    as_(requester).post("/account/hours/engagements/new/", {"topic": "Upgrade", "wish": "Be current."})
    found = Engagement.objects.get()
    desk = reverse("admin:accounts_engagement_change", args=[found.pk])
    as_(agent).post(
        desk.replace("change", "plan"), {"plan": "Do it.", "goals": "Done.", "hours": "4", "engineer": agent.pk}
    )
    found.refresh_from_db()
    page = as_(account_admin).get(f"/account/hours/engagements/{found.pk}/")
    assert "Accepting reserves 4 h. You have 8 h available." in words(page)
    as_(account_admin).post(f"/account/hours/engagements/{found.pk}/accept/", {"version": found.version})
    assert balance(year) == (0, 240, 240)
    as_(agent).post(
        desk.replace("change", "schedule"), {"starts_at": "2026-11-16T10:00", "ends_at": "2026-11-16T14:00"}
    )
    as_(agent).post(desk.replace("change", "deliver"), {"hours": "3,5", "result": "Version 5 runs."})

    found.refresh_from_db()
    assert (found.state, found.result) == (EngagementState.DELIVERED, "Version 5 runs.")
    assert balance(year) == (210, 0, 270)
    assert [event.state for event in found.events.all()] == [
        "requested", "planned", "accepted", "scheduled", "delivered",
    ]  # fmt: skip
    assert "Version 5 runs." in words(as_(requester).get(f"/account/hours/engagements/{found.pk}/"))
    while outbox.deliver(now=MONDAY_9AM):
        pass
    assert {mail.subject for mail in mailoutbox} >= {
        "Our plan for “Upgrade” is ready: 4 h", "Dates set for “Upgrade”", "“Upgrade” is delivered",
    }  # fmt: skip


@pytest.fixture
def accepted(planned, account_admin):
    return engagements.accept_plan(planned, version=planned.version, by=account_admin, now=MONDAY_9AM)


@pytest.mark.parametrize("worked", [240, 90, 300, 0])
def test_a_reservation_is_settled_once(year, accepted, agent, worked):
    """Exactly what was set aside, less, more, and nothing of it."""
    first = hours.close_reservation(accepted, worked, by=agent.user, now=MONDAY_9AM)
    settled, lines = balance(year), HoursEntry.objects.filter(year=year).count()
    again = hours.close_reservation(accepted, worked, by=agent.user, now=MONDAY_9AM)

    assert settled == (worked, 0, 480 - worked)
    assert [line.kind for line in first] == {
        240: ["use"], 90: ["use", "release"], 300: ["use", "use"], 0: ["release"],
    }[worked]  # fmt: skip
    assert (again, balance(year), HoursEntry.objects.filter(year=year).count()) == ([], settled, lines)


def test_the_dates_of_the_work_begin_from_now_on_and_end_after_they_began(accepted, agent):
    hour = timedelta(hours=1)
    for starts, ends, field in ((hour, hour, "ends_at"), (2 * hour, hour, "ends_at"), (-hour, hour, "starts_at")):
        with pytest.raises(DomainError) as refusal:
            engagements.schedule(
                accepted, starts_at=MONDAY_9AM + starts, ends_at=MONDAY_9AM + ends, by=agent.user, now=MONDAY_9AM
            )
        assert (refusal.value.code, refusal.value.field) == ("dates", field)
    assert Engagement.objects.get().starts_at is None

    engagements.schedule(accepted, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + hour, by=agent.user, now=MONDAY_9AM)
    assert Engagement.objects.get().starts_at == MONDAY_9AM


@pytest.mark.parametrize("minutes", [0, -15, 10])
def test_work_that_took_no_time_is_not_delivered(year, accepted, agent, minutes):
    engagements.schedule(
        accepted, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM + timedelta(hours=1), by=agent.user, now=MONDAY_9AM
    )
    with pytest.raises(DomainError) as refusal:
        engagements.deliver(accepted, minutes=minutes, result="Done.", by=agent.user, now=MONDAY_9AM)

    assert (refusal.value.code, refusal.value.field) == ("amount", "hours")
    assert (Engagement.objects.get().state, balance(year)) == (EngagementState.SCHEDULED, (0, 240, 240))


def test_an_engagement_without_a_reservation_has_nothing_to_settle(year, planned, agent):
    assert hours.close_reservation(planned, 60, by=agent.user, now=MONDAY_9AM) == []
    assert balance(year) == (0, 0, 480)


def test_what_comes_back_into_a_year_that_is_over_expires(year, accepted, agent):
    after = datetime(2040, 1, 2, 9, tzinfo=UTC)
    hours_years.update_contract_years(now=after)
    year.refresh_from_db()
    assert year.closed_at == after

    done = hours.close_reservation(accepted, 60, by=agent.user, now=after)

    assert [(line.kind, line.available, line.reserved) for line in done] == [
        ("use", 0, -60), ("release", 180, -180), ("expire", -180, 0),
    ]  # fmt: skip
    found = hours.balance_of(year)
    assert (found.granted, found.used, found.reserved, found.available, found.expired) == (480, 60, 0, 0, 420)


def test_a_plan_beyond_the_balance_cannot_be_accepted_and_nothing_changes(
    client_for, year, planned, account_admin, agent
):
    hours.use(year.contract.account, 300, work="Else", by=agent.user, now=MONDAY_9AM)

    page = client_for(account_admin).post(
        f"/account/hours/engagements/{planned.pk}/accept/", {"version": planned.version}
    )

    planned.refresh_from_db()
    assert page.status_code == 422
    assert "4 h are needed but only 3 h are available." in words(page)
    assert (planned.state, balance(year)) == (EngagementState.PLANNED, (300, 0, 180))


def test_a_plan_that_was_replaced_while_it_was_read_is_not_accepted(client_for, year, planned, account_admin, agent):
    engagements.plan_engagement(
        planned, plan="More.", goals="More.", minutes=480, engineer=agent, by=agent.user, now=MONDAY_9AM
    )

    page = client_for(account_admin).post(
        f"/account/hours/engagements/{planned.pk}/accept/", {"version": planned.version}
    )

    assert "The plan has changed. Read the new plan before you decide." in words(page)
    assert balance(year) == (0, 0, 480)


def test_only_an_administrator_decides(client_for, year, planned, requester):
    page = client_for(requester).post(f"/account/hours/engagements/{planned.pk}/accept/", {"version": planned.version})

    assert page.status_code == 403
    assert balance(year) == (0, 0, 480)


def test_an_administrator_of_another_account_decides_nothing(year, planned, stranger):
    stranger.role = "admin"
    stranger.save()
    with pytest.raises(NotAllowed):
        engagements.accept_plan(planned, version=planned.version, by=stranger, now=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        engagements.send_back(planned, words="Ours is better.", by=stranger, now=MONDAY_9AM)

    assert Engagement.objects.get().state == EngagementState.PLANNED
    assert balance(year) == (0, 0, 480)


def test_sent_back_with_words_it_is_planned_anew(client_for, planned, account_admin):
    client = client_for(account_admin)
    refused = client.post(f"/account/hours/engagements/{planned.pk}/send-back/", {"words": " "})
    assert refused.status_code == 422
    client.post(f"/account/hours/engagements/{planned.pk}/send-back/", {"words": "Shorter."})

    planned.refresh_from_db()
    assert planned.state == EngagementState.REQUESTED
    assert planned.events.last().words == "Shorter."


def test_cancelled_hours_come_back(year, planned, account_admin, agent):
    engagements.accept_plan(planned, version=planned.version, by=account_admin, now=MONDAY_9AM)
    engagements.cancel(planned, words="Not now.", by=agent.user, now=MONDAY_9AM)

    assert balance(year) == (0, 0, 480)


def test_more_than_was_set_aside_is_taken_from_the_rest_or_refused_whole(year, planned, account_admin, agent):
    engagements.accept_plan(planned, version=planned.version, by=account_admin, now=MONDAY_9AM)
    engagements.schedule(
        planned, starts_at=MONDAY_9AM, ends_at=MONDAY_9AM.replace(hour=12), by=agent.user, now=MONDAY_9AM
    )
    with pytest.raises(hours.NotEnoughHours):
        engagements.deliver(planned, minutes=495, result="x", by=agent.user, now=MONDAY_9AM)
    assert balance(year) == (0, 240, 240)

    engagements.deliver(planned, minutes=300, result="x", by=agent.user, now=MONDAY_9AM)
    assert balance(year) == (300, 0, 180)


def test_a_step_that_the_table_does_not_have_is_refused(planned, agent):
    with pytest.raises(
        engagements.WrongStep, match="An engagement with the status “Plan to accept” cannot change to “Delivered”"
    ):
        engagements.deliver(planned, minutes=60, result="x", by=agent.user, now=MONDAY_9AM)


# --- The statement ----------------------------------------------------------------------------------------------------


def test_the_statement_shows_every_line_with_its_running_balance(client_for, year, requester, agent):
    hours.use(year.contract.account, 90, work="Review", reference="SUP-1042", by=agent.user, now=MONDAY_9AM)

    page = words(client_for(requester).get("/account/hours/"))

    assert "6.5 h available until" in page
    assert re.search(r"9 November 2026 Used Review SUP-1042 Léa −1\.5 6\.5 Ask a question", page)
    assert re.search(r"Included Hours of the contract year – \+8 8 Ask a question", page)


def test_an_account_without_hours_reads_which_tiers_have_them(client_for, stranger):
    page = words(client_for(stranger).get("/account/hours/"))

    assert "Your contract does not include professional services hours." in page
    assert "Premium Gold includes 8 hours per contract year." in page


def test_the_file_holds_the_same_lines_and_no_formulas(client_for, year, requester, agent):
    """#184"""
    hours.use(year.contract.account, 90, work="=HYPERLINK(1)", by=agent.user, now=MONDAY_9AM)

    file = client_for(requester).get("/account/hours/?format=csv")

    assert file["Content-Disposition"] == 'attachment; filename="hours-2026-01-01-2026-12-31.csv"'
    assert file.content.decode("utf-8-sig").splitlines()[1:] == [
        "1,2026-11-09,Included,Hours of the contract year,,,8.0,0.0,8.0,0.0",
        "2,2026-11-09,Used,'=HYPERLINK(1),,Léa,-1.5,0.0,6.5,0.0",
    ]


def test_a_question_is_asked_and_answered_under_its_line(client, year, requester, agent, mailoutbox):
    line = HoursEntry.objects.get(year=year)
    client.force_login(requester.user, backend="accounts.identity.backends.PersonBackend")
    assert client.post(f"/account/hours/lines/{line.pk}/ask/", {"words": ""}).status_code == 422
    client.post(f"/account/hours/lines/{line.pk}/ask/", {"words": "Why eight?"})
    question = HoursQuestion.objects.get()
    client.force_login(agent.user, backend="accounts.identity.backends.PersonBackend")
    client.post(
        reverse("admin:accounts_hoursyear_answer", args=[year.pk]), {"question": question.pk, "answer": "Gold has 8."}
    )
    client.force_login(requester.user, backend="accounts.identity.backends.PersonBackend")

    assert "Why eight?" in words(client.get("/account/hours/"))
    assert "Gold has 8." in words(client.get("/account/hours/"))
    while outbox.deliver(now=MONDAY_9AM):
        pass
    assert "Answer about entry 1 of your hours" in [mail.subject for mail in mailoutbox]


def test_a_stranger_finds_nothing_of_it(client_for, year, planned, stranger):
    """#37: the same answer as for a row that is not there."""
    stranger.role = "admin"
    stranger.save()
    client = client_for(stranger)
    line = HoursEntry.objects.get(year=year)
    for path in (
        f"/account/hours/lines/{line.pk}/ask/",
        f"/account/hours/engagements/{planned.pk}/",
    ):
        foreign, missing = client.get(path), client.get(path.replace(str(line.pk), "999999"))
        assert (foreign.status_code, missing.status_code) == (404, 404)
    assert client.post(f"/account/hours/engagements/{planned.pk}/accept/").status_code == 404
    assert "Upgrade" not in words(client.get("/account/hours/"))


def test_pages_ask_a_fixed_number_of_questions(client_for, year, requester, agent, django_assert_max_num_queries):
    for _line in range(10):
        entry = hours.use(year.contract.account, 15, work="Review", by=agent.user, now=MONDAY_9AM)
    HoursQuestion.objects.create(entry=entry, question="?", asked_by=requester.user, asked_at=MONDAY_9AM)
    client = client_for(requester)
    client.get("/account/hours/")

    with django_assert_max_num_queries(11):
        client.get("/account/hours/")


# --- The desk ---------------------------------------------------------------------------------------------------------


def test_the_page_of_a_past_year_refuses_to_book_and_keeps_the_input(client_for, year, agent):
    agent.user.language = "en"
    agent.user.save()
    before = HoursEntry.objects.count()
    HoursYear.objects.update(starts_on="2025-01-01", ends_on="2025-12-31")

    page = client_for(agent).post(
        reverse("admin:accounts_hoursyear_book", args=[year.pk]), {"hours": "1.5", "work": "Rehearsal"}
    )

    assert page.status_code == 422
    assert "This contract year is not current. Log hours on the current one." in page.content.decode()
    assert 'value="Rehearsal"' in page.content.decode()
    assert HoursEntry.objects.count() == before


def test_the_desk_books_and_keeps_the_input_of_what_it_refuses(client_for, year, agent):
    client = client_for(agent)
    book = reverse("admin:accounts_hoursyear_book", args=[year.pk])

    refused = client.post(book, {"hours": "9", "work": "Review of exports"})
    assert refused.status_code == 422
    assert "Review of exports" in refused.content.decode()
    done = client.post(book, {"hours": "1,5", "work": "Review of exports", "reference": "SUP-1042"})

    assert done.status_code == 302
    assert balance(year) == (90, 0, 390)


def test_an_agent_who_corrects_too_much_is_told_who_may(client_for, year, agent):
    agent.user.language = "en"
    agent.user.save()
    page = client_for(agent).post(
        reverse("admin:accounts_hoursyear_correct", args=[year.pk]), {"hours": "5", "reason": "A gift"}
    )

    assert page.status_code == 422
    assert "Only team leads can make corrections of more than 2 hours" in words(page)
    assert balance(year) == (0, 0, 480)


def test_the_file_for_invoices_has_what_was_used_between_two_days(client_for, year, agent, lead):
    hours.use(year.contract.account, 90, work="Review", reference="SUP-1042", by=agent.user, now=MONDAY_9AM)
    export = reverse("admin:accounts_hoursyear_export")

    file = client_for(lead).get(export + "?from=2026-11-09&to=2026-11-09").content.decode("utf-8-sig")
    before = client_for(lead).get(export + "?from=2026-11-01&to=2026-11-08").content.decode("utf-8-sig")

    assert file.splitlines()[1:] == ["Acme,2026-11-09,Review,SUP-1042,Léa,1.5"]
    assert before.splitlines()[1:] == []


# --- Programs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(client, account_admin):
    _token, secret = create_token(
        user=account_admin.user, contact=account_admin, name="t", scopes=["read", "write"], days=1, now=MONDAY_9AM
    )
    header = {"authorization": f"Bearer {secret}"}

    def call(method, path, body=None):
        return client.generic(
            method, f"/api/v1/{path}", data="" if body is None else __import__("json").dumps(body),
            content_type="application/json", headers=header,
        )  # fmt: skip

    return call


def test_a_program_reads_the_balance_and_the_lines(api, year, agent):
    hours.use(year.contract.account, 90, work="Review", reference="SUP-1042", by=agent.user, now=MONDAY_9AM)

    assert api("GET", "ps-balance").json() == {
        "starts_on": "2026-01-01", "ends_on": "2026-12-31", "granted_minutes": 480, "used_minutes": 90,
        "reserved_minutes": 0, "available_minutes": 390,
    }  # fmt: skip
    rows = api("GET", "ps-entries").json()["results"]
    assert [(row["line"], row["kind"], row["available_after_minutes"]) for row in rows] == [
        (2, "use", 390), (1, "grant", 480),
    ]  # fmt: skip


def test_a_program_asks_and_accepts(api, year, agent):
    asked = api("POST", "engagements", {"topic": "Upgrade", "wish": "Be current."})
    assert asked.status_code == 201
    found = Engagement.objects.get()
    engagements.plan_engagement(
        found, plan="Do it.", goals="Done.", minutes=600, engineer=None, by=agent.user, now=MONDAY_9AM
    )

    refused = api("POST", f"engagements/{found.pk}/accept", {"version": 2})
    assert (refused.status_code, refused.json()["reason"], refused.json()["metadata"]) == (
        400, "NOT_ENOUGH_HOURS", {"available_minutes": 480},
    )  # fmt: skip
    engagements.plan_engagement(
        found, plan="Do it.", goals="Done.", minutes=60, engineer=None, by=agent.user, now=MONDAY_9AM
    )
    accepted = api("POST", f"engagements/{found.pk}/accept", {"version": 3})

    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert balance(year) == (0, 60, 420)


def test_a_program_of_an_account_without_hours_gets_404(client, stranger):
    _token, secret = create_token(
        user=stranger.user, contact=stranger, name="t", scopes=["read"], days=1, now=MONDAY_9AM
    )

    answer = client.get("/api/v1/ps-balance", headers={"authorization": f"Bearer {secret}"})

    assert answer.status_code == 404


def test_the_second_administrator_of_an_account_sees_the_same(client_for, year, planned, account):
    other = factories.make_contact(account, "zoe@acme.test", role="admin")

    assert "Rehearse, then do it." in words(client_for(other).get(f"/account/hours/engagements/{planned.pk}/"))


def test_what_was_cancelled_or_delivered_is_open_no_longer(planned, requester, agent):
    assert list(Engagement.objects.open()) == [planned]

    engagements.cancel(planned, words="Next year.", by=agent.user, now=MONDAY_9AM)

    assert list(Engagement.objects.open()) == []
