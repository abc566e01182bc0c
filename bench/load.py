"""Tickets by the hundred thousand in the shape of a desk that has worked for two years.

15 % are live. Each ticket has three messages, its events, and its clocks as the product would have counted them: met,
missed or running. `next_due_at` is the earliest due moment of the running ones. The same size gives the same desk.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from accounts.core.enums import Basis, Tier
from accounts.models import Account, Agent, Contact, Region, Seat, User
from bench.bulk import blank, copy, settle
from bench.people import SEATS, Cast, load_people, some_contact
from sla.core.domain.clocks import build_clock, business_time_of
from sla.core.domain.due_calculation import stored_calculation
from sla.core.domain.terms import Terms, terms_for
from sla.core.enums import ClockEventKind, ClockKind, Outcome, Priority, StartCause
from sla.models import Clock, ClockEvent
from tickets.core.enums import LIVE, AuthorKind, Channel, EventKind, RoutedBy, Status
from tickets.models import Message, Ticket, TicketEvent

CHUNK = 5000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SUBJECTS = (
    "Enrolment stops at the last step", "The report of last month is empty", "A certificate expires on Friday",
    "Two devices share one name", "The import refuses a file that worked before", "Nobody receives the weekly mail",
)  # fmt: skip
BODY = (
    "It began this morning, after the update of the night. We tried it with **two** accounts and in another browser, "
    "with the same result.\n\n1. Open the list\n2. Choose a device\n3. Nothing happens\n\nThe log says `timeout`.\n"
)

_MESSAGE, _TICKET_EVENT, _CLOCK_EVENT = blank(Message), blank(TicketEvent), blank(ClockEvent)


@dataclass
class _Rows:
    """One chunk of everything."""

    tickets: list[Ticket] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    clock_events: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


class _Keys:
    """Keys are given here: the children of a row are written in the same chunk."""

    def __init__(self) -> None:
        self._last: dict[type, int] = {}

    def __call__(self, kind: type) -> int:
        self._last[kind] = self._last.get(kind, 0) + 1
        return self._last[kind]


def load(tickets: int, *, now: datetime) -> Cast:
    """Replace everything by a desk with so many tickets."""
    cast = load_people(tickets, now=now)
    terms_of.cache_clear()
    for rows in _chunks(tickets, cast, now=now):
        copy(Ticket, rows.tickets)
        copy(Message, rows.messages)
        copy(Clock, rows.clocks)
        copy(ClockEvent, rows.clock_events)
        copy(TicketEvent, rows.events)
    settle(Ticket, Message, Clock, ClockEvent, TicketEvent, Account, Contact, Region, Agent, Seat, User)
    return cast


def _chunks(tickets: int, cast: Cast, *, now: datetime) -> Iterator[_Rows]:
    dice, keys, rows = random.Random(7), _Keys(), _Rows()
    for n in range(tickets):
        opened_at = now - timedelta(days=5) - 715 * DAY * (1 - n / tickets)
        live = n >= 0.7 * tickets and dice.random() < 0.5
        _Story(rows, keys, dice, cast, now=now).tell(opened_at, live=live)
        if len(rows.tickets) == CHUNK:
            yield rows
            rows = _Rows()
    yield rows


@cache
def terms_of(tier: Tier, basis: Basis, priority: Priority, region: Region) -> Terms:
    return terms_for(tier=tier, basis=basis, priority=priority, region=region)


class _Story:
    """What happened to one ticket, appended to `rows`."""

    def __init__(self, rows: _Rows, keys: _Keys, dice: random.Random, cast: Cast, *, now: datetime) -> None:
        self.rows, self.keys, self.dice, self.cast, self.now = rows, keys, dice, cast, now

    def tell(self, opened_at: datetime, *, live: bool) -> None:
        dice, cast = self.dice, self.cast
        requester = some_contact(cast, dice)
        account = requester.account
        place = cast.contacts[account.pk].index(requester)
        seated = place < SEATS[cast.tiers[account.pk]]
        tier, basis = (cast.tiers[account.pk], Basis.SEAT) if seated else (Tier.STANDARD, Basis.NO_SEAT)
        priority = dice.choices(list(Priority), (5, 20, 50, 25))[0]
        self.terms = terms_of(tier, basis, priority, account.home_region)
        status = dice.choices((Status.OPEN, Status.WAITING, Status.ON_HOLD, Status.NEW), (60, 25, 10, 5))[0]
        if not live:
            status = Status.CLOSED
        if live:
            # The last word fell in the last hours, so that due moments lie on both sides of now.
            last = self.now - min(dice.expovariate(0.3), 72) * HOUR
            opened_at = last if status == Status.NEW else last - 10 * DAY
        agent = None if status == Status.NEW or dice.random() < 0.1 else dice.choice(cast.agents)
        self.ticket = Ticket(
            id=self.keys(Ticket), account=account, requester=requester, subject=dice.choice(SUBJECTS),
            product="Manager", priority=priority, status=status, channel=Channel.PORTAL, region=account.home_region,
            tier=tier, assignee=agent, opened_at=opened_at, updated_at=opened_at, status_changed_at=opened_at,
        )  # fmt: skip
        self.rows.tickets.append(self.ticket)
        self.customer, self.agent = requester.user, (agent or cast.agents[0]).user
        self._event(EventKind.OPENED, opened_at, self.customer, priority=int(priority))
        if agent:
            self._event(EventKind.ASSIGNED, opened_at, None, to=agent.user.name, routed_by=RoutedBy.DESIGNATED.value)
        if status == Status.NEW:
            self._wait(opened_at)
        else:
            self._answered(opened_at, last if live else None)

    def _wait(self, opened_at: datetime) -> None:
        for minute in range(3):
            self._message(min(opened_at + timedelta(minutes=minute), self.now), AuthorKind.CUSTOMER)
        self._run(ClockKind.RESPONSE, StartCause.OPENED, opened_at)
        self._run(ClockKind.CHECK_IN, StartCause.OPENED, opened_at)

    def _answered(self, opened_at: datetime, last: datetime | None) -> None:
        dice, status = self.dice, self.ticket.status
        due = self.terms.response_due(opened_at)
        late = dice.random() < 0.05
        answered_at = due + HOUR if late else opened_at + (due - opened_at) * dice.uniform(0.1, 0.9)
        last = last or answered_at + dice.uniform(1, 40) * HOUR
        last = max(last, answered_at)
        self._message(opened_at, AuthorKind.CUSTOMER)
        self._message(answered_at, AuthorKind.AGENT)
        self._message(last, AuthorKind.CUSTOMER if status == Status.OPEN else AuthorKind.AGENT)
        self._event(EventKind.STATUS, answered_at, self.agent, old="new", new="open")
        self._ended(ClockKind.RESPONSE, StartCause.OPENED, opened_at, answered_at)
        self._ended(ClockKind.CHECK_IN, StartCause.OPENED, opened_at, answered_at)
        self._ended(ClockKind.CHECK_IN, StartCause.AGENT_MESSAGE, answered_at, last)
        if status == Status.OPEN:
            self._run(ClockKind.RESPONSE, StartCause.CUSTOMER_MESSAGE, last)
        if status in {Status.OPEN, Status.ON_HOLD}:
            self._run(ClockKind.CHECK_IN, StartCause.AGENT_MESSAGE, last)
        elif status not in LIVE:
            self._event(EventKind.STATUS, last, self.agent, old="open", new="solved")
            self.ticket.solved_at = last
            self.ticket.closed_at = last + 7 * DAY
        self.ticket.updated_at = self.ticket.status_changed_at = last

    def _message(self, at: datetime, kind: AuthorKind) -> None:
        author = self.customer if kind == AuthorKind.CUSTOMER else self.agent
        values = {
            "id": self.keys(Message), "ticket_id": self.ticket.pk, "author_id": author.pk, "author_kind": kind,
            "channel": Channel.PORTAL, "body": BODY, "created_at": at,
        }  # fmt: skip
        self.rows.messages.append(_MESSAGE | values)

    def _event(self, kind: EventKind, at: datetime, by: User | None, **data: object) -> None:
        values = {
            "id": self.keys(TicketEvent), "ticket_id": self.ticket.pk, "kind": kind, "actor_id": by.pk if by else None,
            "created_at": at, "data": data,
        }  # fmt: skip
        self.rows.events.append(_TICKET_EVENT | values)

    def _clock(self, kind: ClockKind, cause: StartCause, at: datetime) -> Clock | None:
        clock = build_clock(kind, self.terms, cause=cause, now=at)
        if clock is not None:
            clock.id = self.keys(Clock)
            clock.ticket_id, clock.account_id = self.ticket.pk, self.ticket.account_id
            self.rows.clocks.append(clock)
            count = stored_calculation(clock).as_json()
            self._clock_event(clock, ClockEventKind.STARTED, at, due_at=clock.due_at.isoformat(), count=count)
        return clock

    def _run(self, kind: ClockKind, cause: StartCause, at: datetime) -> None:
        """A clock that still runs, flagged as the sweep has left it."""
        clock = self._clock(kind, cause, at)
        if clock is None:
            return
        if clock.due_soon_at <= self.now:
            clock.warned_at = clock.due_soon_at
            self._clock_event(clock, ClockEventKind.DUE_SOON, clock.due_soon_at)
        if clock.due_at <= self.now:
            clock.breached_at = clock.due_at
            self._clock_event(clock, ClockEventKind.OVERDUE, clock.due_at)
        self.ticket.next_due_at = min(self.ticket.next_due_at or clock.due_at, clock.due_at)

    def _ended(self, kind: ClockKind, cause: StartCause, at: datetime, stopped_at: datetime) -> None:
        clock = self._clock(kind, cause, at)
        if clock is None:
            return
        clock.stopped_at, clock.outcome, clock.ended_by_id = stopped_at, Outcome.MET, self.agent.pk
        clock.business_seconds = business_time_of(clock, stopped_at)
        if stopped_at > clock.due_at:
            clock.outcome, clock.breached_at = Outcome.MISSED, clock.due_at
            self._clock_event(clock, ClockEventKind.OVERDUE, clock.due_at)
        self._clock_event(clock, ClockEventKind.STOPPED, stopped_at, outcome=clock.outcome)

    def _clock_event(self, clock: Clock, kind: ClockEventKind, at: datetime, **data: object) -> None:
        told = at if kind in {ClockEventKind.DUE_SOON, ClockEventKind.OVERDUE} else None
        values = {
            "id": self.keys(ClockEvent), "clock_id": clock.pk, "kind": kind, "occurred_at": at, "recorded_at": at,
            "handled_at": told, "data": data,
        }  # fmt: skip
        self.rows.clock_events.append(_CLOCK_EVENT | values)
