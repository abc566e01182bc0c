"""What the tiers include and cost."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import TierPrice, TierTerms
from portal.lib.desk import DeskAdmin


@admin.register(TierTerms)
class TierTermsAdmin(DeskAdmin):
    """Figures for new contracts; a contract that is signed keeps its own."""

    saved = _("Tier “%(name)s” saved.")
    list_display = [
        "tier", "premium_contacts", "round_the_clock", "level_3_support", "phone_model", "professional_services_hours",
        "p1_root_cause_analysis", "designated_engineer", "executive_sponsor",
    ]  # fmt: skip
    sortable_by: list[str] = []
    readonly_fields = ["tier"]
    fields = [
        "tier", "premium_contacts", "regional_premium_contacts", "round_the_clock", "level_3_support", "phone_model",
        "enhanced_check_ins", "professional_services_hours", "p1_root_cause_analysis", "designated_engineer",
        "executive_sponsor",
    ]  # fmt: skip


@admin.register(TierPrice)
class TierPriceAdmin(DeskAdmin):
    saved = _("Price “%(name)s” saved.")
    list_display = ["tier", "segment", "usd_per_year"]
    list_filter = ["segment"]
    sortable_by: list[str] = []
    readonly_fields = ["tier", "segment"]
    fields = ["tier", "segment", "usd_per_year"]
