"""The database of the measurements: made for one run beside the one that DATABASE_URL names, and dropped after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

NAME = "punctual_bench"


def is_postgresql(url: str) -> bool:
    return urlsplit(url).scheme in {"postgres", "postgresql", "psql", "pgsql"}


def bench_url(url: str) -> str:
    """The same server, the database of the measurements."""
    return urlsplit(url)._replace(path=f"/{NAME}").geturl()


@contextmanager
def bench_database(url: str, *, keep: bool = False) -> Iterator[None]:
    """Make the database anew; drop it at the end. Whatever an interrupted run left behind goes first."""
    with _server(url) as server:
        server.execute(_drop())
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(NAME)))
    try:
        yield
    finally:
        if not keep:
            with _server(url) as server:
                server.execute(_drop())


def _drop() -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))


def _server(url: str) -> psycopg.Connection[Any]:
    address = urlsplit(url)._replace(scheme="postgresql").geturl()
    return psycopg.connect(address, autocommit=True)
