"""Says that entitlements changed: one row in the transaction of the change, for the running promises to follow."""

from datetime import datetime

from django.db.models import Q

from accounts.core.domain.entitlements import contract_in_force, entitlements_of
from accounts.core.enums import Basis, EntitlementCause, Tier
from accounts.core.models import Account, Contact, EntitlementChange, Seat, User


def note_change(
    account: Account,
    cause: EntitlementCause,
    *,
    contact: Contact | None = None,
    by: User | None,
    at: datetime,
    dated_at: datetime | None = None,
) -> EntitlementChange:
    """Note that what `contact` (None: everybody of the account) is entitled to changed at `at`, and to what.

    `dated_at`: the earlier moment that a change names which was entered only at `at`.
    """
    contract = contract_in_force(account, at)
    change = EntitlementChange(
        account=account, contact=contact, cause=cause, by=by, at=at,
        tier=contract.tier if contract else Tier.STANDARD, seats=contract.premium_contacts if contract else 0,
        basis="" if contract else Basis.NO_CONTRACT, dated_at=dated_at if dated_at and dated_at < at else None,
    )  # fmt: skip
    if contact is not None:
        entitlements = entitlements_of(contact, at)
        change.tier, change.basis = entitlements.tier, entitlements.basis
    change.save()
    # What took effect later and was noted before is followed once more, behind this one.
    later = EntitlementChange.objects.filter(account=account, at__gt=at).exclude(done_at=None, again_at=None)
    later.update(cursor=0, again_at=None, done_at=None)
    return change


def entitled_after(change: EntitlementChange, contact: Contact) -> tuple[Tier, Basis]:
    """What applied to `contact` right after the change, and why."""
    tier = Tier(change.tier)
    if change.basis:
        return tier, Basis(change.basis)
    if tier == Tier.STANDARD:
        return tier, Basis.STANDARD_CONTRACT
    # As it was then: a seat granted since is a change of its own, and better only from its own moment on.
    validated = Seat.objects.filter(contact=contact, validated_at__lte=change.at)
    seat = validated.filter(Q(ended_at=None) | Q(ended_at__gt=change.at)).first()
    if seat is None:
        return Tier.STANDARD, Basis.NO_SEAT
    return (tier, Basis.SEAT) if seat.number <= change.seats else (Tier.STANDARD, Basis.OVER_LIMIT)
