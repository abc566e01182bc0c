"""Seats: the cap, the numbers, who benefits."""

from datetime import date, timedelta

import pytest

from accounts.core.domain.entitlements import entitlements_of
from accounts.core.enums import SeatState, Tier
from accounts.models import Contract, Seat
from accounts.seats.domain import seats
from accounts.seats.domain.seat_history import seat_history
from portal.lib.errors import DomainError, Stale
from tests.factories import MONDAY_9AM, make_account, make_contact, make_contract, seat

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def people(account, count):
    return [make_contact(account, f"p{n}@{account.name.lower()}.test") for n in range(count)]


@pytest.mark.parametrize(("tier", "cap"), [(Tier.SILVER, 2), (Tier.GOLD, 3), (Tier.PLATINUM, 10)])
def test_a_tier_has_its_number_of_seats_and_not_one_more(paris, lead, tier, cap):
    account = make_account(tier=tier)
    *first, last = people(account, cap + 1)
    for person in first:
        seats.nominate(person, by=lead.user, now=MONDAY_9AM)

    with pytest.raises(seats.SeatsFull):
        seats.nominate(last, by=lead.user, now=MONDAY_9AM)

    assert list(Seat.objects.taken().values_list("number", flat=True)) == list(range(1, cap + 1))


def test_standard_has_no_seats(stranger, lead):
    with pytest.raises(seats.NoSeats):
        seats.nominate(stranger, by=lead.user, now=MONDAY_9AM)

    assert Seat.objects.count() == 0


def test_a_nomination_counts_from_its_validation(account, lead):
    (anna,) = people(account, 1)
    nominated = seats.nominate(anna, by=anna.user, now=MONDAY_9AM)
    assert (entitlements_of(anna, MONDAY_9AM).tier, entitlements_of(anna, MONDAY_9AM).basis) == (
        "standard",
        "not_validated",
    )

    seats.validate(nominated, by=lead.user, now=MONDAY_9AM)

    assert (entitlements_of(anna, MONDAY_9AM).tier, entitlements_of(anna, MONDAY_9AM).basis) == ("gold", "seat")


def test_a_seat_is_decided_once(account, lead):
    (anna,) = people(account, 1)
    nominated = seats.nominate(anna, by=anna.user, now=MONDAY_9AM)
    seats.decline(nominated, reason="Left the company", by=lead.user, now=MONDAY_9AM)

    with pytest.raises(Stale):
        seats.validate(nominated, by=lead.user, now=MONDAY_9AM)

    assert Seat.objects.get().state == SeatState.DECLINED


def test_replacing_gives_the_number_to_the_successor_and_keeps_the_history(account, lead):
    anna, marc = people(account, 2)
    held = seat(anna, by=lead.user)

    successor = seats.replace(held, contact=marc, by=anna.user, now=MONDAY_9AM + timedelta(days=1))

    assert list(Seat.objects.order_by("pk").values_list("number", "contact", "state")) == [
        (1, anna.pk, "withdrawn"),
        (1, marc.pk, "nominated"),
    ]
    assert successor.number == 1


def test_a_refused_replacement_leaves_the_seat_as_it_was(account, stranger, lead):
    anna, marc = people(account, 2)
    held = seat(anna, by=lead.user)
    seat(marc, by=lead.user)

    for contact, code in ((marc, "already_seated"), (stranger, "other_account")):
        with pytest.raises(DomainError) as refusal:
            seats.replace(held, contact=contact, by=anna.user, now=MONDAY_9AM)
        assert refusal.value.code == code

    assert list(Seat.objects.order_by("number").values_list("number", "contact", "state")) == [
        (1, anna.pk, "active"),
        (2, marc.pk, "active"),
    ]


def test_the_holder_of_the_last_seat_can_be_replaced_and_one_over_the_limit_only_withdrawn(account, lead):
    first, second, third, new = people(account, 4)
    held = [seat(person, by=lead.user) for person in (first, second, third)]
    Contract.objects.filter(account=account).update(premium_contacts=2)
    with pytest.raises(seats.SeatsFull) as refusal:
        seats.replace(held[2], contact=new, by=lead.user, now=MONDAY_9AM)
    assert refusal.value.message == "Premium seat 3 is over the limit of the contract. Remove it instead."

    seats.replace(held[1], contact=new, by=lead.user, now=MONDAY_9AM)

    assert list(Seat.objects.taken().order_by("number").values_list("number", "contact", "state")) == [
        (1, first.pk, "active"),
        (2, new.pk, "nominated"),
        (3, third.pk, "active"),
    ]


def test_whoever_holds_a_seat_gets_no_second_one(account, lead):
    (anna,) = people(account, 1)
    seat(anna, by=lead.user)

    with pytest.raises(DomainError) as refusal:
        seats.nominate(anna, by=lead.user, now=MONDAY_9AM)

    assert refusal.value.code == "already_seated"
    assert list(Seat.objects.values_list("number", "contact")) == [(1, anna.pk)]


