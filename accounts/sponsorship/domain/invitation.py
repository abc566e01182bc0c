"""A meeting as an iCalendar text (RFC 5545, 5546): one stable UID, a sequence that rises, in the reader's zone."""

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from accounts.core.enums import MeetingState
from accounts.core.models import User
from accounts.sponsorship.models import Meeting
from portal.lib.mail import one_line
from portal.lib.vtimezone import vtimezone
from portal.lib.zones import zone

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def invitation(
    meeting: Meeting, *, reader: User, method: str, starts_at: datetime, sequence: int, stamp: datetime
) -> str:
    """The text for `reader`. `stamp` is when the notice was written, so that a repeat is the same text."""
    with translation.override(reader.language):
        calendar = Calendar()
        calendar.add("PRODID", f"-//{settings.SITE_NAME}//Meetings//EN")
        calendar.add("VERSION", "2.0")
        calendar.add("METHOD", method)
        start = local(starts_at, reader.time_zone)
        if start.tzinfo is not UTC:
            calendar.add_component(vtimezone(reader.time_zone, start.year, start.year))
        event = Event()
        event.add("UID", uid(meeting))
        event.add("SEQUENCE", sequence)
        event.add("DTSTAMP", stamp.astimezone(UTC).replace(microsecond=0))
        event.add("DTSTART", start)
        event.add("DURATION", timedelta(minutes=meeting.length_minutes))
        event.add("SUMMARY", title(meeting))
        event.add("DESCRIPTION", description(meeting))
        event.add("URL", address(meeting, staff=reader.is_staff))
        if meeting.join_url:
            event.add("LOCATION", meeting.join_url)
        event.add("STATUS", "CANCELLED" if method == CANCEL else "CONFIRMED")
        if method != PUBLISH:
            event.add("ORGANIZER", _person(settings.SITE_NAME, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
            event.add("ATTENDEE", _person(reader.name, reader.email))
        calendar.add_component(event)
        return str(calendar.to_ical(), "utf-8")


def uid(meeting: Meeting) -> str:
    return f"meeting-{meeting.pk}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}"


def title(meeting: Meeting) -> str:
    return _("Executive sponsor meeting: %(account)s") % {"account": one_line(meeting.account.name)}


def description(meeting: Meeting) -> str:
    """The agenda so far, and where to join."""
    lines = [f"{item.number}. {one_line(item.text)}" for item in meeting.agenda.all()]
    lines = [_("Agenda:"), *lines] if lines else [_("The agenda is still empty. You can both add to it.")]
    if meeting.join_url:
        lines.append(_("Join the meeting: %(url)s") % {"url": meeting.join_url})
    return "\n".join(lines)


def address(meeting: Meeting, *, staff: bool) -> str:
    if staff:
        path = reverse("admin:accounts_meeting_change", args=[meeting.pk])
    else:
        path = reverse("accounts:meetings") + f"#meeting-{meeting.pk}"
    return f"{settings.SITE_URL}{path}"


def local(at: datetime, zone_name: str) -> datetime:
    """The moment by the reader's clock; in UTC in the second pass of an hour that the clocks repeat, and for UTC."""
    there = at.replace(microsecond=0).astimezone(zone(zone_name))
    return at.replace(microsecond=0).astimezone(UTC) if there.fold or str(there.tzinfo) == "UTC" else there


def is_firm(meeting: Meeting) -> bool:
    return meeting.state == MeetingState.CONFIRMED and meeting.starts_at is not None


def _person(name: str, email: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{email}")
    person.params["CN"] = one_line(name)
    return person
