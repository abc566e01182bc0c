"""Tickets and everything that happens on them: every table with its rules."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tickets.chat.models
import tickets.core.models.message


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requested_tickets",
                        to="accounts.contact",
                        verbose_name="requester",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("product", models.CharField(blank=True, max_length=80, verbose_name="product")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Medium"), (4, "Low")],
                        editable=False,
                        verbose_name="priority",
                    ),
                ),
                (
                    "asked_priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Medium"), (4, "Low")],
                        editable=False,
                        null=True,
                        verbose_name="priority requested",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("open", "Open"),
                            ("waiting", "Waiting for customer"),
                            ("on_hold", "On hold"),
                            ("solved", "Solved"),
                            ("closed", "Closed"),
                        ],
                        default="new",
                        editable=False,
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("portal", "Portal"),
                            ("api", "API"),
                            ("email", "Email"),
                            ("chat", "Chat"),
                            ("phone", "Phone"),
                            ("desk", "Agent workspace"),
                        ],
                        editable=False,
                        max_length=6,
                        verbose_name="channel",
                    ),
                ),
                ("language", models.CharField(default="en", editable=False, max_length=5, verbose_name="language")),
                (
                    "language_choice",
                    models.CharField(
                        choices=[("english", "English, 24/7"), ("own", "Your language, in business hours")],
                        default="english",
                        editable=False,
                        max_length=7,
                        verbose_name="hours by language",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("standard", "Standard"),
                            ("silver", "Premium Silver"),
                            ("gold", "Premium Gold"),
                            ("platinum", "Premium Platinum"),
                        ],
                        editable=False,
                        max_length=8,
                        verbose_name="tier when opened",
                    ),
                ),
                ("is_private", models.BooleanField(default=False, verbose_name="private")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tickets",
                        to="accounts.agent",
                        verbose_name="assignee",
                    ),
                ),
                (
                    "routed_by",
                    models.CharField(
                        choices=[
                            ("nobody", "not assigned yet"),
                            ("designated", "designated engineer of the region"),
                            ("backup", "backup engineer, because the designated engineer is away"),
                            ("match", "best match by language, region, product and load"),
                            ("level_3", "level 3"),
                            ("agent", "opened by the agent"),
                        ],
                        default="nobody",
                        editable=False,
                        max_length=10,
                        verbose_name="assigned automatically because",
                    ),
                ),
                (
                    "follow_up_of",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="follow_ups",
                        to="tickets.ticket",
                        verbose_name="follow-up of",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="tickets.ticket",
                        verbose_name="merged into",
                    ),
                ),
                ("opened_at", models.DateTimeField(editable=False, verbose_name="opened")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="last change")),
                ("status_changed_at", models.DateTimeField(editable=False, verbose_name="status since")),
                ("solved_at", models.DateTimeField(editable=False, null=True, verbose_name="solved")),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="closed")),
                ("next_due_at", models.DateTimeField(editable=False, null=True, verbose_name="next due")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
            ],
            options={
                "verbose_name": "ticket",
                "verbose_name_plural": "tickets",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["new", "on_hold", "open", "waiting"])),
                        fields=["next_due_at", "id"],
                        name="tickets_queue",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["new", "on_hold", "open", "waiting"])),
                        fields=["assignee", "next_due_at", "id"],
                        name="tickets_own_queue",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["new", "on_hold", "open", "waiting"])),
                        fields=["account", "next_due_at", "id"],
                        name="tickets_account_live",
                    ),
                    models.Index(fields=["account", "-id"], name="tickets_account_newest"),
                    models.Index(fields=["requester", "-id"], name="tickets_requester_newest"),
                    models.Index(fields=["account", "updated_at", "id"], name="tickets_account_changed"),
                    models.Index(fields=["updated_at", "id"], name="tickets_changed"),
                    models.Index(
                        condition=models.Q(("status", "solved")), fields=["solved_at"], name="tickets_to_close"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["new", "open", "waiting", "on_hold", "solved", "closed"])),
                        name="tickets_ticket_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", [1, 2, 3, 4])), name="tickets_ticket_priority_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["portal", "api", "email", "chat", "phone", "desk"])),
                        name="tickets_ticket_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["closed", "solved"]), _negated=True),
                            ("solved_at__isnull", False),
                            _connector="OR",
                        ),
                        name="tickets_ticket_solved_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into", None),
                            models.Q(("status", "closed"), models.Q(("merged_into", models.F("pk")), _negated=True)),
                            _connector="OR",
                        ),
                        name="tickets_ticket_merged_is_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["new", "on_hold", "open", "waiting"]),
                            ("next_due_at", None),
                            _connector="OR",
                        ),
                        name="tickets_ticket_due_only_while_live",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followers",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="following",
                        to="accounts.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="added")),
            ],
            options={
                "verbose_name": "follower",
                "verbose_name_plural": "followers",
                "constraints": [models.UniqueConstraint(fields=("ticket", "contact"), name="tickets_follower_once")],
            },
        ),
        migrations.CreateModel(
            name="RootCauseAnalysis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="analysis",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="analyses",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("draft", "In analysis"),
                            ("in_review", "In review"),
                            ("approved", "Approved"),
                            ("published", "Published"),
                        ],
                        default="requested",
                        editable=False,
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("opened_at", models.DateTimeField(editable=False, verbose_name="opened")),
                ("due_at", models.DateTimeField(editable=False, verbose_name="target date")),
                ("breached_at", models.DateTimeField(editable=False, null=True, verbose_name="overdue since")),
                ("sections", models.JSONField(default=dict, verbose_name="sections")),
                ("actions", models.JSONField(default=list, verbose_name="actions")),
                ("revision", models.PositiveIntegerField(default=1, editable=False, verbose_name="revision")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                ("writers", models.JSONField(default=list, verbose_name="authors")),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
                ("reviewed_at", models.DateTimeField(editable=False, null=True, verbose_name="reviewed")),
                (
                    "approver",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approver",
                    ),
                ),
                ("approved_at", models.DateTimeField(editable=False, null=True, verbose_name="approved")),
                ("sent_back", models.CharField(blank=True, max_length=2000, verbose_name="sent back")),
                (
                    "sent_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent back by",
                    ),
                ),
                ("last_version", models.PositiveIntegerField(default=0, editable=False, verbose_name="last version")),
                (
                    "current_version",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="current version"),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="first published")),
            ],
            options={
                "verbose_name": "root-cause analysis",
                "verbose_name_plural": "root-cause analyses",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["account", "-id"], name="tickets_analysis_newest"),
                    models.Index(
                        condition=models.Q(("state", "published"), _negated=True),
                        fields=["due_at"],
                        name="tickets_analysis_board",
                    ),
                    models.Index(
                        condition=models.Q(("breached_at", None), ("last_version", 0)),
                        fields=["due_at"],
                        name="tickets_analysis_to_flag",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["requested", "draft", "in_review", "approved", "published"])),
                        name="tickets_analysis_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approver", None),
                            ("author", None),
                            models.Q(("approver", models.F("author")), _negated=True),
                            _connector="OR",
                        ),
                        name="tickets_analysis_approver_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewer", None),
                            ("author", None),
                            models.Q(("reviewer", models.F("author")), _negated=True),
                            _connector="OR",
                        ),
                        name="tickets_analysis_reviewer_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approver", None),
                            ("reviewer", None),
                            models.Q(("approver", models.F("reviewer")), _negated=True),
                            _connector="OR",
                        ),
                        name="tickets_analysis_review_is_not_approval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "published"]), _negated=True),
                            models.Q(
                                ("approver__isnull", False), ("author__isnull", False), ("reviewer__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="tickets_analysis_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("current_version__lte", models.F("last_version"))),
                        name="tickets_analysis_current_exists",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnalysisVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "analysis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="tickets.rootcauseanalysis",
                        verbose_name="analysis",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("sections", models.JSONField(verbose_name="sections")),
                ("actions", models.JSONField(verbose_name="actions")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="what changed")),
                ("published_at", models.DateTimeField(verbose_name="published")),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
                (
                    "withdrawn_because",
                    models.CharField(blank=True, max_length=500, verbose_name="reason for the withdrawal"),
                ),
            ],
            options={
                "verbose_name": "published version",
                "verbose_name_plural": "published versions",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("analysis", "number"), name="tickets_analysisversion_once"),
                    models.CheckConstraint(
                        condition=models.Q(("withdrawn_at", None), ("withdrawn_by__isnull", False), _connector="OR"),
                        name="tickets_analysisversion_withdrawn_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnalysisQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "analysis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="tickets.rootcauseanalysis",
                        verbose_name="analysis",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("body", models.TextField(verbose_name="question")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True), name="tickets_analysisquestion_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="tickets_analysisquestion_answered_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnalysisVerdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("accepted", "Accepted"), ("disputed", "Disputed")],
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("given_at", models.DateTimeField(verbose_name="decided on")),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "question",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute",
                        to="tickets.analysisquestion",
                        verbose_name="reason",
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verdict",
                        to="tickets.analysisversion",
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision of the customer",
                "verbose_name_plural": "decisions of customers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("question", None), ("verdict", "accepted")),
                            models.Q(("question__isnull", False), ("verdict", "disputed")),
                            _connector="OR",
                        ),
                        name="tickets_analysisverdict_disputed_says_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="accounts.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="With the country code, for example +33199001234.",
                        max_length=20,
                        verbose_name="number",
                    ),
                ),
                ("topic", models.CharField(max_length=200, verbose_name="subject")),
                (
                    "language_choice",
                    models.CharField(
                        choices=[("english", "English, 24/7"), ("own", "Your language, in business hours")],
                        default="english",
                        max_length=7,
                        verbose_name="hours by language",
                    ),
                ),
                ("is_priority", models.BooleanField(default=False, verbose_name="priority phone")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Planned"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("given_up", "Not reached"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("slot_at", models.DateTimeField(blank=True, null=True, verbose_name="time slot")),
                (
                    "place",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="place in the time slot"),
                ),
                ("next_try_at", models.DateTimeField(verbose_name="next attempt")),
                ("needs_number", models.BooleanField(default=False, verbose_name="incorrect number")),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to="accounts.agent",
                        verbose_name="taken by",
                    ),
                ),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="taken")),
                ("asked_at", models.DateTimeField(verbose_name="requested")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("warned_at", models.DateTimeField(blank=True, null=True, verbose_name="team leads notified")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
            ],
            options={
                "verbose_name": "call",
                "verbose_name_plural": "calls",
                "ordering": ["-asked_at"],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("is_priority"), descending=True),
                        models.F("next_try_at"),
                        models.F("id"),
                        condition=models.Q(("state", "waiting")),
                        name="tickets_call_queue",
                    ),
                    models.Index(fields=["contact", "-asked_at"], name="tickets_call_of_contact"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("slot_at__isnull", False), ("state", "waiting")),
                        fields=("region", "slot_at", "place"),
                        name="tickets_call_place_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")), fields=("contact",), name="tickets_call_one_waits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "done", "cancelled", "given_up"])),
                        name="tickets_call_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place", None), ("slot_at", None)),
                            models.Q(("place__gte", 1), ("slot_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="tickets_call_slot_has_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="tickets_call_ended_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__startswith", "+")), name="tickets_call_number_is_e164"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="tickets.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("reached", "Reached"),
                            ("voicemail", "Voicemail"),
                            ("no_answer", "No answer"),
                            ("wrong_number", "Wrong number"),
                        ],
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                ("notes", models.TextField(blank=True, verbose_name="notes")),
                ("next_at", models.DateTimeField(blank=True, null=True, verbose_name="next attempt")),
                ("created_at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "call attempt",
                "verbose_name_plural": "call attempts",
                "ordering": ["created_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["reached", "voicemail", "no_answer", "wrong_number"])),
                        name="tickets_callattempt_outcome_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Chat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        default=tickets.chat.models.new_chat_key, editable=False, max_length=32, unique=True
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chats",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chats",
                        to="accounts.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("topic", models.CharField(max_length=120, verbose_name="subject")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("active", "In conversation"),
                            ("ended", "Ended"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chats",
                        to="accounts.agent",
                        verbose_name="agent",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="start")),
                ("due_at", models.DateTimeField(verbose_name="reply due")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="taken")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="first reply")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("customer", "by the customer"),
                            ("agent", "by the agent"),
                            ("quiet", "chat inactive"),
                            ("ticket", "turned into a ticket"),
                        ],
                        max_length=8,
                        verbose_name="result",
                    ),
                ),
                ("last_at", models.DateTimeField(verbose_name="last message")),
                ("asked_at", models.DateTimeField(null=True, verbose_name="waiting for a reply since")),
                ("contact_seen_at", models.DateTimeField(verbose_name="customer connected")),
                ("agent_read", models.PositiveIntegerField(default=0, verbose_name="read by the agent")),
                ("lines_count", models.PositiveIntegerField(default=0, verbose_name="messages")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                (
                    "ticket",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chat",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "chat",
                "verbose_name_plural": "chats",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="tickets_chat_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("state", "active")), fields=["agent", "taken_at"], name="tickets_chat_held"
                    ),
                    models.Index(
                        condition=models.Q(("taken_at__isnull", False)), fields=["taken_at"], name="tickets_chat_taken"
                    ),
                    models.Index(fields=["contact", "-id"], name="tickets_chat_of_contact"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "active"])),
                        fields=("contact",),
                        name="tickets_chat_one_open_each",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agent", None), ("ended_at", None), ("state", "waiting")),
                            models.Q(
                                ("agent__isnull", False),
                                ("ended_at", None),
                                ("state", "active"),
                                ("taken_at__isnull", False),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ending__in", ["customer", "agent", "quiet", "ticket"]),
                                ("state", "ended"),
                            ),
                            _connector="OR",
                        ),
                        name="tickets_chat_state_consistent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ticket", None), ("state", "ended"), _connector="OR"),
                        name="tickets_chat_ticket_ends_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="tickets.chat"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "side",
                    models.CharField(
                        choices=[("customer", "Customer"), ("agent", "Support team"), ("system", "Punctual")],
                        max_length=8,
                        verbose_name="side",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("body", models.TextField(blank=True, verbose_name="text")),
                (
                    "event",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken", "Accepted"),
                            ("passed", "Transferred"),
                            ("returned", "Back in the queue"),
                            ("ended", "Ended"),
                            ("ticket", "Turned into a ticket"),
                        ],
                        max_length=8,
                        verbose_name="event",
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=120, verbose_name="subject")),
                ("key", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(verbose_name="sent")),
            ],
            options={
                "verbose_name": "chat message",
                "verbose_name_plural": "chat messages",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("chat", "number"), name="tickets_chatline_numbered_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("chat", "author", "key"),
                        name="tickets_chatline_sent_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("author", None),
                                ("body", ""),
                                ("event__in", ["taken", "passed", "returned", "ended", "ticket"]),
                                ("side", "system"),
                            ),
                            models.Q(
                                ("author__isnull", False),
                                ("event", ""),
                                ("side__in", ["customer", "agent"]),
                                models.Q(("body", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="tickets_chatline_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="tickets.chat"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("transfer", "Transfer note"), ("summary", "Summary")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("body", models.TextField(verbose_name="text")),
                ("created_at", models.DateTimeField(verbose_name="sent")),
            ],
            options={
                "verbose_name": "chat note",
                "verbose_name_plural": "chat notes",
                "ordering": ["created_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True), name="tickets_chatnote_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatPresence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chat_presence", to="accounts.agent"
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="accepts chats")),
                ("seen_at", models.DateTimeField(verbose_name="connected")),
            ],
            options={
                "verbose_name": "chat availability",
                "verbose_name_plural": "chat availabilities",
                "indexes": [
                    models.Index(condition=models.Q(("is_on", True)), fields=["seen_at"], name="tickets_presence_on")
                ],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalations",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Requested"),
                            ("escalated", "Waiting for level 3"),
                            ("taken", "With level 3"),
                            ("returned", "Reply from level 3"),
                            ("declined", "Declined"),
                            ("ended", "Ended with the ticket"),
                        ],
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason given by the customer")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                ("asked_at", models.DateTimeField(null=True, verbose_name="asked")),
                ("brief", models.CharField(blank=True, max_length=2000, verbose_name="information for level 3")),
                (
                    "escalated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="escalated by",
                    ),
                ),
                ("escalated_at", models.DateTimeField(null=True, verbose_name="escalated")),
                (
                    "agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="accounts.agent",
                        verbose_name="taken by",
                    ),
                ),
                ("taken_at", models.DateTimeField(null=True, verbose_name="taken")),
                (
                    "former",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="previous assignee",
                    ),
                ),
                (
                    "former_routed_by",
                    models.CharField(
                        choices=[
                            ("nobody", "not assigned yet"),
                            ("designated", "designated engineer of the region"),
                            ("backup", "backup engineer, because the designated engineer is away"),
                            ("match", "best match by language, region, product and load"),
                            ("level_3", "level 3"),
                            ("agent", "opened by the agent"),
                        ],
                        default="nobody",
                        max_length=10,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=2000, verbose_name="answer")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
            ],
            options={
                "verbose_name": "escalation to level 3",
                "verbose_name_plural": "escalations to level 3",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "escalated", "taken", "returned", "declined", "ended"])
                        ),
                        name="tickets_escalation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["taken", "returned"]), _negated=True),
                            ("agent__isnull", False),
                            _connector="OR",
                        ),
                        name="tickets_escalation_taken_says_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["asked", "escalated", "taken"])),
                            models.Q(
                                models.Q(("state__in", ["asked", "escalated", "taken"]), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="tickets_escalation_ended_says_when",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "escalated", "taken"])),
                        fields=("ticket",),
                        name="tickets_escalation_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Workaround",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("description", models.CharField(max_length=2000, verbose_name="workaround")),
                ("recorded_at", models.DateTimeField(verbose_name="in place since")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rejected", "Does not work for the customer"),
                            ("replaced", "Replaced by another one"),
                            ("withdrawn", "Removed by us"),
                        ],
                        max_length=9,
                        verbose_name="ending",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="workarounds",
                        to="tickets.ticket",
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
                        condition=models.Q(("ending__in", ["", "rejected", "replaced", "withdrawn"])),
                        name="tickets_workaround_ending_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None), ("ending", "")),
                            models.Q(
                                models.Q(("ending", ""), _negated=True),
                                ("ended_at__gte", models.F("recorded_at")),
                                ("ended_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="tickets_workaround_ended_says_how",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("ticket",),
                        name="tickets_workaround_one_in_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("message", "Message"),
                            ("note", "Internal note"),
                            ("status", "Status"),
                            ("priority", "Priority"),
                            ("priority_asked", "Priority change requested"),
                            ("assigned", "Assigned"),
                            ("follower_added", "Follower added"),
                            ("follower_removed", "Follower removed"),
                            ("check_in_skipped", "Check-in skipped"),
                            ("overdue", "Overdue"),
                            ("followed_up", "Follow-up ticket opened"),
                            ("due_changed", "Due time changed"),
                            ("region", "Region"),
                            ("language", "Language"),
                            ("merged", "Merged"),
                            ("merged_into", "Merged into another ticket"),
                            ("level_3", "Level 3"),
                            ("call", "Call"),
                            ("chat", "Chat"),
                            ("mail", "Email"),
                            ("analysis", "Root-cause analysis"),
                            ("workaround", "Workaround"),
                            ("alerted", "Agents notified"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="date")),
                ("data", models.JSONField(default=dict, verbose_name="details")),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["created_at", "pk"],
                "indexes": [models.Index(fields=["ticket", "created_at", "id"], name="tickets_event_history")],
                "constraints": [
                    models.CheckConstraint(
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
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "author_kind",
                    models.CharField(
                        choices=[("customer", "Customer"), ("agent", "Support team")], max_length=8, verbose_name="side"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("reply", "Reply"), ("check_in", "Check-in"), ("status_update", "Status change")],
                        default="reply",
                        max_length=13,
                        verbose_name="kind",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("portal", "Portal"),
                            ("api", "API"),
                            ("email", "Email"),
                            ("chat", "Chat"),
                            ("phone", "Phone"),
                            ("desk", "Agent workspace"),
                        ],
                        max_length=6,
                        verbose_name="channel",
                    ),
                ),
                ("body", models.TextField(verbose_name="text")),
                ("parts", models.JSONField(blank=True, null=True, verbose_name="parts")),
                ("created_at", models.DateTimeField(verbose_name="sent")),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["created_at", "pk"],
                "indexes": [models.Index(fields=["ticket", "created_at", "id"], name="tickets_message_thread")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("author_kind__in", ["customer", "agent"])),
                        name="tickets_message_side_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True), name="tickets_message_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InternalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                ("body", models.TextField(verbose_name="text")),
                ("created_at", models.DateTimeField(verbose_name="sent")),
            ],
            options={
                "verbose_name": "internal note",
                "verbose_name_plural": "internal notes",
                "ordering": ["created_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True), name="tickets_note_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        default=tickets.core.models.message.new_key, editable=False, max_length=64, unique=True
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="tickets.message",
                        verbose_name="message",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("message", None)), fields=["uploaded_at"], name="tickets_attachment_loose"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mailbox", models.CharField(max_length=120, verbose_name="inbox")),
                ("rfc_id", models.CharField(blank=True, max_length=255, verbose_name="Message-ID")),
                ("content_hash", models.CharField(editable=False, max_length=64)),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Not processed yet"),
                            ("posted", "On a ticket"),
                            ("held", "Needs review"),
                            ("quarantined", "Cannot be read"),
                            ("ignored", "Ignored"),
                            ("bounce", "Bounce report"),
                        ],
                        default="received",
                        max_length=11,
                        verbose_name="status",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "—"),
                            ("token", "reply to one of our emails"),
                            ("contact", "new ticket from a contact"),
                            ("by_agent", "processed by an agent"),
                            ("unknown", "unknown sender address"),
                            ("unverified", "unverified sender"),
                            ("other_sender", "reply from somebody else than the recipient of our email"),
                            ("no_access", "the sender no longer has access to the ticket"),
                            ("several_accounts", "the sender belongs to several accounts"),
                            ("staff", "an agent sent an email that is not a reply"),
                            ("stale", "the ticket has a newer message than the one the agent replied to"),
                            ("no_sender", "no clear sender"),
                            ("too_many", "too many emails from this sender in one hour"),
                            ("empty", "the reply has no new text"),
                            ("refused", "the ticket did not accept it"),
                            ("too_large", "too large"),
                            ("too_complex", "too many parts or headers"),
                            ("unreadable", "unreadable format"),
                            ("failed", "processing failed several times"),
                            ("own", "sent from our own address"),
                            ("automatic", "automatic email"),
                            ("inactive", "the sender or the account is no longer active"),
                            ("throttled", "too many replies with a forged address"),
                            ("duplicate", "already received in another inbox"),
                            ("rejected", "ignored by an agent"),
                            ("unknown_bounce", "bounce report for an email we did not send"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="cause",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="detail")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("from_address", models.CharField(blank=True, max_length=254, verbose_name="sender address")),
                ("from_name", models.CharField(blank=True, max_length=200, verbose_name="name of the sender")),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("quote", models.TextField(blank=True, verbose_name="quoted text")),
                ("facts", models.JSONField(blank=True, default=dict, verbose_name="details")),
                (
                    "sender",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sender",
                    ),
                ),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="mails_about",
                        to="tickets.ticket",
                        verbose_name="reply to",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="mails",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="mail",
                        to="tickets.message",
                        verbose_name="message",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="processed")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="processed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "incoming email",
                "verbose_name_plural": "incoming emails",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "received")), fields=["id"], name="tickets_mail_waiting"),
                    models.Index(fields=["state", "-id"], name="tickets_mail_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("mailbox", "rfc_id", "content_hash"), name="tickets_mail_once_per_mailbox"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "posted")),
                        fields=("rfc_id", "content_hash"),
                        name="tickets_mail_posted_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["received", "posted", "held", "quarantined", "ignored", "bounce"])
                        ),
                        name="tickets_mail_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "cause__in",
                                [
                                    "",
                                    "token",
                                    "contact",
                                    "by_agent",
                                    "unknown",
                                    "unverified",
                                    "other_sender",
                                    "no_access",
                                    "several_accounts",
                                    "staff",
                                    "stale",
                                    "no_sender",
                                    "too_many",
                                    "empty",
                                    "refused",
                                    "too_large",
                                    "too_complex",
                                    "unreadable",
                                    "failed",
                                    "own",
                                    "automatic",
                                    "inactive",
                                    "throttled",
                                    "duplicate",
                                    "rejected",
                                    "unknown_bounce",
                                ],
                            )
                        ),
                        name="tickets_mail_cause_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mail",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="source", to="tickets.incomingmail"
                    ),
                ),
                ("data", models.BinaryField()),
                ("is_cut", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "source of an email",
                "verbose_name_plural": "sources of emails",
            },
        ),
        migrations.CreateModel(
            name="MailQuote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quote",
                        to="tickets.message",
                        verbose_name="message",
                    ),
                ),
                ("text", models.TextField(verbose_name="quoted text")),
            ],
            options={
                "verbose_name": "quoted text",
                "verbose_name_plural": "quoted texts",
            },
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="inbox")),
                ("uid_validity", models.BigIntegerField(null=True)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("read_at", models.DateTimeField(null=True, verbose_name="last read")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="error")),
                ("failing_since", models.DateTimeField(null=True, verbose_name="failing since")),
            ],
            options={
                "verbose_name": "inbox",
                "verbose_name_plural": "inboxes",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(verbose_name="start")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("clocks", "SLA clocks"),
                            ("tickets", "tickets"),
                            ("reports", "reports"),
                            ("hours", "hours"),
                        ],
                        default="clocks",
                        max_length=7,
                        verbose_name="part",
                    ),
                ),
                ("cursor", models.BigIntegerField(default=0, verbose_name="checked up to")),
                ("clocks", models.PositiveBigIntegerField(default=0, verbose_name="SLA clocks")),
                ("tickets", models.PositiveBigIntegerField(default=0, verbose_name="tickets")),
                ("differences", models.PositiveIntegerField(default=0, verbose_name="differences")),
                ("examples", models.JSONField(default=list, verbose_name="first differences")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="completed")),
            ],
            options={
                "verbose_name": "self-check",
                "verbose_name_plural": "self-checks",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1), condition=models.Q(("finished_at", None)), name="tickets_verification_one_runs"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["clocks", "tickets", "reports", "hours"])),
                        name="tickets_verification_part_known",
                    ),
                ],
            },
        ),
    ]
