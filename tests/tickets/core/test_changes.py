"""What happens to a promise that runs while the world around it changes (semantics §3)."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from accounts.contracts.domain import contracts
from accounts.core.enums import Tier
from accounts.models import Contract, EntitlementChange, Region
from accounts.seats.domain import seats
from portal.lib import outbox
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.core.domain.calendars import NeverOpens, new_version
from sla.core.domain.due_calculation import stored_calculation
from sla.core.domain.explanation import DoesNotAddUp, explain_clock
from sla.core.domain.targets import save_target
from sla.core.domain.wording import lines
from sla.core.enums import ClockEventKind, ClockKind, Coverage, Outcome, Priority
from sla.models import CalendarException, CalendarVersion, Clock, ClockEvent, OpeningInterval, Target
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket, seat, seat_by_the_front_door
from tickets.core.domain import conversation, lifecycle
from tickets.core.domain.history import sentence
from tickets.core.domain.recounts import recount_after_changes, recount_calendars
from tickets.core.enums import Channel, EventKind, LanguageChoice

HOUR = timedelta(hours=1)
LATER = MONDAY_9AM + HOUR


def clock_of(ticket, kind=ClockKind.RESPONSE):
    return ticket.clocks.get(kind=kind, outcome=Outcome.RUNNING)


def changes_of(clock):
    return list(
        clock.events.filter(kind=ClockEventKind.DUE_CHANGED).values_list("data__cause", "data__applied", "actor")
    )


def settle_all(now):
    while recount_after_changes(now=now):
        pass


def close_paris(paris, day, *, by=None, now=MONDAY_9AM):
    CalendarException.objects.create(
        calendar=paris.calendar, day=day, name_en="Founders’ day", name_fr="Fête de la maison", intervals=[]
    )
    return new_version(paris.calendar, by=by, now=now)


def sentences(clock, *, now=MONDAY_9AM, zone_name="Europe/Paris"):
    """What people read of a clock, with plain blanks."""
    return [str(line).replace("\u00a0", " ") for line in lines(explain_clock(clock), now=now, zone_name=zone_name)]


# Seats


def test_a_seat_granted_brings_the_due_moment_forward(colleague, lead):
    ticket = make_ticket(colleague, priority=Priority.HIGH)  # Standard: 4 business hours, due 13:00 UTC
    before = clock_of(ticket)
    seat(colleague, by=lead.user, now=LATER)
    settle_all(LATER)
    after = clock_of(ticket)
    assert (before.due_at, before.tier) == (MONDAY_9AM + 4 * HOUR, Tier.STANDARD)
    # Gold: 3 h 24/7 from the moment of the grant would be 13:00: no earlier, so the promise stays.
    assert (after.due_at, after.tier) == (MONDAY_9AM + 4 * HOUR, Tier.STANDARD)
    assert changes_of(after) == [("seat_granted", False, lead.user.pk)]


def test_a_seat_granted_early_enough_is_an_earlier_promise(colleague, lead):
    ticket = make_ticket(colleague, priority=Priority.MEDIUM)  # Standard: 6 business hours
    at = MONDAY_9AM + timedelta(minutes=30)
    seat(colleague, by=lead.user, now=at)
    settle_all(at)
    clock = clock_of(ticket)
    assert (clock.due_at, clock.tier, clock.counted_from) == (at + 3 * HOUR, Tier.GOLD, at)
    ticket.refresh_from_db()
    assert ticket.next_due_at == at + 3 * HOUR
    assert explain_clock(clock).counted == 3 * HOUR


def test_a_seat_withdrawn_leaves_what_runs_and_binds_what_comes(requester, lead, agent):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    seats.withdraw(requester.seats.get(), by=lead.user, now=LATER)
    settle_all(LATER)
    clock = clock_of(ticket)
    assert (clock.due_at, clock.tier) == (MONDAY_9AM + 3 * HOUR, Tier.GOLD)
    assert changes_of(clock) == [("seat_withdrawn", False, lead.user.pk)]
    conversation.reply_as_agent(ticket, body="Looking.", by=agent.user, now=LATER)
    conversation.reply_as_customer(ticket, body="Thanks.", by=requester, channel="portal", now=LATER + HOUR)
    assert clock_of(ticket).tier == Tier.STANDARD


def test_a_change_that_is_looked_at_again_is_told_once(requester, lead):
    ticket = make_ticket(requester)
    seats.withdraw(requester.seats.get(), by=lead.user, now=LATER)
    for minutes in (0, 1, 2, 5):
        settle_all(LATER + timedelta(minutes=minutes))
    assert changes_of(clock_of(ticket)) == [("seat_withdrawn", False, lead.user.pk)]
    assert not EntitlementChange.objects.filter(done_at=None).exists()


def test_a_ticket_opened_in_the_very_moment_of_the_change_is_found_at_the_second_look(colleague, lead):
    seat(colleague, by=lead.user, now=LATER)
    settle_all(LATER)
    # Committed behind the cursor, with the terms of before.
    ticket = make_ticket(colleague, now=LATER)
    Clock.objects.filter(ticket=ticket, kind=ClockKind.RESPONSE).update(
        tier=Tier.STANDARD, coverage=Coverage.BUSINESS_HOURS, target_minutes=360, due_at=LATER + 6 * HOUR
    )
    started = clock_of(ticket).events.get(kind=ClockEventKind.STARTED)
    started.data["count"] |= stored_calculation(clock_of(ticket)).as_json()
    started.save()
    settle_all(LATER + timedelta(seconds=61))
    assert clock_of(ticket).due_at == LATER + 3 * HOUR


def test_a_seat_granted_before_an_earlier_change_was_followed_betters_from_its_own_moment_on(account, colleague, lead):
    ticket = make_ticket(colleague)  # Standard: 6 business hours
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.PLATINUM, 10
    contracts.save_contract(contract, by=lead.user, now=MONDAY_9AM)
    seat(colleague, by=lead.user, now=LATER)
    settle_all(LATER)
    clock = clock_of(ticket)
    assert (clock.due_at, clock.counted_from) == (LATER + 2 * HOUR, LATER)


def test_a_second_look_at_an_upgrade_leaves_what_started_after_the_downgrade_that_followed(account, requester, lead):
    contract = account.contracts.get()
    for tier, seats_included, seconds in ((Tier.PLATINUM, 10, 0), (Tier.SILVER, 2, 10)):
        contract.tier, contract.premium_contacts = tier, seats_included
        contracts.save_contract(contract, by=lead.user, now=MONDAY_9AM + timedelta(seconds=seconds))
        settle_all(MONDAY_9AM + timedelta(seconds=seconds))
    ticket = make_ticket(requester, now=MONDAY_9AM + timedelta(seconds=20))
    settle_all(LATER)
    clock = clock_of(ticket)
    assert (clock.tier, clock.target_minutes, changes_of(clock)) == (Tier.SILVER, 240, [])


# Contracts


def test_a_change_of_one_account_looks_at_no_ticket_of_another(stranger, account, requester, lead):
    theirs, ours = make_ticket(stranger), make_ticket(requester)
    settle_all(LATER)
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.PLATINUM, 10
    contracts.save_contract(contract, by=lead.user, now=LATER)

    assert recount_after_changes(now=LATER) == 1

    assert changes_of(clock_of(theirs)) == []
    assert changes_of(clock_of(ours)) == [("contract", False, lead.user.pk)]  # 4 h from then on would be later


def test_a_change_of_one_person_looks_at_no_ticket_of_a_colleague(requester, colleague, lead):
    theirs, ours = make_ticket(requester), make_ticket(colleague)
    settle_all(LATER)
    seat(colleague, by=lead.user, now=LATER)

    assert recount_after_changes(now=LATER) == 1

    assert changes_of(clock_of(theirs)) == []
    assert changes_of(clock_of(ours)) == [("seat_granted", True, lead.user.pk)]


def test_an_upgrade_betters_what_runs(paris, lead):
    account = make_account("Delta", region=paris, tier=Tier.SILVER)
    contact = make_contact(account, "dora@delta.test")
    seat(contact, by=lead.user)
    ticket = make_ticket(contact, priority=Priority.LOW)  # Silver: 12 business hours, tomorrow 12:00
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.PLATINUM, 10
    contracts.save_contract(contract, by=lead.user, now=LATER)
    settle_all(LATER)
    clock = clock_of(ticket)
    assert (clock.tier, clock.coverage, clock.due_at) == (Tier.PLATINUM, Coverage.ALWAYS, LATER + 8 * HOUR)


def test_a_downgrade_leaves_what_runs_and_the_explanation_says_so(account, requester, lead):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.SILVER, 2
    contracts.save_contract(contract, by=lead.user, now=LATER)
    settle_all(LATER)
    explanation = explain_clock(clock_of(ticket))
    (change,) = explanation.recounts
    assert (explanation.tier, explanation.due_at, change.moved) == (Tier.GOLD, MONDAY_9AM + 3 * HOUR, False)
    said = [str(line) for line in lines(explanation, now=LATER, zone_name="Europe/Paris") if line.kind == "recount"]
    assert said == [
        "Today at 11:00, the contract was changed (Premium Gold → Premium Silver). "
        "The running target stays, due by 13:00 today."
    ]


def test_a_contract_that_ends_by_the_calendar_leaves_what_runs(account, requester, lead):
    Contract.objects.filter(account=account).update(ends_on=date(2026, 11, 9), start_noted=True)
    ticket = make_ticket(requester, priority=Priority.LOW)  # Gold: 8 h
    night = MONDAY_9AM + timedelta(hours=14, minutes=5)  # 00:05 in Paris
    contracts.record_contract_changes(now=night)
    assert contracts.record_contract_changes(now=night) == 0
    settle_all(night)
    change = EntitlementChange.objects.get(cause="contract_ended")
    assert change.at == MONDAY_9AM + 14 * HOUR
    clock = clock_of(ticket)
    assert (clock.tier, clock.due_at, clock.breached_at) == (Tier.GOLD, MONDAY_9AM + 8 * HOUR, MONDAY_9AM + 8 * HOUR)


def test_a_contract_that_begins_by_the_calendar_betters_what_runs(stranger, lead):
    account = stranger.account
    Contract.objects.filter(account=account).update(ends_on=date(2026, 11, 9), start_noted=True)
    contracts.save_contract(
        Contract(account=account, tier=Tier.GOLD, starts_on=date(2026, 11, 10), ends_on=date(2027, 11, 9)),
        by=lead.user, now=MONDAY_9AM,
    )  # fmt: skip
    assert not EntitlementChange.objects.exists()
    ticket = make_ticket(stranger, priority=Priority.LOW)  # Standard: 24 business hours
    midnight = MONDAY_9AM + timedelta(hours=14)
    seat_by_the_front_door(stranger, by=lead.user, now=midnight)
    # Whoever changes something else about the account first notes what began.
    assert contracts.record_contract_changes(now=midnight) == 0
    settle_all(midnight)
    clock = clock_of(ticket)
    assert (clock.tier, clock.due_at) == (Tier.GOLD, midnight + 8 * HOUR)
    assert len(changes_of(clock)) == 1


# When a change counts


def test_a_contract_that_began_months_before_says_nothing_about_what_started_since(account, requester, lead):
    """Noted by the watch long after its first day, behind the seat that was granted in between."""
    make_ticket(requester)
    Contract.objects.filter(account=account).update(starts_on=date(2026, 6, 1), start_noted=False)
    assert contracts.record_contract_changes(now=LATER) == 1
    settle_all(LATER)
    assert EntitlementChange.objects.get(cause="contract_started").tier == Tier.GOLD
    assert not ClockEvent.objects.filter(kind=ClockEventKind.DUE_CHANGED).exists()


def test_a_lesser_contract_that_is_noted_late_says_nothing_about_what_started_since(account, requester, lead):
    """The seat came after the contract: at midnight of its first day nobody held one yet."""
    Contract.objects.filter(account=account).update(starts_on=date(2026, 11, 9), start_noted=False)
    requester.seats.update(validated_at=MONDAY_9AM - HOUR)
    ticket = make_ticket(requester, now=MONDAY_9AM)
    contracts.record_contract_changes(now=LATER)
    settle_all(LATER + HOUR)
    assert (clock_of(ticket).tier, changes_of(clock_of(ticket))) == (Tier.GOLD, [])


def test_whichever_was_noted_first_the_one_that_took_effect_last_before_the_start_binds(account, requester, lead):
    """A downgrade at 09:10 is noted before the beginning at midnight that the watch finds late."""
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.SILVER, 2
    contracts.save_contract(contract, by=lead.user, now=MONDAY_9AM)
    started = MONDAY_9AM + timedelta(seconds=5)
    ticket = make_ticket(requester, now=started)
    EntitlementChange.objects.create(
        account=account, cause="contract_started", tier=Tier.PLATINUM, seats=10, at=MONDAY_9AM - timedelta(seconds=5)
    )
    settle_all(LATER)
    clock = clock_of(ticket)
    assert (clock.tier, clock.target_minutes, changes_of(clock)) == (Tier.SILVER, 240, [])


def test_a_contract_that_is_entered_late_counts_from_its_entry_and_says_both_moments(stranger, lead):
    Contract.objects.filter(account=stranger.account).update(
        tier=Tier.GOLD, premium_contacts=3, ends_on=date(2026, 9, 30), end_noted=True
    )
    seat(stranger, by=lead.user, now=MONDAY_9AM - timedelta(days=60))
    ticket = make_ticket(stranger, priority=Priority.MEDIUM, now=MONDAY_9AM)  # no contract: Standard, 6 business hours
    contracts.save_contract(
        Contract(account=stranger.account, tier=Tier.GOLD, starts_on=date(2026, 10, 1), ends_on=date(2027, 9, 30)),
        by=lead.user, now=LATER,
    )  # fmt: skip
    settle_all(LATER)
    clock = clock_of(ticket)
    assert (clock.due_at, clock.counted_from) == (LATER + 3 * HOUR, LATER)
    (change,) = explain_clock(clock).recounts
    assert change.as_json() == {
        "at": "2026-11-09T10:00:00+00:00",
        "dated_at": "2026-09-30T22:00:00+00:00",
        "cause": "contract",
        "by": "Nadia",
        "old_due_at": "2026-11-09T15:00:00+00:00",
        "new_due_at": "2026-11-09T13:00:00+00:00",
        "applied": True,
        "detail": {"old_tier": "standard", "new_tier": "gold"},
    }
    assert sentences(clock)[3] == (
        "Today at 11:00, the contract was changed (Standard → Premium Gold), with effect from Thursday 1 October at "
        "00:00, applied when it was entered. The due time, 16:00 today, changed to 14:00 today."
    )
    with translation.override("fr"):
        assert sentences(clock)[3] == (
            "Aujourd’hui à 11:00, le contrat a été modifié (Standard → Premium Or), avec effet jeudi 1er octobre à "
            "00:00, appliqué à la saisie. L’échéance était aujourd’hui à 16:00 ; elle est désormais aujourd’hui à "
            "14:00."
        )
    with timezone.override("Europe/Paris"):
        said = [sentence(event).replace("\u00a0", " ") for event in ticket.events.filter(kind=EventKind.DUE_CHANGED)]
    assert said == [
        "our reply is now due by Monday 9 November at 14:00 instead of Monday 9 November at 16:00, because the "
        "contract was changed, with effect from Thursday 1 October at 00:00, applied when it was entered"
    ]


def test_the_mail_about_a_moved_target_says_both_moments_too(stranger, lead, mailoutbox):
    Contract.objects.filter(account=stranger.account).update(
        tier=Tier.GOLD, premium_contacts=3, ends_on=date(2026, 9, 30), end_noted=True
    )
    seat(stranger, by=lead.user, now=MONDAY_9AM - timedelta(days=60))
    make_ticket(stranger, priority=Priority.MEDIUM, now=MONDAY_9AM)
    contracts.save_contract(
        Contract(account=stranger.account, tier=Tier.GOLD, starts_on=date(2026, 10, 1), ends_on=date(2027, 9, 30)),
        by=lead.user, now=LATER,
    )  # fmt: skip
    settle_all(LATER)
    Notice.objects.exclude(kind="due_changed").update(sent_at=LATER)
    outbox.deliver(now=LATER)
    (mail,) = mailoutbox
    assert mail.to == ["bob@bravo.test"]
    words = " ".join(mail.body.replace("\u00a0", " ").split())
    assert words.split("Enrolment fails” ")[1].startswith(
        "has changed because the contract was changed, with effect from Thursday 1 October at 00:00 (Paris), applied "
        "when it was entered. "
    )


def test_a_contract_whose_end_is_entered_late_leaves_what_runs_and_says_both_moments(account, requester, lead):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    contract = account.contracts.get()
    contract.ends_on = date(2026, 10, 31)
    contracts.save_contract(contract, by=lead.user, now=LATER)
    settle_all(LATER)
    clock = clock_of(ticket)
    assert (clock.tier, clock.due_at) == (Tier.GOLD, MONDAY_9AM + 3 * HOUR)
    assert sentences(clock)[3] == (
        "Today at 11:00, the contract was changed (Premium Gold → Standard), with effect from Sunday 1 November at "
        "00:00, applied when it was entered. The running target stays, due by 13:00 today."
    )


def test_a_change_that_leaves_a_person_where_they_were_says_nothing(account, requester, lead):
    """The promise of Gold outlives the seat; what the contract becomes later is no matter of this person."""
    ticket = make_ticket(requester)
    seats.withdraw(requester.seats.get(), by=lead.user, now=LATER)
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.SILVER, 2
    contracts.save_contract(contract, by=lead.user, now=LATER + HOUR)
    settle_all(LATER + HOUR)
    assert changes_of(clock_of(ticket)) == [("seat_withdrawn", False, lead.user.pk)]


def test_a_tier_that_comes_back_is_told_and_the_promise_that_outlived_it_stays(account, requester, lead):
    ticket = make_ticket(requester, priority=Priority.LOW)  # Gold: 8 h
    seats.withdraw(requester.seats.get(), by=lead.user, now=LATER)
    seat(requester, by=lead.user, now=LATER + HOUR)
    settle_all(LATER + HOUR)
    assert sentences(clock_of(ticket))[3:5] == [
        "Today at 11:00, the requester’s Premium seat was removed (Premium Gold → Standard). "
        "The running target stays, due by 18:00 today.",
        "Today at 12:00, the requester’s Premium seat was approved (Standard → Premium Gold). "
        "The running target stays, due by 18:00 today.",
    ]


def test_a_contract_that_began_is_noted_before_the_seat_that_changes_after_it(stranger, lead):
    """The watch has not come by since midnight: the seat that ends at nine ends under the new contract."""
    Contract.objects.filter(account=stranger.account).update(
        tier=Tier.GOLD, premium_contacts=3, ends_on=date(2026, 11, 8), end_noted=True, start_noted=True
    )
    held = seat(stranger, by=lead.user, now=MONDAY_9AM - timedelta(days=60))
    contracts.save_contract(
        Contract(account=stranger.account, tier=Tier.PLATINUM, starts_on=date(2026, 11, 9), ends_on=date(2027, 11, 8)),
        by=lead.user, now=MONDAY_9AM - timedelta(days=1),
    )  # fmt: skip
    night = MONDAY_9AM - timedelta(hours=10, minutes=30)  # 23:30 in Paris
    ticket = make_ticket(stranger, priority=Priority.LOW, now=night)  # Gold: 8 h
    for minutes in (0, 2):
        if not minutes:
            seats.withdraw(held, by=lead.user, now=MONDAY_9AM - 3 * HOUR)
        settle_all(MONDAY_9AM - 3 * HOUR + timedelta(minutes=minutes))
    told = [(r.cause, r.detail["old_tier"], r.detail["new_tier"]) for r in explain_clock(clock_of(ticket)).recounts]
    assert told == [("contract_started", "gold", "platinum"), ("seat_withdrawn", "platinum", "standard")]


def test_what_took_effect_later_and_was_noted_before_is_followed_once_more(stranger, lead):
    """The watch finds at 09:30 what began at midnight, when the seat that ended at 09:00 was followed long ago."""
    Contract.objects.filter(account=stranger.account).update(
        tier=Tier.GOLD, premium_contacts=3, ends_on=date(2026, 10, 31), end_noted=True
    )
    held = seat(stranger, by=lead.user, now=MONDAY_9AM - timedelta(days=60))
    night = MONDAY_9AM - timedelta(hours=10, minutes=30)  # 23:30 in Paris
    ticket = make_ticket(stranger, priority=Priority.LOW, now=night)  # no contract: Standard, 24 business hours
    seats.withdraw(held, by=lead.user, now=MONDAY_9AM)
    settle_all(MONDAY_9AM)
    settle_all(MONDAY_9AM + timedelta(minutes=2))
    assert changes_of(clock_of(ticket)) == []
    Contract.objects.create(
        account=stranger.account, tier=Tier.GOLD, starts_on=date(2026, 11, 9), ends_on=date(2027, 11, 8)
    )
    contracts.record_contract_changes(now=MONDAY_9AM + HOUR / 2)
    settle_all(MONDAY_9AM + HOUR / 2)
    assert changes_of(clock_of(ticket)) == [("contract_started", True, None), ("seat_withdrawn", False, lead.user.pk)]
    assert clock_of(ticket).due_at == MONDAY_9AM - timedelta(hours=10) + 8 * HOUR


def test_figures_of_a_contract_that_are_changed_in_place_are_not_dated_back(account, requester, lead):
    contract = account.contracts.get()
    contract.tier, contract.premium_contacts = Tier.SILVER, 2
    contracts.save_contract(contract, by=lead.user, now=LATER)
    assert EntitlementChange.objects.get(cause="contract").dated_at is None


def test_a_change_before_the_start_that_an_old_history_names_is_not_told(account, requester, lead):
    ticket = make_ticket(requester)
    seats.withdraw(requester.seats.get(), by=lead.user, now=LATER)
    settle_all(LATER)
    assert [change.cause for change in explain_clock(clock_of(ticket)).recounts] == ["seat_withdrawn"]
    ClockEvent.objects.filter(kind=ClockEventKind.DUE_CHANGED).update(occurred_at=MONDAY_9AM - HOUR)
    assert explain_clock(clock_of(ticket)).recounts == []


def test_an_explanation_whose_changes_form_no_chain_is_never_shown(ticket, agent):
    for priority, minutes in ((Priority.HIGH, 5), (Priority.URGENT, 10)):
        lifecycle.change_priority(ticket, priority, by=agent.user, now=MONDAY_9AM + timedelta(minutes=minutes))
    assert len(explain_clock(clock_of(ticket)).recounts) == 2
    clock_of(ticket).events.filter(kind=ClockEventKind.DUE_CHANGED).first().delete()
    explain_clock(clock_of(ticket))  # a chain that begins later is one
    event = clock_of(ticket).events.get(kind=ClockEventKind.DUE_CHANGED)
    event.data["new_due_at"] = LATER.isoformat()
    event.save()
    with pytest.raises(DoesNotAddUp):
        explain_clock(clock_of(ticket))


# Calendars


def test_a_holiday_moves_what_is_counted_in_business_hours(colleague, paris, lead):
    late = MONDAY_9AM + 6 * HOUR  # 16:00 in Paris
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=late)  # 4 h: Tuesday 11:00 in Paris
    edit = close_paris(paris, date(2026, 11, 10), by=lead.user, now=late + HOUR)
    assert (edit.created_by, edit.version) == (lead.user, 2)
    assert recount_calendars(now=late + HOUR) == 1
    clock = clock_of(ticket)
    assert (clock.due_at, clock.calendar_version) == (MONDAY_9AM + timedelta(days=2, hours=1), 2)
    assert changes_of(clock) == [("calendar", True, lead.user.pk)]
    ticket.refresh_from_db()
    assert ticket.next_due_at == min(c.due_at for c in ticket.clocks.running())
    assert recount_calendars(now=late + HOUR) == 0
    assert "Founders’ day" in " ".join(
        str(line) for line in lines(explain_clock(clock), now=late, zone_name="Europe/Paris")
    )


def test_the_customer_hears_once_of_both_moved_clocks(colleague, paris, lead):
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=MONDAY_9AM + 6 * HOUR)
    close_paris(paris, date(2026, 11, 10), by=lead.user, now=MONDAY_9AM + 7 * HOUR)
    recount_calendars(now=MONDAY_9AM + 7 * HOUR)
    notice = Notice.objects.get(kind="due_changed")
    assert (notice.recipient, [row["kind"] for row in notice.data["moved"]]) == (
        colleague.user, ["response", "check_in"],
    )  # fmt: skip
    assert ticket.events.filter(kind=EventKind.DUE_CHANGED).count() == 2


def test_around_the_clock_does_not_move_with_opening_hours(requester, paris):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    close_paris(paris, date(2026, 11, 9))
    recount_calendars(now=MONDAY_9AM)
    assert (clock_of(ticket).due_at, clock_of(ticket).calendar_version) == (MONDAY_9AM + 3 * HOUR, 1)


def test_what_is_overdue_before_the_edit_stays_overdue(colleague, paris):
    ticket = make_ticket(colleague, priority=Priority.URGENT)  # Standard: 2 business hours
    late = MONDAY_9AM + 3 * HOUR
    close_paris(paris, date(2026, 11, 9), now=late)
    recount_calendars(now=late)
    clock = clock_of(ticket)
    assert (clock.due_at, clock.breached_at) == (MONDAY_9AM + 2 * HOUR, MONDAY_9AM + 2 * HOUR)
    assert clock.events.get(kind=ClockEventKind.OVERDUE).occurred_at == MONDAY_9AM + 2 * HOUR


def test_hours_that_are_entered_for_a_time_that_has_passed_take_nothing_from_a_promise(colleague, paris):
    saturday = MONDAY_9AM - timedelta(days=2)
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=saturday)
    OpeningInterval.objects.create(calendar=paris.calendar, weekday=5, opens="09:00", closes="18:00")
    new_version(paris.calendar, by=None, now=MONDAY_9AM - HOUR)
    recount_calendars(now=MONDAY_9AM - HOUR)
    clock = clock_of(ticket)
    # Nothing was open on that Saturday when it was Saturday: the 4 hours begin on Monday at 09:00 in Paris.
    assert (clock.due_at, clock.breached_at, clock.calendar_version) == (MONDAY_9AM + 3 * HOUR, None, 2)
    assert sentences(clock)[3:] == [
        "Today at 09:00, the business hours or holidays of the region were changed. The due time is still 13:00 today.",
        "Not included from Saturday 7 November at 10:00 to Monday 9 November at 09:00 (weekend).",
        "Included today from 09:00 to 13:00 (4 h).",
        "Total 4 h. Due today at 13:00.",
    ]


def test_a_holiday_that_is_entered_when_it_has_passed_gives_no_more_time(colleague, paris, lead):
    friday = MONDAY_9AM - timedelta(days=3)
    ticket = make_ticket(colleague, priority=Priority.LOW, now=friday)  # 24 h: 8 on Friday, 9 on Monday, 7 on Tuesday
    close_paris(paris, date(2026, 11, 6), by=lead.user, now=MONDAY_9AM)
    recount_calendars(now=MONDAY_9AM)
    clock = clock_of(ticket)
    assert clock.due_at == MONDAY_9AM + timedelta(days=1, hours=6)
    assert sentences(clock)[4:] == [
        "Included on Friday 6 November from 10:00 to 18:00 (8 h).",
        "Not included from Friday 6 November at 18:00 to Monday 9 November at 09:00 (weekend).",
        "Included today from 09:00 to 18:00 (9 h).",
        "Not included from Monday 9 November at 18:00 to Tuesday 10 November at 09:00 (closed overnight).",
        "Included tomorrow from 09:00 to 16:00 (7 h).",
        "Total 24 h. Due tomorrow at 16:00.",
    ]


def test_a_day_that_is_closed_at_noon_counts_its_morning(colleague, paris, lead):
    ticket = make_ticket(colleague, priority=Priority.HIGH)  # 4 h from 10:00 in Paris
    noon = MONDAY_9AM + 2 * HOUR
    close_paris(paris, date(2026, 11, 9), by=lead.user, now=noon)
    recount_calendars(now=noon)
    assert sentences(clock_of(ticket))[3:] == [
        "Today at 12:00, the business hours or holidays of the region were changed. "
        "The due time, 14:00 today, changed to 11:00 tomorrow.",
        "Included today from 10:00 to 12:00 (2 h).",
        "Not included from Monday 9 November at 12:00 to Tuesday 10 November at 09:00 (Founders’ day).",
        "Included tomorrow from 09:00 to 11:00 (2 h).",
        "Total 4 h. Due tomorrow at 11:00.",
    ]


def test_a_calendar_that_never_opens_is_refused_and_nothing_is_saved(paris):
    before = CalendarVersion.objects.count()

    @transaction.atomic
    def close_for_good():
        paris.calendar.intervals.all().delete()
        new_version(paris.calendar, by=None, now=MONDAY_9AM)

    with pytest.raises(NeverOpens):
        close_for_good()
    paris.calendar.refresh_from_db()
    assert (paris.calendar.version, paris.calendar.intervals.count(), CalendarVersion.objects.count()) == (1, 5, before)


def test_an_answer_around_the_clock_outlives_an_edit_of_hours_that_nothing_was_counted_in(requester, paris, agent):
    ticket = make_ticket(requester, priority=Priority.LOW)  # Gold, 24x7, and no check-ins
    close_paris(paris, date(2026, 11, 9))
    conversation.reply_as_agent(ticket, body="Here.", by=agent.user, now=LATER)
    clock = ticket.clocks.get(kind=ClockKind.RESPONSE)
    assert (clock.outcome, clock.business_seconds, clock.calendar_version) == (Outcome.MET, 3600, 1)


# Targets


def edit_target(lead, minutes, *, now):
    target = Target.objects.get(tier=Tier.GOLD, priority=Priority.HIGH)
    target.response_minutes = minutes
    return save_target(target, by=lead.user, now=now)


def test_a_better_target_betters_what_runs(requester, lead):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    at = MONDAY_9AM + timedelta(minutes=10)
    edit_target(lead, 60, now=at)
    settle_all(at)
    clock = clock_of(ticket)
    assert (clock.due_at, clock.target_version, clock.target_minutes) == (at + HOUR, 2, 60)
    assert changes_of(clock) == [("target", True, lead.user.pk)]


def test_a_worse_target_leaves_what_runs(requester, lead):
    ticket = make_ticket(requester, priority=Priority.HIGH)
    edit_target(lead, 600, now=LATER)
    settle_all(LATER)
    clock = clock_of(ticket)
    assert (clock.due_at, clock.target_version) == (MONDAY_9AM + 3 * HOUR, 1)
    assert changes_of(clock) == [("target", False, lead.user.pk)]


def test_an_edit_leaves_the_clock_of_a_ticket_that_hangs_on_another_cell(colleague, lead):
    """Of Noé's ticket the answer follows his new seat (Gold); the check-in kept the Standard that is earlier."""
    ticket = make_ticket(colleague, priority=Priority.MEDIUM)
    seat(colleague, by=lead.user, now=LATER)
    settle_all(LATER)
    assert [clock_of(ticket, kind).tier for kind in (ClockKind.RESPONSE, ClockKind.CHECK_IN)] == ["gold", "standard"]
    before = changes_of(clock_of(ticket)), clock_of(ticket).due_at
    standard = Target.objects.get(tier=Tier.STANDARD, priority=Priority.MEDIUM)
    standard.response_minutes = 15
    save_target(standard, by=lead.user, now=LATER)

    assert recount_after_changes(now=LATER) == 1

    assert (changes_of(clock_of(ticket)), clock_of(ticket).due_at) == before
    assert changes_of(clock_of(ticket, ClockKind.CHECK_IN))[-1] == ("target", False, lead.user.pk)


