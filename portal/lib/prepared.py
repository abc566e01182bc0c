"""Queries that run at every call of the API: the ORM builds their SQL once, afterwards only the values are bound.

Building SQL costs Django more than running it when the rows are few. The query stays written in the words of its
model; what leaves here are the same rows as from `values_list`, converted by the same converters.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet


class _Made(NamedTuple):
    """The SQL, and for each of its parameters either the place of a value or a constant."""

    sql: str
    slots: list[tuple[int | None, Any]]
    convert: Callable[[list[Any]], list[Any]]


class Prepared:
    """`Prepared(build, "…", MOMENT).rows(digest, now)`: `build` makes a `values_list` from one value per mark.

    The marks are distinct values of the same types as the real ones, and appear nowhere else in the query.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *marks: Any) -> None:
        self._build, self._marks = build, marks
        # One per connection, that is per thread: converters belong to a connection.
        self._made: WeakKeyDictionary[BaseDatabaseWrapper, _Made] = WeakKeyDictionary()

    def rows(self, *values: Any) -> list[Any]:
        """The rows for these values, each a sequence in the order of the columns."""
        connection = connections[DEFAULT_DB_ALIAS]
        made = self._made.get(connection)
        if made is None:
            made = self._made[connection] = self._make(connection)
        bound = [_bound(value, connection) for value in values]
        with connection.cursor() as cursor:
            cursor.execute(made.sql, [constant if slot is None else bound[slot] for slot, constant in made.slots])
            found = cursor.fetchall()
        return made.convert(found)

    def _make(self, connection: BaseDatabaseWrapper) -> _Made:
        compiler: Any = self._build(*self._marks).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        marks = [_bound(mark, connection) for mark in self._marks]
        slots: list[tuple[int | None, Any]] = [(marks.index(p), None) if p in marks else (None, p) for p in parameters]
        if {slot for slot, _constant in slots} - {None} != set(range(len(marks))):
            raise ValueError("a mark is missing in the query, or two are equal")
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])

        def convert(found: list[Any]) -> list[Any]:
            return list(compiler.apply_converters(found, converters)) if converters else found

        return _Made(sql, slots, convert)


def _bound(value: Any, connection: BaseDatabaseWrapper) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
