"""Who held which seat when, and in which region: every holding there was, newest first."""

from django.db.models import Prefetch, Q

from accounts.core.models import Account, Seat, SeatMove

PAGE = 50


def seat_history(account: Account, *, before: Seat | None = None, limit: int = PAGE) -> list[Seat]:
    """The holdings of `account`, those after `before` in this order; each with `moved`, its changes of region.

    Two statements: the holdings through their index, the moves of the page at once.
    """
    moves = SeatMove.objects.select_related("old_region", "new_region", "moved_by")
    rows = Seat.objects.filter(account=account).order_by("-nominated_at", "-pk")
    if before is not None:
        rows = rows.filter(
            Q(nominated_at__lt=before.nominated_at) | Q(nominated_at=before.nominated_at, pk__lt=before.pk)
        )
    people = ("contact__user", "region", "nominated_by", "validated_by", "ended_by")
    return list(
        rows.select_related(*people).prefetch_related(Prefetch("moves", queryset=moves, to_attr="moved"))[:limit]
    )