def test_an_edit_says_nothing_of_a_clock_that_was_counted_with_it(requester, agent, lead):
    """Answered before the edit, asked again after it: only the check-in is older than the new figure."""
    ticket = make_ticket(requester, priority=Priority.HIGH)
    conversation.reply_as_agent(ticket, body="We look.", by=agent.user, now=MONDAY_9AM)
    settle_all(LATER)
    edit_target(lead, 60, now=LATER)
    conversation.reply_as_customer(ticket, body="And?", by=requester, channel=Channel.PORTAL, now=LATER)

    assert recount_after_changes(now=LATER) == 1

    assert (changes_of(clock_of(ticket)), clock_of(ticket).due_at) == ([], LATER + HOUR)
    assert changes_of(clock_of(ticket, ClockKind.CHECK_IN)) == [("target", False, lead.user.pk)]


def test_an_edit_on_top_of_another_one_is_refused(lead, account):
    mine = Target.objects.get(tier=Tier.GOLD, priority=Priority.HIGH)
    edit_target(lead, 60, now=MONDAY_9AM)
    mine.response_minutes = 90
    with pytest.raises(DomainError) as refusal:
        save_target(mine, by=lead.user, now=LATER)
    assert refusal.value.code == "stale"
    assert Target.objects.get(pk=mine.pk).response_minutes == 60


