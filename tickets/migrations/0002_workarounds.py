"""Workarounds of P1 and P2 tickets, and their events."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("opened", "Opened"), ("message", "Message"), ("note", "Internal note"), ("status", "Status"),
    ("priority", "Priority"), ("priority_asked", "Another priority asked for"), ("assigned", "Assigned"),
    ("follower_added", "Follower added"), ("follower_removed", "Follower removed"),
    ("check_in_skipped", "Check-in skipped"), ("overdue", "Overdue"), ("followed_up", "Followed up"),
    ("due_changed", "Due moment changed"), ("region", "Region"), ("language", "Language"), ("merged", "Merged"),
    ("merged_into", "Merged into another ticket"), ("level_3", "Level 3"), ("call", "Call"), ("chat", "Chat"),
    ("mail", "E-mail"), ("analysis", "Root-cause analysis"), ("workaround", "Workaround"),
]  # fmt: skip
ENDINGS = [
    ("rejected", "Does not work for the customer"), ("replaced", "Replaced by another one"),
    ("withdrawn", "Withdrawn by us"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RemoveConstraint(model_name="ticketevent", name="tickets_event_kind_known"),
        migrations.AlterField(
            model_name="ticketevent",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=16, verbose_name="kind"),
        ),
        migrations.AddConstraint(
            model_name="ticketevent",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, _label in KINDS]), name="tickets_event_kind_known"
            ),
        ),
        migrations.CreateModel(
            name="Workaround",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("description", models.CharField(max_length=2000, verbose_name="workaround")),
                ("recorded_at", models.DateTimeField(verbose_name="in place since")),
                ("ending", models.CharField(blank=True, choices=ENDINGS, max_length=9, verbose_name="ending")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL, verbose_name="ended by",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="workarounds", to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "workaround",
                "verbose_name_plural": "workarounds",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["recorded_at"], name="tickets_workaround_recorded")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(ending__in=["", *(ending for ending, _label in ENDINGS)]),
                        name="tickets_workaround_ending_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ending="", ended_at=None, ended_by=None)
                        | (
                            ~models.Q(ending="")
                            & models.Q(ended_at__gte=models.F("recorded_at"))
                            & models.Q(ended_by__isnull=False)
                        ),
                        name="tickets_workaround_ended_says_how",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(ended_at=None), fields=("ticket",), name="tickets_workaround_one_in_place"
                    ),
                ],
            },
        ),
    ]  # fmt: skip
