"""Versions of targets, who edited a calendar, and what reports and recounts need on a clock."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_contract_changes"),
        ("sla", "0002_targets"),
        ("tickets", "0003_merging"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TargetVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="took effect")),
                ("cursor", models.BigIntegerField(default=0, editable=False, verbose_name="done up to")),
                ("again_at", models.DateTimeField(editable=False, null=True, verbose_name="second look")),
                ("done_at", models.DateTimeField(editable=False, null=True, verbose_name="done")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("response_minutes", models.PositiveIntegerField(verbose_name="response, in minutes")),
                (
                    "coverage",
                    models.CharField(
                        choices=[("24x7", "around the clock"), ("business_hours", "in business hours")],
                        max_length=14,
                        verbose_name="counted",
                    ),
                ),
                (
                    "check_in_rule",
                    models.CharField(
                        choices=[
                            ("every_business_hours", "every so many business hours"),
                            ("every_business_day", "once per business day"),
                            ("on_status_change", "on every change of status"),
                        ],
                        max_length=20,
                        verbose_name="check-in",
                    ),
                ),
                (
                    "check_in_minutes",
                    models.PositiveIntegerField(null=True, verbose_name="check-in, in business minutes"),
                ),
            ],
            options={
                "verbose_name": "version of a target",
                "verbose_name_plural": "versions of targets",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="calendarversion",
            name="created_at",
            field=models.DateTimeField(null=True, verbose_name="edited"),
        ),
        migrations.AddField(
            model_name="calendarversion",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="edited by",
            ),
        ),
        migrations.AddField(
            model_name="calendarversion",
            name="longest_closure",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="longest closure in days"),
        ),
        migrations.AddField(
            model_name="clock",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="business_seconds",
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name="business time in seconds"),
        ),
        migrations.AddField(
            model_name="clock",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="target_version",
            field=models.PositiveIntegerField(default=1, verbose_name="version of the target"),
        ),
        migrations.AddField(
            model_name="target",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
        ),
        migrations.AlterField(
            model_name="clock",
            name="cause",
            field=models.CharField(
                choices=[
                    ("opened", "the ticket was opened"),
                    ("customer_message", "the customer wrote"),
                    ("agent_message", "we wrote"),
                    ("our_turn", "the ticket came back to us"),
                    ("priority", "the priority changed"),
                    ("skipped", "the check-in before was skipped"),
                    ("status_change", "the status changed"),
                    ("live", "a live conversation"),
                    ("merged", "a merged ticket"),
                ],
                max_length=16,
                verbose_name="started because",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("longest_closure", None), ("longest_closure__lt", 366), _connector="OR"),
                name="sla_calendarversion_opens",
            ),
        ),
        migrations.AddField(
            model_name="targetversion",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="edited by",
            ),
        ),
        migrations.AddField(
            model_name="targetversion",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="sla.target",
                verbose_name="target",
            ),
        ),
        migrations.AddIndex(
            model_name="targetversion",
            index=models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="sla_targetversion_to_do"),
        ),
        migrations.AddConstraint(
            model_name="targetversion",
            constraint=models.UniqueConstraint(fields=("target", "version"), name="sla_targetversion_once"),
        ),
    ]
