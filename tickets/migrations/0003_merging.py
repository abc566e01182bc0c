"""Merged tickets, the four parts of a check-in, and the new kinds of events."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_contract_changes"),
        ("tickets", "0002_changed_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ticketevent",
            name="tickets_event_kind_known",
        ),
        migrations.AddField(
            model_name="message",
            name="parts",
            field=models.JSONField(blank=True, null=True, verbose_name="parts"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="tickets.ticket",
                verbose_name="merged into",
            ),
        ),
        migrations.AlterField(
            model_name="ticketevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("message", "Message"),
                    ("note", "Internal note"),
                    ("status", "Status"),
                    ("priority", "Priority"),
                    ("priority_asked", "Another priority asked for"),
                    ("assigned", "Assigned"),
                    ("follower_added", "Follower added"),
                    ("follower_removed", "Follower removed"),
                    ("check_in_skipped", "Check-in skipped"),
                    ("overdue", "Overdue"),
                    ("followed_up", "Followed up"),
                    ("due_changed", "Due moment changed"),
                    ("region", "Region"),
                    ("language", "Language"),
                    ("merged", "Merged"),
                    ("merged_into", "Merged into another ticket"),
                ],
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None),
                    models.Q(("status", "closed"), models.Q(("merged_into", models.F("pk")), _negated=True)),
                    _connector="OR",
                ),
                name="tickets_ticket_merged_is_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "opened",
                            "message",
                            "note",
                            "status",
                            "priority",
                            "priority_asked",
                            "assigned",
                            "follower_added",
                            "follower_removed",
                            "check_in_skipped",
                            "overdue",
                            "followed_up",
                            "due_changed",
                            "region",
                            "language",
                            "merged",
                            "merged_into",
                        ],
                    )
                ),
                name="tickets_event_kind_known",
            ),
        ),
    ]
