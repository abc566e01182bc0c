"""Notices, drafts, and what the machinery remembers: every table with its rules."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Breaker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
                ("since", models.DateTimeField(null=True, verbose_name="fails since")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="failures")),
                ("try_at", models.DateTimeField(null=True, verbose_name="next attempt")),
                ("cause", models.CharField(blank=True, max_length=40, verbose_name="cause")),
            ],
            options={
                "verbose_name": "breaker",
                "verbose_name_plural": "breakers",
            },
        ),
        migrations.CreateModel(
            name="DemoClock",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("ahead", models.DurationField(default=datetime.timedelta(0), verbose_name="ahead of the machine")),
                ("goal", models.DateTimeField(null=True, verbose_name="on its way to")),
                ("lay_at", models.DateTimeField(null=True, verbose_name="sample data to be laid around")),
                ("laid_at", models.DateTimeField(null=True, verbose_name="sample data laid around")),
            ],
            options={
                "verbose_name": "demonstration time",
                "verbose_name_plural": "demonstration time",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="portal_democlock_one_row")],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="job")),
                ("at", models.DateTimeField(verbose_name="last run")),
            ],
            options={
                "verbose_name": "heartbeat",
                "verbose_name_plural": "heartbeats",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(max_length=48)),
                ("key", models.CharField(max_length=100)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("body", models.TextField(blank=True)),
                ("headers", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("owner", "key"), name="portal_idempotency_once")],
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
                ("holder", models.CharField(max_length=80, verbose_name="holder")),
                ("until", models.DateTimeField(verbose_name="until")),
            ],
            options={
                "verbose_name": "lease",
                "verbose_name_plural": "leases",
            },
        ),
        migrations.CreateModel(
            name="RateWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True, verbose_name="key")),
                ("name", models.CharField(max_length=40, verbose_name="limit")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="count")),
                ("ends_at", models.DateTimeField(db_index=True, verbose_name="ends")),
            ],
            options={
                "verbose_name": "rate window",
                "verbose_name_plural": "rate windows",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="key")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recipient",
                    ),
                ),
                ("thread", models.CharField(db_default="", default="", max_length=40, verbose_name="thread")),
                ("data", models.JSONField(default=dict, verbose_name="details")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("not_before", models.DateTimeField(verbose_name="not sent before")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("address", models.CharField(db_default="", default="", max_length=254, verbose_name="email address")),
                ("bounced_at", models.DateTimeField(null=True, verbose_name="bounced")),
                ("dead_at", models.DateTimeField(null=True, verbose_name="abandoned")),
                ("is_withdrawn", models.BooleanField(db_default=False, default=False, verbose_name="withdrawn")),
                ("status", models.CharField(db_default="", default="", max_length=12, verbose_name="status")),
                ("last_error", models.CharField(blank=True, max_length=200, verbose_name="last error")),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at", None), ("sent_at", None)),
                        fields=["not_before", "id"],
                        name="portal_notice_to_send",
                    ),
                    models.Index(
                        condition=models.Q(("dead_at", None), ("sent_at", None)),
                        fields=["thread", "recipient", "id"],
                        name="portal_notice_in_line",
                    ),
                    models.Index(
                        condition=models.Q(("thread", ""), _negated=True),
                        fields=["thread", "id"],
                        name="portal_notice_thread",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sent_at", None), ("dead_at", None), _connector="OR"),
                        name="portal_notice_sent_or_dead",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token", models.CharField(max_length=64)),
                ("result", models.CharField(blank=True, max_length=2000)),
                ("created_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "token"), name="portal_submission_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("user", None)), fields=("token",), name="portal_submission_of_nobody"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=200)),
                ("fields", models.JSONField(default=dict)),
                ("updated_at", models.DateTimeField(db_index=True)),
                (
                    "contact",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.contact"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "contact", "place"), name="portal_draft_one_a_place"),
                    models.UniqueConstraint(
                        condition=models.Q(("contact", None)),
                        fields=("user", "place"),
                        name="portal_draft_one_a_place_on_the_desk",
                    ),
                ],
            },
        ),
    ]
