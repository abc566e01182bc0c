"""When the backup and the team leads of a region hear of a ticket that nobody has, and who the backup is."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_match_by_default"),
    ]

    operations = [
        migrations.AddField(
            model_name="region",
            name="backup_after_percent",
            field=models.PositiveSmallIntegerField(
                db_default=25,
                default=25,
                help_text="If nobody has taken an unassigned ticket by then. Agents on duty are told at once.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)],
                verbose_name="backup told after (percent of the target)",
            ),
        ),
        migrations.AddField(
            model_name="region",
            name="backups",
            field=models.ManyToManyField(
                blank=True,
                help_text="If you choose none: the next agent on the on-call rota, or agents on duty elsewhere for the language.",
                related_name="backup_regions",
                to="accounts.agent",
                verbose_name="backup agents",
            ),
        ),
        migrations.AddField(
            model_name="region",
            name="leads_after_percent",
            field=models.PositiveSmallIntegerField(
                db_default=50,
                default=50,
                help_text="If nobody has taken the ticket by then either.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)],
                verbose_name="team leads told after (percent of the target)",
            ),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("backup_after_percent__gte", 1),
                    ("backup_after_percent__lte", models.F("leads_after_percent")),
                    ("leads_after_percent__lte", 100),
                ),
                name="accounts_region_ladder_climbs",
                violation_error_message="Team leads are told after the backup. Enter at least its percentage.",
            ),
        ),
    ]
