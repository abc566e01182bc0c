"""No two weekly stretches of a calendar share time: an exclusion constraint on PostgreSQL, triggers on SQLite.

Both count in minutes of the week; a stretch that closes at or before its opening runs into the next day. What runs
from Sunday into Monday is left to the form, which looks at the week as a circle.

A later migration that alters sla_openinginterval on SQLite rebuilds the table and must create the triggers again.
"""

from django.db import migrations

MINUTES = "(CAST(substr({0}, 1, 2) AS integer) * 60 + CAST(substr({0}, 4, 2) AS integer))"
FROM = "({0}weekday * 1440 + " + MINUTES.format("{0}opens") + ")"
UNTIL = (
    "({0}weekday * 1440 + " + MINUTES.format("{0}closes") + " + CASE WHEN {0}closes <= {0}opens THEN 1440 ELSE 0 END)"
)
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "ALTER TABLE sla_openinginterval ADD CONSTRAINT sla_interval_apart EXCLUDE USING gist "
    f"(calendar_id WITH =, int4range({FROM.format('')}, {UNTIL.format('')}) WITH &&)",
]
TRIGGER = f"""
CREATE TRIGGER sla_interval_apart_{{name}} BEFORE {{event}} ON sla_openinginterval
WHEN EXISTS (
    SELECT 1 FROM sla_openinginterval AS other
    WHERE other.calendar_id = NEW.calendar_id AND other.id IS NOT NEW.id
      AND {FROM.format("other.")} < {UNTIL.format("NEW.")} AND {UNTIL.format("other.")} > {FROM.format("NEW.")}
)
BEGIN SELECT RAISE(ABORT, 'sla_interval_apart'); END
"""  # noqa: S608 — only words of ours
SQLITE = [TRIGGER.format(name=event.lower(), event=event) for event in ("INSERT", "UPDATE")]


def constrain(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE sla_openinginterval DROP CONSTRAINT sla_interval_apart")
    else:
        for event in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER sla_interval_apart_{event}")


class Migration(migrations.Migration):
    dependencies = [("sla", "0005_tally")]
    operations = [migrations.RunPython(constrain, release)]
