"""What the account page says about our promises of the last 90 days: how many were kept, and each one that was not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Contact
from portal.lib.durations import shown_margin
from sla.attainment.domain.attainment import Figures, figures_by_kind
from sla.attainment.domain.attainment_wording import say_share
from sla.attainment.domain.periods import Period, utc_day
from sla.core.enums import ClockKind, Outcome
from sla.models import Clock
from tickets.models import Ticket, Workaround
from tickets.simulation.domain.replay import DAYS
from tickets.workarounds.domain import times_to_workaround

MOST_MISSES = 10


@dataclass(frozen=True)
class Share:
    """How promises of one kind went: `said` is the percentage in words."""

    kind: ClockKind
    figures: Figures
    said: str


@dataclass(frozen=True)
class Miss:
    """A promise that we broke, with its ticket."""

    clock: Clock
    late: timedelta


@dataclass(frozen=True)
class KeptPromises:
    """On the tickets that the reader may see; `whole_account` when those are all. `hidden` misses are not listed;
    `time_to_workaround` is the median."""

    days: int
    shares: list[Share]
    misses: list[Miss]
    hidden: int
    whole_account: bool
    workarounds: int
    time_to_workaround: timedelta | None


def kept_promises(contact: Contact, *, now: datetime) -> KeptPromises:
    """Six statements, however long the history of the account is."""
    period = Period.last_days(DAYS, utc_day(now))
    seen = Ticket.objects.visible_to(contact.user, contact)
    # The account is said twice, so that its index is read.
    clocks = Clock.objects.filter(account=contact.account_id, ticket__in=seen.values("pk"))
    figures = figures_by_kind(clocks, period)
    missed = clocks.ended_between((period.start, period.end)).filter(outcome=Outcome.MISSED)
    latest = list(missed.select_related("ticket").order_by("-stopped_at", "-pk")[:MOST_MISSES])
    times = times_to_workaround(period, Workaround.objects.filter(ticket__in=seen.values("pk")))
    return KeptPromises(
        days=DAYS,
        shares=[Share(kind, some, say_share(some.attainment)) for kind, some in figures.items()],
        misses=[Miss(clock, shown_margin(clock.due_at, clock.stopped_at or clock.due_at)) for clock in latest],
        hidden=sum(some.missed for some in figures.values()) - len(latest),
        whole_account=contact.is_admin,
        workarounds=len(times),
        time_to_workaround=times[(len(times) - 1) // 2] if times else None,
    )
