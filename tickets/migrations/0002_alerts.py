"""Who was told that nobody has a ticket.

A migration of its own, because an alert belongs to a clock and a clock to a ticket: sla's first migration stands between.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sla", "0001_initial"),
        ("tickets", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="step")),
                (
                    "step",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "On duty"), (2, "Backup"), (3, "Team leads")], null=True, verbose_name="notified"
                    ),
                ),
                (
                    "clock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alert",
                        to="sla.clock",
                        verbose_name="SLA clock",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                ("next_at", models.DateTimeField(null=True, verbose_name="next step")),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("step", None), ("step__in", [1, 2, 3]), _connector="OR"),
                        name="tickets_alert_step_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step", None), models.Q(("step", 3), _negated=True), ("next_at", None), _connector="OR"
                        ),
                        name="tickets_alert_ends_with_leads",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at", "id"],
                        name="tickets_alert_due",
                    ),
                ],
            },
        ),
    ]
