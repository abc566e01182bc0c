"""Seats of Premium contacts: nominate, validate, decline, withdraw, replace, move. The cap holds however many ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.contracts.domain.contracts import record_changes_of
from accounts.core.domain.changes import note_change
from accounts.core.domain.contacts import check_region
from accounts.core.domain.entitlements import contract_in_force
from accounts.core.domain.people import admins_of
from accounts.core.enums import EntitlementCause, SeatState, Tier
from accounts.core.models import Account, Contact, Contract, Region, Seat, SeatMove, TierTerms, User
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale


class SeatsFull(DomainError):
    """All seats of the contract are taken."""

    code = "seats_full"


class NoSeats(DomainError):
    """The tier of the account has no Premium contacts."""

    code = "no_seats"


class NoRegions(DomainError):
    """The seats of the tier name no region."""

    code = "no_regions"


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """The seats of an account at a moment: how many the contract has, which are taken, which are over the limit."""

    limit: int
    seats: list[Seat]
    contract: Contract | None = None

    @property
    def used(self) -> int:
        return len(self.seats)

    @property
    def over_limit(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.number > self.limit]

    @property
    def free(self) -> int:
        return max(self.limit - self.used, 0)

    @property
    def places(self) -> list[tuple[int, Seat | None]]:
        """Every number up to the limit and every taken one beyond it, with who holds it."""
        held = {seat.number: seat for seat in self.seats}
        numbers = sorted({*range(1, self.limit + 1), *held})
        return [(number, held.get(number)) for number in numbers]


def seat_limit(account: Account, now: datetime) -> int:
    """How many seats the contract in force has; none without one."""
    contract = contract_in_force(account, now)
    return contract.premium_contacts if contract else 0


def seat_plan(account: Account, now: datetime) -> SeatPlan:
    """The taken seats of `account` in the order of their numbers, with their people."""
    contract = contract_in_force(account, now)
    seats = Seat.objects.taken().filter(account=account).select_related("contact__user", "region").order_by("number")
    return SeatPlan(limit=contract.premium_contacts if contract else 0, seats=list(seats), contract=contract)


@transaction.atomic
def nominate(contact: Contact, *, region: Region | None = None, by: User, now: datetime) -> Seat:
    """Ask for a seat for `contact`; staff validate it. Takes the lowest free number of the contract.

    A nomination by staff is told to the contact and to those who administer the account.

    A Gold or Platinum seat names a region; without one it is that of the contact, else the account's home. Raises
    NoSeats when the tier has none, SeatsFull when all are taken, DomainError when the contact has one already or the
    region is not the account's.
    """
    account = _lock(contact)
    limit = _limit(account, now)
    check_region(account, region)
    if not contact.is_active:
        raise DomainError(_("%(name)s has no access to the portal. Restore access first.") % {"name": contact.name})
    taken = set(Seat.objects.taken().filter(account=account).values_list("number", flat=True))
    if Seat.objects.taken().filter(contact=contact).exists():
        raise DomainError(_("%(name)s already has a Premium seat.") % {"name": contact.name}, code="already_seated")
    # Counted as well as numbered: after a downgrade the higher seats still take part of the limit.
    number = next((n for n in range(1, limit + 1) if n not in taken), None)
    if number is None or len(taken) >= limit:
        raise SeatsFull(
            _(
                "All %(limit)s Premium seats of the contract are in use. Replace a Premium contact, or ask "
                "us for a higher tier."
            )
            % {"limit": limit},
            limit=limit,
            used=len(taken),
        )
    return _seat(contact, number=number, region=region, by=by, now=now)


@transaction.atomic
def replace(seat: Seat, *, contact: Contact, by: User, now: datetime) -> Seat:
    """Withdraw `seat` and nominate `contact` on its number, in one step: the number is never free in between."""
    _lock(contact)
    if contact.account_id != seat.account_id:
        raise DomainError(_("Choose a contact of the same account."), code="other_account")
    if seat.number > _limit(contact.account, now):
        raise SeatsFull(
            _("Premium seat %(number)s is over the limit of the contract. Remove it instead.") % {"number": seat.number}
        )
    withdraw(seat, by=by, now=now)
    if Seat.objects.taken().filter(contact=contact).exists():
        raise DomainError(_("%(name)s already has a Premium seat.") % {"name": contact.name}, code="already_seated")
    return _seat(contact, number=seat.number, region=seat.region, by=by, now=now)


@transaction.atomic
def validate(seat: Seat, *, by: User, now: datetime) -> Seat:
    """Staff confirm a nomination: the tier of the account applies to this person from now on, also to what runs."""
    _lock(seat.contact)
    _move(seat, {SeatState.NOMINATED}, state=SeatState.ACTIVE, validated_at=now, validated_by=by)
    record_changes_of(seat.account, now=now)
    note_change(seat.account, EntitlementCause.SEAT_GRANTED, contact=seat.contact, by=by, at=now)
    _notify("seat_validated", seat, now=now)
    return seat


@transaction.atomic
def decline(seat: Seat, *, reason: str, by: User, now: datetime) -> Seat:
    """Staff refuse a nomination, with a reason that the account's administrator reads."""
    _move(seat, {SeatState.NOMINATED}, state=SeatState.DECLINED, ended_at=now, ended_by=by, reason=reason)
    _notify("seat_declined", seat, now=now)
    return seat


