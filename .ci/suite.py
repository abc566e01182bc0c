"""Runs the suite on everything this machine has: SQLite, then PostgreSQL with Redis, then a browser.

Everything runs on SQLite, and on the servers what may differ there; the rule is in tests/servers.py. `make test`; with
the word `fast`, on SQLite only and without what is marked as thorough. With CI=true nothing may be missing. The last
line says what ran and what was left out.
"""

import getpass
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
WORKERS = min(os.cpu_count() or 1, 4)
STRICT = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
SERVER = "127.0.0.1"
NO_TESTS = 5


def postgresql() -> str | None:
    """The URL of a database name that only this run uses, on the server that answers; Django makes and drops it."""
    given = os.environ.get("TEST_DATABASE_URL")
    for user in dict.fromkeys([os.environ.get("PGUSER", "postgres"), "postgres", getpass.getuser()]):
        server = given or f"postgres://{user}@{SERVER}:5432/postgres"
        try:
            psycopg.connect(server, connect_timeout=3).close()
        except psycopg.Error:
            continue
        return given or f"postgres://{user}@{SERVER}:5432/punctual_{os.getpid()}"
    return None


@contextmanager
def empty_redis(count: int) -> Iterator[list[str]]:
    """The URLs of databases that hold nothing; they are emptied again afterwards. Fewer than `count`: none."""
    base = os.environ.get("TEST_REDIS_URL", f"redis://{SERVER}:6379").rstrip("/")
    found: list[str] = []
    try:
        for number in range(15, 0, -1):
            with redis.Redis.from_url(f"{base}/{number}", socket_connect_timeout=3, socket_timeout=5) as server:
                if len(found) < count and server.dbsize() == 0:
                    found.append(f"{base}/{number}")
    except (redis.RedisError, OSError):
        found = []
    try:
        yield found if len(found) == count else []
    finally:
        for url in found:
            with redis.Redis.from_url(url) as server:
                server.flushdb()


def chromium() -> str | None:
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def pytest(title: str, *words: str, **environment: str) -> bool:
    print(f"\n=== {title}", flush=True)
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(WORKERS), "--dist", "worksteal", *words]
    # Compiled once for all workers and runs, whatever the machine says: else each of them rewrites every assertion.
    environment["PYTHONDONTWRITEBYTECODE"] = ""
    code = subprocess.run(command, cwd=ROOT, check=False, env=os.environ | environment).returncode
    if code == NO_TESTS:
        print("No test was found.")
    print(f"=== {title}: {time.monotonic() - begun:.0f} s", flush=True)
    return code == 0


def files_for_servers() -> list[str]:
    command = [sys.executable, "-m", "tests.servers"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()


def on_sqlite() -> bool | None:
    return pytest("SQLite", TEST_DATABASE_URL="", TEST_REDIS_URLS="")


def fast() -> bool | None:
    return pytest("SQLite", "-m", "not browser and not thorough", TEST_DATABASE_URL="", TEST_REDIS_URLS="")


def on_servers() -> bool | None:
    url = postgresql()
    with empty_redis(WORKERS) as queues:
        if url is None or not queues:
            return None
        asked = ["-m", "servers and not browser", *files_for_servers()]
        return pytest("PostgreSQL and Redis", *asked, TEST_DATABASE_URL=url, TEST_REDIS_URLS=" ".join(queues))


def in_browser() -> bool | None:
    path = chromium()
    if path is None:
        return None
    return pytest("Browser", "-m", "browser", "tests/browser", CHROMIUM=path, TEST_DATABASE_URL="", TEST_REDIS_URLS="")


# What a run is called, what it does (None: not possible here), and what it would need.
RUNS: list[tuple[str, Callable[[], bool | None], str]] = [
    ("SQLite", on_sqlite, ""),
    ("PostgreSQL and Redis", on_servers, f"no PostgreSQL or no Redis with free databases answers on {SERVER}"),
    ("browser", in_browser, "no Chromium found"),
]
FAST: list[tuple[str, Callable[[], bool | None], str]] = [("SQLite, without what is thorough", fast, "")]


def main() -> int:
    runs = FAST if "fast" in sys.argv[1:] else RUNS
    results = {name: run() for name, run, _ in runs}
    lines = [
        f"passed: {', '.join(name for name, result in results.items() if result) or 'nothing'}",
        f"failed: {', '.join(name for name, result in results.items() if result is False)}",
        f"left out: {'; '.join(f'{name} ({lack})' for name, _, lack in runs if results[name] is None)}",
    ]
    print("\n" + " | ".join(line for line in lines if not line.endswith(": ")), flush=True)
    bad = [result for result in results.values() if result is False or (STRICT and result is None)]
    if STRICT and None in results.values():
        print("In CI nothing may be left out.")
    return 1 if bad else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
