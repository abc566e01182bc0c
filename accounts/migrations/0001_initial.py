"""People, accounts, contracts and what they bring: every table with its rules.

No two contracts of an account share a day, and no line of the hours ledger changes: what Django has no words for is SQL.
"""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import portal.lib.zones
from portal.lib.migrations import RunSQLOn

ONE_IN_FORCE = """
CREATE TRIGGER accounts_contract_one_in_force_{name} BEFORE {event} ON accounts_contract
WHEN EXISTS (
    SELECT 1 FROM accounts_contract AS other
    WHERE other.account_id = NEW.account_id AND other.id IS NOT NEW.id
      AND other.starts_on <= NEW.ends_on AND other.ends_on >= NEW.starts_on
)
BEGIN SELECT RAISE(ABORT, 'accounts_contract_one_in_force'); END
"""
contracts_apart_on_postgresql = RunSQLOn(
    "postgresql",
    sql=[
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE accounts_contract ADD CONSTRAINT accounts_contract_one_in_force "
        "EXCLUDE USING gist (account_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)",
    ],
    reverse_sql=["ALTER TABLE accounts_contract DROP CONSTRAINT accounts_contract_one_in_force"],
)
contracts_apart_on_sqlite = RunSQLOn(
    "sqlite",
    sql=[ONE_IN_FORCE.format(name=event.lower(), event=event) for event in ("INSERT", "UPDATE")],
    reverse_sql=[f"DROP TRIGGER accounts_contract_one_in_force_{name}" for name in ("insert", "update")],
)

