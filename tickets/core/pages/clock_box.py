"""The promises of a ticket as its pages show them: what runs, what comes, how the last one ended, and why."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Value, When

from sla.core.domain.calendars import business_calendar
from sla.core.domain.coming import coming_check_ins
from sla.core.domain.explanation import DoesNotAddUp, explain_clock
from sla.core.domain.wording import Line, lines, week_words
from sla.core.enums import ClockKind, Coverage, Outcome
from sla.models import Clock
from tickets.core.domain.closing import reopens_until
from tickets.core.enums import OUR_TURN, Status
from tickets.core.models import Ticket

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Why:
    """One promise and how its due moment came about; `lines` is empty while it is being counted again."""

    clock: Clock
    lines: list[Line]


@dataclass(frozen=True)
class ClockBox:
    """What the box at the top of a ticket says."""

    ticket: Ticket
    now: datetime
    response: Clock | None
    check_in: Clock | None
    last_response: Clock | None
    check_ins: list[datetime]
    reopens_until: datetime | None
    why: list[Why]

    @property
    def is_ours(self) -> bool:
        return Status(self.ticket.status) in OUR_TURN

    @property
    def on_change_only(self) -> bool:
        """Ours to move, and no rhythm of check-ins: a P4."""
        return self.is_ours and self.check_in is None

    @property
    def calendar_clock(self) -> Clock | None:
        return self.check_in or self.response

    @property
    def two_calendars(self) -> bool:
        """The answer is counted around the clock, the check-ins in business hours: the box must say both."""
        return bool(self.response and self.check_in and self.response.coverage != self.check_in.coverage)

    @property
    def around_the_clock(self) -> bool:
        return bool(self.response and self.response.coverage == Coverage.ALWAYS)

    @property
    def week(self) -> str:
        """`Mon–Fri 09:00–18:00` of the region."""
        clock = self.calendar_clock
        if clock is None:
            return ""
        hours = business_calendar(clock.calendar).weekly_hours
        return week_words({day: list(pairs) for day, pairs in hours.items()})

    @property
    def missed(self) -> Clock | None:
        """A running promise that is past its due moment: the response before the check-in."""
        return next((c for c in (self.response, self.check_in) if c and c.is_overdue(self.now)), None)

    @property
    def mark(self) -> str:
        """Changes whenever the live part of the page would look different, for the cheap answer "nothing new"."""
        return mark_of(self.ticket, [c for c in (self.response, self.check_in) if c], now=self.now)


def mark_of(ticket: Ticket, running: list[Clock], *, now: datetime) -> str:
    """The version of the ticket, and in which state each running clock is."""
    states = {clock.kind: 2 if clock.due_at <= now else int(clock.due_soon_at <= now) for clock in running}
    return "-".join(
        str(part) for part in (ticket.version, *(f"{kind[0]}{state}" for kind, state in sorted(states.items())))
    )


def clock_box(
    ticket: Ticket, *, now: datetime, zone_name: str, explained: bool = True, yours: bool = False
) -> ClockBox:
    """Read the clocks of `ticket`: those that run, and the last response that ended. `yours`: the reader opened it."""
    rows = ticket.clocks.select_related("calendar__region").prefetch_related("events").order_by(
        Case(When(outcome=Outcome.RUNNING, then=Value(0)), default=Value(1), output_field=IntegerField()), "-pk"
    )[:12]  # fmt: skip
    clocks = list(rows)
    response = next((c for c in clocks if c.is_running and c.kind == ClockKind.RESPONSE), None)
    check_in = next((c for c in clocks if c.is_running and c.kind == ClockKind.CHECK_IN), None)
    ended = (c for c in clocks if c.kind == ClockKind.RESPONSE and c.outcome in {Outcome.MET, Outcome.MISSED})
    shown = [clock for clock in (response, check_in) if clock]
    return ClockBox(
        ticket=ticket,
        now=now,
        response=response,
        check_in=check_in,
        last_response=next(ended, None),
        check_ins=coming_check_ins(check_in, now=now) if check_in else [],
        reopens_until=reopens_until(ticket),
        why=[explain(clock, now=now, zone_name=zone_name, yours=yours) for clock in shown] if explained else [],
    )


def explain(clock: Clock, *, now: datetime, zone_name: str, yours: bool) -> Why:
    """How one clock came to its due moment, in sentences. Nothing is shown that does not add up."""
    try:
        explanation = explain_clock(clock, list(clock.events.all()))
        return Why(clock, lines(explanation, now=now, zone_name=zone_name, yours=yours))
    except DoesNotAddUp:
        # The opening hours were edited a moment ago and the background job has not recounted this clock yet.
        logger.warning("explanation.pending", extra={"clock_id": clock.pk})
        return Why(clock, [])
