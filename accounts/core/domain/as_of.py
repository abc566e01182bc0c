"""What an account was entitled to at an earlier moment, from what was noted and who held which seat."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from accounts.core.domain.entitlements import contract_in_force
from accounts.core.enums import SeatState, Tier
from accounts.core.models import Account, EntitlementChange, Region, Seat, SeatMove


@dataclass(frozen=True)
class SeatAsOf:
    """A seat as it was: `state` nominated or active, with the region that it named then."""

    seat: Seat
    state: SeatState
    region: Region | None
    tier: Tier


@dataclass(frozen=True)
class Past:
    """The tier of the account, how many seats it had, and who held them."""

    tier: Tier
    limit: int
    seats: list[SeatAsOf]


def entitlements_as_of(account: Account, moment: datetime) -> Past:
    """What applied at `moment`.

    A contract that was changed in place since counts as it was noted then; one that nobody changed as it stands.
    """
    contract = contract_in_force(account, moment)
    tier, limit = (Tier(contract.tier), contract.premium_contacts) if contract else (Tier.STANDARD, 0)
    noted = EntitlementChange.objects.filter(account=account, contact=None, at__lte=moment).order_by("-at", "-pk")
    if last := noted.first():
        tier, limit = Tier(last.tier), last.seats
    held = Seat.objects.filter(account=account, nominated_at__lte=moment).filter(
        Q(ended_at=None) | Q(ended_at__gt=moment)
    )
    moves = SeatMove.objects.order_by("moved_at", "pk").select_related("old_region", "new_region")
    rows = held.select_related("contact__user", "region").prefetch_related(Prefetch("moves", moves, to_attr="moved"))
    return Past(tier, limit, [_seat_as_of(seat, moment, tier, limit) for seat in rows.order_by("number", "pk")])


def _seat_as_of(seat: Seat, moment: datetime, tier: Tier, limit: int) -> SeatAsOf:
    moves: list[SeatMove] = getattr(seat, "moved", [])
    later = [move for move in moves if move.moved_at > moment]
    is_active = seat.validated_at is not None and seat.validated_at <= moment
    binds = is_active and seat.number <= limit
    return SeatAsOf(
        seat=seat,
        state=SeatState.ACTIVE if is_active else SeatState.NOMINATED,
        region=later[0].old_region if later else seat.region,
        tier=tier if binds else Tier.STANDARD,
    )
