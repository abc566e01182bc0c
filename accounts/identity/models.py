"""Tokens for programs: shown once, stored as a hash, with scopes and an expiry."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.core.models.contact import Contact
from accounts.core.models.user import User

SCOPE_NAMES = {"read": pgettext_lazy("scope of a token", "read"), "write": pgettext_lazy("scope of a token", "write")}


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self, now: datetime) -> Self:
        """Neither revoked nor expired, and the person behind it is active."""
        return self.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


class ApiToken(models.Model):
    """A key with which a program acts as `user`, for `contact`'s account (None: as staff).

    The secret has 256 random bits and is shown once; `digest` is its SHA-256 in hex; `hint` its first letters.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("person"))
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="api_tokens", verbose_name=_("contact")
    )
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("starts with"), max_length=16, editable=False)
    scopes = models.JSONField(_("permissions"), default=list)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="accounts_apitoken_expires_later", condition=models.Q(expires_at__gt=models.F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def said_scopes(self) -> str:
        """What it may do, in the language of the reader."""
        return ", ".join(str(SCOPE_NAMES.get(scope, scope)) for scope in self.scopes)
