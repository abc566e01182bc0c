"""The dry run of an edit says what the edit then does, and does nothing itself."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.contracts.domain import contracts
from accounts.core.enums import Tier
from accounts.models import Contract
from sla.core.domain.calendars import new_version
from sla.core.domain.targets import save_target
from sla.core.domain.what_if import if_calendar, if_target, with_changes
from sla.core.enums import CheckInRule, ClockKind, Coverage, Outcome, Priority
from sla.models import CalendarException, Clock, ClockEvent, OpeningInterval, Target
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket, seat
from tickets.core.domain import conversation
from tickets.core.domain.merging import merge
from tickets.core.domain.recounts import recount_after_changes
from tickets.core.enums import Status
from tickets.simulation.domain.what_if import if_contract, if_tier

HOUR = timedelta(hours=1)
TUESDAY = date(2026, 11, 10)
AFTERNOON = MONDAY_9AM + 6 * HOUR  # 16:00 in Paris


@pytest.fixture
def desk_clock(monkeypatch):
    """The desk's own watch stands at 17:00 in Paris."""
    monkeypatch.setattr("portal.lib.clock.now", lambda: AFTERNOON + HOUR)


@pytest.fixture
def waiting(colleague):
    """A Standard P2, four business hours from 16:00: due on Tuesday at 11:00."""
    return make_ticket(colleague, priority=Priority.HIGH, now=AFTERNOON)


def dues():
    return list(Clock.objects.running().order_by("pk").values_list("pk", "due_at"))


def foretold(found):
    return sorted((move.ticket_id, move.kind, move.new_due_at) for move in found.moves)


def moved_since(before):
    rows = {clock.pk: clock for clock in Clock.objects.all()}
    return sorted(
        (rows[pk].ticket_id, rows[pk].kind, rows[pk].due_at) for pk, due_at in before if rows[pk].due_at != due_at
    )


def test_a_holiday_moves_what_the_dry_run_says(waiting, requester, paris):
    make_ticket(requester, priority=Priority.LOW, now=AFTERNOON)  # Gold, 24/7: not concerned
    now, before = AFTERNOON + HOUR, dues()
    found = if_calendar(paris.calendar, with_changes(paris.calendar, closed={TUESDAY: ("Closed", "Fermé")}), now=now)
    assert (dues(), found.running, found.moved, found.later, found.overdue) == (before, 2, 2, 2, 0)
    CalendarException.objects.create(calendar=paris.calendar, day=TUESDAY, name_en="x", name_fr="x", intervals=[])
    new_version(paris.calendar, by=None, now=now)
    recount_after_changes(now=now)
    assert foretold(found) == moved_since(before)


def test_longer_hours_count_from_now_on_and_make_nothing_overdue(colleague, paris):
    saturday = MONDAY_9AM - timedelta(days=2)
    ticket = make_ticket(colleague, priority=Priority.LOW, now=saturday)
    longer = {day: [("09:00", "20:00")] for day in range(6)}
    found = if_calendar(paris.calendar, with_changes(paris.calendar, weekly=longer), now=MONDAY_9AM - HOUR)
    # 24 h from Monday 09:00 in Paris: of 9 a day until Wednesday 15:00, of 11 a day until Wednesday 11:00.
    wednesday = MONDAY_9AM + timedelta(days=2, hours=1)
    assert [(m.ticket_id, m.kind, m.old_due_at, m.new_due_at, m.becomes_overdue) for m in found.moves] == [
        (ticket.pk, ClockKind.RESPONSE, wednesday + 4 * HOUR, wednesday, False)
    ]
    assert (found.overdue, found.earlier, found.later) == (0, 1, 0)


def test_the_past_is_reckoned_with_the_other_hours(colleague, agent, paris):
    """Given on Tuesday at 12:00, due at 11:00: with Tuesday closed it would have been in time."""
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=AFTERNOON)
    conversation.reply_as_agent(
        ticket, body="Done.", by=agent.user, now=AFTERNOON + 20 * HOUR, status_after=Status.SOLVED
    )
    closed = with_changes(paris.calendar, closed={TUESDAY: ("Closed", "Fermé")})
    past = if_calendar(paris.calendar, closed, now=MONDAY_9AM + timedelta(days=5)).past[ClockKind.RESPONSE]
    assert (past.kept, past.missed, past.kept_then, past.missed_then) == (0, 1, 1, 0)
    assert (past.share, past.share_then) == (0, 1)


