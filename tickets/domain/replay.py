"""An account's history under another tier: “as Gold, 2 of these 5 answers would have been late”."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Basis, Tier
from accounts.models import Account
from portal.lib.durations import shown_margin
from sla.domain.replay import Cells, due_under
from sla.domain.terms import matrix
from sla.enums import CheckInRule, ClockKind, Outcome, Priority
from sla.models import Clock, ClockEvent
from tickets.models import Ticket

PAST = timedelta(days=90)
# The latest promises of an account that one replay looks at.
MOST = 5000


@dataclass(frozen=True)
class Replayed:
    """One promise that has ended, and when it would have been due."""

    ticket: Ticket
    kind: ClockKind
    priority: Priority
    started_at: datetime
    stopped_at: datetime
    due_at: datetime
    due_then: datetime

    @property
    def was_late(self) -> bool:
        return self.stopped_at > self.due_at

    @property
    def late_then(self) -> bool:
        return self.stopped_at > self.due_then

    @property
    def differs(self) -> bool:
        return self.was_late != self.late_then

    @property
    def late_by(self) -> timedelta:
        return shown_margin(self.due_then, self.stopped_at) if self.late_then else timedelta()


@dataclass
class Replay:
    """The answers and check-ins of an account since `since`, at `tier`; newest first."""

    account: Account
    tier: Tier
    since: datetime
    rows: list[Replayed] = field(default_factory=list)
    is_cut: bool = False

    def of(self, kind: ClockKind) -> list[Replayed]:
        return [row for row in self.rows if row.kind == kind]

    @property
    def sentences(self) -> list[str]:
        """In words, answers first; one sentence says so when there is nothing to replay."""
        said = [_sentence(kind, self.tier, rows) for kind in ClockKind if (rows := self.of(kind))]
        return said or [_("No answer or check-in has ended in the last 90 days, so there is nothing to compare.")]


def replay(account: Account, tier: Tier, *, now: datetime) -> Replay:
    """Replay the last 90 days as if `tier` had applied to everybody the account's tier applied to, see `replays`."""
    return replays(account, [tier], now=now)[0]


def replays(account: Account, tiers: Sequence[Tier], *, now: datetime) -> list[Replay]:
    """What ended in the last 90 days under each of `tiers`. Three statements, however many.

    Everybody whom the tier of the account bound is replayed; for an account without a Premium tier, everybody. The
    rows are of the whole account: for staff and for its administrators.
    """
    since = now - PAST
    ended = Clock.objects.filter(
        account=account, stopped_at__gt=since, stopped_at__lte=now, outcome__in=[Outcome.MET, Outcome.MISSED],
        basis__in=[Basis.SEAT, Basis.STANDARD_CONTRACT, Basis.NO_CONTRACT],
    )  # fmt: skip
    rows = ended.exclude(rule=CheckInRule.STATUS_CHANGE).order_by("-stopped_at", "-pk")
    events = Prefetch("events", queryset=ClockEvent.objects.order_by("pk"))
    clocks = list(rows.select_related("ticket").prefetch_related(events)[: MOST + 1])
    cells = matrix()
    return [
        Replay(account, tier, since, list(_replayed(clocks[:MOST], tier, cells)), is_cut=len(clocks) > MOST)
        for tier in tiers
    ]


def _replayed(clocks: list[Clock], tier: Tier, cells: Cells) -> Iterator[Replayed]:
    for clock in clocks:
        due_then = due_under(clock, list(clock.events.all()), tier, cells)
        if due_then is not None and clock.stopped_at is not None:
            yield Replayed(
                ticket=clock.ticket,
                kind=ClockKind(clock.kind),
                priority=Priority(clock.priority),
                started_at=clock.started_at,
                stopped_at=clock.stopped_at,
                due_at=clock.due_at,
                due_then=due_then,
            )


def _sentence(kind: ClockKind, tier: Tier, rows: list[Replayed]) -> str:
    late, then = sum(row.was_late for row in rows), sum(row.late_then for row in rows)
    if kind == ClockKind.RESPONSE:
        said = ngettext(
            "As %(tier)s, %(then)s of this %(total)s answer would have been late (in fact: %(late)s).",
            "As %(tier)s, %(then)s of these %(total)s answers would have been late (in fact: %(late)s).",
            len(rows),
        )
    else:
        said = ngettext(
            "As %(tier)s, %(then)s of this %(total)s check-in would have been late (in fact: %(late)s).",
            "As %(tier)s, %(then)s of these %(total)s check-ins would have been late (in fact: %(late)s).",
            len(rows),
        )
    return said % {"tier": tier.label, "then": then, "total": len(rows), "late": late}
