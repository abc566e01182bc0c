"""Addresses have one normal form; a person may act for several accounts; a role that is given is told."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.contracts.domain.contracts import save_contract
from accounts.core.domain.entitlements import entitlements_of
from accounts.core.domain.people import admins_of
from accounts.core.enums import StaffRole, Tier
from accounts.core.models.user import normal_email
from accounts.models import Contact, User
from portal.lib import outbox
from portal.lib.notice import Notice
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


def test_a_role_in_the_team_that_changes_is_told_and_nothing_else_is(agent, administrator, client_for, mailoutbox):
    page = reverse("admin:accounts_agent_change", args=[agent.pk])
    values = {"role": agent.role, "level": "2", "away_periods-TOTAL_FORMS": "0", "away_periods-INITIAL_FORMS": "0"}
    desk = client_for(administrator)

    desk.post(page, values)
    assert not Notice.objects.filter(kind="staff_role").exists()
    desk.post(page, values | {"role": StaffRole.LEAD})
    agent.refresh_from_db()
    told = Notice.objects.get(kind="staff_role")

    assert (agent.role, agent.level, told.recipient) == (StaffRole.LEAD, 2, agent.user)
    outbox.deliver(now=told.created_at)
    assert mailoutbox[0].subject.startswith("Votre rôle")


def test_a_smaller_contract_tells_who_chooses_among_the_seats(account, account_admin, requester, lead, administrator):
    contract = account.contracts.get()
    contract.premium_contacts = 1

    save_contract(contract, by=lead.user, now=MONDAY_9AM)

    told = Notice.objects.filter(kind="contract_changed").select_related("recipient")
    bodies = {row.recipient.name: outbox.render(row).body for row in told}
    over = "1 Premium seat is over the limit of the contract and has no effect. Choose which seat to remove."
    assert {name: over in body for name, body in bodies.items()} == {
        "Anna Roy": True, "Marc Petit": False, "Root": True,
    }  # fmt: skip


def test_the_administrators_of_an_account_are_its_own_who_can_still_sign_in(account_admin, requester, stranger):
    beside = make_contact(account_admin.account, "ada@acme.test", role="admin")
    gone = make_contact(account_admin.account, "gone@acme.test", role="admin")
    gone.is_active = False
    gone.save()
    theirs = make_contact(stranger.account, "bea@bravo.test", role="admin")

    assert sorted(admins_of(account_admin.account_id)) == sorted([account_admin.user_id, beside.user_id])
    assert admins_of(stranger.account_id) == [theirs.user_id]
