"""Rows by the hundred thousand: instances of our models, written with COPY."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def blank(kind: type[models.Model]) -> dict[str, Any]:
    """The columns of a new row with the defaults of the model; an instance costs fifty times as much to make."""
    return {field.attname: field.get_default() for field in kind._meta.concrete_fields}


def copy(kind: type[models.Model], rows: Iterable[models.Model | dict[str, Any]]) -> None:
    """Write rows of one model that carry their keys: unsaved instances, or columns by name as `blank` has them."""
    fields = kind._meta.concrete_fields
    names = [field.attname for field in fields]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    writers = [_json if isinstance(field, models.JSONField) else _text for field in fields]
    table = connection.ops.quote_name(kind._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as out:
        out.write("".join([_line(row if isinstance(row, dict) else row.__dict__, names, writers) for row in rows]))


def _line(values: dict[str, Any], names: list[str], writers: list[Callable[[Any], str]]) -> str:
    return "\t".join([write(values[name]) for write, name in zip(writers, names, strict=True)]) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, int):
        return str(int(value))  # also of our numbered choices
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).translate(_ESCAPES)


def _json(value: Any) -> str:
    return json.dumps(value).translate(_ESCAPES)


def empty(*kinds: type[models.Model]) -> None:
    """Take every row of these tables and of those that point at them."""
    tables = ", ".join(connection.ops.quote_name(kind._meta.db_table) for kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def settle(*kinds: type[models.Model]) -> None:
    """After a load: sequences behind the last key, statistics and the visibility map as on a database that lives."""
    with connection.cursor() as cursor:
        for kind in kinds:
            table = kind._meta.db_table
            cursor.execute(
                f'SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT COALESCE(MAX(id), 1) FROM "{table}"))',
                [table, "id"],
            )
            cursor.execute(f'VACUUM ANALYZE "{table}"')
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            # What the load left to write is written now, not during a measurement.
            cursor.execute("CHECKPOINT")
