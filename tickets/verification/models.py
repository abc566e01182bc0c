"""The self-check: one row per run, with how far it is and what it found."""

from datetime import UTC

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.lib.durations import say_stamp


class Part(models.TextChoices):
    """What a run looks through, in this order."""

    CLOCKS = "clocks", pgettext_lazy("model", "SLA clocks")
    TICKETS = "tickets", _("tickets")
    REPORTS = "reports", _("reports")
    HOURS = "hours", _("hours")


class Verification(models.Model):
    """One run of `verify_clocks`. `examples` holds the first differences, `differences` how many there are."""

    started_at = models.DateTimeField(_("start"))
    part = models.CharField(_("part"), max_length=7, choices=Part.choices, default=Part.CLOCKS)
    cursor = models.BigIntegerField(_("checked up to"), default=0)
    clocks = models.PositiveBigIntegerField(pgettext_lazy("model", "SLA clocks"), default=0)
    tickets = models.PositiveBigIntegerField(_("tickets"), default=0)
    differences = models.PositiveIntegerField(_("differences"), default=0)
    examples = models.JSONField(_("first differences"), default=list)
    finished_at = models.DateTimeField(_("completed"), null=True)

    class Meta:
        verbose_name = _("self-check")
        verbose_name_plural = _("self-checks")
        ordering = ["-pk"]
        constraints = [
            # One run at a time: whoever finds one goes on with it.
            models.UniqueConstraint(
                models.Value(1), name="tickets_verification_one_runs", condition=models.Q(finished_at=None)
            ),
            models.CheckConstraint(name="tickets_verification_part_known", condition=models.Q(part__in=Part.values)),
        ]

    def __str__(self) -> str:
        return f"{say_stamp(self.started_at, UTC)} ({self.differences})"
