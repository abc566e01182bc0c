"""The on-call rotas. No two shifts of a rota share time: what Django has no words for is SQL."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.lib.migrations import RunSQLOn

APART = """
CREATE TRIGGER sla_shift_apart_{name} BEFORE {event} ON sla_shift
WHEN EXISTS (
    SELECT 1 FROM sla_shift AS other
    WHERE other.rota_id = NEW.rota_id AND other.id IS NOT NEW.id
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN SELECT RAISE(ABORT, 'sla_shift_apart'); END
"""
shifts_apart_on_postgresql = RunSQLOn(
    "postgresql",
    sql=[
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE sla_shift ADD CONSTRAINT sla_shift_apart EXCLUDE USING gist "
        "(rota_id WITH =, tstzrange(starts_at, ends_at) WITH &&)",
    ],
    reverse_sql=["ALTER TABLE sla_shift DROP CONSTRAINT sla_shift_apart"],
)
shifts_apart_on_sqlite = RunSQLOn(
    "sqlite",
    sql=[APART.format(name=event.lower(), event=event) for event in ("INSERT", "UPDATE")],
    reverse_sql=[f"DROP TRIGGER sla_shift_apart_{name}" for name in ("insert", "update")],
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_region_ladder"),
        ("sla", "0002_targets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Rota",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                        verbose_name="handover on",
                    ),
                ),
                (
                    "hour",
                    models.CharField(
                        default="09:00",
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^([01]\\d|2[0-3]):[0-5]\\d$", "Write the hour as 09:00."
                            )
                        ],
                        verbose_name="handover at",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rotas",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "on-call rota",
                "verbose_name_plural": "on-call rotas",
                "ordering": ["region__name_en", "language"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("region", "language"),
                        name="sla_rota_one_per_language",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__range", (0, 6))), name="sla_rota_weekday_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                ("changed_at", models.DateTimeField(verbose_name="planned")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="accounts.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="planned by",
                    ),
                ),
                (
                    "planned_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="planned for",
                    ),
                ),
                (
                    "rota",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shifts",
                        to="sla.rota",
                        verbose_name="on-call rota",
                    ),
                ),
            ],
            options={
                "verbose_name": "on-call shift",
                "verbose_name_plural": "on-call shifts",
                "ordering": ["starts_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("rota", "starts_at"), name="sla_shift_starts_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="sla_shift_ends_after_start"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["ends_at", "starts_at"], name="sla_shift_by_end"),
                ],
            },
        ),
        shifts_apart_on_postgresql,
        shifts_apart_on_sqlite,
    ]
