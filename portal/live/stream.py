"""`GET /stream/?token=…`: server-sent events, answered before Django. Every refusal is the same few words."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host

from portal.lib import live
from portal.lib.live import Claim
from portal.live.hub import HEARTBEAT, Full, Hub, Stream, age_of, may_open

PATH = "/stream/"
# A reader who has not taken a few bytes after so many seconds is gone.
PATIENCE = 10.0
MOST_QUERY = 2048

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """The hub of the running loop: one per process."""
    loop = asyncio.get_running_loop()
    return _hubs.setdefault(id(loop), Hub())


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Open a stream for whoever may hear its topic now."""
    if scope["method"] != "GET":
        return await _refuse(send, 405)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    claim = _claim(scope, headers)
    if claim is None or not _is_ours(headers):
        return await _refuse(send, 403)
    try:
        if not await may_open(claim):
            return await _refuse(send, 403)
        opened = hub().add(claim)
    except Full:
        return await _refuse(send, 429)
    except DatabaseError:
        return await _refuse(send, 503)
    try:
        await _serve(opened, _last_event(headers), receive, send)
    finally:
        hub().remove(opened)
    return None


async def _serve(opened: Stream, last: int, receive: Receive, send: Send) -> None:
    gone = asyncio.create_task(_disconnected(receive))
    try:
        async with asyncio.timeout(PATIENCE):
            await send({
                "type": "http.response.start", "status": 200,
                "headers": [
                    (b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"),
                    (b"x-accel-buffering", b"no"), (b"x-content-type-options", b"nosniff"),
                ],
            })  # fmt: skip
        await _write(send, b"retry: 2000\n\n")
        while not opened.closed and not gone.done() and age_of(opened.claim) < live.LIFE:
            ring = asyncio.create_task(opened.bell.wait())
            await asyncio.wait({ring, gone}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
            ring.cancel()
            if opened.closed or gone.done():
                break
            opened.bell.clear()
            news, opened.news = opened.news, {}
            # Who comes back with the version they saw is told only of what came since.
            fresh = {key: version for key, version in news.items() if opened.claim.chat is None or version != last}
            last = -1 if news else last
            await _write(send, b"".join(_event(key, version) for key, version in fresh.items()) or b": here\n\n")
        if not gone.done():
            await _write(send, b"", more=False)
    except (TimeoutError, OSError):
        return
    finally:
        gone.cancel()


def _event(key: str, version: int) -> bytes:
    return f"id: {version}\ndata: {json.dumps({'chat': key, 'version': version})}\n\n".encode()


async def _write(send: Send, body: bytes, *, more: bool = True) -> None:
    async with asyncio.timeout(PATIENCE):
        await send({"type": "http.response.body", "body": body, "more_body": more})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _claim(scope: Scope, headers: dict[str, str]) -> Claim | None:
    query = scope.get("query_string", b"")
    if len(query) > MOST_QUERY:
        return None
    token = parse_qs(query.decode("latin-1")).get("token", [""])[-1]
    cookies: SimpleCookie = SimpleCookie()
    with contextlib.suppress(CookieError):
        cookies.load(headers.get("cookie", ""))
    cookie = cookies.get(settings.SESSION_COOKIE_NAME)
    return live.read(token, cookie.value) if cookie is not None else None


def _is_ours(headers: dict[str, str]) -> bool:
    """The host is one of ours, and the page that asks is on it. Browsers name no origin for their own pages."""
    host = headers.get("host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS


def _last_event(headers: dict[str, str]) -> int:
    text = headers.get("last-event-id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"No stream here.\n"})
