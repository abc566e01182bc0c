"""Roll-ups of the promises that ended in a month, so that reports over years read hundreds of rows and no clocks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.core.enums import Tier
from accounts.models import Account, Agent, Region
from sla.core.enums import ClockKind, Grain, Priority


class TalliedMonth(models.Model):
    """A whole month, by UTC, whose ended clocks are rolled up. Of other months, reports read the clocks."""

    first_day = models.DateField(_("month"), unique=True)
    tallied_at = models.DateTimeField(_("calculated"))
    clocks = models.PositiveIntegerField(pgettext_lazy("model", "SLA clocks"), default=0)

    class Meta:
        verbose_name = _("month of the SLA report")
        verbose_name_plural = _("months of the SLA report")
        ordering = ["first_day"]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


class Tally(models.Model):
    """How the clocks of one kind ended in a month, for one combination of what the grain tells apart.

    What the grain does not tell apart is empty; `agent` is also empty for clocks that nobody of the desk ended. The
    histograms are flat lists, [bucket, clocks, bucket, clocks, …] in the buckets of domain/percentiles.py.
    """

    month = models.ForeignKey(
        TalliedMonth, on_delete=models.CASCADE, db_index=False, related_name="tallies", verbose_name=_("month")
    )
    grain = models.CharField(_("period"), max_length=12, choices=Grain.choices)
    kind = models.CharField(_("kind"), max_length=8, choices=ClockKind.choices)
    tier = models.CharField(_("tier"), max_length=8, choices=Tier.choices, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, null=True)
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("account")
    )
    region = models.ForeignKey(
        Region, on_delete=models.CASCADE, null=True, db_index=False, related_name="+", verbose_name=_("region")
    )
    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, null=True, db_index=False, related_name="+", verbose_name=_("agent")
    )

    met = models.PositiveIntegerField(_("met"), default=0)
    missed = models.PositiveIntegerField(_("missed"), default=0)
    cancelled = models.PositiveIntegerField(_("no longer due"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    elapsed = models.JSONField(_("real time (24/7)"), default=list)
    business = models.JSONField(_("business hours"), default=list)
    late = models.JSONField(_("time by which targets were missed"), default=list)

    class Meta:
        verbose_name = _("figure of the SLA report")
        verbose_name_plural = _("figures of the SLA report")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="sla_tally_grain_known", condition=models.Q(grain__in=Grain.values)),
            models.CheckConstraint(name="sla_tally_kind_known", condition=models.Q(kind__in=ClockKind.values)),
        ]
        indexes = [
            # Serves report() of domain/attainment.py: the rows of some months in one grain.
            models.Index(name="sla_tally_of_month", fields=["month", "grain"]),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.get_grain_display()}"
