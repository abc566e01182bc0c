"""What the models have no words for stands in the database all the same, and every migration can be taken back."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

ON_SQLITE = {
    "accounts_contract_one_in_force_insert",
    "accounts_contract_one_in_force_update",
    "accounts_hoursentry_append_only",
    "sla_interval_apart_insert",
    "sla_interval_apart_update",
    "sla_shift_apart_insert",
    "sla_shift_apart_update",
}
ON_POSTGRESQL = {
    "accounts_contract_one_in_force",
    "accounts_hoursentry_append_only",
    "sla_interval_apart",
    "sla_shift_apart",
}
OURS = {"accounts", "portal", "sla", "tickets"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite for its triggers")
def test_no_migration_lost_a_trigger_of_sqlite(db):
    """A table that a migration alters is built anew without its triggers: the migration has to make them again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        assert {name for (name,) in cursor.fetchall()} == ON_SQLITE


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL for its rules")
def test_no_migration_lost_a_rule_of_postgresql(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'x' "
            "UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        assert {name for (name,) in cursor.fetchall()} == ON_POSTGRESQL


def test_every_migration_of_ours_can_be_taken_back():
    migrations = {key: m for key, m in MigrationLoader(None).disk_migrations.items() if key[0] in OURS}
    assert {app for app, _ in migrations} == OURS
    stuck = [
        f"{app}.{name}: {operation.describe()}"
        for (app, name), migration in sorted(migrations.items())
        for operation in migration.operations
        if not operation.reversible
    ]
    assert stuck == []
