"""Reports over a year of 1 000 000 promises that ended: from the clocks, and from the roll-ups of whole months.

Two periods look back from today: twelve whole months, which the roll-ups answer alone, and 365 days, whose two ends are
read from the clocks. The last rows are the pages' narrow questions, and one that no roll-up answers.
"""

import random
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from accounts.core.enums import Basis, Tier
from bench.bulk import blank, copy, settle
from bench.figures import Cost, count, measured, ms, ratio, show, typical
from bench.people import Cast, load_people, some_contact
from bench.plans import scans
from sla.attainment.domain.attainment import report
from sla.attainment.domain.endings import Filters
from sla.attainment.domain.periods import Period
from sla.attainment.domain.tallies import roll_up_months
from sla.core.enums import ClockKind, Coverage, GroupBy, Outcome, Priority, StartCause
from sla.models import Calendar, Clock, TalliedMonth, Tally
from tickets.core.enums import Channel, Status
from tickets.models import Ticket

NOW = datetime(2026, 11, 9, 12, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MONTHS = Period(date(2025, 11, 1), date(2026, 10, 31))
DAYS = Period.last_days(365, NOW.date())
CHUNK, RUNS = 20_000, 3
# A ticket has about so many ended promises; of all promises, so many run.
PROMISES, RUNNING = 4, 0.02


def main(*, quick: bool) -> None:
    size = 50_000 if quick else 1_000_000
    begun = time.monotonic()
    cast = load(size)
    print(f"  {count(size)} ended clocks loaded in {time.monotonic() - begun:.0f} s", flush=True)
    asked = questions(cast)
    plain = [(name, measure(act)) for name, act in asked]
    with measured() as rolling:
        months = roll_up_months(now=NOW)
    settle(TalliedMonth, Tally)
    rolled = [measure(act) for _name, act in asked]
    show(
        f"Attainment (milliseconds, median of {RUNS}): {count(size)} ended clocks in 13 months",
        ("report", "clocks: CPU", "server CPU", "wall", "roll-ups: CPU", "server CPU", "wall", "statements", "faster"),
        [line(name, before, after) for (name, before), after in zip(plain, rolled, strict=True)],
    )  # fmt: skip
    print(
        f"  {months} months rolled up in {rolling.wall:.1f} s ({ms(rolling.wall / max(months, 1))} ms a month), "
        f"{count(Tally.objects.count())} rows. A full cross would have {count(cross())} in October."
    )
    read = {step for sql, params in plain[0][1].statements for step in scans(sql, params) if "sla_clock" in step}
    print(f"  From the clocks, a report reads: {', '.join(sorted(read))}.\n", flush=True)


def questions(cast: Cast) -> list[tuple[str, Any]]:
    def ask(period: Period, group_by: GroupBy, **filters: Any) -> Any:
        return partial(report, period, group_by=group_by, filters=Filters(**filters), now=NOW, compare=False)

    wide = [(f"12 months by {group.value}", ask(MONTHS, group)) for group in GroupBy]
    tier, agent, account = Tier.GOLD, cast.agents[3].pk, cast.accounts[7].pk
    return [
        *wide,
        ("365 days by tier", ask(DAYS, GroupBy.TIER)),
        ("one tier by region", ask(MONTHS, GroupBy.REGION, tier=tier)),
        ("one account by month", ask(MONTHS, GroupBy.MONTH, account=account)),
        ("one account by priority (clocks)", ask(MONTHS, GroupBy.PRIORITY, account=account)),
        ("one agent by priority", ask(MONTHS, GroupBy.PRIORITY, agent=agent)),
        ("one agent by region (clocks)", ask(MONTHS, GroupBy.REGION, agent=agent)),
    ]


def measure(act: Any) -> Cost:
    act()
    costs = []
    for _ in range(RUNS):
        with measured() as cost:
            act()
        costs.append(cost)
    return typical(costs)


def line(name: str, before: Cost, after: Cost) -> list[str]:
    statements = f"{len(before.statements)} → {len(after.statements)}"
    figures = [ms(figure) for cost in (before, after) for figure in (cost.cpu, cost.server, cost.wall)]
    return [name, *figures, statements, ratio(before.wall, after.wall)]


def cross() -> int:
    """How many different combinations of everything that a report may tell apart one month holds."""
    october = Period.month_of(date(2026, 10, 1))
    clocks = Clock.objects.ended_between((october.start, october.end)).order_by()
    return clocks.values("kind", "tier", "priority", "account", "calendar", "ended_by").distinct().count()


def load(size: int) -> Cast:
    """Promises that ended evenly over thirteen months, in the shares of a desk that keeps most of them."""
    dice, cast = random.Random(7), load_people(size // PROMISES, now=NOW)
    calendars = dict(Calendar.objects.values_list("region", "pk"))
    agents = [agent.user_id for agent in cast.agents]
    ticket, clock = blank(Ticket), blank(Clock)
    tickets: list[dict[str, Any]] = []
    clocks: list[dict[str, Any]] = []
    begin = datetime(2025, 10, 10, tzinfo=UTC)
    for n in range(size):
        if n % PROMISES == 0:
            requester = some_contact(cast, dice)
            account = requester.account
            terms = {
                "tier": cast.tiers[account.pk] if dice.random() < 0.8 else Tier.STANDARD, "basis": Basis.SEAT,
                "priority": dice.choices(list(Priority), (5, 20, 50, 25))[0],
            }  # fmt: skip
            opened_at = begin + (NOW - begin) * (n / size)
            tickets.append(ticket | {
                "id": n // PROMISES + 1, "subject": "A case", "priority": terms["priority"], "status": Status.OPEN,
                "channel": Channel.PORTAL, "tier": terms["tier"], "account_id": account.pk,
                "requester_id": requester.pk, "region_id": account.home_region_id, "opened_at": opened_at,
                "updated_at": opened_at, "status_changed_at": opened_at,
            })  # fmt: skip
            place = {"account_id": account.pk, "calendar_id": calendars[account.home_region_id], "calendar_version": 1}
        clocks.append(clock | terms | place | promise(n, size, dice, agents, begin=begin))
        if len(clocks) == CHUNK or n == size - 1:
            copy(Ticket, tickets)
            copy(Clock, clocks)
            tickets, clocks = [], []
    settle(Ticket, Clock)
    return cast


def promise(n: int, size: int, dice: random.Random, agents: list[int], *, begin: datetime) -> dict[str, Any]:
    """The moments of one clock; the few that run belong to the newest tickets, one a ticket."""
    stopped_at = begin + (NOW - begin) * ((n + dice.random()) / size)
    took = dice.lognormvariate(9, 1.2) * SECOND
    runs = n >= size * (1 - RUNNING * PROMISES) and n % PROMISES == 0
    outcome = Outcome.RUNNING if runs else dice.choices(list(Outcome)[1:], (84, 6, 8, 2))[0]
    missed = outcome == Outcome.MISSED
    due_at = stopped_at - took * dice.random() if missed else stopped_at + took
    return {
        "id": n + 1, "ticket_id": n // PROMISES + 1, "cause": StartCause.OPENED, "coverage": Coverage.ALWAYS,
        "kind": ClockKind.RESPONSE if n % 2 == 0 else ClockKind.CHECK_IN, "outcome": outcome,
        "started_at": stopped_at - took, "counted_from": stopped_at - took, "target_minutes": 60, "due_at": due_at,
        "due_soon_at": due_at, "announce_at": due_at, "stopped_at": None if runs else stopped_at,
        "breached_at": due_at if missed else None, "ended_by_id": None if runs else dice.choice(agents),
        "business_seconds": None if runs else int(took.total_seconds() * dice.random()),
    }  # fmt: skip
