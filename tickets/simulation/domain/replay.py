"""An account's history under another tier: “as Gold, 2 of these 5 answers would have been late”."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.core.enums import Basis, Tier
from accounts.models import Account
from portal.lib.durations import shown_margin
from sla.attainment.domain.periods import Period, utc_day
from sla.core.domain.terms import matrix
from sla.core.enums import CheckInRule, ClockKind, Outcome, Priority
from sla.core.models.clock import ClockQuerySet
from sla.models import Clock, ClockEvent
from sla.simulation.domain import Cells, due_under
from tickets.core.models import Ticket

# As many as the table of kept promises shows: the two stand on one page, and their figures add up.
DAYS = 90
# The latest promises of an account that one replay looks at.
MOST = 5000
# Whom the tier of the account bound; for an account without a Premium tier, everybody.
_BOUND = Q(basis__in=[Basis.SEAT, Basis.STANDARD_CONTRACT, Basis.NO_CONTRACT])


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


@dataclass(frozen=True)
class Ended:
    """What ended kept or missed, of one kind, and what of it no tier can be measured with."""

    total: int
    other_basis: int = 0
    status_change: int = 0
    cut: int = 0

    @property
    def comparable(self) -> int:
        return self.total - self.other_basis - self.status_change - self.cut


@dataclass
class Replay:
    """The answers and check-ins of an account since `since`, at `tier`; newest first."""

    account: Account
    tier: Tier
    since: datetime
    rows: list[Replayed] = field(default_factory=list)
    ended: dict[ClockKind, Ended] = field(default_factory=dict)
    is_cut: bool = False

    def of(self, kind: ClockKind) -> list[Replayed]:
        return [row for row in self.rows if row.kind == kind]

    @property
    def sentences(self) -> list[str]:
        """In words, answers first; one sentence says so when there is nothing to replay."""
        said = [_sentence(kind, self.tier, rows) for kind in ClockKind if (rows := self.of(kind))]
        if not said and self.ended:
            return [_("No target that ended in the last 90 days can be compared.")]
        return said or [_("No target has ended in the last 90 days, so there is nothing to compare.")]

    @property
    def notes(self) -> list[str]:
        """How many of all that ended are compared, and why the others are not: first at any tier, then at this one."""
        said = [_note(kind, ended) for kind, ended in self.ended.items()]
        for kind, ended in self.ended.items():
            if without := ended.comparable - len(self.of(kind)):
                said.append(
                    _("With %(tier)s, also not compared: %(count)s (check-ins due only on a change of status).")
                    % {"tier": self.tier.label, "count": without}
                )
        return said


def replay(account: Account, tier: Tier, *, now: datetime) -> Replay:
    """Replay the last 90 days as if `tier` had applied to everybody the account's tier applied to, see `replays`."""
    return replays(account, [tier], now=now)[0]


def replays(account: Account, tiers: Sequence[Tier], *, now: datetime) -> list[Replay]:
    """What ended in the last 90 days under each of `tiers`. Four statements, however many.

    Everybody whom the tier of the account bound is replayed; for an account without a Premium tier, everybody. The
    rows are of the whole account: for staff and for its administrators.
    """
    period = Period.last_days(DAYS, utc_day(now))
    all_ended = Clock.objects.filter(account=account, outcome__in=[Outcome.MET, Outcome.MISSED])
    all_ended = all_ended.ended_between((period.start, period.end))
    rows = all_ended.filter(_BOUND).exclude(rule=CheckInRule.STATUS_CHANGE).order_by("-stopped_at", "-pk")
    events = Prefetch("events", queryset=ClockEvent.objects.order_by("pk"))
    clocks = list(rows.select_related("ticket").prefetch_related(events)[: MOST + 1])
    cells, is_cut = matrix(), len(clocks) > MOST
    ended = _ended(all_ended, clocks[:MOST])
    return [
        Replay(account, tier, period.start, list(_replayed(clocks[:MOST], tier, cells)), ended, is_cut=is_cut)
        for tier in tiers
    ]


def _ended(all_ended: ClockQuerySet, looked_at: list[Clock]) -> dict[ClockKind, Ended]:
    """All that ended, by kind, without the kinds of which nothing did."""
    moves_with_status = Q(rule=CheckInRule.STATUS_CHANGE)
    found = all_ended.order_by().values("kind").annotate(
        total=Count("pk"), other_basis=Count("pk", filter=~_BOUND),
        status_change=Count("pk", filter=_BOUND & moves_with_status),
    )  # fmt: skip
    by_kind = {ClockKind(row["kind"]): Ended(row["total"], row["other_basis"], row["status_change"]) for row in found}
    for kind, ended in by_kind.items():
        cut = ended.comparable - sum(clock.kind == kind for clock in looked_at)
        by_kind[kind] = replace(ended, cut=cut)
    return {kind: by_kind[kind] for kind in ClockKind if kind in by_kind}


def _note(kind: ClockKind, ended: Ended) -> str:
    figures = {"total": ended.total, "compared": ended.comparable}
    if kind == ClockKind.RESPONSE:
        said = _("Reply targets of the last 90 days: %(total)s (compared: %(compared)s).") % figures
    else:
        said = _("Check-in targets of the last 90 days: %(total)s (compared: %(compared)s).") % figures
    left_out = [
        (ended.other_basis, _("the tier of the account did not apply to the contact")),
        (ended.status_change, _("due only on a change of status")),
        (ended.cut, _("older than the latest 5,000")),
    ]
    reasons = ", ".join(f"{count} ({why})" for count, why in left_out if count)
    if not reasons:
        return said
    return f"{said} " + _("Not compared: %(reasons)s.") % {"reasons": reasons}


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
            "With %(tier)s: %(then)s of %(total)s reply targets missed (actual: %(late)s).",
            "With %(tier)s: %(then)s of %(total)s reply targets missed (actual: %(late)s).",
            then,
        )
    else:
        said = ngettext(
            "With %(tier)s: %(then)s of %(total)s check-in targets missed (actual: %(late)s).",
            "With %(tier)s: %(then)s of %(total)s check-in targets missed (actual: %(late)s).",
            then,
        )
    return said % {"tier": tier.label, "then": then, "total": len(rows), "late": late}
