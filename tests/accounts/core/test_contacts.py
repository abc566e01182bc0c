"""What an account's administrator changes about a contact, and who hears of it."""

import pytest

from accounts.core.domain import contacts
from accounts.core.enums import ContactRole
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from tests.factories import MONDAY_9AM, make_contact

ADMIN, MEMBER = ContactRole.ADMIN, ContactRole.MEMBER


def change(contact, by, *, role=None, is_active=None, phone=None, region=None):
    return contacts.change(
        contact,
        role=contact.role if role is None else role,
        region=region,
        phone=contact.phone if phone is None else phone,
        is_active=contact.is_active if is_active is None else is_active,
        by=by.user,
        now=MONDAY_9AM,
    )


def told():
    rows = Notice.objects.filter(kind="contact_changed").select_related("recipient").order_by("recipient__name")
    return [(row.data["what"], row.recipient.name) for row in rows]


@pytest.mark.parametrize(
    ("before", "changes", "what"),
    [
        ((MEMBER, True), {}, None),
        ((MEMBER, True), {"phone": "+33 1 23 45 67 89"}, None),
        ((MEMBER, True), {"role": ADMIN}, "role_given"),
        ((ADMIN, True), {"role": MEMBER}, "role_taken"),
        ((MEMBER, True), {"is_active": False}, "access_ended"),
        # Who has no access any more has no role to speak of.
        ((ADMIN, True), {"is_active": False, "role": MEMBER}, "access_ended"),
        ((MEMBER, False), {"is_active": True}, "access_given"),
        ((MEMBER, False), {"role": ADMIN}, None),
    ],
)
def test_the_person_and_the_other_administrators_hear_of_what_changes(account, account_admin, before, changes, what):
    make_contact(account, "ada@acme.test", name="Ada", role=ADMIN)
    zoe = make_contact(account, "zoe@acme.test", name="Zoé", role=before[0])
    zoe.is_active = before[1]
    zoe.save()

    change(zoe, account_admin, **changes)

    assert told() == ([(what, "Ada"), (what, "Zoé")] if what else [])


def test_the_last_administrator_stays_one_whoever_asks(account, account_admin, lead):
    gone = make_contact(account, "ada@acme.test", name="Ada", role=ADMIN)
    gone.is_active = False
    gone.save()

    for changes in ({"role": MEMBER}, {"is_active": False}):
        with pytest.raises(contacts.LastAdmin):
            change(account_admin, lead, **changes)
    account_admin.refresh_from_db()
    assert (account_admin.role, account_admin.is_active, told()) == (ADMIN, True, [])


def test_one_of_two_administrators_may_stop_and_nobody_ends_their_own_access(account, account_admin):
    make_contact(account, "ada@acme.test", name="Ada", role=ADMIN)

    with pytest.raises(DomainError) as refusal:
        change(account_admin, account_admin, is_active=False)
    assert refusal.value.code == "yourself"
    change(account_admin, account_admin, role=MEMBER)

    account_admin.refresh_from_db()
    assert (account_admin.role, account_admin.is_active) == (MEMBER, True)
    assert told() == [("role_taken", "Ada")]
