"""Questions about other times, by API and command line: what would be due, what would have been, what stood then."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.contracts.domain import contracts
from accounts.core.enums import Tier
from accounts.seats.domain import seats
from sla.core.enums import Priority
from sla.models import Clock
from tests.api import Caller, reason, wrong
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket
from tickets.core.domain import conversation, lifecycle
from tickets.core.enums import Status
from tickets.management.commands import replay as replay_command

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FRIDAY_EVENING = "tier=standard&priority=1&region=france&at=2026-11-13T17:30:32%2B01:00"


# --- The simulator ----------------------------------------------------------------------------------------------------


def test_any_tier_priority_region_and_moment_say_when_it_would_be_due_and_why(stranger, paris):
    answer = Caller(stranger).get(f"/simulator?{FRIDAY_EVENING}").json()

    assert {key: value for key, value in answer.items() if key != "clocks"} == {
        "at": "2026-11-13T16:30:32Z", "tier": "standard", "priority": 1, "region": "france",
        "region_time_zone": "Europe/Paris", "own_language": False,
    }  # fmt: skip
    assert [(row["kind"], row["due_at"]) for row in answer["clocks"]] == [
        ("response", "2026-11-16T09:30:32Z"), ("check_in", "2026-11-16T13:30:32Z"),
    ]  # fmt: skip
    said = [line.replace("\u00a0", " ") for line in answer["clocks"][0]["explanation"]["sentences"]]
    assert said[3:] == [
        "Included on Friday 13 November from 17:30 to 18:00 (30 min).",
        "Not included from Friday 13 November at 18:00 to Monday 16 November at 09:00 (weekend).",
        "Included on Monday 16 November from 09:00 to 10:30 (1 h 30 min).",
        "Total 2 h. Due on Monday 16 November at 10:30.",
    ]
    assert not Clock.objects.exists()


def test_without_a_moment_the_simulator_takes_this_one(agent, paris):
    answer = Caller(agent).get("/simulator?tier=gold&priority=4&region=france").json()
    # A P4 has no rhythm of check-ins.
    assert [(row["kind"], row["due_at"]) for row in answer["clocks"]] == [("response", "2026-11-09T17:00:00Z")]


def test_ones_own_language_counts_in_business_hours(agent, paris):
    asked = "/simulator?tier=gold&priority=4&region=france&own_language="
    due = [Caller(agent).get(asked + choice).json()["clocks"][0]["due_at"] for choice in ("false", "true")]
    assert due == ["2026-11-09T17:00:00Z", "2026-11-09T17:00:00Z"]  # 8 h, all of them open
    night = asked.replace("own_language=", "at=2026-11-09T20:00:00Z&own_language=")
    due = [Caller(agent).get(night + choice).json()["clocks"][0]["due_at"] for choice in ("false", "true")]
    assert due == ["2026-11-10T04:00:00Z", "2026-11-10T16:00:00Z"]


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ("priority=1&region=france", "tier"),
        ("tier=bronze&priority=1&region=france", "tier"),
        ("tier=gold&region=france", "priority"),
        ("tier=gold&priority=5&region=france", "priority"),
        ("tier=gold&priority=1", "region"),
        ("tier=gold&priority=1&region=atlantis", "region"),
        ("tier=gold&priority=1&region=france&own_language=perhaps", "own_language"),
        ("tier=gold&priority=1&region=france&at=2026-11-09T09:00", "at"),
        ("tier=gold&priority=1&region=france&at=2500-01-01T00:00:00Z", "at"),
        ("tier=gold&priority=1&region=france&at=now", "at"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_its_name(agent, paris, asked, pointer):
    answer = Caller(agent).get(f"/simulator?{asked}")
    assert (reason(answer), wrong(answer)) == ((400, "BAD_PARAMETER"), [(pointer, "bad_parameter")])


def test_a_region_that_never_opens_has_no_answer(agent, paris):
    paris.calendar.intervals.all().delete()
    answer = Caller(agent).get("/simulator?tier=standard&priority=1&region=france")
    assert (reason(answer), wrong(answer)) == ((400, "BAD_PARAMETER"), [("at", "bad_parameter")])


# --- The replay -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_answers(requester, agent):
    """Gold P2, 3 hours; Platinum has 2."""
    tickets = []
    for days, hours in ((0, 1), (1, 2.5)):
        at = MONDAY_9AM + timedelta(days=days)
        ticket = make_ticket(requester, priority=Priority.HIGH, now=at)
        conversation.reply_as_agent(
            ticket, body="Done.", by=agent.user, now=at + hours * HOUR, status_after=Status.SOLVED
        )
        tickets.append(ticket)
    return tickets


def late_answer(ticket):
    return {
        "ticket": ticket.number, "kind": "response", "priority": 2, "started_at": "2026-11-10T09:00:00Z",
        "stopped_at": "2026-11-10T11:30:00Z", "due_at": "2026-11-10T12:00:00Z", "due_then": "2026-11-10T11:00:00Z",
        "was_late": False, "late_then": True,
    }  # fmt: skip


def test_staff_and_the_administrators_of_the_account_read_the_same_replay(two_answers, account, account_admin, agent):
    later = MONDAY_9AM + timedelta(days=3)
    theirs = Caller(account_admin, now=later).get("/account/replay?tier=platinum").json()
    ours = Caller(agent, now=later).get(f"/accounts/{account.pk}/replay?tier=platinum").json()

    assert theirs == ours
    assert (ours["account"], ours["tier"], ours["since"], ours["is_cut"]) == (
        account.pk, "platinum", "2026-08-15T00:00:00Z", False,
    )  # fmt: skip
    assert ours["counts"][0] == {"kind": "response", "ended": 2, "total": 2, "late": 0, "late_then": 1}
    assert ours["notes"][0] == "Reply targets of the last 90 days: 2 (compared: 2)."
    assert ours["sentences"][0] == ("With Premium Platinum: 1 of 2 reply targets missed (actual: 0).")
    assert [row for row in ours["results"] if row["kind"] == "response"][0] == late_answer(two_answers[1])


def test_a_replay_without_a_tier_is_refused(account, account_admin, agent):
    for person, path in ((account_admin, "/account/replay"), (agent, f"/accounts/{account.pk}/replay")):
        for asked in ("", "?tier=bronze"):
            answer = Caller(person).get(path + asked)
            assert (reason(answer), wrong(answer)) == ((400, "BAD_PARAMETER"), [("tier", "bad_parameter")])


def test_members_and_strangers_get_no_replay(account, requester, stranger, agent):
    assert reason(Caller(requester).get("/account/replay?tier=gold"))[0] == 403
    assert reason(Caller(stranger).get(f"/accounts/{account.pk}/replay?tier=gold"))[0] in {403, 404}
    assert reason(Caller(agent).get("/accounts/999999/replay?tier=gold"))[0] == 404


def replayed(capsys, *arguments):
    call_command("replay", *arguments)
    return capsys.readouterr().out


def test_the_command_says_the_same(two_answers, account, capsys, monkeypatch):
    monkeypatch.setattr(replay_command, "now", lambda: MONDAY_9AM + timedelta(days=3))
    asked = ["--account", account.name, "--tier", "platinum"]

    said = replayed(capsys, *asked).splitlines()
    in_french = replayed(capsys, *asked, "--language", "fr").splitlines()
    rows = json.loads(replayed(capsys, *asked, "--json"))["promises"]

    assert said[0] == "With Premium Platinum: 1 of 2 reply targets missed (actual: 0)."
    assert in_french[0].startswith("Avec l’offre Premium Platine")
    answers = [row for row in rows if row["kind"] == "response"]
    assert [(row["ticket"], row["was_late"], row["late_then"]) for row in answers] == [
        (two_answers[1].number, False, True),
        (two_answers[0].number, False, False),
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--account", "Acme", "--tier", "bronze"],
            "--tier bronze is not known. Known: standard, silver, gold, platinum.",
        ),
        (["--account", "Nobody", "--tier", "gold"], "--account Nobody is not known. Write the name as on the desk."),
        (["--account", "Acme", "--tier", "gold", "--language", "de"], "--language de is not known. Known: en, fr."),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(paris, arguments, sentence):
    make_account("Acme", region=paris, tier=Tier.GOLD)
    with pytest.raises(CommandError, match=sentence.split(".")[0]) as refusal:
        call_command("replay", *arguments)
    assert (str(refusal.value), refusal.value.returncode) == (sentence, 2)


# --- As it stood ------------------------------------------------------------------------------------------------------


def stood(caller, ticket, moment):
    asked = f"/tickets/{ticket.number}/clocks?as_of={moment.isoformat().replace('+00:00', 'Z')}"
    return {
        row["kind"]: (row["state"], row["priority"], row["due_at"], len(row["explanation"]["recounts"]))
        for row in caller.get(asked).json()["results"]
    }


def test_a_ticket_is_shown_with_the_targets_that_it_had_at_a_moment(requester, agent):
    ticket = make_ticket(requester, priority=Priority.MEDIUM)
    lifecycle.change_priority(ticket, Priority.URGENT, by=agent.user, now=MONDAY_9AM + HOUR)
    conversation.reply_as_agent(ticket, body="Here.", by=agent.user, now=MONDAY_9AM + 1.5 * HOUR)
    later = Caller(requester, now=MONDAY_9AM + 8 * HOUR)

    assert stood(later, ticket, MONDAY_9AM - MINUTE) == {}
    assert stood(later, ticket, MONDAY_9AM + 30 * MINUTE) == {
        "response": ("running", 3, "2026-11-09T12:00:00Z", 0), "check_in": ("running", 3, "2026-11-10T17:00:00Z", 0),
    }  # fmt: skip
    assert stood(later, ticket, MONDAY_9AM + 70 * MINUTE) == {
        "response": ("running", 1, "2026-11-09T11:00:00Z", 1), "check_in": ("running", 1, "2026-11-09T14:00:00Z", 1),
    }  # fmt: skip
    at_the_end = stood(later, ticket, MONDAY_9AM + 8 * HOUR)
    assert at_the_end["response"] == ("met", 1, "2026-11-09T11:00:00Z", 1)
    # Nothing of it is stored.
    assert Clock.objects.get(kind="response").priority == Priority.URGENT


def test_a_moment_to_come_or_none_at_all_is_refused(ticket, requester, stranger):
    for asked in ("2026-11-09T10:00:00Z", "yesterday", "2026-11-09"):
        answer = Caller(requester).get(f"/tickets/{ticket.number}/clocks?as_of={asked}")
        assert (reason(answer), wrong(answer)) == ((400, "BAD_PARAMETER"), [("as_of", "bad_parameter")])
    assert reason(Caller(stranger).get(f"/tickets/{ticket.number}/clocks?as_of=2026-11-09T09:00:00Z"))[0] == 404


def entitled(caller, path, moment=None):
    asked = f"?as_of={moment.isoformat().replace('+00:00', 'Z')}" if moment else ""
    answer = caller.get(path + asked).json()
    held = [(row["number"], row["contact"]["name"], row["state"], row["tier"]) for row in answer["seats"]]
    return answer["tier"], answer["limit"], held


def test_what_an_account_was_entitled_to_is_told_for_any_moment(account, account_admin, requester, lead, agent):
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.SILVER, 1
    contracts.save_contract(contract, by=lead.user, now=MONDAY_9AM + HOUR)
    contract.tier, contract.premium_contacts = Tier.PLATINUM, 10
    contracts.save_contract(contract, by=lead.user, now=MONDAY_9AM + 2 * HOUR)
    seats.withdraw(requester.seats.get(), by=lead.user, now=MONDAY_9AM + 3 * HOUR)
    later = MONDAY_9AM + timedelta(days=1)
    ours, theirs = Caller(agent, now=later), Caller(account_admin, now=later)
    path = f"/accounts/{account.pk}/entitlements"

    for caller, address in ((ours, path), (theirs, "/account/entitlements")):
        assert entitled(caller, address, MONDAY_9AM + 1.5 * HOUR) == (
            "silver", 1, [(1, "Anna Roy", "active", "silver"), (2, "Marc Petit", "active", "standard")],
        )  # fmt: skip
        assert entitled(caller, address, MONDAY_9AM + 2.5 * HOUR) == (
            "platinum", 10, [(1, "Anna Roy", "active", "platinum"), (2, "Marc Petit", "active", "platinum")],
        )  # fmt: skip
        assert entitled(caller, address) == ("platinum", 10, [(1, "Anna Roy", "active", "platinum")])
        assert entitled(caller, address, MONDAY_9AM - HOUR)[2] == []


def test_a_seat_that_was_waiting_and_one_that_moved_are_shown_as_they_were(account, account_admin, paris, london, lead):
    account.regions.add(london)
    noe = make_contact(account, "noe@acme.test", name="Noé Blanc")
    nominated = seats.nominate(noe, region=paris, by=account_admin.user, now=MONDAY_9AM + HOUR)
    seats.validate(nominated, by=lead.user, now=MONDAY_9AM + 2 * HOUR)
    seats.change_region(nominated, london, by=lead.user, now=MONDAY_9AM + 3 * HOUR)
    caller = Caller(account_admin, now=MONDAY_9AM + timedelta(days=1))

    then = []
    for hours in (1.5, 2.5, 3.5):
        at = (MONDAY_9AM + hours * HOUR).isoformat().replace("+00:00", "Z")
        row = caller.get(f"/account/entitlements?as_of={at}").json()["seats"][1]
        then.append((row["contact"]["name"], row["state"], row["tier"], row["region"]))

    assert then == [
        ("Noé Blanc", "nominated", "standard", "france"),
        ("Noé Blanc", "active", "gold", "france"),
        ("Noé Blanc", "active", "gold", "emea"),
    ]


def test_entitlements_of_a_moment_are_for_staff_and_administrators(account, account_admin, requester, stranger, agent):
    path = f"/accounts/{account.pk}/entitlements"
    assert reason(Caller(requester).get("/account/entitlements"))[0] == 403
    assert reason(Caller(stranger).get(path))[0] in {403, 404}
    assert reason(Caller(agent).get("/accounts/999999/entitlements"))[0] == 404
    for person, address in ((agent, path), (account_admin, "/account/entitlements")):
        answer = Caller(person).get(f"{address}?as_of=2026-11-09T10:00:00Z")
        assert (reason(answer), wrong(answer)) == ((400, "BAD_PARAMETER"), [("as_of", "bad_parameter")])
