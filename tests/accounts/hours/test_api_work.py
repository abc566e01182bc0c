"""Staff log hours, lead engagements and meetings by program, and customers see the same."""

from datetime import timedelta

import pytest

from accounts.core.enums import ContactRole, MeetingState, Tier
from accounts.hours.domain import engagements, hours, hours_years
from accounts.models import HoursEntry
from accounts.sponsorship.domain import meetings, naming
from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM, make_account, make_contact

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def year(account):
    """Acme on Gold: eight hours."""
    hours_years.update_contract_years(now=MONDAY_9AM)
    return hours.year_in_force(account, MONDAY_9AM)


# --- Hours ------------------------------------------------------------------------------------------------------------


def test_hours_are_logged_and_corrected(year, account, account_admin, agent, lead):
    path = f"/accounts/{account.pk}"
    caller = Caller(agent)

    logged = caller.post(f"{path}/ps-entries", {"minutes": 90, "work": "Review", "reference": "SUP-1042"})
    corrected = caller.post(
        f"{path}/ps-corrections", {"minutes": 30, "reason": "Half an hour twice.", "corrects": logged.json()["id"]}
    )
    by_lead = Caller(lead).post(f"{path}/ps-corrections", {"minutes": 240, "reason": "Goodwill."})

    assert (logged.status_code, logged.json()["available_minutes"], logged.json()["worked_on"]) == (
        201, -90, "2026-11-09",
    )  # fmt: skip
    assert (corrected.status_code, corrected.json()["corrects_line"]) == (201, logged.json()["line"])
    assert by_lead.status_code == 201
    balance = {**caller.get(f"{path}/ps-balance").json()}
    assert (balance["granted_minutes"], balance["used_minutes"], balance["available_minutes"]) == (750, 90, 660)
    assert Caller(account_admin).get("/ps-balance").json() == balance
    assert [row["kind"] for row in caller.get(f"{path}/ps-entries").json()["results"]] == [
        "correct", "correct", "use", "grant",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"minutes": 500, "work": "No quarter of an hour"}, (400, "AMOUNT")),
        ({"minutes": 600, "work": "Too much"}, (400, "NOT_ENOUGH_HOURS")),
        ({"minutes": 15, "work": "Tomorrow", "worked_on": "2026-11-10"}, (400, "FUTURE")),
    ],
)
def test_hours_that_cannot_be_are_refused(year, account, agent, body, answer):
    found = Caller(agent).post(f"/accounts/{account.pk}/ps-entries", body)

    assert reason(found) == answer
    assert HoursEntry.objects.count() == 1


def test_programs_are_told_of_minutes_wherever_people_write_hours(year, account, account_admin, agent):
    staff, steps = Caller(agent), "Minutes must be a multiple of 15, such as 15 or 90."
    asked = engagements.request_engagement(by=account_admin, topic="Upgrade", wish="x", now=MONDAY_9AM)
    path = f"/accounts/{account.pk}"

    answers = [
        staff.post(f"{path}/ps-entries", {"minutes": 7, "work": "Review"}),
        staff.post(f"/engagements/{asked.pk}/plan", {"plan": "p", "goals": "g", "minutes": 20}),
        staff.post(f"/engagements/{asked.pk}/deliver", {"minutes": 50, "result": "Done."}),
        staff.post(f"{path}/ps-corrections", {"minutes": 0, "reason": "None"}),
        staff.post(f"{path}/ps-entries", {"minutes": 600, "work": "Too much"}),
    ]

    assert [answer.status_code for answer in answers] == [400] * 5
    assert [(fault["pointer"], fault["message"]) for answer in answers[:4] for fault in answer.json()["errors"]] == [
        ("/minutes", steps), ("/minutes", steps), ("/minutes", steps),
        ("/minutes", "Send by how many minutes the balance changes. It cannot be 0."),
    ]  # fmt: skip
    assert [fault["pointer"] for fault in answers[4].json()["errors"]] == ["/minutes"]
    assert HoursEntry.objects.count() == 1


def test_agents_correct_little_and_foreign_entries_never(year, account, stranger, agent):
    path = f"/accounts/{account.pk}/ps-corrections"

    much = Caller(agent).post(path, {"minutes": 240, "reason": "Goodwill."})
    unknown = Caller(agent).post(path, {"minutes": 15, "reason": "x", "corrects": 999_999})
    other = Caller(agent).post(f"/accounts/{stranger.account_id}/ps-corrections", {"minutes": 15, "reason": "x"})

    assert reason(much) == (403, "NOT_ALLOWED")
    assert wrong(unknown) == [("/corrects", "no_entry")]
    assert other.status_code == 404
    assert HoursEntry.objects.count() == 1


# --- Engagements ------------------------------------------------------------------------------------------------------


def test_an_engagement_goes_from_wish_to_delivery(year, account, account_admin, agent):
    customer, staff = Caller(account_admin), Caller(agent)
    pk = customer.post("/engagements", {"topic": "Upgrade", "wish": "Be current."}).json()["id"]
    path = f"/engagements/{pk}"

    planned = staff.post(f"{path}/plan", {"plan": "All.", "goals": "Soon.", "minutes": 240, "engineer": agent.pk})
    early = staff.post(f"{path}/deliver", {"minutes": 210, "result": "Done."})
    customer.post(f"{path}/accept", {"version": planned.json()["version"]})
    scheduled = staff.post(f"{path}/schedule", {"starts_at": "2026-12-01T13:00:00Z", "ends_at": "2026-12-01T17:00:00Z"})
    delivered = staff.post(f"{path}/deliver", {"minutes": 210, "result": "It runs."})

    assert (planned.json()["state"], planned.json()["engineer"]["name"]) == ("planned", "Léa")
    assert reason(early) == (409, "WRONG_STEP")
    assert (scheduled.json()["state"], delivered.json()["state"]) == ("scheduled", "delivered")
    assert staff.get(path).json() == customer.get(path).json() == delivered.json()
    assert customer.get("/ps-balance").json()["available_minutes"] == 480 - 210


