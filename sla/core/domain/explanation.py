"""Why a promise is due when it is: one structure for portal, desk, API and command line; words in wording.py."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from accounts.core.enums import Basis, Tier
from accounts.models import User
from sla.business_time import ALWAYS_OPEN
from sla.core.domain.calendars import CalendarSnapshot, calendar_snapshot
from sla.core.domain.clocks import Rule
from sla.core.domain.stretches import Stretch, joined, stretches
from sla.core.domain.terms import MINUTE, Terms
from sla.core.enums import ChangeCause, CheckInRule, ClockEventKind, ClockKind, Coverage, Outcome, Priority, StartCause
from sla.core.models import Calendar, Clock, ClockEvent


class DoesNotAddUp(AssertionError):
    """The counted stretches do not sum to the target, or the recounts form no chain: a defect of ours, never shown."""


@dataclass(frozen=True)
class Recount:
    """One change while the clock ran. `applied` is False when the promise stayed as it was: see `cause`.

    `at` is the moment from which it counts for this promise; of a change that was entered late, the moment of the
    entry, and `dated_at` the earlier one that it names.
    `detail` names what changed: old_tier and new_tier, old_region and new_region, language_choice, number (of a merged
    ticket), version (of a calendar or target).
    """

    at: datetime
    cause: ChangeCause
    by: str
    old_due_at: datetime
    new_due_at: datetime
    applied: bool
    old_priority: int
    new_priority: int
    detail: dict[str, Any] = field(default_factory=dict)
    dated_at: datetime | None = None
    # It took something away, or gave no more than the promise had: running promises keep what they were.
    kept: bool = False

    @property
    def moved(self) -> bool:
        return self.old_due_at != self.new_due_at

    def as_json(self) -> dict[str, Any]:
        return {
            "at": _iso(self.at),
            "dated_at": _iso(self.dated_at),
            "cause": self.cause.value,
            "by": self.by,
            "old_due_at": _iso(self.old_due_at),
            "new_due_at": _iso(self.new_due_at),
            "applied": self.applied,
            "detail": self.detail,
        }


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
    breached_at: datetime | None = None
    recounts: list[Recount] = field(default_factory=list)
    paused_at: datetime | None = None

    @property
    def counted(self) -> timedelta:
        """The open time between the start of the count and the due moment."""
        return sum((stretch.length for stretch in self.stretches if stretch.counted), timedelta())

    def check(self) -> "Explanation":
        """Itself, when it adds up. Raises DoesNotAddUp."""
        if self.target_minutes is not None and self.counted != self.target_minutes * MINUTE:
            raise DoesNotAddUp(f"{self.counted} counted, {self.target_minutes} minutes promised")
        edges = [*(change.old_due_at for change in self.recounts[1:]), self.due_at]
        for change, follows in zip(self.recounts, edges, strict=False):
            if change.new_due_at != follows:
                raise DoesNotAddUp(f"moved to {change.new_due_at}, then from {follows}")
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
            "paused_at": _iso(self.paused_at),
            "recounts": [change.as_json() for change in self.recounts],
            "due_at": _iso(self.due_at),
            "outcome": self.outcome.value,
            "stopped_at": _iso(self.stopped_at),
            "breached_at": _iso(self.breached_at),
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
        edition=replace(calendar_snapshot(terms.calendar.pk, terms.calendar.version), since=None, before=None),
        version=terms.calendar.version,
        due_at=due_at,
    )


def explain_clock(clock: Clock, events: list[ClockEvent] | None = None) -> Explanation:
    """The promise of a stored clock, with its recounts and how it ended.

    `events`: the clock's events when the caller has them, else they are read. `clock.calendar.region` should be loaded.
    """
    events = list(clock.events.all()) if events is None else events
    changed = [event for event in events if event.kind == ClockEventKind.DUE_CHANGED and _bears(event, clock)]
    names = _names(changed)
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
        edition=calendar_snapshot(clock.calendar_id, clock.calendar_version),
        version=clock.calendar_version,
        due_at=clock.due_at,
        outcome=Outcome(clock.outcome),
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        recounts=[_recount(event, names) for event in changed],
        paused_at=_paused_at(clock),
    )


def _explain(*, calendar: Calendar, edition: CalendarSnapshot, version: int, **facts: Any) -> Explanation:
    instant = facts["rule"] == CheckInRule.STATUS_CHANGE
    around = facts["coverage"] == Coverage.ALWAYS
    weekly = {day: list(pairs) for day, pairs in edition.hours.weekly_hours.items() if pairs}
    return Explanation(
        region_code=calendar.region.code,
        region_names=(calendar.region.name_en, calendar.region.name_fr),
        time_zone=edition.time_zone,
        calendar_version=version,
        weekly_hours=weekly,
        stretches=[] if instant else _stretches(edition, facts["counted_from"], facts["due_at"], around=around),
        **facts,
    ).check()


def _stretches(edition: CalendarSnapshot, start: datetime, end: datetime, *, around: bool) -> list[Stretch]:
    """What was counted and what was closed, each part of the time in the hours that were in force at it."""
    if around:
        return stretches(ALWAYS_OPEN, start, end, zone_name=edition.time_zone, names={})
    found: list[Stretch] = []
    for one, first, last in edition.within(start, end):
        found += stretches(one.hours, first, last, zone_name=one.time_zone, names=one.names)
    return joined(found)


def _bears(event: ClockEvent, clock: Clock) -> bool:
    """False for what took effect before the start and moved nothing: old histories name such changes by mistake."""
    return event.occurred_at >= clock.started_at or event.data["old_due_at"] != event.data["new_due_at"]


def _recount(event: ClockEvent, names: dict[int, str]) -> Recount:
    data = event.data
    return Recount(
        at=event.occurred_at,
        cause=ChangeCause(data["cause"]),
        by=names.get(event.actor_id or 0, ""),
        old_due_at=datetime.fromisoformat(data["old_due_at"]),
        new_due_at=datetime.fromisoformat(data["new_due_at"]),
        applied=data["applied"],
        old_priority=data["old_priority"],
        new_priority=data.get("new_priority", data["count"]["priority"]),
        detail={key: value for key, value in data.items() if key in DETAILS},
        dated_at=datetime.fromisoformat(data["dated_at"]) if data.get("dated_at") else None,
        kept=data["rule"] == Rule.KEEP if "rule" in data else not data["applied"] and data["cause"] in KEPT_WHEN_LESS,
    )


# Changes that take something away leave running promises alone; of histories from before the rule was kept.
KEPT_WHEN_LESS = frozenset({ChangeCause.SEAT_WITHDRAWN, ChangeCause.CONTRACT, ChangeCause.CONTRACT_ENDED})

# What of an event's data people read; the rest is for counting again.
DETAILS = ("old_tier", "new_tier", "old_region", "new_region", "language_choice", "number", "region", "version")


def _names(events: list[ClockEvent]) -> dict[int, str]:
    """Who made these changes; no query when a job did."""
    actors = {event.actor_id for event in events if event.actor_id}
    return dict(User.objects.filter(pk__in=actors).values_list("pk", "name")) if actors else {}


def _paused_at(clock: Clock) -> datetime | None:
    """Since when check-ins had paused, for the one that began when it became our turn: since the one before it ended.

    While it is our turn one follows the other; so whatever ended the last one, the turn left us in that moment.
    """
    if clock.cause != StartCause.OUR_TURN:
        return None
    earlier = Clock.objects.ended().of(ClockKind.CHECK_IN).filter(ticket=clock.ticket_id, pk__lt=clock.pk)
    return earlier.order_by("-pk").values_list("stopped_at", flat=True).first()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