# Region and language


def test_another_region_counts_the_same_time_in_its_calendar(colleague, london, lead):
    ticket = make_ticket(colleague, priority=Priority.HIGH, now=MONDAY_9AM - HOUR)  # 09:00 Paris, 08:00 London
    lifecycle.change_region(ticket, london, by=lead.user, now=MONDAY_9AM)
    clock = clock_of(ticket)
    assert (clock.due_at, clock.calendar.region) == (MONDAY_9AM + 4 * HOUR, london)
    assert explain_clock(clock).time_zone == "Europe/London"
    assert [event.kind for event in ticket.events.order_by("pk")][-3:] == ["region", "due_changed", "due_changed"]


def test_a_region_without_a_calendar_is_refused_and_nothing_changes(ticket, lead):
    empty = Region.objects.create(code="moon", name_en="Moon", name_fr="Lune", time_zone="UTC", country="FR")
    with pytest.raises(DomainError) as refusal:
        lifecycle.change_region(ticket, empty, by=lead.user, now=LATER)
    assert refusal.value.code == "no_target"
    ticket.refresh_from_db()
    assert (ticket.region.code, ticket.version) == ("france", 1)


@pytest.fixture
def french(account, lead):
    contact = make_contact(account, "rene@acme.test", name="René", language="fr")
    seat(contact, by=lead.user)
    return contact


