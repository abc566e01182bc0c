"""Links in mails, and the address of a calendar."""

from accounts.feeds.domain import renew_feed
from portal.lib.clock import now
from tickets.core.domain.unfollowing import unfollow_token


def specimens(world):
    contact = world["contact"]
    _feed, token = renew_feed(contact.user, contact, now=now())
    return {
        "tickets:unfollow": {"token": unfollow_token(world["ticket"].pk, contact.user_id)},
        "tickets:feed": {"token": token},
    }
