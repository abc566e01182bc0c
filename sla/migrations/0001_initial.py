"""Calendars, on-call rotas, targets, clocks and roll-ups: every table with its rules.

No two weekly stretches of a calendar share time, and no two shifts of a rota: what Django has no words for is SQL.
"""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sla.core.models.calendar
from portal.lib.migrations import RunSQLOn

# Both kinds of database count in minutes of the week; a stretch that closes at or before its opening runs into the next
# day. What runs from Sunday into Monday is left to the form, which looks at the week as a circle.
MINUTES = "(CAST(substr({0}, 1, 2) AS integer) * 60 + CAST(substr({0}, 4, 2) AS integer))"
FROM = "({0}weekday * 1440 + " + MINUTES.format("{0}opens") + ")"
UNTIL = (
    "({0}weekday * 1440 + " + MINUTES.format("{0}closes") + " + CASE WHEN {0}closes <= {0}opens THEN 1440 ELSE 0 END)"
)
INTERVALS_APART = f"""
CREATE TRIGGER sla_interval_apart_{{name}} BEFORE {{event}} ON sla_openinginterval
WHEN EXISTS (
    SELECT 1 FROM sla_openinginterval AS other
    WHERE other.calendar_id = NEW.calendar_id AND other.id IS NOT NEW.id
      AND {FROM.format("other.")} < {UNTIL.format("NEW.")} AND {UNTIL.format("other.")} > {FROM.format("NEW.")}
)
BEGIN SELECT RAISE(ABORT, 'sla_interval_apart'); END
"""  # noqa: S608 — only words of ours
intervals_apart_on_postgresql = RunSQLOn(
    "postgresql",
    sql=[
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE sla_openinginterval ADD CONSTRAINT sla_interval_apart EXCLUDE USING gist "
        f"(calendar_id WITH =, int4range({FROM.format('')}, {UNTIL.format('')}) WITH &&)",
    ],
    reverse_sql=["ALTER TABLE sla_openinginterval DROP CONSTRAINT sla_interval_apart"],
)
intervals_apart_on_sqlite = RunSQLOn(
    "sqlite",
    sql=[INTERVALS_APART.format(name=event.lower(), event=event) for event in ("INSERT", "UPDATE")],
    reverse_sql=[f"DROP TRIGGER sla_interval_apart_{name}" for name in ("insert", "update")],
)

