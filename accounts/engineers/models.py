"""Designated lead engineers: one per account and region at a time, with everybody who was one before."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.core.models.account import Account, Region
from accounts.core.models.agent import Agent
from accounts.core.models.user import User


class DesignatedEngineerQuerySet(models.QuerySet["DesignatedEngineer"]):
    def current(self) -> Self:
        """Those who are designated now; the other rows are history."""
        return self.filter(ended_at=None)

    def ended(self) -> Self:
        return self.filter(ended_at__isnull=False)

    def at(self, moment: datetime) -> Self:
        """Those who were designated at `moment`. A row without a beginning is older than the history."""
        begun = Q(started_at=None) | Q(started_at__lte=moment)
        return self.filter(begun, Q(ended_at=None) | Q(ended_at__gt=moment))

    def with_people(self) -> Self:
        return self.select_related("region", "agent__user", "backup__user")


class DesignatedEngineer(models.Model):
    """One holding: who gets the new tickets of an account in a region (Platinum), with a back-up, from when to when.

    Rows are never deleted, only ended; a change of the engineer or of the back-up ends one and begins another.
    """

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="designated_engineers", verbose_name=_("account")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="designations", verbose_name=_("engineer"))
    backup = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="backup_designations",
        verbose_name=_("backup engineer"),
    )  # fmt: skip
    started_at = models.DateTimeField(_("from"), null=True, editable=False)
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("assigned by")
    )
    ended_at = models.DateTimeField(_("until"), null=True, editable=False)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("ended by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DesignatedEngineerQuerySet.as_manager()

    class Meta:
        verbose_name = _("designated engineer")
        verbose_name_plural = _("designated engineers")
        ordering = ["account", "region", F("ended_at").desc(nulls_first=True), "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="accounts_engineer_one_per_region", fields=["account", "region"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="accounts_engineer_has_another_backup", condition=Q(backup=None) | ~Q(backup=F("agent"))
            ),
            models.CheckConstraint(
                name="accounts_engineer_ends_after_start",
                condition=Q(ended_at=None) | Q(started_at=None) | Q(ended_at__gte=F("started_at")),
            ),
        ]
        indexes = [
            # Serves the history on the account pages, and at(moment) for continuity: an account has a handful of rows.
            models.Index(name="accounts_engineer_history", fields=["account", "region", "started_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.region} · {self.agent}"