def test_ones_own_language_is_counted_in_business_hours_from_the_start(french):
    evening = MONDAY_9AM + 7 * HOUR  # 17:00 in Paris
    ticket = make_ticket(french, priority=Priority.HIGH, now=evening)
    lifecycle.change_language(ticket, LanguageChoice.OWN, by=french.user, now=evening + HOUR / 2)
    clock = clock_of(ticket)
    assert (clock.coverage, clock.due_at) == (Coverage.BUSINESS_HOURS, MONDAY_9AM + timedelta(days=1, hours=1))
    ticket.refresh_from_db()
    assert ticket.language == "fr"


def test_english_is_the_earlier_of_both(french):
    evening = MONDAY_9AM + 7 * HOUR
    ticket = make_ticket(french, priority=Priority.HIGH, now=evening, language_choice=LanguageChoice.OWN)
    assert clock_of(ticket).due_at == MONDAY_9AM + timedelta(days=1, hours=1)
    lifecycle.change_language(ticket, LanguageChoice.ENGLISH, by=french.user, now=evening + HOUR)
    clock = clock_of(ticket)
    assert (clock.coverage, clock.due_at) == (Coverage.ALWAYS, evening + 4 * HOUR)


def test_who_has_no_choice_of_language_is_told_so(ticket, requester):
    with pytest.raises(DomainError) as refusal:
        lifecycle.change_language(ticket, LanguageChoice.OWN, by=requester.user, now=LATER)
    assert refusal.value.code == "no_language_choice"
    assert not ClockEvent.objects.filter(kind=ClockEventKind.DUE_CHANGED).exists()


