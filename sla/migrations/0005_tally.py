"""Roll-ups of the promises that ended in a month, for reports."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_contract_changes"),
        ("sla", "0004_clock_facts"),
    ]

    operations = [
        migrations.CreateModel(
            name="TalliedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField(unique=True, verbose_name="month")),
                ("tallied_at", models.DateTimeField(verbose_name="rolled up")),
                ("clocks", models.PositiveIntegerField(default=0, verbose_name="clocks")),
            ],
            options={
                "verbose_name": "rolled-up month",
                "verbose_name_plural": "rolled-up months",
                "ordering": ["first_day"],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "grain",
                    models.CharField(
                        choices=[
                            ("tiers", "tier and priority"),
                            ("regions", "tier, priority and region"),
                            ("accounts", "account"),
                            ("agents", "agent"),
                            ("agents_tiers", "agent, tier and priority"),
                        ],
                        max_length=12,
                        verbose_name="grain",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("response", "Response"), ("check_in", "Check-in")], max_length=8, verbose_name="kind"
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("standard", "Standard"),
                            ("silver", "Premium Silver"),
                            ("gold", "Premium Gold"),
                            ("platinum", "Premium Platinum"),
                        ],
                        max_length=8,
                        verbose_name="tier",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Medium"), (4, "Low")],
                        null=True,
                        verbose_name="priority",
                    ),
                ),
                ("met", models.PositiveIntegerField(default=0, verbose_name="met")),
                ("missed", models.PositiveIntegerField(default=0, verbose_name="missed")),
                ("cancelled", models.PositiveIntegerField(default=0, verbose_name="cancelled")),
                ("skipped", models.PositiveIntegerField(default=0, verbose_name="skipped")),
                ("elapsed", models.JSONField(default=list, verbose_name="elapsed time")),
                ("business", models.JSONField(default=list, verbose_name="business time")),
                ("late", models.JSONField(default=list, verbose_name="lateness of the missed")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="sla.talliedmonth",
                        verbose_name="month",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "roll-up",
                "verbose_name_plural": "roll-ups",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["month", "grain"], name="sla_tally_of_month")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("grain__in", ["tiers", "regions", "accounts", "agents", "agents_tiers"])),
                        name="sla_tally_grain_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["response", "check_in"])), name="sla_tally_kind_known"
                    ),
                ],
            },
        ),
    ]
