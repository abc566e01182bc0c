"""Operations of migrations that may run while people work on a database with a million rows."""

from typing import Any

from django.db.migrations.operations import AddIndex


class AddIndexWithoutLock(AddIndex):
    """Builds an index concurrently on PostgreSQL, plainly elsewhere. The migration says `atomic = False`.

    A build that was killed leaves an index that is not valid: it is dropped and built again.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            schema_editor.add_index(model, self.index)
        elif self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{self.index.name}"')
            schema_editor.add_index(model, self.index, concurrently=True)
