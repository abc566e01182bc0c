"""Addresses have one normal form; a person may act for several accounts."""

import pytest
from django.db import IntegrityError, transaction

from accounts.domain.entitlements import entitlements_of
from accounts.enums import Tier
from accounts.models import Contact, User
from accounts.models.user import normal_email
from tests.factories import MONDAY_9AM, make_account, make_contact, seat

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "written", ["Anna@Acme.test", " anna@acme.test ", "anna@acme.test.", "an\u200bna@acme.test", "ＡＮＮＡ@acme.test"]
)
def test_every_way_to_write_an_address_is_one_person(written):
    User.objects.create_user("anna@acme.test", None, name="Anna")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(written, None, name="Another")

    assert normal_email(written) == "anna@acme.test"


def test_a_look_alike_letter_is_another_address():
    assert normal_email("mıke@acme.test") != normal_email("mike@acme.test")


def test_one_person_has_the_tier_of_the_account_they_act_for(paris, lead):
    gold, standard = make_account("Gold", tier=Tier.GOLD), make_account("Plain", tier=Tier.STANDARD)
    there = make_contact(gold, "anna@acme.test")
    here = Contact.objects.create(user=there.user, account=standard)
    seat(there, by=lead.user)

    assert [entitlements_of(contact, MONDAY_9AM).tier for contact in (there, here)] == [Tier.GOLD, Tier.STANDARD]