def test_a_contact_who_is_deactivated_gets_no_seat(account, lead):
    (anna,) = people(account, 1)
    anna.is_active = False
    anna.save()

    with pytest.raises(DomainError, match="Restore access first"):
        seats.nominate(anna, by=lead.user, now=MONDAY_9AM)

    assert Seat.objects.count() == 0


def test_the_places_of_a_plan_are_the_numbers_of_the_contract_and_those_beyond_it(account, lead):
    assert seats.seat_plan(account, MONDAY_9AM).places == [(1, None), (2, None), (3, None)]
    first, second, third = people(account, 3)
    held = [seat(person, by=lead.user) for person in (first, second, third)]
    seats.withdraw(held[0], by=lead.user, now=MONDAY_9AM)
    plan = seats.seat_plan(account, MONDAY_9AM)
    assert plan.places == [(1, None), (2, held[1]), (3, held[2])]
    assert (plan.used, plan.free, plan.over_limit) == (2, 1, [])

    Contract.objects.filter(account=account).update(premium_contacts=2)

    plan = seats.seat_plan(account, MONDAY_9AM)
    assert plan.places == [(1, None), (2, held[1]), (3, held[2])]
    assert (plan.used, plan.free, plan.over_limit) == (2, 0, [held[2]])


def test_after_a_downgrade_the_seats_beyond_the_limit_take_their_share_of_it(account, lead):
    """Number 1 is free and yet nobody is nominated: two seats are taken, and the contract has two."""
    first, second, third, new = people(account, 4)
    held = [seat(person, by=lead.user) for person in (first, second, third)]
    Contract.objects.filter(account=account).update(premium_contacts=2)
    seats.withdraw(held[0], by=lead.user, now=MONDAY_9AM)

    with pytest.raises(seats.SeatsFull) as refusal:
        seats.nominate(new, by=lead.user, now=MONDAY_9AM)
    assert refusal.value.metadata == {"limit": 2, "used": 2}

    seats.withdraw(held[2], by=lead.user, now=MONDAY_9AM)
    assert seats.nominate(new, by=lead.user, now=MONDAY_9AM).number == 1


@pytest.mark.parametrize("ends", ["decline", "withdraw"])
def test_a_seat_ends_once(account, lead, ends):
    (anna,) = people(account, 1)
    nominated = seats.nominate(anna, by=anna.user, now=MONDAY_9AM)
    end = {
        "decline": lambda at: seats.decline(nominated, reason="Left", by=lead.user, now=at),
        "withdraw": lambda at: seats.withdraw(nominated, reason="Left", by=lead.user, now=at),
    }[ends]
    end(MONDAY_9AM)

    with pytest.raises(Stale):
        end(MONDAY_9AM + timedelta(hours=1))

    assert Seat.objects.values_list("ended_at", "reason").get() == (MONDAY_9AM, "Left")


def test_after_a_downgrade_the_lowest_numbers_keep_their_benefit_and_nobody_is_deleted(account, lead):
    first, second, third = people(account, 3)
    for person in (first, second, third):
        seat(person, by=lead.user)
    Contract.objects.filter(account=account).update(ends_on=date(2026, 11, 8))
    make_contract(account, Tier.SILVER, starts=date(2026, 11, 9))

    answers = [entitlements_of(person, MONDAY_9AM) for person in (first, second, third)]

    assert [(a.tier, a.basis) for a in answers] == [("silver", "seat"), ("silver", "seat"), ("standard", "over_limit")]
    assert [s.number for s in seats.seat_plan(account, MONDAY_9AM).over_limit] == [3]
    with pytest.raises(seats.SeatsFull):
        seats.nominate(make_contact(account, "new@acme.test"), by=lead.user, now=MONDAY_9AM)


def test_without_a_contract_in_force_a_seat_gives_nothing(account, lead):
    (anna,) = people(account, 1)
    seat(anna, by=lead.user)
    Contract.objects.filter(account=account).update(ends_on=date(2026, 11, 8))

    answer = entitlements_of(anna, MONDAY_9AM)

    assert (answer.tier, answer.basis) == ("standard", "no_contract")
    assert answer.reason == "Acme has no contract in force today: Standard targets apply."


def test_the_history_of_seats_is_that_of_one_account(account, lead, paris):
    other = make_account("Delta", region=paris, tier=Tier.SILVER)
    held, theirs = seat(people(account, 1)[0], by=lead.user), seat(people(other, 1)[0], by=lead.user)
    seats.withdraw(held, by=lead.user, now=MONDAY_9AM)

    assert (seat_history(account), seat_history(other)) == ([held], [theirs])
