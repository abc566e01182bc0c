"""Meetings with executive sponsors in the calendar feed of who takes part."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Prefetch, Q

from accounts.core.enums import MeetingEventKind, MeetingState
from accounts.models import Contact, Meeting, MeetingEvent, User
from accounts.sponsorship.domain.invitation import address, description, title
from tickets.core.domain.feed import FeedItem, contributes

MOST = 50


@contributes
def meetings(user: User, contact: Contact | None, now: datetime) -> list[FeedItem]:
    """The confirmed ones from today on: those of the account, or those that a member of staff holds. Three queries."""
    confirmed = Meeting.objects.visible_to(user).filter(state=MeetingState.CONFIRMED)
    if contact is not None:
        confirmed = confirmed.filter(account=contact.account_id)
    elif user.is_staff:
        confirmed = confirmed.filter(Q(sponsor__user=user) | Q(deputy__user=user))
    else:
        return []
    said = MeetingEvent.objects.filter(kind__in=[MeetingEventKind.CONFIRMED, MeetingEventKind.MOVED])
    coming = confirmed.filter(starts_at__gt=now - timedelta(days=1)).order_by("starts_at", "pk").with_people()
    coming = coming.prefetch_related("agenda", Prefetch("events", queryset=said))
    return [_entry(meeting, staff=contact is None) for meeting in coming[:MOST]]


def _entry(meeting: Meeting, *, staff: bool) -> FeedItem:
    place = urlsplit(address(meeting, staff=staff))
    return FeedItem(
        name=f"meeting-{meeting.pk}",
        at=meeting.starts_at or meeting.proposed_at,
        length=timedelta(minutes=meeting.length_minutes),
        title=title(meeting),
        words=description(meeting),
        path=place.path + (f"#{place.fragment}" if place.fragment else ""),
        revised_at=max([meeting.proposed_at, *(event.at for event in meeting.events.all())]),
        sequence=meeting.sequence,
    )
