"""Changes of seats and contracts as rows, and whether the calendar began or ended a contract already."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

one_in_force = import_module("accounts.migrations.0003_contract_one_in_force")


def constrain_again(apps, schema_editor):
    """New columns made SQLite build the table of contracts anew, without its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        one_in_force.constrain(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_contract_one_in_force"),
    ]

    operations = [
        migrations.CreateModel(
            name="EntitlementChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="took effect")),
                ("cursor", models.BigIntegerField(default=0, editable=False, verbose_name="done up to")),
                ("again_at", models.DateTimeField(editable=False, null=True, verbose_name="second look")),
                ("done_at", models.DateTimeField(editable=False, null=True, verbose_name="done")),
                (
                    "tier",
                    models.CharField(
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
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("seat", "holds a Premium seat"),
                            ("no_seat", "holds no Premium seat"),
                            ("not_validated", "seat not validated yet"),
                            ("over_limit", "seat over the limit of the contract"),
                            ("standard_contract", "Standard contract"),
                            ("no_contract", "no contract in force"),
                        ],
                        max_length=17,
                        verbose_name="tier because",
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField(default=0, verbose_name="seats")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("seat_granted", "a seat was granted"),
                            ("seat_withdrawn", "a seat was withdrawn"),
                            ("contract", "the contract was changed"),
                            ("contract_started", "a contract started"),
                            ("contract_ended", "the contract ended"),
                        ],
                        max_length=16,
                        verbose_name="cause",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of entitlements",
                "verbose_name_plural": "changes of entitlements",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="contract",
            name="end_noted",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="contract",
            name="start_noted",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunPython(constrain_again, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("start_noted", False)), fields=["starts_on"], name="accounts_contract_to_start"
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("end_noted", False)), fields=["ends_on"], name="accounts_contract_to_end"
            ),
        ),
        migrations.AddField(
            model_name="entitlementchange",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AddField(
            model_name="entitlementchange",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="entitlementchange",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.contact",
                verbose_name="contact",
            ),
        ),
        migrations.AddIndex(
            model_name="entitlementchange",
            index=models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="accounts_change_to_do"),
        ),
        migrations.AddConstraint(
            model_name="entitlementchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cause__in", ["seat_granted", "seat_withdrawn", "contract", "contract_started", "contract_ended"])
                ),
                name="accounts_change_cause_known",
            ),
        ),
    ]