@transaction.atomic
def withdraw(seat: Seat, *, by: User, now: datetime, reason: str = "") -> Seat:
    """End a seat. Running clocks keep their promise; new ones use Standard."""
    _lock(seat.contact)
    was_active = Seat.objects.filter(pk=seat.pk, state=SeatState.ACTIVE).exists()
    _move(
        seat,
        {SeatState.NOMINATED, SeatState.ACTIVE},
        state=SeatState.WITHDRAWN,
        ended_at=now,
        ended_by=by,
        reason=reason,
    )
    if was_active:
        record_changes_of(seat.account, now=now)
        note_change(seat.account, EntitlementCause.SEAT_WITHDRAWN, contact=seat.contact, by=by, at=now)
    _notify_others("seat_withdrawn", seat, by=by, now=now)
    return seat


@transaction.atomic
def change_region(seat: Seat, to: Region, *, by: User, now: datetime) -> Seat:
    """Move a seat to another region of the account: its hours and its engineer apply to new tickets from now on.

    Tickets that are open keep their region, and so do their promises. Raises NoRegions when the tier's seats name none,
    Stale for a seat that has ended, DomainError for a region that is not the account's.
    """
    account = _lock(seat.contact)
    if not names_region(account, now):
        raise NoRegions(
            _("Premium seats of this tier have no region. The region of the contact applies."), field="region"
        )
    check_region(account, to)
    current = Seat.objects.taken().filter(pk=seat.pk)
    was = current.values_list("region", flat=True).first()
    if was == to.pk:
        seat.refresh_from_db(fields=["region"])
        return seat
    if not current.filter(region=was).update(region=to):
        raise Stale(_("Somebody else has already decided on this nomination. Reload the list."))
    SeatMove.objects.create(seat=seat, old_region_id=was, new_region=to, moved_at=now, moved_by=by)
    seat.region = to
    _notify_others("seat_moved", seat, by=by, now=now)
    return seat


def names_region(account: Account, now: datetime) -> bool:
    """Whether the seats of the tier in force name a region (Gold, Platinum)."""
    contract = contract_in_force(account, now)
    return contract is not None and is_regional(contract.tier)


def is_regional(tier: str) -> bool:
    """Whether seats of `tier` name a region."""
    return TierTerms.objects.filter(tier=tier, regional_premium_contacts=True).exists()


def _lock(contact: Contact) -> Account:
    """The account first (lock order), so that parallel requests for seats stand in line. A no-op read on SQLite."""
    return Account.objects.select_for_update(of=("self",)).select_related("home_region").get(pk=contact.account_id)


def _limit(account: Account, now: datetime) -> int:
    contract = contract_in_force(account, now)
    if contract is None or contract.premium_contacts == 0:
        raise NoSeats(
            _("The %(tier)s tier has no Premium seats. Premium tiers include 2 to 10.")
            % {"tier": contract.get_tier_display() if contract else Tier.STANDARD.label}
        )
    return contract.premium_contacts


def _seat(contact: Contact, *, number: int, region: Region | None, by: User, now: datetime) -> Seat:
    contract = contract_in_force(contact.account, now)
    regional = contract is not None and is_regional(contract.tier)
    try:
        with transaction.atomic():
            seat = Seat.objects.create(
                account_id=contact.account_id,
                contact=contact,
                number=number,
                region=(region or contact.own_region) if regional else None,
                nominated_at=now,
                nominated_by=by,
            )
    except IntegrityError:
        # The unique keys are the cap: somebody took the number, or the person got a seat, a moment ago.
        raise SeatsFull(_("This seat has just been taken. Reload the list and try again."), code="stale") from None
    if by.is_staff:
        # Nobody at the customer asked for it; what they ask for themselves, staff see on My day.
        _notify_others("seat_nominated", seat, by=by, now=now)
    return seat


def _move(seat: Seat, allowed: set[SeatState], **changes: object) -> None:
    # The condition travels inside the UPDATE: zero rows means somebody else decided first.
    if not Seat.objects.filter(pk=seat.pk, state__in=sorted(allowed)).update(**changes):
        raise Stale(_("Somebody else has already decided on this nomination. Reload the list."))
    seat.refresh_from_db(fields=list(changes))


def _notify(kind: str, seat: Seat, *, now: datetime) -> None:
    people = [seat.contact.user_id, *([seat.nominated_by_id] if seat.nominated_by_id else [])]
    outbox.write(kind, key=f"{kind}:{seat.pk}", recipients=people, data=_about(seat), now=now)


def _notify_others(kind: str, seat: Seat, *, by: User, now: datetime) -> None:
    """The holder and those who administer the account, but not whoever did it."""
    people = [seat.contact.user_id, *admins_of(seat.account_id)]
    recipients = [user for user in people if user != by.pk]
    outbox.write(kind, key=f"{kind}:{seat.pk}:{now.isoformat()}", recipients=recipients, data=_about(seat), now=now)


def _about(seat: Seat) -> dict[str, Any]:
    region = seat.region
    return {
        "account": seat.account.name,
        "contact": seat.contact.name,
        "holder": seat.contact.user_id,
        "number": seat.number,
        "reason": seat.reason,
        "region": {"en": region.name_en, "fr": region.name_fr} if region else None,
    }


def unseated(account_id: int) -> Any:
    """The active contacts of an account who hold no seat."""
    taken = Seat.objects.taken().filter(account=account_id).values("contact")
    people = Contact.objects.active().filter(account=account_id).exclude(pk__in=taken)
    return people.select_related("user").order_by("user__name", "pk")
