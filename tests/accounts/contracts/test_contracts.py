"""Contracts: one in force on any day, figures copied from the tier when signed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.core.domain.entitlements import contract_in_force
from accounts.core.enums import PhoneModel, Segment, Tier
from accounts.models import Contract, TierPrice, TierTerms
from tests.factories import make_account, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (date(2026, 6, 1), date(2026, 6, 30)),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2026, 12, 31), date(2027, 12, 30)),
        (date(2025, 1, 1), date(2028, 1, 1)),
    ],
)
def test_the_database_refuses_two_contracts_on_one_day(paris, starts, ends):
    account = make_account()
    make_contract(account, Tier.GOLD, starts=date(2026, 1, 1), ends=date(2026, 12, 31))

    with pytest.raises(IntegrityError, match="accounts_contract_one_in_force"), transaction.atomic():
        make_contract(account, Tier.SILVER, starts=starts, ends=ends)

    assert Contract.objects.get().tier == Tier.GOLD


def test_an_edit_cannot_make_two_contracts_overlap(paris):
    account = make_account()
    make_contract(account, Tier.GOLD, starts=date(2026, 1, 1), ends=date(2026, 12, 31))
    later = make_contract(account, Tier.SILVER, starts=date(2027, 1, 1), ends=date(2027, 12, 31))
    later.starts_on = date(2026, 12, 31)

    with pytest.raises(IntegrityError), transaction.atomic():
        later.save()

    assert Contract.objects.get(pk=later.pk).starts_on == date(2027, 1, 1)


def test_contracts_may_follow_each_other_and_other_accounts_are_no_concern(paris):
    account, other = make_account(), make_account("Bravo")
    make_contract(account, Tier.GOLD, starts=date(2026, 1, 1), ends=date(2026, 12, 31))

    make_contract(account, Tier.SILVER, starts=date(2027, 1, 1), ends=date(2027, 12, 31))
    make_contract(other, Tier.GOLD, starts=date(2026, 1, 1), ends=date(2026, 12, 31))

    assert Contract.objects.count() == 3


def test_an_overlap_is_said_in_words_that_name_the_other_contract(paris):
    account = make_account()
    make_contract(account, Tier.GOLD, starts=date(2026, 1, 1), ends=date(2026, 12, 31))
    second = Contract(account=account, tier=Tier.SILVER, starts_on=date(2026, 5, 1), ends_on=date(2027, 4, 30))

    with pytest.raises(ValidationError) as refusal:
        second.clean()

    assert refusal.value.messages == [
        "This account already has a contract on these dates: Premium Gold 1 Jan 2026 – 31 Dec 2026. "
        "Change its last day first."
    ]


def test_the_days_of_a_contract_are_local_days_of_the_home_region(tokyo):
    account = make_account("Kestrel", region=tokyo)
    make_contract(account, Tier.GOLD, starts=date(2026, 11, 10), ends=date(2026, 12, 31))

    before, after = datetime(2026, 11, 9, 14, 59, tzinfo=UTC), datetime(2026, 11, 9, 15, 0, tzinfo=UTC)

    assert (contract_in_force(account, before), contract_in_force(account, after).tier) == (None, Tier.GOLD)


def test_a_contract_copies_the_figures_of_its_tier(paris):
    account = make_account()
    account.segment = Segment.EDUCATION
    account.save()

    contract = make_contract(account, Tier.GOLD)

    assert (contract.premium_contacts, contract.professional_services_hours, contract.price_usd) == (
        3,
        8,
        Decimal(18000),
    )


def test_the_terms_and_prices_are_those_of_the_support_model(db):
    rows = TierTerms.objects.order_by("premium_contacts").values_list(
        "tier", "premium_contacts", "level_3_support", "phone_model", "round_the_clock", "enhanced_check_ins",
        "professional_services_hours", "p1_root_cause_analysis", "designated_engineer", "executive_sponsor",
        "regional_premium_contacts",
    )  # fmt: skip

    assert list(rows) == [
        ("standard", 0, False, PhoneModel.STANDARD, False, False, 0, False, False, False, False),
        ("silver", 2, True, PhoneModel.STANDARD, False, False, 0, False, False, False, False),
        ("gold", 3, True, PhoneModel.PRIORITY, True, True, 8, False, False, False, True),
        ("platinum", 10, True, PhoneModel.PRIORITY, True, True, 24, True, True, True, True),
    ]
    assert {(p.tier, p.segment): int(p.usd_per_year) for p in TierPrice.objects.all()} == {
        ("silver", "enterprise"): 12000, ("silver", "education"): 10000, ("gold", "enterprise"): 28000,
        ("gold", "education"): 18000, ("platinum", "enterprise"): 60000, ("platinum", "education"): 50000,
    }  # fmt: skip
