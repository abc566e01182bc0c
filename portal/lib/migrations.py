"""Operations of migrations for what Django's own can't say."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import RunSQL


class RunSQLOn(RunSQL):
    """Statements for one kind of database: triggers on SQLite, exclusion constraints on PostgreSQL.

    SQLite builds a table anew when a migration alters it, without its triggers: that migration repeats the operation,
    and tests/portal/test_migrations.py fails until it does.
    """

    def __init__(self, vendor: str, *, sql: Sequence[str], reverse_sql: Sequence[str]) -> None:
        super().__init__(list(sql), list(reverse_sql))
        self.vendor = vendor

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        return name, args, kwargs | {"vendor": self.vendor}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == self.vendor:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == self.vendor:
            super().database_backwards(app_label, schema_editor, from_state, to_state)