def test_either_side_cancels_and_the_hours_are_released(year, account, account_admin, agent):
    asked = engagements.request_engagement(by=account_admin, topic="Upgrade", wish="x", now=MONDAY_9AM)
    engagements.plan_engagement(asked, plan="p", goals="g", minutes=240, engineer=agent, by=agent.user, now=MONDAY_9AM)
    asked.refresh_from_db()
    engagements.accept_plan(asked, version=asked.version, by=account_admin, now=MONDAY_9AM)
    customer = Caller(account_admin)
    assert customer.get("/ps-balance").json()["reserved_minutes"] == 240

    cancelled = customer.post(f"/engagements/{asked.pk}/cancel", {"reason": "Next year."})

    assert cancelled.json()["state"] == "cancelled"
    assert customer.get("/ps-balance").json()["available_minutes"] == 480


# --- Meetings ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def tom(london, lead):
    account = make_account("Kestrel Air", region=london, tier=Tier.PLATINUM)
    return make_contact(account, "tom@kestrel.test", name="Tom Hale", role=ContactRole.ADMIN)


@pytest.fixture
def meeting(tom, lead, administrator):
    """Proposed for two mornings."""
    sponsorship = naming.name_sponsor(tom.account, lead, by=administrator.user, now=MONDAY_9AM)
    slots = [MONDAY_9AM + 8 * DAY, MONDAY_9AM + 9 * DAY]
    return meetings.propose(sponsorship, slots=slots, by=lead.user, now=MONDAY_9AM)


def test_other_times_are_asked_for_and_proposed(meeting, tom, lead):
    path = f"/meetings/{meeting.pk}"

    asked = Caller(tom).post(f"{path}/others", {"text": "Afternoons suit us."})
    proposed = Caller(lead).post(f"{path}/propose", {"slots": ["2026-11-19T14:00:00Z"]})
    moved = Caller(lead).post(f"{path}/move", {"starts_at": "2026-11-20T14:00:00Z"})

    assert asked.status_code == 200
    assert (proposed.json()["slots"], proposed.json()["state"]) == (["2026-11-19T14:00:00Z"], "proposed")
    assert (moved.json()["starts_at"], moved.json()["state"]) == ("2026-11-20T14:00:00Z", "confirmed")
    assert Caller(tom).get(path).json()["starts_at"] == "2026-11-20T14:00:00Z"


def test_minutes_and_actions_reach_the_customer_when_published(meeting, tom, lead):
    path, at = f"/meetings/{meeting.pk}", MONDAY_9AM + 8 * DAY
    meetings.confirm(meeting, at, by=tom.user, now=MONDAY_9AM)
    staff, customer = Caller(lead, now=at + HOUR), Caller(tom, now=at + HOUR)

    early = Caller(lead).post(f"{path}/hold")
    held = staff.post(f"{path}/hold")
    text = {"minutes": "We met.", "decisions": "In March.", "version": held.json()["version"]}
    saved = staff.call("PUT", f"{path}/minutes", text)
    unpublished = customer.get(path).json()
    stale = staff.call("PUT", f"{path}/minutes", text)
    action = staff.post(f"{path}/actions", {"text": "Send the plan", "owner": "Nadia", "due_on": "2026-12-01"})
    published = staff.call("PUT", f"{path}/minutes", text | {"version": saved.json()["version"], "publish": True})
    done = staff.post(f"{path}/actions/{action.json()['id']}/finish")

    assert early.json()["reason"] == "NOT_YET"
    assert (held.json()["state"], saved.json()["minutes"], unpublished["minutes"]) == ("held", "We met.", "")
    assert reason(stale) == (409, "STALE")
    assert published.status_code == 200
    assert (action.status_code, done.json()["done"]) == (201, True)
    shown = customer.get(path).json()
    assert (shown["minutes"], shown["actions"][0]["done"]) == ("We met.", True)


def test_a_meeting_is_cancelled_or_missed_with_a_reason(meeting, tom, lead):
    path = f"/meetings/{meeting.pk}"

    without = Caller(lead).post(f"{path}/cancel", {"reason": " "})
    cancelled = Caller(lead).post(f"{path}/cancel", {"reason": "Public holiday."})
    missed = Caller(lead).post(f"{path}/miss", {"reason": "Nobody came."})

    assert without.status_code == 400
    assert (cancelled.json()["state"], cancelled.json()["reason"]) == ("cancelled", "Public holiday.")
    assert reason(missed) == (409, "STALE")
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED


def test_a_stranger_finds_no_meeting_and_a_customer_leads_none(meeting, tom, account_admin, lead):
    path = f"/meetings/{meeting.pk}"

    assert Caller(account_admin).get(path).status_code == 404
    assert Caller(account_admin).post(f"{path}/others", {"text": "x"}).status_code == 404
    assert Caller(tom).post(f"{path}/cancel", {"reason": "x"}).status_code == 403
    assert Caller(lead).get(f"/meetings?account={tom.account_id}").json()["results"][0]["id"] == meeting.pk
    assert Caller(lead).get(f"/meetings?account={account_admin.account_id}").json()["results"] == []
    assert Caller(tom).get("/meetings?account=1").status_code == 400
