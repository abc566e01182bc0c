"""The terms and prices of the four tiers, from the support model."""

from django.db import migrations

# tier: contacts, level 3, phone, 24x7, enhanced check-ins, hours, RCA, engineer, sponsor, regional seats
TERMS = {
    "standard": (0, False, "standard", False, False, 0, False, False, False, False),
    "silver": (2, True, "standard", False, False, 0, False, False, False, False),
    "gold": (3, True, "priority", True, True, 8, False, False, False, True),
    "platinum": (10, True, "priority", True, True, 24, True, True, True, True),
}
FIELDS = (
    "premium_contacts", "level_3_support", "phone_model", "round_the_clock", "enhanced_check_ins",
    "professional_services_hours", "p1_root_cause_analysis", "designated_engineer", "executive_sponsor",
    "regional_premium_contacts",
)  # fmt: skip
PRICES = {
    ("silver", "enterprise"): 12000, ("silver", "education"): 10000,
    ("gold", "enterprise"): 28000, ("gold", "education"): 18000,
    ("platinum", "enterprise"): 60000, ("platinum", "education"): 50000,
}  # fmt: skip


def seed(apps, schema_editor):
    terms, prices = apps.get_model("accounts", "TierTerms"), apps.get_model("accounts", "TierPrice")
    for tier, figures in TERMS.items():
        terms.objects.get_or_create(tier=tier, defaults=dict(zip(FIELDS, figures, strict=True)))
    for (tier, segment), usd in PRICES.items():
        prices.objects.get_or_create(tier=tier, segment=segment, defaults={"usd_per_year": usd})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
