"""The coming check-ins of one person, for the calendar application of their choice. Reads only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch

from accounts.models import Contact, User
from sla.business_time import NoOpenTime
from sla.core.domain.coming import coming_check_ins
from sla.core.enums import ClockEventKind, ClockKind
from sla.models import Clock, ClockEvent
from tickets.core.models import Ticket
from tickets.core.models.ticket import TicketQuerySet

# Nobody reads more in a calendar, and the answer stays small enough to be asked for every few minutes.
MOST_TICKETS = 200
# How often a calendar application should ask again.
REFRESH = timedelta(minutes=15)


@dataclass(frozen=True)
class CheckIn:
    """One update still to come on a ticket. The first of a running clock is promised, the later ones are planned."""

    clock: Clock
    ordinal: int
    at: datetime

    @property
    def ticket(self) -> Ticket:
        return self.clock.ticket

    @property
    def is_promised(self) -> bool:
        return self.ordinal == 1

    @property
    def due_changes(self) -> int:
        """How often the promise was recounted."""
        return len(self.clock.events.all())

    @property
    def reckoned_at(self) -> datetime:
        """When the promise got the due moment that it has."""
        return max([self.clock.started_at, *(event.recorded_at for event in self.clock.events.all())])


@dataclass(frozen=True)
class FeedItem:
    """Something else with a time of its own that stands in the calendar of a person: a meeting, a call.

    `name` is unique and stable; `revised_at` and `sequence` say which version this is. `path` leads to its page.
    """

    name: str
    at: datetime
    length: timedelta
    title: str
    words: str
    path: str
    revised_at: datetime
    sequence: int = 0
    is_firm: bool = True


Contribution = Callable[[User, Contact | None, datetime], list[FeedItem]]
_contributions: list[Contribution] = []


def contributes(function: Contribution) -> Contribution:
    """Register what else `user` (as `contact`; None: as staff) has in their calendar from `now` on.

    Called in the reader's language. What it costs is paid on every reading of every feed: bound its queries.
    """
    _contributions.append(function)
    return function


def entries_for(user: User, contact: Contact | None, *, now: datetime) -> list[FeedItem]:
    """What was contributed, in the order of time."""
    found = [entry for function in _contributions for entry in function(user, contact, now)]
    return sorted(found, key=lambda entry: (entry.at, entry.name))


def check_ins_for(user: User, contact: Contact | None, *, now: datetime) -> list[CheckIn]:
    """What `user` will read (as `contact`) or has to write (as staff), ticket by ticket, the nearest due first.

    A contact gets the tickets that they requested or follow, an agent those assigned to them. Three queries however
    many tickets, once the opening hours are known to the process.
    """
    changes = ClockEvent.objects.filter(kind=ClockEventKind.DUE_CHANGED)
    clocks = Clock.objects.running().of(ClockKind.CHECK_IN).filter(ticket__in=_tickets_of(user, contact).live())
    clocks = clocks.select_related("ticket", "calendar__region").prefetch_related(Prefetch("events", queryset=changes))
    return [planned for clock in clocks.order_by("due_at", "pk")[:MOST_TICKETS] for planned in _plan(clock, now=now)]


def _tickets_of(user: User, contact: Contact | None) -> TicketQuerySet:
    visible = Ticket.objects.visible_to(user, contact)
    if contact is not None:
        return visible.requested_by(contact) | visible.followed_by(contact)
    return visible.assigned_to(user.agent) if user.is_staff else visible.none()


def _plan(clock: Clock, *, now: datetime) -> list[CheckIn]:
    """The coming three of one clock; what has passed is left out.

    After an overdue one the plan goes on from now. It is reckoned from the last quarter of an hour, so that the entries
    do not move each time they are read.
    """
    quarter = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % REFRESH
    try:
        moments = coming_check_ins(clock, now=quarter)
    except NoOpenTime:
        # The region does not open for a year: what was promised stands, and there is nothing to plan.
        moments = [clock.due_at]
    first = 1 if moments[0] == clock.due_at else 2
    return [CheckIn(clock, ordinal, at) for ordinal, at in enumerate(moments, first) if at > now]
