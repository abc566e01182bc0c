"""The 16 targets, from the support model: tier → priority → (response hours, coverage, check-in)."""

from django.db import migrations

ALWAYS, BUSINESS = "24x7", "business_hours"
DAILY, ON_CHANGE = ("every_business_day", None), ("on_status_change", None)


def every(hours):
    return ("every_business_hours", hours * 60)


MATRIX = {
    "platinum": {1: (1, ALWAYS, every(2)), 2: (2, ALWAYS, every(2)), 3: (2, ALWAYS, DAILY), 4: (8, ALWAYS, ON_CHANGE)},
    "gold": {1: (1, ALWAYS, every(4)), 2: (3, ALWAYS, every(4)), 3: (3, ALWAYS, DAILY), 4: (8, ALWAYS, ON_CHANGE)},
    "silver": {
        1: (1, BUSINESS, every(4)), 2: (3, BUSINESS, every(4)), 3: (4, BUSINESS, DAILY), 4: (12, BUSINESS, ON_CHANGE),
    },
    "standard": {
        1: (2, BUSINESS, every(6)), 2: (4, BUSINESS, every(6)), 3: (6, BUSINESS, DAILY), 4: (24, BUSINESS, ON_CHANGE),
    },
}  # fmt: skip


def seed(apps, schema_editor):
    target = apps.get_model("sla", "Target")
    for tier, row in MATRIX.items():
        for priority, (hours, coverage, (rule, minutes)) in row.items():
            target.objects.get_or_create(
                tier=tier,
                priority=priority,
                defaults={
                    "response_minutes": hours * 60,
                    "coverage": coverage,
                    "check_in_rule": rule,
                    "check_in_minutes": minutes,
                },
            )


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