SHIFTS_APART = """
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
    sql=[SHIFTS_APART.format(name=event.lower(), event=event) for event in ("INSERT", "UPDATE")],
    reverse_sql=[f"DROP TRIGGER sla_shift_apart_{name}" for name in ("insert", "update")],
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("tickets", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Calendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "region",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
            ],
            options={
                "verbose_name": "business-hours calendar",
                "verbose_name_plural": "business-hours calendars",
                "ordering": ["region__name_en"],
            },
        ),
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="sla.calendar",
                        verbose_name="business-hours calendar",
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("time_zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("weekly", models.JSONField(verbose_name="weekly business hours")),
                ("exceptions", models.JSONField(verbose_name="public holidays and closed days")),
                (
                    "longest_closure",
                    models.PositiveSmallIntegerField(null=True, verbose_name="longest closed period in days"),
                ),
                ("created_at", models.DateTimeField(null=True, verbose_name="edited")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="edited by",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a business-hours calendar",
                "verbose_name_plural": "versions of business-hours calendars",
                "constraints": [
                    models.UniqueConstraint(fields=("calendar", "version"), name="sla_calendarversion_once"),
                    models.CheckConstraint(
                        condition=models.Q(("longest_closure", None), ("longest_closure__lt", 366), _connector="OR"),
                        name="sla_calendarversion_opens",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningInterval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intervals",
                        to="sla.calendar",
                        verbose_name="business-hours calendar",
                    ),
                ),
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
                        verbose_name="weekday",
                    ),
                ),
                (
                    "opens",
                    models.CharField(
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^([01]\\d|2[0-3]):[0-5]\\d$", "Enter a time such as 09:00."
                            )
                        ],
                        verbose_name="opens",
                    ),
                ),
                (
                    "closes",
                    models.CharField(
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$",
                                "Enter a time such as 17:30, or 24:00 for midnight.",
                            )
                        ],
                        verbose_name="closes",
                    ),
                ),
            ],
            options={
                "verbose_name": "business hours",
                "verbose_name_plural": "business hours",
                "ordering": ["weekday", "opens"],
                "constraints": [
                    models.UniqueConstraint(fields=("calendar", "weekday", "opens"), name="sla_interval_opens_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__range", (0, 6))), name="sla_interval_weekday_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="sla.calendar",
                        verbose_name="business-hours calendar",
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                ("name_fr", models.CharField(max_length=120, verbose_name="French name")),
                (
                    "intervals",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text='[] for a closed day, [["09:00", "12:00"]] for other hours.',
                        validators=[sla.core.models.calendar.validate_intervals],
                        verbose_name="hours",
                    ),
                ),
            ],
            options={
                "verbose_name": "public holiday or closed day",
                "verbose_name_plural": "public holidays and closed days",
                "ordering": ["day"],
                "constraints": [models.UniqueConstraint(fields=("calendar", "day"), name="sla_exception_once_per_day")],
            },
        ),
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
                        verbose_name="handover day",
                    ),
                ),
                (
                    "hour",
                    models.CharField(
                        default="09:00",
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^([01]\\d|2[0-3]):[0-5]\\d$", "Enter a time such as 09:00."
                            )
                        ],
                        verbose_name="handover time",
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
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clocks",
                        to="tickets.ticket",
                        verbose_name="ticket",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("response", "Reply"), ("check_in", "Check-in")], max_length=8, verbose_name="kind"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("met", "Met"),
                            ("missed", "Missed"),
                            ("cancelled", "No longer due"),
                            ("skipped", "Skipped"),
                        ],
                        default="running",
                        max_length=9,
                        verbose_name="result",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("opened", "the ticket was opened"),
                            ("customer_message", "the customer wrote"),
                            ("agent_message", "we wrote"),
                            ("our_turn", "the ticket is waiting for us again"),
                            ("priority", "the priority changed"),
                            ("skipped", "the previous check-in was skipped"),
                            ("status_change", "the status changed"),
                            ("live", "a live conversation"),
                            ("merged", "a merged ticket"),
                            ("call_asked", "a call was requested"),
                            ("chat", "the customer’s first message in a chat"),
                        ],
                        max_length=16,
                        verbose_name="reason for the start",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="start")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("due_soon_at", models.DateTimeField(verbose_name="three quarters used on")),
                ("announce_at", models.DateTimeField(verbose_name="half used on")),
                ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="end")),
                ("breached_at", models.DateTimeField(blank=True, null=True, verbose_name="overdue since")),
                ("warned_at", models.DateTimeField(blank=True, null=True, verbose_name="marked as due soon")),
                ("announced_at", models.DateTimeField(blank=True, null=True, verbose_name="notified")),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "business_seconds",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="business hours in seconds"),
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
                        max_length=8,
                        verbose_name="tier",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("seat", "has a Premium seat"),
                            ("no_seat", "has no Premium seat"),
                            ("not_validated", "Premium seat pending approval"),
                            ("over_limit", "Premium seat over the limit of the contract"),
                            ("standard_contract", "Standard contract"),
                            ("no_contract", "no contract in force"),
                        ],
                        max_length=17,
                        verbose_name="reason for the tier",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Medium"), (4, "Low")], verbose_name="priority"
                    ),
                ),
                (
                    "coverage",
                    models.CharField(
                        choices=[("24x7", "24/7"), ("business_hours", "in business hours")],
                        max_length=14,
                        verbose_name="hours that count",
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("every_business_hours", "every n business hours"),
                            ("every_business_day", "once per business day"),
                            ("on_status_change", "on every change of status"),
                        ],
                        max_length=20,
                        verbose_name="check-in rule",
                    ),
                ),
                ("target_minutes", models.PositiveIntegerField(null=True, verbose_name="target in minutes")),
                ("target_version", models.PositiveIntegerField(default=1, verbose_name="version of the target")),
                ("counted_from", models.DateTimeField(verbose_name="calculated from")),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="sla.calendar",
                        verbose_name="business-hours calendar of the region",
                    ),
                ),
                (
                    "calendar_version",
                    models.PositiveIntegerField(verbose_name="version of the business-hours calendar"),
                ),
            ],
            options={
                "verbose_name": "SLA clock",
                "verbose_name_plural": "SLA clocks",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("breached_at", None), ("outcome", "running")),
                        fields=["due_at"],
                        name="sla_clock_to_flag",
                    ),
                    models.Index(
                        condition=models.Q(("breached_at", None), ("outcome", "running"), ("warned_at", None)),
                        fields=["due_soon_at"],
                        name="sla_clock_to_warn",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("breached_at", None), ("coverage", "business_hours"), ("outcome", "running")
                        ),
                        fields=["calendar", "calendar_version", "id"],
                        name="sla_clock_by_calendar",
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "running"), _negated=True),
                        fields=["stopped_at"],
                        name="sla_clock_ended",
                    ),
                    models.Index(fields=["account", "stopped_at"], name="sla_clock_of_account"),
                    models.Index(
                        condition=models.Q(("announced_at", None), ("kind", "check_in"), ("outcome", "running")),
                        fields=["announce_at"],
                        name="sla_clock_to_announce",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "running")),
                        fields=("ticket", "kind"),
                        name="sla_clock_one_running_per_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["response", "check_in"])), name="sla_clock_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["running", "met", "missed", "cancelled", "skipped"])),
                        name="sla_clock_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gte", models.F("started_at"))),
                        name="sla_clock_due_not_before_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped_at", None), ("stopped_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="sla_clock_stopped_not_before_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "running"), ("stopped_at", None)),
                            models.Q(models.Q(("outcome", "running"), _negated=True), ("stopped_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="sla_clock_running_until_stopped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "met"), _negated=True),
                            models.Q(("breached_at", None), ("stopped_at__lte", models.F("due_at"))),
                            _connector="OR",
                        ),
                        name="sla_clock_met_is_in_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "missed"), _negated=True),
                            models.Q(("breached_at__isnull", False), ("stopped_at__gte", models.F("due_at"))),
                            _connector="OR",
                        ),
                        name="sla_clock_missed_is_flagged",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="sla.clock",
                        verbose_name="SLA clock",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("due_soon", "Due soon"),
                            ("overdue", "Overdue"),
                            ("due_changed", "Due time changed"),
                            ("stopped", "Stopped"),
                        ],
                        max_length=11,
                        verbose_name="kind",
                    ),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="date")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
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
                ("data", models.JSONField(blank=True, default=dict, verbose_name="details")),
                ("handled_at", models.DateTimeField(blank=True, null=True, verbose_name="notified")),
            ],
            options={
                "verbose_name": "SLA clock event",
                "verbose_name_plural": "SLA clock events",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("handled_at", None), ("kind__in", ("due_soon", "overdue"))),
                        fields=["id"],
                        name="sla_clockevent_to_tell",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ("due_soon", "overdue"))),
                        fields=("clock", "kind"),
                        name="sla_clockevent_flag_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["started", "due_soon", "overdue", "due_changed", "stopped"])),
                        name="sla_clockevent_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TalliedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField(unique=True, verbose_name="month")),
                ("tallied_at", models.DateTimeField(verbose_name="calculated")),
                ("clocks", models.PositiveIntegerField(default=0, verbose_name="SLA clocks")),
            ],
            options={
                "verbose_name": "month of the SLA report",
                "verbose_name_plural": "months of the SLA report",
                "ordering": ["first_day"],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "month",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="sla.talliedmonth",
                        verbose_name="month",
                    ),
                ),
                (
                    "grain",
                    models.CharField(
                        choices=[
                            ("tiers", "tier and priority"),
                            ("regions", "tier, priority and region"),
                            ("accounts", "account"),
                            ("agents", "agent"),
                            ("agents_tiers", "agent, tier and priority"),
                        ],
                        max_length=12,
                        verbose_name="period",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("response", "Reply"), ("check_in", "Check-in")], max_length=8, verbose_name="kind"
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        blank=True,
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
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Medium"), (4, "Low")],
                        null=True,
                        verbose_name="priority",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="agent",
                    ),
                ),
                ("met", models.PositiveIntegerField(default=0, verbose_name="met")),
                ("missed", models.PositiveIntegerField(default=0, verbose_name="missed")),
                ("cancelled", models.PositiveIntegerField(default=0, verbose_name="no longer due")),
                ("skipped", models.PositiveIntegerField(default=0, verbose_name="skipped")),
                ("elapsed", models.JSONField(default=list, verbose_name="real time (24/7)")),
                ("business", models.JSONField(default=list, verbose_name="business hours")),
                ("late", models.JSONField(default=list, verbose_name="time by which targets were missed")),
            ],
            options={
                "verbose_name": "figure of the SLA report",
                "verbose_name_plural": "figures of the SLA report",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["month", "grain"], name="sla_tally_of_month")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("grain__in", ["tiers", "regions", "accounts", "agents", "agents_tiers"])),
                        name="sla_tally_grain_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["response", "check_in"])), name="sla_tally_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Medium"), (4, "Low")], verbose_name="priority"
                    ),
                ),
                (
                    "response_minutes",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(527040),
                        ],
                        verbose_name="response, in minutes",
                    ),
                ),
                (
                    "coverage",
                    models.CharField(
                        choices=[("24x7", "24/7"), ("business_hours", "in business hours")],
                        max_length=14,
                        verbose_name="hours that count",
                    ),
                ),
                (
                    "check_in_rule",
                    models.CharField(
                        choices=[
                            ("every_business_hours", "every n business hours"),
                            ("every_business_day", "once per business day"),
                            ("on_status_change", "on every change of status"),
                        ],
                        max_length=20,
                        verbose_name="check-in",
                    ),
                ),
                (
                    "check_in_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Only for check-ins every n business hours.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(527040),
                        ],
                        verbose_name="check-in, in business minutes",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
            ],
            options={
                "verbose_name": "target",
                "verbose_name_plural": "targets",
                "ordering": ["priority", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("tier", "priority"), name="sla_target_one_per_cell"),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["standard", "silver", "gold", "platinum"])),
                        name="sla_target_tier_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", [1, 2, 3, 4])), name="sla_target_priority_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("coverage__in", ["24x7", "business_hours"])),
                        name="sla_target_coverage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("response_minutes__gte", 1)), name="sla_target_response_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("check_in_minutes__gte", 1), ("check_in_rule", "every_business_hours")),
                            models.Q(
                                ("check_in_minutes", None),
                                ("check_in_rule__in", ["every_business_day", "on_status_change"]),
                            ),
                            _connector="OR",
                        ),
                        name="sla_target_check_in_minutes_fit_rule",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TargetVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="took effect")),
                ("cursor", models.BigIntegerField(default=0, editable=False, verbose_name="done up to")),
                ("again_at", models.DateTimeField(editable=False, null=True, verbose_name="second look")),
                ("done_at", models.DateTimeField(editable=False, null=True, verbose_name="done")),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="sla.target",
                        verbose_name="target",
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("response_minutes", models.PositiveIntegerField(verbose_name="response, in minutes")),
                (
                    "coverage",
                    models.CharField(
                        choices=[("24x7", "24/7"), ("business_hours", "in business hours")],
                        max_length=14,
                        verbose_name="hours that count",
                    ),
                ),
                (
                    "check_in_rule",
                    models.CharField(
                        choices=[
                            ("every_business_hours", "every n business hours"),
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
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="edited by",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a target",
                "verbose_name_plural": "versions of targets",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="sla_targetversion_to_do")
                ],
                "constraints": [models.UniqueConstraint(fields=("target", "version"), name="sla_targetversion_once")],
            },
        ),
        intervals_apart_on_postgresql,
        intervals_apart_on_sqlite,
        shifts_apart_on_postgresql,
        shifts_apart_on_sqlite,
    ]
