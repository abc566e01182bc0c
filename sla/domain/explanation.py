"""Why a promise is due when it is: one structure for portal, desk, API and command line; words in wording.py."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.enums import Basis, Tier
from sla.business_time import ALWAYS_OPEN
from sla.domain.calendars import edition
from sla.domain.stretches import Stretch, stretches
from sla.domain.terms import MINUTE, Terms
from sla.enums import CheckInRule, ClockEventKind, ClockKind, Coverage, Outcome, Priority, StartCause
from sla.models import Calendar, Clock, ClockEvent


class DoesNotAddUp(AssertionError):
    """The counted stretches do not sum to the target: a defect of ours, never shown as if it were right."""


@dataclass(frozen=True)
class Recount:
    """One change of the due moment while the clock ran; `applied` is False when the earlier due was kept."""

    at: datetime
    cause: str
    old_due_at: datetime
    new_due_at: datetime
    applied: bool
    old_priority: int
    new_priority: int


@dataclass(frozen=True)
class Explanation:
    """How a due moment came about. The counted stretches between `counted_from` and `due_at` sum to the target.

    `target_minutes` is None for check-ins once per business day, whose due moment is a closing time.
    """

    kind: ClockKind
    tier: Tier
    basis: Basis
    priority: Priority
    cause: StartCause
    started_at: datetime
    counted_from: datetime
    coverage: Coverage
    rule: CheckInRule | None
    target_minutes: int | None
    region_code: str
    region_names: tuple[str, str]
    time_zone: str
    calendar_version: int
    weekly_hours: dict[int, list[tuple[str, str]]]
    stretches: list[Stretch]
    due_at: datetime
    outcome: Outcome = Outcome.RUNNING
    stopped_at: datetime | None = None
    overdue_at: datetime | None = None
    recounts: list[Recount] = field(default_factory=list)

    @property
    def counted(self) -> timedelta:
        """The open time between the start of the count and the due moment."""
        return sum((stretch.length for stretch in self.stretches if stretch.counted), timedelta())

    def check(self) -> "Explanation":
        """Itself, when it adds up. Raises DoesNotAddUp."""
        if self.target_minutes is not None and self.counted != self.target_minutes * MINUTE:
            raise DoesNotAddUp(f"{self.counted} counted, {self.target_minutes} minutes promised")
        return self

    def as_json(self) -> dict[str, Any]:
        """Primitives only: moments in ISO 8601 (UTC), lengths in seconds, weekdays from 0 for Monday."""
        return {
            "kind": self.kind.value,
            "tier": self.tier.value,
            "basis": self.basis.value,
            "priority": int(self.priority),
            "cause": self.cause.value,
            "started_at": _iso(self.started_at),
            "counted_from": _iso(self.counted_from),
            "coverage": self.coverage.value,
            "check_in_rule": self.rule.value if self.rule else None,
            "target_minutes": self.target_minutes,
            "calendar": {
                "region": self.region_code,
                "name": {"en": self.region_names[0], "fr": self.region_names[1]},
                "time_zone": self.time_zone,
                "version": self.calendar_version,
                "weekly_hours": {str(day): [list(pair) for pair in pairs] for day, pairs in self.weekly_hours.items()},
            },
            "stretches": [stretch.as_json() for stretch in self.stretches],
            "counted_seconds": self.counted.total_seconds(),
            "recounts": [
                {
                    "at": _iso(change.at),
                    "cause": change.cause,
                    "old_due_at": _iso(change.old_due_at),
                    "new_due_at": _iso(change.new_due_at),
                    "applied": change.applied,
                }
                for change in self.recounts
            ],
            "due_at": _iso(self.due_at),
            "outcome": self.outcome.value,
            "stopped_at": _iso(self.stopped_at),
            "overdue_at": _iso(self.overdue_at),
        }


def explain_terms(terms: Terms, kind: ClockKind, *, now: datetime) -> Explanation | None:
    """The promise that would start at `now` under these terms; None when they run no clock of this kind."""
    due_at = terms.due(kind, now)
    if due_at is None:
        return None
    response = kind == ClockKind.RESPONSE
    return _explain(
        kind=kind,
        tier=terms.tier,
        basis=terms.basis,
        priority=terms.priority,
        cause=StartCause.OPENED,
        started_at=now,
        counted_from=now,
        coverage=terms.coverage if response else Coverage.BUSINESS_HOURS,
        rule=None if response else terms.check_in_rule,
        target_minutes=terms.response_minutes if response else terms.check_in_minutes,
        calendar=terms.calendar,
        version=terms.calendar.version,
        due_at=due_at,
    )


def explain_clock(clock: Clock, events: list[ClockEvent] | None = None) -> Explanation:
    """The promise of a stored clock, with its recounts and how it ended.

    `events`: the clock's events when the caller has them, else they are read. `clock.calendar.region` should be loaded.
    """
    events = list(clock.events.all()) if events is None else events
    changed = [event for event in events if event.kind == ClockEventKind.DUE_CHANGED]
    return _explain(
        kind=ClockKind(clock.kind),
        tier=Tier(clock.tier),
        basis=Basis(clock.basis),
        priority=Priority(clock.priority),
        cause=StartCause(clock.cause),
        started_at=clock.started_at,
        counted_from=clock.counted_from,
        coverage=Coverage(clock.coverage),
        rule=CheckInRule(clock.rule) if clock.rule else None,
        target_minutes=clock.target_minutes,
        calendar=clock.calendar,
        version=clock.calendar_version,
        due_at=clock.due_at,
        outcome=Outcome(clock.outcome),
        stopped_at=clock.stopped_at,
        overdue_at=clock.overdue_at,
        recounts=[_recount(event) for event in changed],
    )


def _explain(*, calendar: Calendar, version: int, **facts: Any) -> Explanation:
    business = edition(calendar.pk, version)
    hours = ALWAYS_OPEN if facts["coverage"] == Coverage.ALWAYS else business.hours
    instant = facts["rule"] == CheckInRule.STATUS_CHANGE
    weekly = {day: list(pairs) for day, pairs in business.hours.weekly_hours.items() if pairs}
    return Explanation(
        region_code=calendar.region.code,
        region_names=(calendar.region.name_en, calendar.region.name_fr),
        time_zone=business.time_zone,
        calendar_version=version,
        weekly_hours=weekly,
        stretches=[] if instant else stretches(
            hours, facts["counted_from"], facts["due_at"], zone_name=business.time_zone, names=business.names
        ),
        **facts,
    ).check()  # fmt: skip


def _recount(event: ClockEvent) -> Recount:
    data = event.data
    return Recount(
        at=event.occurred_at,
        cause=data["cause"],
        old_due_at=datetime.fromisoformat(data["old_due_at"]),
        new_due_at=datetime.fromisoformat(data["new_due_at"]),
        applied=data["applied"],
        old_priority=data["old_priority"],
        new_priority=data["new_priority"],
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
