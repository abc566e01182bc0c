"""The filters of the ticket list, read from the address: what is known is applied, what is not is named and dropped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from sla.core.enums import Priority
from tickets.core.enums import DONE, LIVE, OUR_TURN, Status, Turn
from tickets.core.models.ticket import TicketQuerySet, ticket_pk

LONGEST_SEARCH = 100


class Tab(StrEnum):
    MINE = "mine"
    ORGANISATION = "organisation"
    FOLLOWED = "followed"


_TURNS = {Turn.YOURS: [Status.WAITING], Turn.OURS: sorted(OUR_TURN), Turn.DONE: sorted(DONE)}
# In the address: turn, status, priority and q. "live" is the word for everything that is not finished.
LIVE_WORD = "live"


@dataclass(frozen=True)
class Tag:
    """One filter that is on: what it says, and the query without it."""

    text: str
    without: str


@dataclass
class Filters:
    """What the address asks for. `dropped` names what it asked for in vain."""

    tab: Tab = Tab.MINE
    turn: Turn | None = None
    status: Status | str | None = None
    priority: Priority | None = None
    q: str = ""
    dropped: list[str] = field(default_factory=list)
    query: QueryDict = field(default_factory=QueryDict)

    @property
    def on(self) -> bool:
        return bool(self.turn or self.status or self.priority or self.q)

    def apply(self, tickets: TicketQuerySet) -> TicketQuerySet:
        """The tickets that pass every filter that is on."""
        if self.turn:
            tickets = tickets.filter(status__in=_TURNS[self.turn])
        if self.status == LIVE_WORD:
            tickets = tickets.filter(status__in=sorted(LIVE))
        elif self.status:
            tickets = tickets.filter(status=self.status)
        if self.priority:
            tickets = tickets.filter(priority=self.priority)
        if self.q:
            words = Q(subject__icontains=self.q)
            number = ticket_pk(self.q)
            tickets = tickets.filter(words | Q(pk=number) if number and number > 0 else words)
        return tickets

    def tags(self) -> list[Tag]:
        """Each filter that is on, with the address that takes it off."""
        said: dict[str, str] = {}
        if self.turn:
            said["turn"] = str(self.turn.label)
        if self.status == LIVE_WORD:
            said["status"] = _("Unsolved")
        elif isinstance(self.status, Status):
            said["status"] = str(self.status.to_customer)
        if self.priority:
            said["priority"] = self.priority.said
        if self.q:
            said["q"] = _("“%(words)s”") % {"words": self.q}
        return [Tag(text=text, without=self.address(**{name: None})) for name, text in said.items()]

    def address(self, **changes: str | None) -> str:
        """The query string with `changes`; a page of the old result makes no sense in the new one."""
        query = self.query.copy()
        query.pop("before", None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        for name in [name for name, values in query.lists() if not any(values)]:
            del query[name]
        return "?" + query.urlencode()


def read_filters(query: QueryDict) -> Filters:
    """Read the address. Nothing in it can break the page."""
    filters = Filters(query=query.copy())
    choices: dict[str, tuple[Callable[[str], Any], str]] = {
        "tab": (Tab, _("The tab “%(value)s”")),
        "turn": (Turn, _("Waiting for “%(value)s”")),
        "status": (Status, _("The status “%(value)s”")),
        "priority": (_priority, _("The priority “%(value)s”")),
    }
    for name, (read, words) in choices.items():
        value = query.get(name, "")
        if not value:
            continue
        if name == "status" and value == LIVE_WORD:
            filters.status = LIVE_WORD
            continue
        try:
            setattr(filters, name, read(value))
        except ValueError:
            filters.dropped.append(words % {"value": value[:40]})
            del filters.query[name]
    filters.q = " ".join(query.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH]
    return filters


def _priority(value: str) -> Priority:
    if value not in {"1", "2", "3", "4"}:
        raise ValueError(value)
    return Priority(int(value))
