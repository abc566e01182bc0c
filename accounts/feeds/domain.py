"""Calendar feeds: an address that is shown once, replaced or revoked at will, and works only while its owner does."""

import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.people import may_act
from accounts.core.models import Contact, User
from accounts.feeds.models import CalendarFeed
from portal.lib.errors import NotAllowed
from portal.lib.secret import digest

PREFIX = "cal_"
# Calendar applications ask every few minutes; the page that shows this needs no more than the hour.
READ_EVERY = timedelta(hours=1)
_TOKEN = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")


@transaction.atomic
def renew_feed(user: User, contact: Contact | None, *, now: datetime) -> tuple[CalendarFeed, str]:
    """A new address for what `user` sees as `contact` (None: as staff); the one before ends in the same moment.

    Returns the row and its token, which is nowhere stored and never shown again. Raises NotAllowed for somebody who
    is neither.
    """
    if not may_act(user, contact):
        raise NotAllowed(
            _(
                "Calendar links are for contacts of an account and for the support team. Ask an "
                "administrator of your account."
            )
        )
    # Whoever asks twice at once stands in line, and the later address is the one that works.
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    revoke_feed(user, contact, now=now)
    token = PREFIX + secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=user, contact=contact, digest=digest(token), created_at=now)
    return feed, token


def revoke_feed(user: User, contact: Contact | None, *, now: datetime) -> bool:
    """From the next request on the address shows nothing; False when there was none."""
    return CalendarFeed.objects.of(user, contact).live().update(revoked_at=now) > 0


def live_feed(user: User, contact: Contact | None) -> CalendarFeed | None:
    """The feed that works now for this person in this role, if they have made one."""
    return CalendarFeed.objects.of(user, contact).live().first()


def feed_owner(token: str, *, now: datetime) -> CalendarFeed | None:
    """The live feed behind `token`, with everybody it speaks for, in one query; notes that it was read.

    None for a token that was never one, was revoked, or whose person, contact or account is not active any more.
    """
    if not _TOKEN.fullmatch(token):
        return None
    found = CalendarFeed.objects.live().filter(digest=digest(token))
    feed = found.select_related("user__agent", "contact__account").first()
    if feed is None or not may_act(feed.user, feed.contact):
        return None
    if feed.last_read_at is None or now - feed.last_read_at >= READ_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=now)
    return feed
