"""The 16 cells of the matrix: what a tier promises for a priority."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import Tier
from portal.lib.work import Work
from sla.core.enums import CheckInRule, Coverage, Priority

A_YEAR = 366 * 24 * 60


class Target(models.Model):
    """One cell, tier × priority. A clock copies the figures when it starts: an edit never rewrites a past promise."""

    tier = models.CharField(_("tier"), max_length=8, choices=Tier.choices)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices)
    response_minutes = models.PositiveIntegerField(
        _("response, in minutes"), validators=[MinValueValidator(1), MaxValueValidator(A_YEAR)]
    )
    coverage = models.CharField(_("hours that count"), max_length=14, choices=Coverage.choices)
    check_in_rule = models.CharField(_("check-in"), max_length=20, choices=CheckInRule.choices)
    check_in_minutes = models.PositiveIntegerField(
        _("check-in, in business minutes"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(A_YEAR)],
        help_text=_("Only for check-ins every n business hours."),
    )  # fmt: skip

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["priority", "pk"]
        constraints = [
            models.UniqueConstraint(name="sla_target_one_per_cell", fields=["tier", "priority"]),
            models.CheckConstraint(name="sla_target_tier_known", condition=models.Q(tier__in=Tier.values)),
            models.CheckConstraint(name="sla_target_priority_known", condition=models.Q(priority__in=Priority.values)),
            models.CheckConstraint(name="sla_target_coverage_known", condition=models.Q(coverage__in=Coverage.values)),
            models.CheckConstraint(name="sla_target_response_positive", condition=models.Q(response_minutes__gte=1)),
            models.CheckConstraint(
                name="sla_target_check_in_minutes_fit_rule",
                condition=models.Q(check_in_rule=CheckInRule.BUSINESS_HOURS, check_in_minutes__gte=1)
                | models.Q(
                    check_in_rule__in=[CheckInRule.BUSINESS_DAY, CheckInRule.STATUS_CHANGE], check_in_minutes=None
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()} · P{self.priority}"

    def clean(self) -> None:
        super().clean()
        counts = self.check_in_rule == CheckInRule.BUSINESS_HOURS
        if counts and not self.check_in_minutes:
            raise ValidationError({"check_in_minutes": _("Enter the business minutes between check-ins.")})
        if not counts and self.check_in_minutes:
            raise ValidationError({"check_in_minutes": _("This check-in rule has no minutes. Leave this field empty.")})


class TargetVersion(Work):
    """What a target was from one of its edits on; as work, the recount of the running clocks that it may better."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="versions", verbose_name=_("target"))
    version = models.PositiveIntegerField(_("version"))
    response_minutes = models.PositiveIntegerField(_("response, in minutes"))
    coverage = models.CharField(_("hours that count"), max_length=14, choices=Coverage.choices)
    check_in_rule = models.CharField(_("check-in"), max_length=20, choices=CheckInRule.choices)
    check_in_minutes = models.PositiveIntegerField(_("check-in, in business minutes"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("edited by")
    )

    class Meta:
        verbose_name = _("version of a target")
        verbose_name_plural = _("versions of targets")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="sla_targetversion_once", fields=["target", "version"])]
        indexes = [
            # Serves recount_after_changes() of the tickets app: the edits whose running clocks are still to be counted.
            models.Index(name="sla_targetversion_to_do", fields=["id"], condition=models.Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.version}"
