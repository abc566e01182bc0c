"""What mails about people need at the moment they leave."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import translation
from django.utils.http import int_to_base36

from accounts.core.domain.people import admins_of
from accounts.core.enums import StaffRole, Tier
from accounts.core.models import Account, Seat, User
from portal.lib import outbox
from portal.lib.durations import say_by, say_with_day
from portal.lib.outbox import Notice
from portal.lib.zones import zone


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


@outbox.completes("seat_nominated")
@outbox.completes("seat_withdrawn")
@outbox.completes("seat_moved")
@outbox.completes("seat_validated")
@outbox.completes("seat_declined")
def seats_link(notice: Notice) -> dict[str, Any]:
    """Where the seats stand: the account's page, or the desk for staff."""
    page = "admin:accounts_seat_changelist" if notice.recipient.is_staff else "accounts:account"
    return {
        "url": f"{settings.SITE_URL}{reverse(page)}",
        "yours": notice.data.get("holder") == notice.recipient_id,
        "place": _named(notice.data.get("region"), notice.recipient),
    }


@outbox.completes("contact_changed")
def contact_changed(notice: Notice) -> dict[str, Any]:
    """Whose access has ended gets no link to what they can open no more."""
    yours = notice.data["user"] == notice.recipient_id
    ended = yours and notice.data["what"] == "access_ended"
    return {"yours": yours, "url": "" if ended else f"{settings.SITE_URL}{reverse('accounts:account')}"}


@outbox.completes("contract_changed")
def contract_changed(notice: Notice) -> dict[str, Any]:
    """With the seats over the limit, for whoever chooses among them."""
    account, reader, data = Account.objects.get(pk=notice.data["account"]), notice.recipient, notice.data
    chooses = bool(data["after"]) and (reader.is_staff or reader.pk in admins_of(account.pk))
    over = Seat.objects.taken().filter(account=account, number__gt=data["limit"]).count() if chooses else 0
    desk = reverse("admin:accounts_account_change", args=[account.pk])
    page = desk if reader.is_staff else reverse("accounts:account")
    with translation.override(reader.language):
        tiers = {name: str(Tier(data[name]).label) if data[name] else "" for name in ("before", "after")}
    return tiers | {
        "account": account.name, "over": over, "url": f"{settings.SITE_URL}{page}",
    }  # fmt: skip


@outbox.completes("absence")
def absence(notice: Notice) -> dict[str, Any]:
    here = zone(notice.recipient.time_zone)
    with translation.override(notice.recipient.language):
        said = {
            end: say_with_day(datetime.fromisoformat(notice.data[f"{end}_at"]), here, here, say=say_by)
            for end in ("starts", "ends")
        }
    return said | {"url": f"{settings.SITE_URL}{reverse('admin:accounts_awayperiod_changelist')}"}


@outbox.completes("staff_role")
def staff_role(notice: Notice) -> dict[str, Any]:
    with translation.override(notice.recipient.language):
        role = str(StaffRole(notice.data["role"]).label)
    return {"role": role, "url": f"{settings.SITE_URL}{reverse('admin:index')}"}


@outbox.completes("account_role")
def account_role(notice: Notice) -> dict[str, Any]:
    account = Account.objects.get(pk=notice.data["account"])
    return {
        "account": account.name,
        "place": _named(notice.data["region"], notice.recipient),
        "url": f"{settings.SITE_URL}{reverse('admin:accounts_account_change', args=[account.pk])}",
    }


def _named(names: dict[str, str] | None, reader: User) -> str:
    return (names.get(reader.language) or names["en"]) if names else ""