def test_a_target_moves_what_the_dry_run_says(requester, lead):
    make_ticket(requester, priority=Priority.HIGH)
    now, before = MONDAY_9AM + HOUR / 6, dues()
    target = Target.objects.get(tier=Tier.GOLD, priority=Priority.HIGH)
    target.response_minutes = 60
    found = if_target(target, was=Coverage.ALWAYS, now=now)
    assert (found.moved, found.earlier, dues()) == (1, 1, before)
    save_target(target, by=lead.user, now=now)
    recount_after_changes(now=now)
    assert foretold(found) == moved_since(before)


def test_a_target_without_check_ins_ends_those_that_run(requester, agent, lead):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    conversation.reply_as_agent(ticket, body="On it.", by=agent.user, now=MONDAY_9AM + HOUR)
    target = Target.objects.get(tier=Tier.GOLD, priority=Priority.HIGH)
    target.check_in_rule, target.check_in_minutes = CheckInRule.STATUS_CHANGE, None

    found = if_target(target, was=Coverage.ALWAYS, now=MONDAY_9AM + 2 * HOUR)

    assert [(move.ticket_id, move.kind, move.new_due_at) for move in found.moves] == [
        (ticket.pk, ClockKind.CHECK_IN, None)
    ]
    assert (found.running, found.moved, found.ended, found.later, found.earlier) == (1, 1, 1, 0, 0)
    assert {kind: (past.kept, past.kept_then) for kind, past in found.past.items()} == {
        ClockKind.RESPONSE: (1, 1), ClockKind.CHECK_IN: (1, 1),
    }  # fmt: skip


def test_the_past_is_ninety_days_of_promises_that_were_kept_or_broken(colleague, agent, lead, paris):
    ticket = make_ticket(colleague, priority=Priority.LOW)
    merge(make_ticket(colleague, priority=Priority.LOW), into=ticket, by=lead.user, now=MONDAY_9AM)
    make_ticket(colleague, priority=Priority.LOW)  # still open
    conversation.reply_as_agent(ticket, body="Done.", by=agent.user, now=AFTERNOON)
    same, moment, days = with_changes(paris.calendar), timedelta(microseconds=1), timedelta(days=90)

    def counted(now):
        return {
            kind: (past.kept, past.missed) for kind, past in if_calendar(paris.calendar, same, now=now).past.items()
        }

    moments = [AFTERNOON - moment, AFTERNOON, AFTERNOON + days - moment, AFTERNOON + days]
    once = {ClockKind.RESPONSE: (1, 0)}
    assert [counted(now) for now in moments] == [{}, once, once, {}]


def test_another_tier_moves_what_the_dry_run_says(paris, lead):
    account = make_account("Delta", region=paris, tier=Tier.SILVER)
    holder, other = make_contact(account, "dora@delta.test"), make_contact(account, "otto@delta.test")
    seat(holder, by=lead.user)
    make_ticket(holder, priority=Priority.LOW)
    make_ticket(other, priority=Priority.LOW)
    now, before = MONDAY_9AM + HOUR, dues()
    found = if_tier(account, Tier.PLATINUM, seats=10, now=now)
    assert (found.running, found.moved, dues()) == (2, 1, before)
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.PLATINUM, 10
    contracts.save_contract(contract, by=lead.user, now=now)
    recount_after_changes(now=now)
    assert foretold(found) == moved_since(before)


def test_another_tier_of_one_account_looks_at_no_promise_of_another(requester, stranger):
    make_ticket(requester, priority=Priority.HIGH)
    theirs = make_ticket(stranger, priority=Priority.HIGH)

    found = if_tier(stranger.account, Tier.PLATINUM, seats=10, now=MONDAY_9AM + HOUR)

    assert found.running == 2
    assert {move.ticket_id for move in found.moves} <= {theirs.pk}


def test_a_lesser_tier_leaves_running_promises_and_shows_the_past(requester, agent, account):
    make_ticket(requester, priority=Priority.HIGH)
    evening = MONDAY_9AM + 7 * HOUR
    late = make_ticket(requester, priority=Priority.HIGH, now=evening)  # Gold 3 h: due 20:00; Silver: tomorrow 11:00
    conversation.reply_as_agent(late, body="Done.", by=agent.user, now=evening + 5 * HOUR, status_after=Status.SOLVED)
    contract = account.contracts.get()
    found = if_contract(
        Contract(account=account, tier=Tier.SILVER, premium_contacts=2, starts_on=contract.starts_on,
                 ends_on=contract.ends_on),
        now=evening + 6 * HOUR,
    )  # fmt: skip
    past = found.past[ClockKind.RESPONSE]
    assert (found.moved, past.missed, past.missed_then) == (0, 1, 0)


