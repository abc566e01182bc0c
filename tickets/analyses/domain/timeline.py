"""What happened on a ticket, for the draft of its analysis. Internal notes are never read here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.lib.durations import say_moment
from portal.lib.names import city
from portal.lib.zones import zone
from sla.core.enums import ClockKind, Outcome
from sla.models import Clock
from tickets.core.domain.history import sentence
from tickets.core.enums import PUBLIC_EVENTS, EventKind
from tickets.core.models import Ticket, TicketEvent

# Told by the messages and the clocks themselves, or of no use to whoever reads about the cause.
_TOLD_ELSEWHERE = frozenset(
    {EventKind.MESSAGE, EventKind.ANALYSIS, EventKind.FOLLOWER_ADDED, EventKind.FOLLOWER_REMOVED}
)
MOST_ENTRIES, EXCERPT = 100, 80
LATER = timedelta(days=30)
# At one moment a ticket is opened, then come acts, words, and the promises that these have ended.
_OPENED, _DONE, _WRITTEN, _PROMISED = range(4)


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened, in the active language; at one moment the lower `rank` comes first, then the key."""

    at: datetime
    text: str
    rank: int
    key: int

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.at, self.rank, self.key


def entries_of(ticket: Ticket) -> list[TimelineEntry]:
    """Public history, messages and ended promises in the order of time."""
    kinds = sorted(PUBLIC_EVENTS - _TOLD_ELSEWHERE)
    events = ticket.events.filter(kind__in=kinds).select_related("actor")
    found = [
        TimelineEntry(event.created_at, _event(event), _OPENED if event.kind == EventKind.OPENED else _DONE, event.pk)
        for event in events
    ]
    for message in ticket.messages.select_related("author"):
        # Of an enhanced check-in, what changed; headings and the like are signs of writing, not words.
        text = (message.parts or {}).get("changed") or message.body
        first = " ".join(text.replace("#", " ").split())
        first = first if len(first) <= EXCERPT else f"{first[:EXCERPT].rstrip()}…"
        said = _("%(name)s wrote: “%(words)s”") % {"name": message.author.name, "words": first}
        found.append(TimelineEntry(message.created_at, said, _WRITTEN, message.pk))
    ended = ticket.clocks.filter(outcome__in=[Outcome.MET, Outcome.MISSED], stopped_at__isnull=False)
    found += [
        TimelineEntry(clock.stopped_at, _promise(clock), _PROMISED, clock.pk) for clock in ended if clock.stopped_at
    ]
    return sorted(found, key=lambda entry: entry.order)


def as_markdown(ticket: Ticket) -> str:
    """The timeline as a list in the ticket's language and its region's time, to begin the section with."""
    here = zone(ticket.region.time_zone)
    with translation.override(ticket.language), timezone.override(here):
        entries = entries_of(ticket)
        lines = [f"- **{say_moment(entry.at, entry.at + LATER, here)}** {entry.text}" for entry in entries]
        if len(lines) > MOST_ENTRIES:
            half = MOST_ENTRIES // 2
            lines = [*lines[:half], "- …", *lines[-half:]]
        return "\n".join([_("Times in %(city)s time.") % {"city": city(ticket.region.time_zone)}, "", *lines])


def _event(event: TicketEvent) -> str:
    said = sentence(event)
    if event.tells_itself or event.actor is None:
        return said[:1].upper() + said[1:]
    return f"{event.actor.name} {said}"


def _promise(clock: Clock) -> str:
    due = say_moment(clock.due_at, clock.due_at + LATER, timezone.get_current_timezone())
    is_response, met = clock.kind == ClockKind.RESPONSE, clock.outcome == Outcome.MET
    if is_response:
        said = _("Response target met (due %(due)s)") if met else _("Response target missed (due %(due)s)")
    else:
        said = _("Check-in on time (due %(due)s)") if met else _("Check-in missed (due %(due)s)")
    return said % {"due": due}
