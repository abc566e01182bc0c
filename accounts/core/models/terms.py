"""What each tier includes and costs: rows, seeded from the support model by a migration, editable by staff."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.core.enums import PhoneModel, Segment, Tier


class TierTerms(models.Model):
    """One row per tier: allowances and entitlements. A contract copies its figures when it is signed."""

    tier = models.CharField(_("tier"), max_length=8, choices=Tier.choices, unique=True)
    premium_contacts = models.PositiveSmallIntegerField(_("Premium contacts"))
    level_3_support = models.BooleanField(_("level 3 support"))
    phone_model = models.CharField(_("phone support"), max_length=8, choices=PhoneModel.choices)
    round_the_clock = models.BooleanField(_("24/7, in English"))
    enhanced_check_ins = models.BooleanField(_("enhanced check-ins"))
    professional_services_hours = models.PositiveSmallIntegerField(_("professional services hours a year"))
    p1_root_cause_analysis = models.BooleanField(_("root-cause analysis of every P1"))
    designated_engineer = models.BooleanField(_("designated engineer in each region"))
    executive_sponsor = models.BooleanField(_("executive sponsor"))
    regional_premium_contacts = models.BooleanField(_("Premium contacts have a region"))

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["premium_contacts", "pk"]
        constraints = [
            models.CheckConstraint(name="accounts_tierterms_tier_known", condition=models.Q(tier__in=Tier.values)),
        ]

    def __str__(self) -> str:
        return self.get_tier_display()


class TierPrice(models.Model):
    """The price of a tier for a segment, in US dollars per contract year."""

    tier = models.CharField(_("tier"), max_length=8, choices=Tier.choices)
    segment = models.CharField(_("segment"), max_length=12, choices=Segment.choices)
    usd_per_year = models.DecimalField(_("US dollars per year"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("price of a tier")
        verbose_name_plural = _("prices of tiers")
        ordering = ["usd_per_year"]
        constraints = [
            models.UniqueConstraint(name="accounts_tierprice_one_per_cell", fields=["tier", "segment"]),
            models.CheckConstraint(name="accounts_tierprice_not_negative", condition=models.Q(usd_per_year__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()} · {self.get_segment_display()}"
