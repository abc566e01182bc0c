"""What mails about people need at the moment they leave."""

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.http import int_to_base36

from accounts.models import User
from portal.lib import outbox
from portal.lib.outbox import Notice


def reset_url(user: User) -> str:
    """A link to a new password: works once, for an hour, and dies with any change of password or address.

    Built on the configured address of the site, never on what a request says.
    """
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": int_to_base36(user.pk), "key": default_token_generator.make_token(user)},
    )
    return f"{settings.SITE_URL}{path}"


@outbox.completes("password_reset")
def reset_link(notice: Notice) -> dict[str, Any]:
    return {"url": reset_url(notice.recipient), "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}


@outbox.completes("welcome")
def welcome_link(notice: Notice) -> dict[str, Any]:
    """The way in: to a first password for somebody new, to the sign-in page for somebody who has one."""
    person = notice.recipient
    if person.has_usable_password():
        return {"url": f"{settings.SITE_URL}{reverse('account_login')}", "is_new": False}
    return {
        "url": reset_url(person),
        "is_new": True,
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
        "again": f"{settings.SITE_URL}{reverse('account_reset_password')}",
    }


@outbox.completes("seat_validated")
@outbox.completes("seat_declined")
def seats_link(notice: Notice) -> dict[str, Any]:
    """Where the seats stand: the account's page, or the desk for staff."""
    page = "admin:accounts_seat_changelist" if notice.recipient.is_staff else "accounts:account"
    return {"url": f"{settings.SITE_URL}{reverse(page)}"}
