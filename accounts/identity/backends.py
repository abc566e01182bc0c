"""Finds the person behind a session together with their role, in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.core.models import User


class PersonBackend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("agent").filter(pk=user_id).first()
        return user if user and user.is_active else None
