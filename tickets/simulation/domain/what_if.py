"""The dry run of another tier: what a contract would do to the running promises of its account, and to its past."""

from datetime import datetime

from django.db.models import Prefetch

from accounts.core.enums import Basis, SeatState, Tier
from accounts.models import Account, Contract, Seat
from portal.lib.preview import reckons
from sla.core.domain.clocks import Rule, counted_under
from sla.core.domain.terms import matrix
from sla.core.domain.what_if import Consequences, compare
from sla.models import Clock, ClockEvent
from sla.simulation.domain import due_under
from tickets.core.domain.clocks import RANK, terms_of


def if_tier(account: Account, tier: Tier, *, seats: int, now: datetime) -> Consequences:
    """What happens to the promises of `account` when `tier`, with so many seats, applies from `now` on.

    A lesser tier leaves running promises alone; a better one brings them forward where that is earlier.
    """
    seated = Seat.objects.filter(account=account, state=SeatState.ACTIVE, number__lte=seats)
    holders = set(seated.values_list("contact", flat=True))
    cells = matrix()

    def bound(requester_id: int) -> tuple[Tier, Basis]:
        if tier == Tier.STANDARD:
            return tier, Basis.STANDARD_CONTRACT
        return (tier, Basis.SEAT) if requester_id in holders else (Tier.STANDARD, Basis.NO_SEAT)

    def under(clock: Clock) -> datetime | None:
        then = bound(clock.ticket.requester_id)
        if RANK[then[0]] <= RANK[Tier(clock.tier)]:
            return clock.due_at
        terms = terms_of(clock.ticket, now=now, bound=then)
        count = counted_under(clock, Rule.EARLIER, at=now, terms=terms)
        return count.due_at if count else None

    def past_due(clock: Clock) -> datetime | None:
        then = bound(clock.ticket.requester_id)[0]
        return clock.due_at if then == clock.tier else due_under(clock, list(clock.events.all()), then, cells)

    events = Prefetch("events", queryset=ClockEvent.objects.order_by("pk"))
    ours = Clock.objects.filter(account=account).select_related("ticket__region", "ticket__requester__user")
    return compare(ours.running().unflagged(), under, ours.prefetch_related(events), past_due, now=now)


@reckons(Contract)
def if_contract(contract: Contract, *, now: datetime) -> Consequences:
    """As `if_tier`, for a contract that is being signed or changed; one of later days as if it began now."""
    account = Account.objects.select_related("home_region").get(pk=contract.account_id)
    return if_tier(account, Tier(contract.tier), seats=contract.premium_contacts, now=now)
