"""How allauth behaves here: nobody signs up by themselves, tries are counted in the database, no mail leaves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.core.models import User
from accounts.identity.domain import sign_in
from portal.lib import clock
from portal.lib.http import is_own_path
from portal.lib.limits import network_of


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The email address or password is incorrect. Try again, or reset your password."),
        "enter_current_password": _("Your current password is incorrect. Enter it again."),
        "invalid_password_reset": _("This link no longer works. Request a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Contacts are invited by their account's administrators or by staff."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Page and API alike. Raises accounts.identity.domain.sign_in.TooManyAttempts, which is a ValidationError."""
        return sign_in.authenticate(
            credentials.get("email", ""),
            credentials.get("password", ""),
            network=network_of(request),
            now=clock.machine_now(),
        )

    def is_safe_url(self, url: str) -> bool:
        """After signing in one goes on within this site: to a path, never to a host, not even our own name."""
        return is_own_path(url)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing leaves from here: what people are told is written by verbs, through the outbox."""
        raise NotImplementedError(template_prefix)
