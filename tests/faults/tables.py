"""All rows of all tables, as values: to compare what a killed act left behind, and to put it back."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import connection, transaction

Row = tuple[Any, ...]
Table = dict[Any, Row]

# Of Django, and touched by no verb.
FOREIGN = {"contenttypes", "auth", "sessions", "admin", "account"}
# Random, or read from the watch by the column itself: a run and its repetition never agree on them.
RANDOM = {
    "accounts_user": {"password", "created_at"}, "accounts_contact": {"created_at"}, "tickets_attachment": {"key"},
    "tickets_chat": {"key"},
}  # fmt: skip
# Differ when an act is done in two goes, and may: numbers that a dead process drew, and when a mail was tried.
IN_TWO_GOES = {
    "sla_clockevent": {"id"}, "tickets_ticketevent": {"id"}, "portal_heartbeat": {"id"},
    "sla_tally": {"id", "month_id"}, "sla_talliedmonth": {"id"},
    "portal_notice": {"id", "attempts", "not_before", "sent_at"}, "tickets_incomingmail": {"attempts"},
}  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """The rows by table, and where the numbering of each table stood."""

    rows: dict[str, Table]
    sequences: dict[str, tuple[int, bool]]
    fingerprint: str

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(repr(self.values()).encode()).hexdigest()

    def values(self, *, leave_out: dict[str, set[str]] | None = None) -> dict[str, list[str]]:
        """The rows as sorted texts, without the columns that are random or left out."""
        left = leave_out or {}
        return {
            name: sorted(
                repr(_without(row, columns(name), RANDOM.get(name, set()) | left.get(name, set())))
                for row in table.values()
            )
            for name, table in self.rows.items()
        }


def names() -> list[str]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label not in FOREIGN]
    return sorted(model._meta.db_table for model in models if model._meta.managed)


_columns: dict[str, list[str]] = {}


def columns(table: str) -> list[str]:
    """The columns in the order of `SELECT *`."""
    if table not in _columns:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
            _columns[table] = [column[0] for column in cursor.description]
    return _columns[table]


def take() -> Snapshot:
    """Everything as it is committed now."""
    with connection.cursor() as cursor:
        rows = {}
        for name in names():
            cursor.execute(f'SELECT * FROM "{name}"')
            place = columns(name).index("id")
            rows[name] = {row[place]: tuple(row) for row in cursor.fetchall()}
        return Snapshot(rows, _sequences(cursor), _fingerprint(cursor))


def look(known: Snapshot) -> Snapshot:
    """Everything as it is committed now; `known` itself when that is what it is, which most kills leave."""
    if known.fingerprint:
        with connection.cursor() as cursor:
            if _fingerprint(cursor) == known.fingerprint:
                return known
    seen = take()
    return known if seen.rows == known.rows else seen


def _fingerprint(cursor: Any) -> str:
    """One sum over all rows, made by a server; empty on SQLite, where reading is as fast."""
    if connection.vendor != "postgresql":
        return ""
    sums = [f"SELECT '{name}', md5(string_agg(t::text, '|' ORDER BY id)) FROM \"{name}\" t" for name in names()]
    cursor.execute(" UNION ALL ".join(sums))
    return " ".join(sorted(f"{name}:{value}" for name, value in cursor.fetchall()))


def restore(wanted: Snapshot, present: Snapshot) -> None:
    """Make the tables what they were in `wanted`; `present` is what they are."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Rows that are never deleted are put back all the same: the triggers sleep.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name, table in wanted.rows.items():
            current = present.rows[name]
            gone = [key for key, row in current.items() if table.get(key) != row]
            back = [row for key, row in table.items() if current.get(key) != row]
            if gone:
                cursor.executemany(f'DELETE FROM "{name}" WHERE id = %s', [(key,) for key in gone])
            if back:
                marks = ", ".join(["%s"] * len(back[0]))
                cursor.executemany(f'INSERT INTO "{name}" VALUES ({marks})', back)
    renumber(wanted)


def renumber(wanted: Snapshot) -> None:
    """Let the next row of each table get the number that it got in `wanted`; a rolled-back act has drawn some."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(
                f"setval('\"{name}\"', {last}, {called})" for name, (last, called) in wanted.sequences.items()
            )
            cursor.execute(f"SELECT {sets}")
        else:
            cursor.execute("DELETE FROM sqlite_sequence")
            cursor.executemany(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)",
                [(name, last) for name, (last, _called) in wanted.sequences.items()],
            )


def forget_drawn(before: Snapshot, present: Snapshot) -> None:
    """Numbers that a dead process drew for rows it never committed are given again: only SQLite does so by itself."""
    if connection.vendor != "postgresql":
        return
    sequences = {}
    for name, (last, called) in before.sequences.items():
        top = max(present.rows.get(name.removesuffix("_id_seq"), {}), default=0)
        sequences[name] = (top, True) if top > last or (top == last and not called) else (last, called)
    renumber(Snapshot(present.rows, sequences, present.fingerprint))


def differences(left: Snapshot, right: Snapshot, *, leave_out: dict[str, set[str]] | None = None) -> list[str]:
    """Which rows differ, one line a row, at most five a table."""
    found = []
    ours, theirs = left.values(leave_out=leave_out), right.values(leave_out=leave_out)
    for name in ours:
        if ours[name] == theirs[name]:
            continue
        for row in sorted(set(ours[name]) ^ set(theirs[name]))[:5]:
            found.append(f"{name}: {'missing' if row in set(ours[name]) else 'unexpected'} {row}")
        if set(ours[name]) == set(theirs[name]):
            found.append(f"{name}: {len(ours[name])} rows became {len(theirs[name])}")
    return found


def _without(row: Row, names: list[str], left: set[str]) -> Row:
    return tuple(value for name, value in zip(names, row, strict=True) if name not in left)


def _sequences(cursor: Any) -> dict[str, tuple[int, bool]]:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
        found = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', last_value, is_called FROM \"{name}\"" for name in found))
        return {name: (last, called) for name, last, called in cursor.fetchall()}
    cursor.execute("SELECT name, seq FROM sqlite_sequence")
    return {name: (last, True) for name, last in cursor.fetchall()}
