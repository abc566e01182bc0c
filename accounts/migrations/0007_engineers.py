"""Designations and seats with their history; absences that are looked up by their end; matching by region."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def without_backup_of_oneself(apps, schema_editor):
    """Nobody stands in for themselves: such a row meant that there is no back-up."""
    engineers = apps.get_model("accounts", "DesignatedEngineer").objects
    engineers.filter(backup=models.F("agent")).update(backup=None)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_hours"),
    ]

    operations = [
        migrations.RunPython(without_backup_of_oneself, migrations.RunPython.noop, elidable=True),
        migrations.CreateModel(
            name="SeatMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moved_at", models.DateTimeField(verbose_name="changed")),
            ],
            options={
                "verbose_name": "seat in another region",
                "verbose_name_plural": "seats in another region",
                "ordering": ["moved_at", "pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="designatedengineer",
            options={
                "ordering": [
                    "account",
                    "region",
                    models.OrderBy(models.F("ended_at"), descending=True, nulls_first=True),
                    "-pk",
                ],
                "verbose_name": "designated engineer",
                "verbose_name_plural": "designated engineers",
            },
        ),
        migrations.RemoveConstraint(
            model_name="designatedengineer",
            name="accounts_engineer_one_per_region",
        ),
        migrations.AddField(
            model_name="designatedengineer",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="until"),
        ),
        migrations.AddField(
            model_name="designatedengineer",
            name="ended_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AddField(
            model_name="designatedengineer",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="designatedengineer",
            name="started_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="from"),
        ),
        migrations.AddField(
            model_name="designatedengineer",
            name="started_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="designated by",
            ),
        ),
        migrations.AddField(
            model_name="region",
            name="matches_tickets",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="By language, region, product and load, among the agents who are there in time. Without it new tickets wait for the team, except those of a designated engineer.",
                verbose_name="give new tickets to the best match",
            ),
        ),
        migrations.AlterField(
            model_name="awayperiod",
            name="reason",
            field=models.CharField(
                blank=True,
                help_text="Read by the desk only; customers see until when.",
                max_length=120,
                verbose_name="reason",
            ),
        ),
        migrations.AddIndex(
            model_name="awayperiod",
            index=models.Index(fields=["agent", "ends_at"], name="accounts_away_not_over"),
        ),
        migrations.AddIndex(
            model_name="designatedengineer",
            index=models.Index(fields=["account", "region", "started_at"], name="accounts_engineer_history"),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(fields=["account", "-nominated_at", "-id"], name="accounts_seat_history"),
        ),
        migrations.AddConstraint(
            model_name="designatedengineer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("account", "region"),
                name="accounts_engineer_one_per_region",
            ),
        ),
        migrations.AddConstraint(
            model_name="designatedengineer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("backup", None), models.Q(("backup", models.F("agent")), _negated=True), _connector="OR"
                ),
                name="accounts_engineer_has_another_backup",
            ),
        ),
        migrations.AddConstraint(
            model_name="designatedengineer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None), ("started_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="accounts_engineer_ends_after_start",
            ),
        ),
        migrations.AddField(
            model_name="seatmove",
            name="moved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="changed by",
            ),
        ),
        migrations.AddField(
            model_name="seatmove",
            name="new_region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.region",
                verbose_name="region since",
            ),
        ),
        migrations.AddField(
            model_name="seatmove",
            name="old_region",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.region",
                verbose_name="region before",
            ),
        ),
        migrations.AddField(
            model_name="seatmove",
            name="seat",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="moves",
                to="accounts.seat",
                verbose_name="seat",
            ),
        ),
        migrations.AlterField(
            model_name="contract",
            name="premium_contacts",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Empty: as many as the tier includes.",
                validators=[django.core.validators.MaxValueValidator(1000)],
                verbose_name="Premium contacts",
            ),
        ),
        migrations.AddConstraint(
            model_name="seatmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("old_region", None),
                    models.Q(("old_region", models.F("new_region")), _negated=True),
                    _connector="OR",
                ),
                name="accounts_seatmove_to_another",
            ),
        ),
    ]