# Lines are never changed. Deletion is refused by PostgreSQL only: on SQLite the suite empties its tables by DELETE, and a
# missing line is a gap in the numbers, which hours_verification names.
ledger_append_only_on_postgresql = RunSQLOn(
    "postgresql",
    sql=[
        "CREATE FUNCTION accounts_hoursentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
        "EXCEPTION 'accounts_hoursentry is append-only' USING ERRCODE = 'check_violation'; END $$",
        "CREATE TRIGGER accounts_hoursentry_append_only BEFORE UPDATE OR DELETE ON accounts_hoursentry "
        "FOR EACH ROW EXECUTE FUNCTION accounts_hoursentry_append_only()",
    ],
    reverse_sql=[
        "DROP TRIGGER accounts_hoursentry_append_only ON accounts_hoursentry",
        "DROP FUNCTION accounts_hoursentry_append_only",
    ],
)
ledger_append_only_on_sqlite = RunSQLOn(
    "sqlite",
    sql=[
        "CREATE TRIGGER accounts_hoursentry_append_only BEFORE UPDATE ON accounts_hoursentry "
        "BEGIN SELECT RAISE(ABORT, 'accounts_hoursentry is append-only'); END"
    ],
    reverse_sql=["DROP TRIGGER accounts_hoursentry_append_only"],
)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Short name used by the API, such as emea.",
                        max_length=30,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                ("name_en", models.CharField(max_length=80, verbose_name="English name")),
                ("name_fr", models.CharField(max_length=80, verbose_name="French name")),
                (
                    "time_zone",
                    models.CharField(
                        max_length=64, validators=[portal.lib.zones.validate_time_zone], verbose_name="time zone"
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        help_text="Two letters (ISO 3166), used for public holidays.",
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{2}$")],
                        verbose_name="country",
                    ),
                ),
                (
                    "subdivision",
                    models.CharField(
                        blank=True, help_text="For example ON or 57.", max_length=10, verbose_name="subdivision"
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="support number")),
                (
                    "matches_tickets",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="To the best match by language, region, product and workload among agents on duty before the due time. If you do not select this, new tickets stay unassigned, except those of a designated engineer.",
                        verbose_name="assign new tickets automatically",
                    ),
                ),
                (
                    "backup_after_percent",
                    models.PositiveSmallIntegerField(
                        db_default=25,
                        default=25,
                        help_text="If nobody has taken an unassigned ticket by then. Agents on duty are notified immediately.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="backup notified after (percent of the target)",
                    ),
                ),
                (
                    "leads_after_percent",
                    models.PositiveSmallIntegerField(
                        db_default=50,
                        default=50,
                        help_text="If the ticket is still unassigned by then.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="team leads notified after (percent of the target)",
                    ),
                ),
            ],
            options={
                "verbose_name": "region",
                "verbose_name_plural": "regions",
                "ordering": ["name_en"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("backup_after_percent__gte", 1),
                            ("backup_after_percent__lte", models.F("leads_after_percent")),
                            ("leads_after_percent__lte", 100),
                        ),
                        name="accounts_region_ladder_climbs",
                        violation_error_message="Team leads are notified after the backup. Enter at least the same percentage.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "segment",
                    models.CharField(
                        choices=[("enterprise", "Enterprise"), ("education", "Education")],
                        default="enterprise",
                        max_length=12,
                        verbose_name="segment",
                    ),
                ),
                (
                    "home_region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="home_accounts",
                        to="accounts.region",
                        verbose_name="home region",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("notes", models.TextField(blank=True, verbose_name="notes for the support team")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "regions",
                    models.ManyToManyField(
                        blank=True, related_name="accounts", to="accounts.region", verbose_name="other regions"
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("segment__in", ["enterprise", "education"])),
                        name="accounts_account_segment_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="email address")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "Français")],
                        default="en",
                        max_length=5,
                        verbose_name="language",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        max_length=64,
                        validators=[portal.lib.zones.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("system", "System"), ("light", "Light"), ("dark", "Dark")],
                        default="system",
                        max_length=6,
                        verbose_name="appearance",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "unreachable_address",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=254,
                        verbose_name="email address that bounces",
                    ),
                ),
                ("unreachable_since", models.DateTimeField(blank=True, null=True, verbose_name="bounced on")),
                (
                    "unreachable_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=200,
                        verbose_name="message from the mail server",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="accounts_user_email_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "fr"])), name="accounts_user_language_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agent",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("agent", "Agent"), ("lead", "Team lead"), ("administrator", "Administrator")],
                        default="agent",
                        max_length=13,
                        verbose_name="role",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1"), (2, "2"), (3, "3")], default=1, verbose_name="support level"
                    ),
                ),
                (
                    "languages",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text='Language codes, such as ["en", "fr"].',
                        verbose_name="languages",
                    ),
                ),
                (
                    "skills",
                    models.JSONField(
                        blank=True, default=list, help_text="Products this agent knows.", verbose_name="skills"
                    ),
                ),
                (
                    "regions",
                    models.ManyToManyField(
                        blank=True, related_name="agents", to="accounts.region", verbose_name="regions"
                    ),
                ),
            ],
            options={
                "verbose_name": "agent",
                "verbose_name_plural": "agents",
                "ordering": ["user__name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["agent", "lead", "administrator"])),
                        name="accounts_agent_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 3))), name="accounts_agent_level_known"
                    ),
                ],
            },
        ),
        # A region and its agents name each other.
        migrations.AddField(
            model_name="region",
            name="backups",
            field=models.ManyToManyField(
                blank=True,
                help_text="If you select none: the next agent on the on-call rota, or agents on duty in other regions for the language.",
                related_name="backup_regions",
                to="accounts.agent",
                verbose_name="backup agents",
            ),
        ),
        migrations.CreateModel(
            name="AwayPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="away_periods",
                        to="accounts.agent",
                        verbose_name="agent",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        help_text="Visible to the support team only. Customers see the end date.",
                        max_length=120,
                        verbose_name="reason",
                    ),
                ),
            ],
            options={
                "verbose_name": "away period",
                "verbose_name_plural": "away periods",
                "ordering": ["starts_at"],
                "indexes": [models.Index(fields=["agent", "ends_at"], name="accounts_away_not_over")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="accounts_away_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("admin", "Account administrator"), ("member", "Member")],
                        default="member",
                        max_length=6,
                        verbose_name="role",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        help_text="Leave empty for the home region of the account.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ["user__name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "user"), name="accounts_contact_once_per_account"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["admin", "member"])), name="accounts_contact_role_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntitlementChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="took effect")),
                ("cursor", models.BigIntegerField(default=0, editable=False, verbose_name="done up to")),
                ("again_at", models.DateTimeField(editable=False, null=True, verbose_name="second look")),
                ("done_at", models.DateTimeField(editable=False, null=True, verbose_name="done")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("seat_granted", "a Premium seat was approved"),
                            ("seat_withdrawn", "a Premium seat was removed"),
                            ("contract", "the contract was changed"),
                            ("contract_started", "a contract started"),
                            ("contract_ended", "the contract ended"),
                        ],
                        max_length=16,
                        verbose_name="cause",
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
                        max_length=8,
                        verbose_name="tier",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
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
                ("seats", models.PositiveSmallIntegerField(default=0, verbose_name="Premium seats")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                ("dated_at", models.DateTimeField(editable=False, null=True, verbose_name="backdated to")),
            ],
            options={
                "verbose_name": "change of entitlements",
                "verbose_name_plural": "changes of entitlements",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="accounts_change_to_do")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "cause__in",
                                ["seat_granted", "seat_withdrawn", "contract", "contract_started", "contract_ended"],
                            )
                        ),
                        name="accounts_change_cause_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dated_at", None), ("dated_at__lt", models.F("at")), _connector="OR"),
                        name="accounts_change_dated_back",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierTerms",
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
                        unique=True,
                        verbose_name="tier",
                    ),
                ),
                ("premium_contacts", models.PositiveSmallIntegerField(verbose_name="Premium contacts")),
                ("level_3_support", models.BooleanField(verbose_name="level 3 support")),
                (
                    "phone_model",
                    models.CharField(
                        choices=[("standard", "Standard"), ("priority", "Priority")],
                        max_length=8,
                        verbose_name="phone support",
                    ),
                ),
                ("round_the_clock", models.BooleanField(verbose_name="24/7, in English")),
                ("enhanced_check_ins", models.BooleanField(verbose_name="enhanced check-ins")),
                (
                    "professional_services_hours",
                    models.PositiveSmallIntegerField(verbose_name="professional services hours a year"),
                ),
                ("p1_root_cause_analysis", models.BooleanField(verbose_name="root-cause analysis of every P1")),
                ("designated_engineer", models.BooleanField(verbose_name="designated engineer in each region")),
                ("executive_sponsor", models.BooleanField(verbose_name="executive sponsor")),
                ("regional_premium_contacts", models.BooleanField(verbose_name="Premium contacts have a region")),
            ],
            options={
                "verbose_name": "tier",
                "verbose_name_plural": "tiers",
                "ordering": ["premium_contacts", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["standard", "silver", "gold", "platinum"])),
                        name="accounts_tierterms_tier_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TierPrice",
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
                    "segment",
                    models.CharField(
                        choices=[("enterprise", "Enterprise"), ("education", "Education")],
                        max_length=12,
                        verbose_name="segment",
                    ),
                ),
                (
                    "usd_per_year",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="US dollars per year"),
                ),
            ],
            options={
                "verbose_name": "price of a tier",
                "verbose_name_plural": "prices of tiers",
                "ordering": ["usd_per_year"],
                "constraints": [
                    models.UniqueConstraint(fields=("tier", "segment"), name="accounts_tierprice_one_per_cell"),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_year__gte", 0)), name="accounts_tierprice_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="accounts.account",
                        verbose_name="account",
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
                        max_length=8,
                        verbose_name="tier",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                (
                    "premium_contacts",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Leave empty for the number included in the tier.",
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="Premium contacts",
                    ),
                ),
                (
                    "professional_services_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Leave empty for the hours included in the tier.",
                        verbose_name="professional services hours a year",
                    ),
                ),
                (
                    "price_usd",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Leave empty for the price of the tier in the segment of the account.",
                        max_digits=10,
                        null=True,
                        verbose_name="price in US dollars per year",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("start_noted", models.BooleanField(default=False, editable=False)),
                ("end_noted", models.BooleanField(default=False, editable=False)),
            ],
            options={
                "verbose_name": "contract",
                "verbose_name_plural": "contracts",
                "ordering": ["-starts_on"],
                "indexes": [
                    models.Index(fields=["account", "starts_on", "ends_on"], name="accounts_contract_in_force"),
                    models.Index(
                        condition=models.Q(("start_noted", False)),
                        fields=["starts_on"],
                        name="accounts_contract_to_start",
                    ),
                    models.Index(
                        condition=models.Q(("end_noted", False)), fields=["ends_on"], name="accounts_contract_to_end"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["standard", "silver", "gold", "platinum"])),
                        name="accounts_contract_tier_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="accounts_contract_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_usd__isnull", True), ("price_usd__gte", 0), _connector="OR"),
                        name="accounts_contract_price_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("tier", "standard"), _negated=True), ("premium_contacts", 0), _connector="OR"
                        ),
                        name="accounts_contract_standard_has_no_seats",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Engagement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="accounts.contact",
                        verbose_name="requested by",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("planned", "Plan to accept"),
                            ("accepted", "Accepted"),
                            ("scheduled", "Scheduled"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="requested",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("topic", models.CharField(max_length=120, verbose_name="subject")),
                ("wish", models.TextField(verbose_name="desired result")),
                ("wished_dates", models.CharField(blank=True, max_length=200, verbose_name="availability")),
                ("plan", models.TextField(blank=True, verbose_name="plan")),
                ("goals", models.TextField(blank=True, verbose_name="goals")),
                (
                    "planned_minutes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="planned duration in minutes"),
                ),
                (
                    "engineer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="engagements",
                        to="accounts.agent",
                        verbose_name="engineer",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                ("result", models.TextField(blank=True, verbose_name="result")),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("updated_at", models.DateTimeField(verbose_name="last change")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
            ],
            options={
                "verbose_name": "engagement",
                "verbose_name_plural": "engagements",
                "ordering": ["-requested_at"],
                "indexes": [
                    models.Index(fields=["account", "-requested_at"], name="accounts_engagement_of"),
                    models.Index(fields=["state", "requested_at"], name="accounts_engagement_board"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["requested", "planned", "accepted", "scheduled", "delivered", "cancelled"])
                        ),
                        name="accounts_engagement_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["requested", "cancelled"]), ("planned_minutes__gt", 0), _connector="OR"
                        ),
                        name="accounts_engagement_planned_says_how_much",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                        ),
                        name="accounts_engagement_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EngagementEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="accounts.engagement",
                        verbose_name="engagement",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("planned", "Plan to accept"),
                            ("accepted", "Accepted"),
                            ("scheduled", "Scheduled"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="comment")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "step of an engagement",
                "verbose_name_plural": "steps of engagements",
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DesignatedEngineer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="designated_engineers",
                        to="accounts.account",
                        verbose_name="account",
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
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="designations",
                        to="accounts.agent",
                        verbose_name="engineer",
                    ),
                ),
                (
                    "backup",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="backup_designations",
                        to="accounts.agent",
                        verbose_name="backup engineer",
                    ),
                ),
                ("started_at", models.DateTimeField(editable=False, null=True, verbose_name="from")),
                (
                    "started_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned by",
                    ),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="until")),
                (
                    "ended_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
            ],
            options={
                "verbose_name": "designated engineer",
                "verbose_name_plural": "designated engineers",
                "ordering": [
                    "account",
                    "region",
                    models.OrderBy(models.F("ended_at"), descending=True, nulls_first=True),
                    "-pk",
                ],
                "indexes": [models.Index(fields=["account", "region", "started_at"], name="accounts_engineer_history")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("account", "region"),
                        name="accounts_engineer_one_per_region",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("backup", None), models.Q(("backup", models.F("agent")), _negated=True), _connector="OR"
                        ),
                        name="accounts_engineer_has_another_backup",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None),
                            ("started_at", None),
                            ("ended_at__gte", models.F("started_at")),
                            _connector="OR",
                        ),
                        name="accounts_engineer_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feeds",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feeds",
                        to="accounts.contact",
                        verbose_name="contact",
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("last_read_at", models.DateTimeField(blank=True, null=True, verbose_name="last read")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
            ],
            options={
                "verbose_name": "calendar link",
                "verbose_name_plural": "calendar links",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("user", "contact"),
                        name="accounts_feed_one_live",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("contact", None), ("revoked_at", None)),
                        fields=("user",),
                        name="accounts_feed_one_live_of_staff",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoursYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hours_years",
                        to="accounts.contract",
                        verbose_name="contract",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="contract year")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("promised_minutes", models.PositiveIntegerField(verbose_name="included hours, in minutes")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
            ],
            options={
                "verbose_name": "contract year of professional services",
                "verbose_name_plural": "contract years of professional services",
                "ordering": ["-starts_on"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["ends_on"], name="accounts_hoursyear_open"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("contract", "number"), name="accounts_hoursyear_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="accounts_hoursyear_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoursEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="accounts.hoursyear",
                        verbose_name="contract year",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="entry")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grant", "Included"),
                            ("reserve", "Reserved"),
                            ("use", "Used"),
                            ("release", "Released"),
                            ("correct", "Corrected"),
                            ("expire", "Expired"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                ("available", models.IntegerField(verbose_name="change in available hours, in minutes")),
                ("reserved", models.IntegerField(default=0, verbose_name="change in reserved hours, in minutes")),
                ("available_after", models.IntegerField(verbose_name="available afterwards, in minutes")),
                ("reserved_after", models.IntegerField(verbose_name="reserved afterwards, in minutes")),
                ("work", models.CharField(blank=True, max_length=200, verbose_name="work done")),
                ("reference", models.CharField(blank=True, max_length=80, verbose_name="reference")),
                ("worked_on", models.DateField(blank=True, null=True, verbose_name="date of the work")),
                (
                    "engineer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="engineer",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="accounts.engagement",
                        verbose_name="engagement",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="accounts.hoursentry",
                        verbose_name="corrects",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="entered")),
            ],
            options={
                "verbose_name": "entry of the hours statement",
                "verbose_name_plural": "hours statement",
                "ordering": ["-created_at", "-pk"],
                "indexes": [models.Index(fields=["year", "-number"], name="accounts_hoursentry_statement")],
                "constraints": [
                    models.UniqueConstraint(fields=("year", "number"), name="accounts_hoursentry_numbered"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "grant")), fields=("year",), name="accounts_hoursentry_granted_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("available_after__gte", 0)), name="accounts_hoursentry_never_below_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reserved_after__gte", 0)),
                        name="accounts_hoursentry_reserved_never_below_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("available__gte", 0), ("kind", "grant"), ("reserved", 0)),
                            models.Q(
                                ("available__lt", 0),
                                ("kind", "reserve"),
                                (
                                    "reserved",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("available"), "*", models.Value(-1)
                                    ),
                                ),
                            ),
                            models.Q(("available__lt", 0), ("kind", "use"), ("reserved", 0)),
                            models.Q(("available", 0), ("kind", "use"), ("reserved__lt", 0)),
                            models.Q(
                                ("available__gt", 0),
                                ("kind", "release"),
                                (
                                    "reserved",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("available"), "*", models.Value(-1)
                                    ),
                                ),
                            ),
                            models.Q(("kind", "correct"), ("reserved", 0), models.Q(("available", 0), _negated=True)),
                            models.Q(("available__lt", 0), ("kind", "expire"), ("reserved", 0)),
                            _connector="OR",
                        ),
                        name="accounts_hoursentry_signs",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoursQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="accounts.hoursentry",
                        verbose_name="entry",
                    ),
                ),
                ("question", models.TextField(verbose_name="question")),
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
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
            ],
            options={
                "verbose_name": "question about hours",
                "verbose_name_plural": "questions about hours",
                "ordering": ["asked_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at", None)),
                        fields=["asked_at"],
                        name="accounts_hoursquestion_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("question", ""), _negated=True), name="accounts_hoursquestion_asks"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="accounts_hoursquestion_answered_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="warnings",
                        to="accounts.contract",
                        verbose_name="contract",
                    ),
                ),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("days", models.PositiveSmallIntegerField(verbose_name="days before the end")),
                ("warned_at", models.DateTimeField(verbose_name="notified")),
            ],
            options={
                "verbose_name": "end-of-contract reminder",
                "verbose_name_plural": "end-of-contract reminders",
                "ordering": ["-warned_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "ends_on", "days"), name="accounts_contractwarning_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="accounts.contact",
                        verbose_name="contact",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="Premium seat")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("nominated", "Pending approval"),
                            ("active", "Active"),
                            ("declined", "Declined"),
                            ("withdrawn", "Removed"),
                        ],
                        default="nominated",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("nominated_at", models.DateTimeField(verbose_name="nominated")),
                (
                    "nominated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="nominated by",
                    ),
                ),
                ("validated_at", models.DateTimeField(blank=True, null=True, verbose_name="approved on")),
                (
                    "validated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
            ],
            options={
                "verbose_name": "Premium seat",
                "verbose_name_plural": "Premium seats",
                "ordering": ["account", "number", "-nominated_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "nominated")),
                        fields=["nominated_at"],
                        name="accounts_seat_waiting",
                    ),
                    models.Index(fields=["account", "-nominated_at", "-id"], name="accounts_seat_history"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["active", "nominated"])),
                        fields=("account", "number"),
                        name="accounts_seat_number_taken_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["active", "nominated"])),
                        fields=("contact",),
                        name="accounts_seat_contact_seated_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="accounts_seat_number_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["nominated", "active", "declined", "withdrawn"])),
                        name="accounts_seat_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["active", "nominated"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["declined", "withdrawn"])),
                            _connector="OR",
                        ),
                        name="accounts_seat_ended_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "active"), _negated=True),
                            ("validated_at__isnull", False),
                            _connector="OR",
                        ),
                        name="accounts_seat_active_is_validated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="accounts.seat",
                        verbose_name="Premium seat",
                    ),
                ),
                (
                    "old_region",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="previous region",
                    ),
                ),
                (
                    "new_region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="region since",
                    ),
                ),
                ("moved_at", models.DateTimeField(verbose_name="changed")),
                (
                    "moved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "Premium seat moved to another region",
                "verbose_name_plural": "Premium seats moved to another region",
                "ordering": ["moved_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("old_region", None),
                            models.Q(("old_region", models.F("new_region")), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_seatmove_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sponsorship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sponsorships",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "sponsor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="executive sponsor",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="deputy",
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.contact",
                        verbose_name="host on the customer side",
                    ),
                ),
                ("rhythm_months", models.PositiveSmallIntegerField(default=3, verbose_name="months between meetings")),
                ("started_at", models.DateTimeField(verbose_name="assigned")),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned by",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
            ],
            options={
                "verbose_name": "executive sponsorship",
                "verbose_name_plural": "executive sponsorships",
                "ordering": ["account", "-started_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("account",),
                        name="accounts_sponsorship_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm_months__in", (1, 2, 3, 4, 6, 12))),
                        name="accounts_sponsorship_rhythm_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deputy", None), models.Q(("deputy", models.F("sponsor")), _negated=True), _connector="OR"
                        ),
                        name="accounts_sponsorship_deputy_is_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="accounts.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "sponsor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sponsor_meetings",
                        to="accounts.agent",
                        verbose_name="executive sponsor",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agent",
                        verbose_name="deputy",
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.contact",
                        verbose_name="host",
                    ),
                ),
                ("period_on", models.DateField(blank=True, null=True, verbose_name="period")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("confirmed", "Confirmed"),
                            ("held", "Took place"),
                            ("missed", "Did not take place"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="proposed",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts")),
                ("length_minutes", models.PositiveSmallIntegerField(default=60, verbose_name="minutes")),
                ("join_url", models.URLField(blank=True, max_length=500, verbose_name="link to join the meeting")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("minutes", models.TextField(blank=True, verbose_name="minutes")),
                ("decisions", models.TextField(blank=True, verbose_name="decisions")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="minutes published")),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("reminded_days", models.PositiveSmallIntegerField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "ordering": ["-proposed_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "confirmed")),
                        fields=["starts_at"],
                        name="accounts_meeting_confirmed",
                    ),
                    models.Index(fields=["account", "-proposed_at"], name="accounts_meeting_series"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "period_on"), name="accounts_meeting_one_per_period"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "confirmed")),
                        fields=("sponsor", "starts_at"),
                        name="accounts_meeting_sponsor_not_twice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "confirmed", "held", "missed", "cancelled"])),
                        name="accounts_meeting_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["confirmed", "held"]), _negated=True),
                            ("starts_at__isnull", False),
                            _connector="OR",
                        ),
                        name="accounts_meeting_confirmed_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["missed", "cancelled"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_meeting_reason_of_failure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("length_minutes__range", (15, 240))),
                        name="accounts_meeting_length_sensible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingSlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="accounts.meeting",
                        verbose_name="meeting",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
            ],
            options={
                "verbose_name": "proposed time",
                "verbose_name_plural": "proposed times",
                "ordering": ["starts_at"],
                "constraints": [models.UniqueConstraint(fields=("meeting", "starts_at"), name="accounts_slot_once")],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="accounts.meeting",
                        verbose_name="meeting",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("text", models.CharField(max_length=300, verbose_name="subject")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="discussed")),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "number"), name="accounts_agenda_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="actions",
                        to="accounts.meeting",
                        verbose_name="meeting",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="action")),
                ("owner_name", models.CharField(max_length=120, verbose_name="assigned to")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account of the person",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="done by",
                    ),
                ),
                ("flagged_at", models.DateTimeField(blank=True, null=True, verbose_name="marked as overdue")),
            ],
            options={
                "verbose_name": "action",
                "verbose_name_plural": "actions",
                "ordering": ["due_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("flagged_at", None)),
                        fields=["due_on"],
                        name="accounts_action_to_flag",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="accounts.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("proposed", "Times proposed"),
                            ("asked", "Other times requested"),
                            ("confirmed", "Time confirmed"),
                            ("moved", "Moved"),
                            ("held", "Took place"),
                            ("missed", "Did not take place"),
                            ("cancelled", "Cancelled"),
                            ("published", "Minutes published"),
                        ],
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                ("data", models.JSONField(default=dict, verbose_name="details")),
            ],
            options={
                "verbose_name": "event in the history of a meeting",
                "verbose_name_plural": "history of meetings",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to="accounts.contact",
                        verbose_name="contact",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("hint", models.CharField(editable=False, max_length=16, verbose_name="starts with")),
                ("scopes", models.JSONField(default=list, verbose_name="permissions")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
            ],
            options={
                "verbose_name": "API token",
                "verbose_name_plural": "API tokens",
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="accounts_apitoken_expires_later",
                    )
                ],
            },
        ),
        contracts_apart_on_postgresql,
        contracts_apart_on_sqlite,
        ledger_append_only_on_postgresql,
        ledger_append_only_on_sqlite,
    ]
