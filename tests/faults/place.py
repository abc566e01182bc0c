"""A database of its own for one run of `python -m tests.faults`: made, migrated, dropped. Nothing else is touched."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent


class NoServer(Exception):
    """No PostgreSQL answers where one was looked for."""


@contextmanager
def own_database(*, sqlite: bool, url: str | None) -> Iterator[Path]:
    """Set the environment and Django up on a new database; yields a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="punctual-faults-"))
    address = "" if sqlite else _server(url)
    name = f"faults_run_{os.getpid()}"
    try:
        if sqlite:
            os.environ["DATABASE_URL"] = f"sqlite:///{folder}/faults.sqlite3"
        else:
            _execute(address, sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"), name)
            os.environ["DATABASE_URL"] = urlsplit(address)._replace(path=f"/{name}").geturl()
        _set_up(folder)
        yield folder
    finally:
        if not sqlite:
            _execute(address, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(folder: Path) -> None:
    os.environ |= {
        "DEMO": "1", "DEBUG": "0", "SECRET_KEY": "only-for-fault-tests-" + "0123456789abcdef" * 3,
        "VAR_DIR": str(folder), "MEDIA_ROOT": str(folder / "files"), "REDIS_URL": "", "LOG_LEVEL": "CRITICAL",
        "MAIL_HELD": "0", "EMAIL_URL": "memorymail://", "SITE_URL": "http://localhost:8000",
        "DJANGO_SETTINGS_MODULE": "portal.settings", "CONN_MAX_AGE": "0",
    }  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    # A slow hash is for attackers.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0, interactive=False)


def _server(url: str | None) -> str:
    """The URL of the server that was named, or of the one that the suite would use."""
    if url is None:
        found = importlib.util.spec_from_file_location("suite", ROOT / ".ci" / "suite.py")
        assert found is not None
        assert found.loader is not None
        suite = importlib.util.module_from_spec(found)
        found.loader.exec_module(suite)
        url = suite.postgresql()
    if url is None:
        raise NoServer
    return urlsplit(url)._replace(scheme="postgresql").geturl()


def _execute(address: str, statement: sql.SQL, name: str) -> None:
    with psycopg.connect(urlsplit(address)._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(statement.format(sql.Identifier(name)))
