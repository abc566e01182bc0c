"""Warnings that a contract ends: written once per contract and distance."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.core.models.contract import Contract


class ContractWarning(models.Model):
    """The account and our leads were told, `days` days before the last day, that nothing follows this contract."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="warnings", verbose_name=_("contract")
    )
    ends_on = models.DateField(_("last day"))
    days = models.PositiveSmallIntegerField(_("days before the end"))
    warned_at = models.DateTimeField(_("notified"))

    class Meta:
        verbose_name = _("end-of-contract reminder")
        verbose_name_plural = _("end-of-contract reminders")
        ordering = ["-warned_at"]
        constraints = [
            # A contract that was prolonged is warned of again, for its new last day.
            models.UniqueConstraint(name="accounts_contractwarning_once", fields=["contract", "ends_on", "days"]),
        ]

    def __str__(self) -> str:
        return f"{self.contract} · {self.days}"