# The desk


def calendar_form(calendar, **changes):
    """The calendar's own form as the browser sends it, with one more closed day."""
    rows = list(calendar.intervals.all())
    data = {
        "seen_version": calendar.version, "intervals-TOTAL_FORMS": len(rows), "intervals-INITIAL_FORMS": len(rows),
        "exceptions-TOTAL_FORMS": 1, "exceptions-INITIAL_FORMS": 0, "exceptions-0-day": "2026-11-10",
        "exceptions-0-name_en": "Founders’ day", "exceptions-0-name_fr": "Fête", "exceptions-0-hours": "",
        "exceptions-0-calendar": calendar.pk,
    }  # fmt: skip
    for n, row in enumerate(rows):
        data |= {
            f"intervals-{n}-id": row.pk, f"intervals-{n}-calendar": calendar.pk, f"intervals-{n}-weekday": row.weekday,
            f"intervals-{n}-opens": row.opens, f"intervals-{n}-closes": row.closes,
        }  # fmt: skip
    return data | changes


def test_a_lead_sees_the_consequences_above_the_form_and_nothing_is_saved(client_for, lead, paris, waiting, desk_clock):
    before = dues()
    page = client_for(lead).post(
        f"/desk/sla/calendar/{paris.calendar.pk}/change/", calendar_form(paris.calendar, _preview="1")
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "2 of 2 due times would change." in text
    assert waiting.number in text
    assert "Founders’ day" in text, "the form keeps what was filled in"
    assert (dues(), paris.calendar.exceptions.count()) == (before, 0)
    paris.calendar.refresh_from_db()
    assert paris.calendar.version == 1


def test_other_weekly_hours_are_looked_at_as_well(client_for, lead, paris, waiting, desk_clock):
    page = client_for(lead).post(
        f"/desk/sla/calendar/{paris.calendar.pk}/change/",
        calendar_form(paris.calendar, _preview="1", **{"exceptions-TOTAL_FORMS": 0, "intervals-1-opens": "14:00"}),
    )
    assert "2 of 2 due times would change." in page.content.decode()


def test_the_public_holidays_are_looked_at_before_they_are_filled_in(client_for, lead, paris, colleague, monkeypatch):
    eve = MONDAY_9AM.replace(day=10, hour=15)  # Tuesday 16:00; Wednesday is Armistice Day
    monkeypatch.setattr("portal.lib.clock.now", lambda: eve)
    make_ticket(colleague, priority=Priority.HIGH, now=eve - HOUR)
    page = client_for(lead).post(f"/desk/sla/calendar/{paris.calendar.pk}/fill/", {"year": "2026", "_preview": "1"})
    assert "Your change is not saved yet." in page.content.decode()
    assert "2 of 2 due times would change." in page.content.decode()
    paris.calendar.refresh_from_db()
    assert (paris.calendar.exceptions.count(), paris.calendar.version) == (0, 1)


def test_after_a_look_the_same_form_is_saved(client_for, lead, paris, waiting, desk_clock):
    page = client_for(lead).post(
        f"/desk/sla/calendar/{paris.calendar.pk}/change/", calendar_form(paris.calendar, _save="1")
    )
    assert page.status_code == 302
    assert (paris.calendar.exceptions.count(), paris.calendar.versions.get(version=2).created_by) == (1, lead.user)


def test_a_calendar_that_never_opens_is_refused_with_the_form_kept(client_for, lead, paris):
    closed = {"exceptions-TOTAL_FORMS": 0}
    for n in range(5):
        closed |= {f"intervals-{n}-DELETE": "on"}
    page = client_for(lead).post(
        f"/desk/sla/calendar/{paris.calendar.pk}/change/", calendar_form(paris.calendar, **closed)
    )
    assert "A calendar needs business hours on at least one day of the week." in page.content.decode()
    assert OpeningInterval.objects.filter(calendar=paris.calendar).count() == 5


def test_holidays_that_close_a_whole_year_are_refused_with_the_form_kept(client_for, lead, paris, desk_clock):
    CalendarException.objects.bulk_create(
        CalendarException(calendar=paris.calendar, day=TUESDAY + timedelta(days=n), name_en="x", name_fr="x")
        for n in range(1, 370)
    )
    page = client_for(lead).post(
        f"/desk/sla/calendar/{paris.calendar.pk}/change/", calendar_form(paris.calendar, _save="1")
    )
    assert page.status_code == 422
    assert "is closed for a whole year" in page.content.decode()
    assert "Founders’ day" in page.content.decode()
    assert not paris.calendar.exceptions.filter(day=TUESDAY).exists()
    paris.calendar.refresh_from_db()
    assert paris.calendar.version == 1


def test_a_target_is_looked_at_before_it_is_saved(client_for, administrator, requester, desk_clock):
    make_ticket(requester, priority=Priority.HIGH, now=AFTERNOON + HOUR)
    target = Target.objects.get(tier=Tier.GOLD, priority=Priority.HIGH)
    form = {
        "response_minutes": 30, "coverage": target.coverage, "check_in_rule": target.check_in_rule,
        "check_in_minutes": target.check_in_minutes, "_preview": "1",
    }  # fmt: skip
    page = client_for(administrator).post(f"/desk/sla/target/{target.pk}/change/", form)
    assert "1 of 2 due times would change." in page.content.decode()
    target.refresh_from_db()
    assert (target.response_minutes, target.version) == (180, 1)


@pytest.mark.parametrize("minutes", ["0", "-5", "x"])
def test_a_target_that_is_none_is_refused_and_the_input_kept(client_for, administrator, minutes):
    target = Target.objects.get(tier=Tier.GOLD, priority=Priority.HIGH)
    form = {
        "response_minutes": minutes, "coverage": target.coverage, "check_in_rule": target.check_in_rule,
        "check_in_minutes": target.check_in_minutes, "_preview": "1",
    }  # fmt: skip
    page = client_for(administrator).post(f"/desk/sla/target/{target.pk}/change/", form)
    assert f'value="{minutes}"' in page.content.decode()
    assert "Effects of the change" not in page.content.decode()
    target.refresh_from_db()
    assert (target.response_minutes, target.version) == (180, 1)


def test_a_contract_is_looked_at_before_it_is_signed(client_for, lead, stranger, desk_clock):
    seats = {"premium_contacts": 10, "professional_services_hours": 24, "price_usd": ""}
    account = stranger.account
    make_ticket(stranger, now=AFTERNOON)
    contract = account.contracts.get()
    form = {"tier": "platinum", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "_preview": "1"} | seats
    page = client_for(lead).post(f"/desk/accounts/contract/{contract.pk}/change/", form)
    assert "Effects of the change" in page.content.decode()
    contract.refresh_from_db()
    assert contract.tier == Tier.STANDARD


# The command


def run(capsys, *words):
    call_command("what_if", *words)
    return capsys.readouterr().out


def test_the_command_says_the_same_as_json(capsys, waiting, paris, desk_clock, monkeypatch):
    monkeypatch.setattr("tickets.management.commands.what_if.now", lambda: AFTERNOON + HOUR)
    said = json.loads(run(capsys, "calendar", "--region", "france", "--close", "2026-11-10", "--json"))
    found = if_calendar(
        paris.calendar, with_changes(paris.calendar, closed={TUESDAY: ("Closed", "Fermé")}), now=AFTERNOON + HOUR
    )
    assert said == {"what": "calendar", "at": (AFTERNOON + HOUR).isoformat(), **found.as_json()}
    assert not ClockEvent.objects.filter(kind="due_changed").exists()


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["calendar", "--region", "mars"], "--region mars is not known. Known: france."),
        (["calendar", "--region", "france"], "Say what would change: --close, --hours or --time-zone."),
        (["calendar", "--region", "france", "--close", "soon"], "--close soon is no day. Write it like 2026-12-24."),
        (
            ["calendar", "--region", "france", "--hours", "mon 9-5"],
            "--hours mon 9-5 is not understood. Write it like mon-fri 09:00-17:00.",
        ),
        (
            ["calendar", "--region", "france", "--time-zone", "Mars/Base"],
            "--time-zone Mars/Base is not known. Write it like Europe/Paris.",
        ),
        (
            ["tier", "--account", "Acme", "--to", "wood"],
            "--to wood is not known. Known: standard, silver, gold, platinum.",
        ),
        (
            ["tier", "--account", "Nobody", "--to", "gold"],
            "--account Nobody is not known. Write the name as on the desk.",
        ),
        (
            ["target", "--tier", "gold", "--priority", "P2", "--response-minutes", "0"],
            "Ensure this value is greater than or equal to 1.",
        ),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_what_to_write(account, words, refusal):
    with pytest.raises(CommandError) as error:
        call_command("what_if", *words)
    assert str(error.value).startswith(refusal)
    assert not Clock.objects.exclude(outcome=Outcome.RUNNING).exists()
