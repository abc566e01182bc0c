"""Fills the new columns of clocks batch by batch, and builds their indexes without stopping anybody's work."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery

from portal.lib.migrations import AddIndexWithoutLock

BATCH = 10_000


def fill(apps, schema_editor):
    clock, ticket = apps.get_model("sla", "Clock"), apps.get_model("tickets", "Ticket")
    event = apps.get_model("sla", "ClockEvent")
    account = ticket.objects.filter(pk=OuterRef("ticket")).values("account")
    actor = event.objects.filter(clock=OuterRef("pk"), kind="stopped").order_by("-pk").values("actor")[:1]
    last = clock.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, BATCH):
        some = clock.objects.filter(pk__gt=first, pk__lte=first + BATCH, account=None)
        some.update(account=Subquery(account), ended_by=Subquery(actor))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0004_contract_changes"),
        ("sla", "0003_recounts"),
        ("tickets", "0003_merging"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="clock",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        AddIndexWithoutLock(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("coverage", "business_hours"), ("outcome", "running"), ("overdue_at", None)),
                fields=["calendar", "calendar_version", "id"],
                name="sla_clock_by_calendar",
            ),
        ),
        AddIndexWithoutLock(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("outcome", "running"), _negated=True),
                fields=["stopped_at"],
                name="sla_clock_ended",
            ),
        ),
        AddIndexWithoutLock(
            model_name="clock",
            index=models.Index(fields=["account", "stopped_at"], name="sla_clock_of_account"),
        ),
    ]
