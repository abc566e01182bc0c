"""No two contracts of an account share a day: an exclusion constraint on PostgreSQL, triggers on SQLite.

A later migration that alters accounts_contract on SQLite rebuilds the table and must create the triggers again.
"""

from django.db import migrations

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "ALTER TABLE accounts_contract ADD CONSTRAINT accounts_contract_one_in_force "
    "EXCLUDE USING gist (account_id WITH =, daterange(starts_on, ends_on, '[]') WITH &&)",
]
TRIGGER = """
CREATE TRIGGER accounts_contract_one_in_force_{name} BEFORE {event} ON accounts_contract
WHEN EXISTS (
    SELECT 1 FROM accounts_contract AS other
    WHERE other.account_id = NEW.account_id AND other.id IS NOT NEW.id
      AND other.starts_on <= NEW.ends_on AND other.ends_on >= NEW.starts_on
)
BEGIN SELECT RAISE(ABORT, 'accounts_contract_one_in_force'); END
"""
SQLITE = [TRIGGER.format(name=event.lower(), event=event) for event in ("INSERT", "UPDATE")]


def constrain(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE accounts_contract DROP CONSTRAINT accounts_contract_one_in_force")
    else:
        for event in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER accounts_contract_one_in_force_{event}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_terms")]
    operations = [migrations.RunPython(constrain, release)]
