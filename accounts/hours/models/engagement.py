"""Engagements: a piece of professional services, asked for, planned, accepted, scheduled and delivered."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import EngagementState
from accounts.core.models.account import Account
from accounts.core.models.agent import Agent
from accounts.core.models.contact import Contact
from accounts.core.models.user import User


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, user: User, contact: Contact | None = None) -> Self:
        """The only door: staff see all, a contact those of the account they act for."""
        if user.is_staff:
            return self
        if contact is None or contact.user_id != user.pk:
            return self.none()
        return self.filter(account=contact.account_id)

    def open(self) -> Self:
        return self.exclude(state__in=[EngagementState.DELIVERED, EngagementState.CANCELLED])

    def for_page(self) -> Self:
        return self.select_related("account__home_region", "requested_by__user", "engineer__user")


class Engagement(models.Model):
    """Work that uses hours of the contract. State and hours are written by the verbs in domain/engagements.py."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="engagements", verbose_name=_("account")
    )
    requested_by = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="engagements", verbose_name=_("requested by")
    )
    state = models.CharField(
        _("status"), max_length=9, choices=EngagementState.choices, default=EngagementState.REQUESTED
    )
    topic = models.CharField(_("subject"), max_length=120)
    wish = models.TextField(_("desired result"))
    wished_dates = models.CharField(_("availability"), max_length=200, blank=True)
    plan = models.TextField(_("plan"), blank=True)
    goals = models.TextField(_("goals"), blank=True)
    planned_minutes = models.PositiveIntegerField(_("planned duration in minutes"), null=True, blank=True)
    engineer = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="engagements", verbose_name=_("engineer")
    )
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    requested_at = models.DateTimeField(_("requested"))
    updated_at = models.DateTimeField(_("last change"))
    # Rises with every act: an acceptance names the plan that was read.
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                name="accounts_engagement_state_known", condition=Q(state__in=EngagementState.values)
            ),
            models.CheckConstraint(
                name="accounts_engagement_planned_says_how_much",
                condition=Q(state__in=[EngagementState.REQUESTED, EngagementState.CANCELLED])
                | Q(planned_minutes__gt=0),
            ),
            models.CheckConstraint(
                name="accounts_engagement_ends_after_start", condition=Q(starts_at=None) | Q(ends_at__gt=F("starts_at"))
            ),
        ]
        indexes = [
            # Serves the account's page and the board of the desk.
            models.Index(name="accounts_engagement_of", fields=["account", "-requested_at"]),
            models.Index(name="accounts_engagement_board", fields=["state", "requested_at"]),
        ]

    def __str__(self) -> str:
        return self.topic


class EngagementEvent(models.Model):
    """One step of an engagement, who took it and in which words."""

    engagement = models.ForeignKey(
        Engagement, on_delete=models.CASCADE, related_name="events", verbose_name=_("engagement")
    )
    state = models.CharField(_("status"), max_length=9, choices=EngagementState.choices)
    words = models.TextField(_("comment"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of an engagement")
        verbose_name_plural = _("steps of engagements")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.engagement} · {self.get_state_display()}"
