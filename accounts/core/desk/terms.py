"""What the tiers include and cost."""

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from accounts.core.models import TierPrice, TierTerms
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
    list_display = ["tier", "segment", "price"]
    list_filter = ["segment"]
    sortable_by: list[str] = []
    readonly_fields = ["tier", "segment"]
    fields = ["tier", "segment", "usd_per_year"]

    @admin.display(description=_("US dollars per year"), ordering="usd_per_year")
    def price(self, price: TierPrice) -> str:
        """`10,000`, in French `10 000`; cents only where there are any."""
        whole = price.usd_per_year == price.usd_per_year.to_integral_value()
        return number_format(price.usd_per_year, 0 if whole else 2, force_grouping=True)
