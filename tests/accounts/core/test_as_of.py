"""What an account was entitled to at an earlier moment: who held which seat, for which region, under which tier."""

from datetime import date, timedelta

from accounts.contracts.domain.contracts import save_contract
from accounts.core.domain.as_of import entitlements_as_of
from accounts.core.enums import Tier
from accounts.models import Contract
from accounts.seats.domain import seats
from tests.factories import MONDAY_9AM, make_account, make_contact

HOUR, DAY, MOMENT = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
NINE = MONDAY_9AM


def past(account, at):
    found = entitlements_as_of(account, at)
    return (
        found.tier, found.limit,
        [(held.seat.contact.name, held.state, getattr(held.region, "code", None), held.tier) for held in found.seats],
    )  # fmt: skip


def test_a_seat_is_there_from_its_nomination_until_the_moment_of_its_end(account, lead):
    anna = make_contact(account, "anna@acme.test", name="Anna")
    seat = seats.nominate(anna, by=lead.user, now=NINE)
    seats.validate(seat, by=lead.user, now=NINE + HOUR)
    seats.withdraw(seat, by=lead.user, now=NINE + DAY)

    nominated = ("gold", 3, [("Anna", "nominated", "france", "standard")])
    active = ("gold", 3, [("Anna", "active", "france", "gold")])
    moments = {
        NINE - MOMENT: ("gold", 3, []),
        NINE: nominated,
        NINE + HOUR - MOMENT: nominated,
        NINE + HOUR: active,
        NINE + DAY - MOMENT: active,
        NINE + DAY: ("gold", 3, []),
    }
    assert {at: past(account, at) for at in moments} == moments


def test_a_seat_names_the_region_that_it_had_then(account, lead, london, tokyo):
    account.regions.add(london, tokyo)
    anna = make_contact(account, "anna@acme.test", name="Anna")
    seat = seats.validate(seats.nominate(anna, by=lead.user, now=NINE), by=lead.user, now=NINE)
    seats.change_region(seat, london, by=lead.user, now=NINE + HOUR)
    seats.change_region(seat, tokyo, by=lead.user, now=NINE + 2 * HOUR)

    moments = {
        NINE: "france",
        NINE + HOUR - MOMENT: "france",
        NINE + HOUR: "emea",
        NINE + 2 * HOUR - MOMENT: "emea",
        NINE + 2 * HOUR: "apac",
    }
    assert {at: past(account, at)[2][0][2] for at in moments} == moments


def test_a_contract_that_was_changed_counts_as_it_was_noted_and_seats_over_its_limit_bind_nothing(paris, lead):
    account = make_account("Delta", region=paris)
    contract = Contract(account=account, tier=Tier.GOLD, starts_on=date(2026, 11, 9), ends_on=date(2027, 11, 8))
    save_contract(contract, by=lead.user, now=NINE)
    for name in ("anna", "marc", "zoe"):
        contact = make_contact(account, f"{name}@delta.test", name=name)
        seats.validate(seats.nominate(contact, by=lead.user, now=NINE), by=lead.user, now=NINE)
    contract.tier, contract.premium_contacts = Tier.SILVER, 2
    save_contract(contract, by=lead.user, now=NINE + DAY)

    before, after = past(account, NINE + DAY - MOMENT), past(account, NINE + DAY)

    assert (before[:2], [held[3] for held in before[2]]) == (("gold", 3), ["gold", "gold", "gold"])
    assert (after[:2], [held[3] for held in after[2]]) == (("silver", 2), ["silver", "silver", "standard"])


def test_seats_and_contracts_of_another_account_are_none_of_ours(account_admin, paris):
    other = make_account("Delta", region=paris)

    assert past(other, NINE) == ("standard", 0, [])