# The tier that binds a clock


def test_a_lowered_priority_does_not_take_the_tier_from_a_promise_that_kept_it(requester, lead, agent):
    ticket = make_ticket(requester, priority=Priority.URGENT)  # Gold: 1 h 24/7
    at = MONDAY_9AM + timedelta(minutes=10)
    seats.withdraw(requester.seats.get(), by=lead.user, now=at)
    settle_all(at)
    lifecycle.change_priority(ticket, Priority.HIGH, by=agent.user, now=at)
    clock = clock_of(ticket)
    assert (clock.tier, clock.due_at) == (Tier.GOLD, MONDAY_9AM + 3 * HOUR)


def test_a_lowered_priority_does_not_reach_back_with_a_seat_that_came_later(colleague, lead, agent):
    ticket = make_ticket(colleague, priority=Priority.HIGH)  # Standard: 4 business hours
    at = MONDAY_9AM + timedelta(hours=3, minutes=30)
    seat(colleague, by=lead.user, now=at)  # Gold would be 3 h from now: no earlier
    settle_all(at)
    lifecycle.change_priority(ticket, Priority.MEDIUM, by=agent.user, now=at)
    clock = clock_of(ticket)
    # 3 h of Gold from the start would have been over before anybody asked for it.
    assert (clock.tier, clock.due_at, clock.breached_at) == (Tier.STANDARD, MONDAY_9AM + 6 * HOUR, None)


def test_a_raised_priority_uses_the_better_of_both_tiers(colleague, lead, agent):
    ticket = make_ticket(colleague, priority=Priority.HIGH)
    at = MONDAY_9AM + timedelta(hours=1, minutes=30)
    seat(colleague, by=lead.user, now=at)
    settle_all(at)
    lifecycle.change_priority(ticket, Priority.URGENT, by=agent.user, now=at)
    clock = clock_of(ticket)
    assert (clock.tier, clock.due_at) == (Tier.GOLD, at + HOUR)
