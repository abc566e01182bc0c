"""A thousand open streams in one web process: memory of each, time until all have heard, cost of waiting.

Run by itself: `python -m bench.streams [count]`. It makes a database of its own in a temporary folder.
"""

# ruff: noqa: PLC0415 - Django is set up before anything of it is imported

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def resident(pid: int) -> int:
    """Kilobytes in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def used(pid: int) -> float:
    """Seconds of processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def listen(port: int, query: str, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /stream/?token={query} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise SystemExit(f"bench: refused: {head.splitlines()[0]!r}")
    await hear(reader, b"data:")
    return reader, writer


async def hear(reader: asyncio.StreamReader, word: bytes) -> float:
    while word not in await reader.readline():
        pass
    return time.monotonic()


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "portal.settings", "DEMO": "1", "VAR_DIR": folder, "LOG_LEVEL": "ERROR",
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "REDIS_URL": "", "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        }  # fmt: skip
        import django

        django.setup()
        return measure(count)


def people(count: int) -> tuple[list[tuple[str, str]], str]:
    """(token, cookie) for each listener, all of one chat: six each, as many as one person may open."""
    from types import SimpleNamespace

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from accounts.models import Agent, User
    from portal.lib import live
    from portal.lib.clock import now
    from tests.factories import make_account, make_contact, make_region
    from tickets.models import Chat

    call_command("migrate", verbosity=0)
    account = make_account(region=make_region())
    contact, at = make_contact(account, "c@bench.test"), now()
    chat = Chat.objects.create(
        account=account, contact=contact, region=account.home_region, language="en", topic="Bench", started_at=at,
        due_at=at, last_at=at, contact_seen_at=at, version=1,
    )  # fmt: skip
    found = []
    for number in range(-(-count // 6)):
        user = User.objects.create(email=f"a{number}@bench.test", name=f"A{number}")
        Agent.objects.create(user=user)
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "accounts.identity.backends.PersonBackend"
        session.save()
        request = SimpleNamespace(user=user, contact=None, session=session)
        token = live.mint(request, f"{live.CHAT}{chat.key}")
        found += [(token, f"{settings.SESSION_COOKIE_NAME}={session.session_key}")] * 6
    return found[:count], chat.key


def measure(count: int) -> int:
    listeners, key = people(count)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "portal.asgi:application", "--port", str(port), "--lifespan", "off",
         "--log-level", "error"], cwd=ROOT,
    )  # fmt: skip
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        asyncio.run(watch(web.pid, port, listeners, key))
    finally:
        web.kill()
        web.wait()
    return 0


async def watch(pid: int, port: int, listeners: list[tuple[str, str]], key: str) -> None:
    from django.db.models import F

    from tickets.models import Chat

    warm = [await listen(port, *one) for one in listeners[:10]]
    before, began = resident(pid), time.monotonic()
    streams = warm
    for start in range(10, len(listeners), 50):
        streams += await asyncio.gather(*[listen(port, *one) for one in listeners[start : start + 50]])
    opened, after = time.monotonic() - began, resident(pid)
    cpu, began = used(pid), time.monotonic()
    await asyncio.sleep(20)
    idle = (used(pid) - cpu) / (time.monotonic() - began)
    delays = []
    for _round in range(5):
        waiting = [asyncio.create_task(hear(reader, b"data:")) for reader, _writer in streams]
        await asyncio.sleep(0.3)
        told = time.monotonic()
        Chat.objects.filter(key=key).update(version=F("version") + 1)
        delays.append(max(await asyncio.gather(*waiting)) - told)
    print(f"open streams in one process   {len(streams)}")
    print(f"memory of each                {(after - before) / (len(streams) - 10):.1f} kB")
    print(f"opened in                     {opened:.1f} s")
    print(f"processor while nothing moves {idle:.1%} of a core")
    print(f"until all have heard          {min(delays):.2f} to {max(delays):.2f} s (looks once a second)")
    for _reader, writer in streams:
        writer.close()


if __name__ == "__main__":
    raise SystemExit(main())
