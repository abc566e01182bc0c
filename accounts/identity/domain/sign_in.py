"""Proof of who somebody is: passwords, how often they may be tried, and the way back in.

An unknown address, a wrong password and a deactivated person get the same answer after the same work.
"""

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.models import User
from accounts.core.models.user import normal_email
from portal.lib import outbox
from portal.lib.durations import say_duration
from portal.lib.limits import Limit, give_back, hit

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)

# Of one address from anywhere, and of one network for any address: a whole office may sit behind one.
TRIES_OF_ADDRESS = Limit("sign-in of an address", 20, QUARTER)
TRIES_OF_NETWORK = Limit("sign-in from a network", 100, QUARTER)
TRIES_OF_OLD_PASSWORD = Limit("old password", 10, QUARTER)
RESET_MAILS = Limit("reset mails to an address", 3, HOUR)
RESETS_OF_NETWORK = Limit("resets from a network", 30, HOUR)
LINKS_OF_NETWORK = Limit("reset links from a network", 60, HOUR)

# Longer ones are refused before any of them is hashed, because hashing takes its time on purpose.
LONGEST_PASSWORD = 1024


class TooManyAttempts(ValidationError):
    """The limit is reached; `wait` says for how long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(too_many_words(wait), code="too_many_attempts")
        self.wait = wait


def too_many_words(wait: timedelta) -> str:
    """When to try again, in whole minutes and never too early."""
    minutes = -(-wait // timedelta(minutes=1))
    return _("Too many attempts. Try again in %(wait)s.") % {"wait": say_duration(timedelta(minutes=minutes))}


def authenticate(email: str, password: str, *, network: str, now: datetime) -> User | None:
    """The person with this address and password, if they may sign in; None for every other reason.

    Every try is counted before it is examined, for the address and for the network, and a good one is given back:
    tries side by side cannot pass the limit, and signing in to one's own account clears nothing that was counted
    for somebody else. Raises TooManyAttempts.
    """
    email = normal_email(email)
    for limit, key in ((TRIES_OF_ADDRESS, email), (TRIES_OF_NETWORK, network)):
        if wait := hit(limit, key, now=now):
            raise TooManyAttempts(wait)
    user = User.objects.filter(email=email).first() if len(password) <= LONGEST_PASSWORD else None
    if user is None:
        User().set_password(password[:LONGEST_PASSWORD])  # as much work as checking one
        return None
    if not user.check_password(password) or not user.is_active:
        return None
    give_back(TRIES_OF_ADDRESS, email, now=now)
    give_back(TRIES_OF_NETWORK, network, now=now)
    return user


@transaction.atomic
def ask_for_reset(email: str, *, now: datetime) -> None:
    """Write a link to a new password to the stored address of the active person who has it; tells nobody whether.

    The row holds no secret: the link is made when the mail leaves (accounts/mails.py).
    """
    email = normal_email(email)
    wait = hit(RESET_MAILS, email, now=now)
    user = User.objects.active().filter(email=email).first()
    if user is not None and wait is None:
        outbox.write("password_reset", key=f"password_reset:{uuid.uuid4().hex}", recipients=[user.pk], data={}, now=now)
