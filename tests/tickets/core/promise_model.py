"""Semantics §2 and §3 once more, in plain Python, written from the page and not from the code.

No database and none of the product but its business time: tables of figures, a clock as a record, one method a rule.
What the page leaves open is said here in a comment that begins with “Open”.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sla.business_time import ALWAYS_OPEN, BusinessCalendar

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONG_AGO, FAR_AHEAD = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
TIERS = ["standard", "silver", "gold", "platinum"]
SEATS = {"standard": 0, "silver": 2, "gold": 3, "platinum": 10}
AROUND_THE_CLOCK = {"gold", "platinum"}
HOURS = {  # of the response, by priority and tier
    1: {"standard": 2, "silver": 1, "gold": 1, "platinum": 1},
    2: {"standard": 4, "silver": 3, "gold": 3, "platinum": 2},
    3: {"standard": 6, "silver": 4, "gold": 3, "platinum": 2},
    4: {"standard": 24, "silver": 12, "gold": 8, "platinum": 8},
}
CHECK_IN_HOURS = {"standard": 6, "silver": 4, "gold": 4, "platinum": 2}  # of P1 and P2
NEXT = {
    "new": {"open", "solved", "waiting", "on_hold"},  # the last two by way of open
    "open": {"waiting", "on_hold", "solved"},
    "waiting": {"open", "on_hold", "solved"},
    "on_hold": {"open", "waiting", "solved"},
    "solved": {"open", "closed"},
    "closed": set(),
}
OURS, DONE = {"new", "open", "on_hold"}, {"solved", "closed"}


class Refused(Exception):
    """The rules say no, and nothing has changed."""


@dataclass
class Person:
    language: str
    region: str
    seat: int | None = None


@dataclass
class Promise:
    """One clock. `since` and `target` are the count that gave `due`: so many minutes, or None for a closing time."""

    kind: str
    started: datetime
    tier: str
    region: str  # whose business hours count it
    always: bool  # 24/7
    target: timedelta | None
    since: datetime
    due: datetime
    outcome: str = "running"
    stopped: datetime | None = None
    flagged: bool = False


@dataclass
class Case:
    person: str
    priority: int
    region: str
    own_language: bool
    status: str = "new"
    solved: datetime | None = None
    promises: list[Promise] = field(default_factory=list)

    def running(self, kind: str | None = None) -> list[Promise]:
        return [row for row in self.promises if row.outcome == "running" and kind in (None, row.kind)]

    @property
    def next_due(self) -> datetime | None:
        return min((row.due for row in self.running()), default=None)


class Model:
    """One account and its tickets. Every method is something that happens; `now` never goes back."""

    def __init__(self, people: dict[str, Person], zones: dict[str, tuple[str, str, str]], tier: str) -> None:
        self.people = people
        self.zones = zones
        self.special: dict[str, dict[date, list[tuple[str, str]]]] = {region: {} for region in zones}
        # Whose hours were which, since when: an edit counts from the next full minute on.
        self.calendars = {region: [(LONG_AGO, self.calendar(region))] for region in zones}
        self.contract: str | None = tier
        self.cases: list[Case] = []

    # Who is entitled to what (§2)

    def tier_of(self, name: str) -> str:
        seat = self.people[name].seat
        return self.contract if self.contract and seat and seat <= SEATS[self.contract] else "standard"

    def may_choose(self, name: str) -> bool:
        return self.tier_of(name) in AROUND_THE_CLOCK and self.people[name].language != "en"

    # Counting (§3, §4)

    def calendar(self, region: str) -> BusinessCalendar:
        zone, opens, closes = self.zones[region]
        return BusinessCalendar(zone, {day: [(opens, closes)] for day in range(5)}, self.special[region])

    def count(self, promise: Promise) -> Promise:
        """With the due moment that its count gives."""
        if promise.always:
            return replace(promise, due=ALWAYS_OPEN.add(promise.since, promise.target))
        if promise.target is None:
            return replace(promise, due=self.closing_after(promise.region, promise.since))
        left = promise.target
        for opens, closes in self.open_times(promise.region, promise.since):
            if left <= closes - opens:
                return replace(promise, due=opens + left)
            left -= closes - opens
        raise AssertionError("never open")

    def spans(self, region: str) -> list[tuple[BusinessCalendar, datetime, datetime]]:
        editions = self.calendars[region]
        ends = [*(since for since, _calendar in editions[1:]), FAR_AHEAD]
        return [(calendar, since, until) for (since, calendar), until in zip(editions, ends, strict=True)]

    def open_times(self, region: str, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open times from `start` on, each moment by the hours that were in force at it."""
        for calendar, since, until in self.spans(region):
            at = max(start, since)
            while at < until:
                later = min(at + 30 * DAY, until)
                yield from calendar.windows(at, later)
                at = later

    def closing_after(self, region: str, start: datetime) -> datetime:
        """The first closing time of a later local day that was one when it came."""
        day = start.astimezone(ZoneInfo(self.zones[region][0])).date()
        for days in range(1, 400):
            for calendar, since, until in self.spans(region):
                closing = calendar.day_closing(day + days * DAY)
                if closing is not None and since < closing <= until:
                    return closing
        raise AssertionError("never open")

    def promised(self, case: Case, kind: str, since: datetime, tier: str) -> Promise | None:
        """What a clock of `kind` that is counted from `since` promises; None: a P4 has no rhythm of check-ins."""
        if kind == "check_in" and case.priority == 4:
            return None
        if kind == "response":
            target = timedelta(hours=HOURS[case.priority][tier])
        else:
            target = timedelta(hours=CHECK_IN_HOURS[tier]) if case.priority < 3 else None
        always = kind == "response" and tier in AROUND_THE_CLOCK and not case.own_language
        return self.count(Promise(kind, since, tier, case.region, always, target, since, due=since))

    def start(self, case: Case, kind: str, now: datetime) -> None:
        if case.running(kind) or (kind == "check_in" and case.status not in OURS):
            return
        promise = self.promised(case, kind, now, self.tier_of(case.person))
        if promise:
            case.promises.append(promise)

    # Overdue

    def sweep(self, now: datetime) -> None:
        for case in self.cases:
            self.notice(case.running(), now)

    def notice(self, promises: list[Promise], now: datetime) -> None:
        for promise in promises:
            promise.flagged = promise.flagged or promise.due <= now

    def end(self, promise: Promise, outcome: str, now: datetime) -> None:
        """An answer at the due moment is in time; whatever else ends a clock then finds it overdue."""
        late = promise.due < now if outcome == "answered" else promise.due <= now
        promise.flagged = promise.flagged or late
        if outcome == "answered":
            outcome = "missed" if promise.flagged else "met"
        promise.outcome, promise.stopped = outcome, now

    def recount(self, case: Case, promise: Promise, counted: Promise, now: datetime, *, only_earlier: bool) -> None:
        """Give a running clock another count, unless it is overdue already; it may become overdue by it."""
        self.notice([promise], now)
        if promise.flagged or (only_earlier and counted.due >= promise.due):
            return
        for name in ("tier", "region", "always", "target", "since", "due"):
            setattr(promise, name, getattr(counted, name))
        self.notice([promise], now)

    def better(self, case: Case, promise: Promise, now: datetime) -> None:
        """The earlier of the present due and the moment of change + the new target.

        Open: under which tier, when the person's has changed since the clock started? Under the higher of both.
        """
        tier = max(promise.tier, self.tier_of(case.person), key=TIERS.index)
        counted = self.promised(case, promise.kind, now, tier)
        self.recount(case, promise, counted, now, only_earlier=True)

    def from_start(self, case: Case, promise: Promise, now: datetime) -> None:
        """Recounted from the clock's own start, under the tier that binds it: what runs keeps its promise."""
        counted = self.promised(case, promise.kind, promise.started, promise.tier)
        if counted is None:
            self.end(promise, "cancelled", now)
        else:
            self.recount(case, promise, counted, now, only_earlier=False)

    # What happens to a ticket

    def open(self, name: str, priority: int, own_language: bool, region: str | None, now: datetime) -> Case:
        own_language = own_language and self.may_choose(name)
        case = Case(name, priority, region or self.people[name].region, own_language)
        self.cases.append(case)
        self.start(case, "response", now)
        self.start(case, "check_in", now)
        return case

    def live_call(self, name: str, priority: int, now: datetime) -> Case:
        case = self.open(name, priority, False, None, now)
        case.status = "open"
        self.end(case.running("response")[0], "answered", now)
        return case

    def customer_writes(self, case: Case, now: datetime) -> None:
        if case.status == "closed":
            self.open(case.person, case.priority, case.own_language, case.region, now)
            return
        if case.status in {"waiting", "on_hold", "solved"}:
            self.move(case, "open", now)
        self.start(case, "response", now)

    def agent_writes(self, case: Case, to: str | None, now: datetime) -> None:
        if case.status == "closed":
            raise Refused
        to = to or ("open" if case.status == "new" else case.status)
        self.allow(case, to)
        for promise in case.running():
            self.end(promise, "answered", now)
        if to != case.status:
            self.move(case, to, now)
            self.tell(case, now)
        self.start(case, "check_in", now)

    def agent_moves(self, case: Case, to: str, now: datetime) -> None:
        self.allow(case, to)
        if to == case.status:
            return
        if to == "solved" and case.running("response"):
            raise Refused
        self.move(case, to, now)
        self.tell(case, now)

    def allow(self, case: Case, to: str) -> None:
        if to != case.status and to not in NEXT[case.status]:
            raise Refused

    def move(self, case: Case, to: str, now: datetime) -> None:
        """Check-ins pause while the turn is not ours."""
        was, case.status = case.status, to
        if to not in OURS:
            for promise in case.running("check_in"):
                self.end(promise, "cancelled", now)
        elif was not in OURS:
            self.start(case, "check_in", now)
        case.solved = now if to == "solved" else case.solved

    def tell(self, case: Case, now: datetime) -> None:
        """An agent's change of status tells the customer of a P4: a check-in, met."""
        if case.priority == 4:
            tier = self.tier_of(case.person)
            case.promises.append(Promise("check_in", now, tier, case.region, False, None, now, now, "met", now))

    def customer_closes(self, case: Case, now: datetime) -> None:
        if case.status not in DONE:
            for promise in case.running():
                self.end(promise, "cancelled", now)
            self.move(case, "solved", now)

    def close_solved(self, now: datetime) -> None:
        for case in self.cases:
            if case.status == "solved" and case.solved <= now - 7 * DAY:
                case.status = "closed"

    def skip(self, case: Case, now: datetime) -> None:
        if not case.running("check_in"):
            raise Refused
        self.end(case.running("check_in")[0], "skipped", now)
        self.start(case, "check_in", now)

    def prioritise(self, case: Case, to: int, now: datetime) -> None:
        self.refuse_done(case)
        was, case.priority = case.priority, to
        for promise in case.running():
            if to < was:
                self.better(case, promise, now)
            elif to > was:
                self.from_start(case, promise, now)
        self.start(case, "check_in", now)

    def relocate(self, case: Case, to: str, now: datetime) -> None:
        self.refuse_done(case)
        if case.region != to:
            case.region = to
            for promise in case.running():
                self.rezone(case, promise, to, now)

    def rezone(self, case: Case, promise: Promise, region: str, now: datetime) -> None:
        """The same time from the same moment, in other hours."""
        if promise.always:
            self.notice([promise], now)
        else:
            self.recount(case, promise, self.count(replace(promise, region=region)), now, only_earlier=False)

    def speak(self, case: Case, own_language: bool, now: datetime) -> None:
        """Open: the page has no rule for another choice of language. As the priority: English is the better promise."""
        self.refuse_done(case)
        if case.own_language == own_language:
            return
        if not self.may_choose(case.person):
            raise Refused
        case.own_language = own_language
        for promise in case.running("response"):
            (self.from_start if own_language else self.better)(case, promise, now)

    def merge(self, case: Case, into: Case, now: datetime) -> None:
        """The survivor keeps the earlier due of the two. Open: a question that moves to it makes it our turn there."""
        if case is into:
            raise Refused
        self.refuse_done(case)
        self.refuse_done(into)
        if case.running("response") and into.status == "waiting":
            self.move(into, "open", now)
        for theirs in case.running():
            self.end(theirs, "cancelled", now)
            for ours in into.running(theirs.kind):
                before = ours.due
                self.recount(into, ours, theirs, now, only_earlier=True)
                if ours.due != before:
                    ours.started = min(ours.started, theirs.started)
            if theirs.kind == "response" and not into.running("response"):
                into.promises.append(replace(theirs, outcome="running", stopped=None, flagged=False))
                self.notice(into.running("response"), now)
        case.status = "closed"

    def refuse_done(self, case: Case) -> None:
        if case.status in DONE:
            raise Refused

    # What happens around the tickets

    def grant(self, name: str, now: datetime) -> None:
        taken = {person.seat for person in self.people.values()}
        free = [number for number in range(1, SEATS.get(self.contract or "", 0) + 1) if number not in taken]
        if self.people[name].seat or not free or len(taken - {None}) >= SEATS[self.contract]:
            raise Refused
        self.people[name].seat = free[0]
        self.entitle(now)

    def withdraw(self, name: str) -> None:
        if not self.people[name].seat:
            raise Refused
        self.people[name].seat = None

    def sign(self, tier: str | None, now: datetime) -> None:
        """Another tier from now on; None: the contract has ended."""
        self.contract = tier
        self.entitle(now)

    def entitle(self, now: datetime) -> None:
        """A better tier betters what runs; with a lesser one what runs keeps its promise."""
        for case in self.cases:
            for promise in case.running():
                if TIERS.index(self.tier_of(case.person)) > TIERS.index(promise.tier):
                    self.better(case, promise, now)

    def edit_day(self, region: str, day: date, hours: list[tuple[str, str]], now: datetime) -> None:
        """A holiday, or other hours on one day: what is counted in this calendar is counted anew, from now on."""
        self.special[region][day] = hours
        full = now.replace(second=0, microsecond=0)
        self.calendars[region].append((full if full == now else full + MINUTE, self.calendar(region)))
        for case in self.cases:
            for promise in case.running():
                if promise.region == region and not promise.always:
                    self.rezone(case, promise, region, now)


def monday(hour: int) -> datetime:
    return datetime(2026, 11, 9, hour, tzinfo=UTC)
