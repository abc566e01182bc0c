"""Addresses under which a calendar application reads somebody's coming check-ins."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.core.models.contact import Contact
from accounts.core.models.user import User


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def live(self) -> Self:
        """Not revoked; whether its people may still act is for domain/feeds.py to say."""
        return self.filter(revoked_at=None)

    def of(self, user: User, contact: Contact | None) -> Self:
        """Those of a person for the account they act for; `contact` is None for staff."""
        return self.filter(user=user, contact=contact)


class CalendarFeed(models.Model):
    """A secret address that shows `user`, as `contact` (None: as staff), and no more than reading lets them see.

    The token in the address has 256 random bits and is shown once; `digest` is its SHA-256 in hex.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds", verbose_name=_("person"))
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_feeds",
        verbose_name=_("contact"),
    )  # fmt: skip
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                name="accounts_feed_one_live", fields=["user", "contact"], condition=models.Q(revoked_at=None)
            ),
            # No contact equals no other to a database, so staff need a rule of their own.
            models.UniqueConstraint(
                name="accounts_feed_one_live_of_staff", fields=["user"],
                condition=models.Q(revoked_at=None, contact=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user} ({self.created_at:%Y-%m-%d})"
