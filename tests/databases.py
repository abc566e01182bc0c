"""Test databases are copies. The first worker of a run migrates a template; every worker copies it in milliseconds.
On SQLite the template is kept for the next run, until a line of Punctual or a version of what it stands on changes.

A second template holds the demonstration, for the fixture of that name. SQLite keeps the templates as files in the
folder of the run and works in memory; PostgreSQL keeps them as databases on the server and drops them at the end.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "portal", "sla", "tickets")
FOLDER = Path(os.environ["VAR_DIR"])
CACHE = ROOT / ".pytest_cache" / "databases"
FILES = FOLDER / "demonstration-files"
MIGRATED, DEMONSTRATION = "migrated", "demonstration"
# The schema in which PostgreSQL keeps the rows that migrations wrote.
KEPT = "as_migrated"
# Before pytest-django gives each worker a name of its own.
RUN = f"test_{settings.DATABASES['default']['NAME']}"


@contextmanager
def once(name: str) -> Iterator[bool]:
    """True for the first process of the run that asks for `name`; the others wait until it is done."""
    done = FOLDER / f"{name}.done"
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()


def set_up() -> None:
    """Give this worker a migrated database of its own."""
    _use(connection.creation._get_test_db_name())
    with once(MIGRATED) as first:
        if first and not _taken_from_last_run():
            _make(MIGRATED, _migrate, base="")
            _keep_for_next_run()
    _copy(MIGRATED)


def tear_down() -> None:
    connection.close()
    if connection.vendor == "postgresql":
        _drop(_own_name())


def drop_templates() -> None:
    """What the controller does when every worker has gone."""
    if connection.vendor == "postgresql":
        for name in (MIGRATED, DEMONSTRATION):
            if (FOLDER / f"{name}.done").exists():
                _drop(_template(name))


def demonstrate() -> None:
    """Replace everything in this worker's database by the demonstration."""
    with once(DEMONSTRATION) as first:
        if first:
            _make(DEMONSTRATION, _seed, base=MIGRATED)
    _copy(DEMONSTRATION)


def forget() -> None:
    """Back to the migrated database without people."""
    _copy(MIGRATED)


def clean() -> None:
    """The same after a test that committed; on PostgreSQL row by row, which is faster than a new database."""
    if connection.vendor == "sqlite":
        _copy(MIGRATED)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever a test left behind would hold its locks.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        cursor.execute("SET LOCAL session_replication_role = replica")  # the triggers sleep
        kept = _tables(cursor, KEPT)
        for table in _filled(cursor, _tables(cursor, "public")):
            cursor.execute(f'DELETE FROM public."{table}"')
        for table in kept:
            cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM {KEPT}."{table}"')


def copy_files(folder: Path) -> None:
    """The attachments of the demonstration, for a test that has a folder of its own."""
    if FILES.exists():
        shutil.copytree(FILES, folder, dirs_exist_ok=True)


def _state_of_code() -> str:
    """A name for everything that may decide what a migrated database holds."""
    versions = f"{sys.version} {django.__version__} {sqlite3.sqlite_version} {settings.LANGUAGES}"
    found = hashlib.sha256(versions.encode())
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            found.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _taken_from_last_run() -> bool:
    if connection.vendor != "sqlite":
        return False
    try:
        shutil.copyfile(CACHE / f"{_state_of_code()}.sqlite3", FOLDER / f"{MIGRATED}.sqlite3")
    except FileNotFoundError:
        return False
    return True


def _keep_for_next_run() -> None:
    """In the place of the one before; put there whole, because another run may look at the same moment."""
    if connection.vendor != "sqlite":
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    kept, part = CACHE / f"{_state_of_code()}.sqlite3", CACHE / f"{os.getpid()}.part"
    shutil.copyfile(FOLDER / f"{MIGRATED}.sqlite3", part)
    part.replace(kept)
    for older in set(CACHE.glob("*.sqlite3")) - {kept}:
        older.unlink(missing_ok=True)


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    call_command("createcachetable", verbosity=0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {KEPT}")
            for table in _filled(cursor, _tables(cursor, "public")):
                cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS SELECT * FROM public."{table}"')


def _tables(cursor: Any, schema: str) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
    return [name for (name,) in cursor.fetchall()]


def _filled(cursor: Any, tables: list[str]) -> list[str]:
    """Those with a row in them."""
    cursor.execute(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM public.\"{t}\")" for t in tables))
    return [name for (name,) in cursor.fetchall()]


def _seed() -> None:
    before = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = FILES
    try:
        call_command("seed_demo", verbosity=0)
    finally:
        settings.MEDIA_ROOT = before


def _make(name: str, fill: Callable[[], None], *, base: str) -> None:
    """Fill this worker's own database and keep a copy of it as the template `name`."""
    if base or connection.vendor == "postgresql":
        _copy(base)
    fill()
    if connection.vendor == "sqlite":
        file = sqlite3.connect(FOLDER / f"{name}.sqlite3")
        connection.connection.backup(file)
        file.close()
    else:
        connection.close()
        _replace(_template(name), _own_name())


def _copy(name: str) -> None:
    """Make this worker's database a copy of a template; on PostgreSQL, without a name, an empty one."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        file = sqlite3.connect(FOLDER / f"{name}.sqlite3")
        file.backup(connection.connection)
        file.close()
    else:
        connection.close()
        _replace(_own_name(), _template(name) if name else "template1")


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _own_name() -> str:
    return str(connection.settings_dict["NAME"])


def _template(name: str) -> str:
    return f"{RUN}_{name}"


def _replace(target: str, source: str) -> None:
    _drop(target)
    _on_server(f"CREATE DATABASE {_quoted(target)} TEMPLATE {_quoted(source)}")
    # A test database need not survive a power cut: a commit waits for no disk.
    _on_server(f"ALTER DATABASE {_quoted(target)} SET synchronous_commit TO off")


def _drop(name: str) -> None:
    _on_server(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def _on_server(statement: str) -> None:
    parameters = connection.get_connection_params() | {"dbname": "postgres", "autocommit": True}
    with psycopg.connect(**parameters) as server:
        server.execute(statement)


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
