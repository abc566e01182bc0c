"""Is anybody there for this person, until when, and in which language. The one answer that page, API and verbs give."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import entitlements_of
from accounts.models import Contact, Region
from sla.business_time import ALWAYS_OPEN, NoOpenTime
from sla.core.domain.calendars import business_calendar, calendar_of
from sla.models import Calendar
from tickets.chat.domain.presence import agents_on
from tickets.chat.models import Chat
from tickets.core.domain import clocks as promises
from tickets.core.enums import ChatState

LATELY = timedelta(hours=2)
# So many waits at least make an estimate; with fewer only the place is said.
ENOUGH = 3
ENGLISH = "en"


@dataclass(frozen=True)
class Availability:
    """`hours_open`: the hours in which chats are answered for this person; `is_open`: somebody is there, too.

    `language` is what an answer comes in now; `own_language_at` when it comes in the person's own, if that is later.
    `closes_at` None: never. `opens_at` None while open, or when the region never opens.
    """

    region: Region
    is_open: bool
    hours_open: bool
    language: str
    closes_at: datetime | None
    opens_at: datetime | None
    own_language_at: datetime | None
    round_the_clock: bool

    @property
    def reason(self) -> str:
        """Why it is closed, in a word for programs."""
        if self.is_open:
            return ""
        return "nobody_there" if self.hours_open else "outside_hours"


def availability(contact: Contact, *, now: datetime) -> Availability:
    """Business hours of the person's region; on tiers around the clock always, then in English (semantics §2)."""
    entitlements = entitlements_of(contact, now)
    region = promises.region_for(contact, entitlements)
    always, own = entitlements.terms.round_the_clock, contact.user.language
    try:
        business = business_calendar(calendar_of(region))
        in_hours = business.is_open(now)
        changes_at = business.next_closing(now) if in_hours else business.next_opening(now)
    except (Calendar.DoesNotExist, NoOpenTime):
        in_hours, changes_at = False, None
    hours_open = always or in_hours
    spoken = {language for agent in agents_on(now) for language in (agent.languages or [ENGLISH])}
    in_own = in_hours and own in spoken
    language = own if in_own or own == ENGLISH else ENGLISH
    is_open = hours_open and (language in spoken)
    return Availability(
        region=region,
        is_open=is_open,
        hours_open=hours_open,
        language=language,
        closes_at=changes_at if in_hours and not always else None,
        opens_at=changes_at if not hours_open else None,
        own_language_at=changes_at if always and not in_hours and own != ENGLISH else None,
        round_the_clock=always,
    )


def closed_for(chat: Chat, *, now: datetime) -> bool:
    """The hours in which this chat is answered are over."""
    entitlements = entitlements_of(chat.contact, now)
    if entitlements.terms.round_the_clock:
        return not ALWAYS_OPEN.is_open(now)
    return not business_calendar(promises.calendar_for(chat.region)).is_open(now)


def place_of(chat: Chat) -> int | None:
    """The place in the queue, 1 is next; None once somebody has the chat."""
    if chat.state != ChatState.WAITING:
        return None
    waiting = Chat.objects.filter(state=ChatState.WAITING)
    return waiting.filter(due_at__lt=chat.due_at).count() + (
        waiting.filter(due_at=chat.due_at, pk__lte=chat.pk).count()
    )


def usual_wait(*, now: datetime) -> timedelta | None:
    """How long people waited lately, the median; None when there is too little to say it honestly."""
    taken = Chat.objects.filter(taken_at__gt=now - LATELY, taken_at__lte=now)
    rows = taken.values_list("taken_at", "started_at")[:200]
    waits = [(taken_at - started_at).total_seconds() for taken_at, started_at in rows if taken_at]
    return timedelta(seconds=median(waits)) if len(waits) >= ENOUGH else None


def why_closed(found: Availability) -> str:
    """One sentence for whoever wanted to chat now."""
    if found.hours_open:
        return _("Chat is not available right now. Open a ticket: its target starts when you send it.")
    return _("The chat is closed. Open a ticket: its target starts when you send it.")
