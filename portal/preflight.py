"""What must be true before the site can start; each failure is one sentence with its cause and its cure."""

import errno
import socket

import redis
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor


class CannotStart(CommandError):
    """The reason, and what to do."""


def claim_port(host: str, port: int) -> None:
    """Raise CannotStart when nobody could listen there."""
    if not 0 < port < 65536:
        raise CannotStart(f"{port} is no port; choose a number from 1024 to 65535 with PORT=8080 make run.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < 65535 else 8080
            raise CannotStart(
                f"Port {port} is in use by another program; stop that one, or choose another port with "
                f"PORT={other} make run."
            ) from error
        if error.errno == errno.EACCES:
            raise CannotStart(
                f"Port {port} is reserved for the system; choose one above 1023 with PORT=8080 make run."
            ) from error
        raise CannotStart(
            f"{host} is no address of this machine; set HOST to 127.0.0.1 or to one of its own."
        ) from error


def reach_database() -> None:
    """Raise CannotStart when the database of DATABASE_URL does not answer."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        cause = f"The database file {settings['NAME']} can't be opened"
        cure = "allow writing in its folder, or set VAR_DIR or DATABASE_URL to another place."
    else:
        place = f"{settings['HOST'] or 'this machine'}:{settings['PORT'] or 5432}"
        cause = f"The database “{settings['NAME']}” of DATABASE_URL can't be reached at {place}"
        cure = "start it, create the database or correct DATABASE_URL, or remove DATABASE_URL to use a SQLite file."
    try:
        connection.ensure_connection()
    except (Error, ImproperlyConfigured) as error:
        raise CannotStart(f"{cause} ({_reason(error)}); {cure}") from error


def _reason(error: Exception) -> str:
    """The last clause of the driver's message: `database "x" does not exist`."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rsplit(": ", 1)[-1].strip(" .") if lines else type(error).__name__


def reach_queue(url: str) -> None:
    """Raise CannotStart when Redis is asked for and does not answer."""
    if not url:
        return
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as server:
            server.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise CannotStart(
            f"The Redis of REDIS_URL can't be reached ({type(error).__name__}); start it, correct REDIS_URL, "
            "or remove it to use a queue in a file."
        ) from error


def migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
