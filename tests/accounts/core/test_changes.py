"""What applied to a contact right after a noted change, and why."""

from datetime import timedelta

import pytest

from accounts.core.domain.changes import entitled_after
from accounts.core.enums import Basis, EntitlementCause, Tier
from accounts.models import EntitlementChange
from accounts.seats.domain import seats
from tests.factories import MONDAY_9AM, make_contact

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)
VALIDATED, ENDED = MONDAY_9AM + HOUR, MONDAY_9AM + 3 * HOUR


def change(account, *, at, **fields):
    words = {"tier": Tier.GOLD, "seats": 3, "basis": ""} | fields
    return EntitlementChange(account=account, cause=EntitlementCause.CONTRACT, at=at, **words)


@pytest.fixture
def anna(account, account_admin, lead):
    """Anna Blanc held seat 2 of Acme from ten until noon."""
    contact = make_contact(account, "anna.blanc@acme.test", name="Anna Blanc")
    seat = seats.nominate(contact, by=lead.user, now=MONDAY_9AM)
    seats.validate(seat, by=lead.user, now=VALIDATED)
    seats.withdraw(seat, by=lead.user, now=ENDED)
    return contact


@pytest.mark.parametrize(
    ("at", "what"),
    [
        (VALIDATED - MOMENT, (Tier.STANDARD, Basis.NO_SEAT)),
        (VALIDATED, (Tier.GOLD, Basis.SEAT)),
        (ENDED - MOMENT, (Tier.GOLD, Basis.SEAT)),
        (ENDED, (Tier.STANDARD, Basis.NO_SEAT)),
    ],
)
def test_a_seat_counts_from_its_validation_until_its_end(anna, account, at, what):
    assert entitled_after(change(account, at=at), anna) == what


@pytest.mark.parametrize(
    ("seats_of_contract", "what"),
    [(3, (Tier.GOLD, Basis.SEAT)), (2, (Tier.GOLD, Basis.SEAT)), (1, (Tier.STANDARD, Basis.OVER_LIMIT))],
)
def test_a_seat_above_the_limit_that_was_noted_gives_nothing(anna, account, seats_of_contract, what):
    assert entitled_after(change(account, at=VALIDATED, seats=seats_of_contract), anna) == what


def test_a_change_that_says_why_is_believed_and_standard_asks_for_no_seat(anna, account):
    noted = change(account, at=VALIDATED, tier=Tier.STANDARD, basis=Basis.NO_CONTRACT)
    assert entitled_after(noted, anna) == (Tier.STANDARD, Basis.NO_CONTRACT)

    standard = change(account, at=VALIDATED, tier=Tier.STANDARD)
    assert entitled_after(standard, anna) == (Tier.STANDARD, Basis.STANDARD_CONTRACT)
