"""The desk's queues: which tickets stand in which view, in which order, and how many, at a cost that does not grow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.core.enums import Tier
from accounts.models import Agent, User
from portal.lib.typed import as_line
from sla.core.enums import ClockKind, Priority
from sla.models import Clock
from tickets.core.enums import AuthorKind, Status
from tickets.core.models import Message, Ticket
from tickets.core.models.ticket import TicketQuerySet
from tickets.level_3.models import Escalation

PAGE = 50
# Counts beside the views stop here and say "99+".
MOST_COUNTED = 100


class View(models.TextChoices):
    """The views of the desk, in the order of their tabs."""

    MINE = "mine", pgettext_lazy("queue", "Your tickets")
    UNASSIGNED = "unassigned", pgettext_lazy("queue", "Unassigned")
    TEAM = "team", pgettext_lazy("queue", "Team")
    OVERDUE = "overdue", pgettext_lazy("queue", "Overdue")
    CHECK_INS = "check_ins", pgettext_lazy("queue", "Check-ins today")
    LEVEL_3 = "level_3", pgettext_lazy("queue", "Level 3")
    DONE = "done", pgettext_lazy("queue", "Solved and closed")


EMPTY = {
    View.MINE: _("No tickets waiting for you. Take the next one from Unassigned."),
    View.UNASSIGNED: _("All tickets are assigned. New tickets appear here when they arrive."),
    View.TEAM: _("There are no open tickets. New tickets appear here when they arrive."),
    View.OVERDUE: _("No target is overdue."),
    View.CHECK_INS: _("No check-in is due today."),
    View.LEVEL_3: _(
        "No tickets are waiting for level 3. Tickets escalated by agents or requested by customers appear here."
    ),
    View.DONE: _("No ticket has been solved yet."),
}


@dataclass(frozen=True)
class Reader:
    """Who looks, and when: a view such as “mine” or “today” means nothing without them."""

    user: User
    agent: Agent
    now: datetime
    zone: ZoneInfo

    @property
    def midnight(self) -> datetime:
        """The end of the reader's day."""
        tomorrow = self.now.astimezone(self.zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), self.zone)


def tickets_in(view: View, reader: Reader) -> TicketQuerySet:
    """The tickets of one view, in no order yet."""
    tickets = Ticket.objects.visible_to(reader.user)
    match view:
        case View.MINE:
            return tickets.live().assigned_to(reader.agent)
        case View.UNASSIGNED:
            return tickets.live().unassigned()
        case View.TEAM:
            return tickets.live()
        case View.OVERDUE:
            return tickets.overdue(reader.now)
        case View.CHECK_INS:
            return check_ins_due(tickets, reader.midnight)
        case View.LEVEL_3:
            return tickets.live().filter(pk__in=Escalation.objects.open().values("ticket"))
        case View.DONE:
            return tickets.done()


def check_ins_due(tickets: TicketQuerySet, by: datetime) -> TicketQuerySet:
    """Live tickets with a check-in due at or before `by`. The due moment on the ticket bounds what is looked at."""
    due = Clock.objects.running().of(ClockKind.CHECK_IN).due_by(by).filter(ticket=OuterRef("pk"))
    return tickets.live().filter(Exists(due), next_due_at__lte=by)


def last_public_reply() -> QuerySet[Message]:
    """Our last public word on the ticket of the outer query; none of ours: since it was opened."""
    ours = Message.objects.filter(ticket=OuterRef("pk"), author_kind=AuthorKind.AGENT)
    return ours.order_by("-created_at", "-pk")[:1]


def level_3_states() -> Subquery:
    """Where level 3 stands on the ticket of the outer query; null: nobody waits for it."""
    return Subquery(Escalation.objects.open().filter(ticket=OuterRef("pk")).values("state"))


class Bounded(Subquery):
    """How many rows a sliced query has, as one column."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS bounded)"
    output_field = models.IntegerField()


def counts(reader: Reader, views: tuple[View, ...] = tuple(View)) -> dict[View, int]:
    """How many tickets stand in each view, up to MOST_COUNTED; one statement for all of them."""
    columns = {
        view.value: Bounded(tickets_in(view, reader).order_by().values("pk")[:MOST_COUNTED])
        for view in views
        if view != View.DONE
    }
    row: Any = Agent.objects.filter(pk=reader.agent.pk).values(**columns).get() if columns else {}
    return {view: row[view.value] for view in views if view.value in row}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; every value is one of ours, never a column's name from outside."""

    priority: Priority | None = None
    status: Status | None = None
    tier: Tier | None = None
    account: int | None = None
    region: int | None = None
    language: str | None = None
    text: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """From query parameters; a value that is none of ours narrows nothing."""
        return cls(
            priority=_one_of(Priority, values.get("priority")),
            status=_one_of(Status, values.get("status")),
            tier=_one_of(Tier, values.get("tier")),
            account=_number(values.get("account")),
            region=_number(values.get("region")),
            language=values.get("language") if values.get("language") in {"en", "fr"} else None,
            text=as_line(str(values.get("q", "")))[:100],
        )

    def apply(self, tickets: TicketQuerySet) -> TicketQuerySet:
        narrowed = {
            name: value
            for name in ("priority", "status", "tier", "account", "region", "language")
            if (value := getattr(self, name)) is not None
        }
        tickets = tickets.filter(**narrowed)
        if self.text:
            tickets = tickets.filter(
                Q(subject__icontains=self.text)
                | Q(account__name__icontains=self.text)
                | Q(requester__user__name__icontains=self.text)
                | Q(requester__user__email__icontains=self.text)
            )
        return tickets

    @property
    def any(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Page:
    """Some rows of a view; `after` leads to the next ones and is empty on the last page."""

    tickets: list[Ticket]
    after: str


def page(view: View, filters: Filters, reader: Reader, *, after: str = "", size: int = PAGE) -> Page:
    """The rows of `view` in its order: what is due next first; what is done newest first. Two statements."""
    tickets = filters.apply(tickets_in(view, reader))
    if view == View.DONE:
        ordered = tickets.order_by("-pk")
        if pk := _number(after):
            ordered = ordered.filter(pk__lt=pk)
    else:
        ordered = _due_after(tickets, after).in_order_of_due()
    if view == View.CHECK_INS:
        ordered = ordered.annotate(last_word_at=Subquery(last_public_reply().values("created_at")))
    rows = list(ordered.annotate(level_3_state=level_3_states()).for_list()[: size + 1])
    more = len(rows) > size
    return Page(tickets=rows[:size], after=_key(view, rows[size - 1]) if more else "")


def _key(view: View, last: Ticket) -> str:
    if view == View.DONE:
        return str(last.pk)
    return f"{last.next_due_at.isoformat() if last.next_due_at else ''}~{last.pk}"


def _due_after(tickets: TicketQuerySet, after: str) -> TicketQuerySet:
    moment, sign, pk = after.partition("~")
    last = _number(pk)
    if not sign or last is None:
        return tickets
    if not moment:
        return tickets.filter(next_due_at=None, pk__gt=last)
    try:
        due = datetime.fromisoformat(moment)
    except ValueError:
        return tickets
    if due.tzinfo is None:
        return tickets
    return tickets.filter(Q(next_due_at__gt=due) | Q(next_due_at=due, pk__gt=last) | Q(next_due_at=None))


def _one_of(choices: Any, value: Any) -> Any:
    known = {str(choice.value): choice for choice in choices}
    return known.get(str(value))


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
