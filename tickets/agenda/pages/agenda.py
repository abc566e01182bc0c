"""Coming check-ins as an iCalendar text (RFC 5545), in the reader's language and time zone."""

import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import Contact, User
from portal.lib.durations import say_business_hours
from portal.lib.vtimezone import vtimezone
from portal.lib.zones import zone
from sla.core.domain.terms import MINUTE
from sla.core.enums import CheckInRule
from sla.models import Clock
from tickets.core.domain.feed import REFRESH, CheckIn, FeedItem, entries_for
from tickets.core.models import Ticket

LENGTH = timedelta(minutes=15)


def agenda(check_ins: list[CheckIn], *, user: User, contact: Contact | None, now: datetime) -> bytes:
    """The whole file. What has not changed gives the same bytes, so that nothing new can be answered as such."""
    with translation.override(user.language):
        entries = entries_for(user, contact, now=now)
        calendar = Calendar()
        calendar.add("PRODID", f"-//{settings.SITE_NAME}//Check-ins//EN")
        calendar.add("VERSION", "2.0")
        calendar.add("CALSCALE", "GREGORIAN")
        calendar.add("X-WR-CALNAME", _calendar_name(contact))
        calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", "PT15M")
        starts = [_local(check_in.at, user.time_zone) for check_in in check_ins]
        others = [_local(entry.at, user.time_zone) for entry in entries]
        zoned = [start for start in (*starts, *others) if start.tzinfo is not UTC]
        if zoned:
            calendar.add_component(
                vtimezone(user.time_zone, min(at.year for at in zoned), max(at.year for at in zoned))
            )
        for check_in, start in zip(check_ins, starts, strict=True):
            calendar.add_component(_event(check_in, start, staff=contact is None))
        for entry, start in zip(entries, others, strict=True):
            calendar.add_component(_appointment(entry, start))
    return calendar.to_ical()


def _event(check_in: CheckIn, start: datetime, *, staff: bool) -> Event:
    ticket, clock = check_in.ticket, check_in.clock
    event = Event()
    event.add("UID", f"check-in-{clock.pk}-{check_in.ordinal}@{_host()}")
    # Without a METHOD this is when the entry was last revised, not when it was read.
    event.add("DTSTAMP", check_in.reckoned_at.astimezone(UTC).replace(microsecond=0))
    event.add("DTSTART", start)
    event.add("DURATION", LENGTH)
    event.add(
        "SUMMARY",
        _("Check-in on %(number)s: %(subject)s") % {"number": ticket.number, "subject": one_line(ticket.subject)},
    )
    event.add("DESCRIPTION", _rhythm(clock))
    event.add("URL", _address(ticket, staff=staff))
    event.add("STATUS", "CONFIRMED" if check_in.is_promised else "TENTATIVE")
    event.add("SEQUENCE", check_in.due_changes)
    # Nobody is busy because a check-in comes.
    event.add("TRANSP", "TRANSPARENT")
    return event


def _appointment(entry: FeedItem, start: datetime) -> Event:
    event = Event()
    event.add("UID", f"{entry.name}@{_host()}")
    event.add("DTSTAMP", entry.revised_at.astimezone(UTC).replace(microsecond=0))
    event.add("DTSTART", start)
    event.add("DURATION", entry.length)
    event.add("SUMMARY", one_line(entry.title))
    event.add("DESCRIPTION", entry.words)
    event.add("URL", f"{settings.SITE_URL}{entry.path}")
    event.add("STATUS", "CONFIRMED" if entry.is_firm else "TENTATIVE")
    event.add("SEQUENCE", entry.sequence)
    return event


def _local(at: datetime, zone_name: str) -> datetime:
    """The moment on the reader's watch, to the minute as pages say it.

    In UTC for the second pass of an hour that the clocks repeat: a local time names its first pass only (RFC 5545,
    3.3.5). And for readers in UTC, which needs no description.
    """
    at = at.replace(second=0, microsecond=0)
    local = at.astimezone(zone(zone_name))
    return at.astimezone(UTC) if local.fold or str(local.tzinfo) == "UTC" else local


def _calendar_name(contact: Contact | None) -> str:
    if contact is None:
        return _("%(site)s: your check-ins") % {"site": settings.SITE_NAME}
    return _("%(site)s: check-ins for %(account)s") % {
        "site": settings.SITE_NAME,
        "account": one_line(contact.account.name),
    }


def _rhythm(clock: Clock) -> str:
    """One sentence: how often, and in whose hours that is counted."""
    region = clock.calendar.region.name
    if clock.rule == CheckInRule.BUSINESS_DAY:
        return _("A check-in once per business day, calculated in business hours (%(region)s).") % {"region": region}
    return _("A check-in every %(amount)s (%(region)s).") % {
        "amount": say_business_hours((clock.target_minutes or 0) * MINUTE),
        "region": region,
    }


def _address(ticket: Ticket, *, staff: bool) -> str:
    path = reverse("admin:tickets_ticket_change", args=[ticket.pk]) if staff else ticket.get_absolute_url()
    return f"{settings.SITE_URL}{path}"


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def one_line(text: str) -> str:
    """`text` without line breaks and other control signs: it stands in one line of somebody else's program."""
    shown = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    return " ".join(shown.split())
