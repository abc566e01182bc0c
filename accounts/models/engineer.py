"""Designated lead engineers: one per account and region."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account, Region
from accounts.models.agent import Agent


class DesignatedEngineer(models.Model):
    """The engineer who gets the new tickets of an account in a region (Platinum), with a back-up for absences."""

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="designated_engineers", verbose_name=_("account")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="designations", verbose_name=_("engineer"))
    backup = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="backup_designations",
        verbose_name=_("back-up"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("designated engineer")
        verbose_name_plural = _("designated engineers")
        ordering = ["account", "region"]
        constraints = [
            models.UniqueConstraint(name="accounts_engineer_one_per_region", fields=["account", "region"]),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.region} · {self.agent}"
