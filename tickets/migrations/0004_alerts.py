"""Alerts: who was told that nobody has a ticket; and the event that says so."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sla", "0003_on_call_rota"),
        ("tickets", "0003_words_of_a_held_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="round")),
                (
                    "step",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "On duty"), (2, "Backup"), (3, "Team leads")], null=True, verbose_name="told"
                    ),
                ),
                (
                    "clock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alert",
                        to="sla.clock",
                        verbose_name="clock",
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
        migrations.RemoveConstraint(
            model_name="ticketevent",
            name="tickets_event_kind_known",
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
                    ("level_3", "Level 3"),
                    ("call", "Call"),
                    ("chat", "Chat"),
                    ("mail", "E-mail"),
                    ("analysis", "Root-cause analysis"),
                    ("workaround", "Workaround"),
                    ("alerted", "Agents notified"),
                ],
                max_length=16,
                verbose_name="kind",
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
                            "level_3",
                            "call",
                            "chat",
                            "mail",
                            "analysis",
                            "workaround",
                            "alerted",
                        ],
                    )
                ),
                name="tickets_event_kind_known",
            ),
        ),
    ]
