"""One task per process that notices what changed and tells the streams. Rows are compared, nothing is remembered twice.

Each second, or at once when Redis wakes it, it reads the versions of what is watched in one query. Every fifteen
seconds it asks who may still listen. A stream holds only the newest version of what it has not sent, so a slow reader
costs no memory.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import redis
import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from portal.lib import clock
from portal.lib.live import DESK, Claim
from portal.lib.wakeup import CHANNEL
from portal.live.rights import allowed
from tickets.chat.domain.watching import versions

logger = logging.getLogger(__name__)

EVERY = 1.0
HEARTBEAT = 15.0
MOST_STREAMS = 5000
MOST_PER_USER = 6


@dataclass(eq=False)
class Stream:
    """One open connection: what it has not been told yet, and whether it must close."""

    claim: Claim
    news: dict[str, int] = field(default_factory=dict)
    closed: bool = False
    greeted: bool = False
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, key: str, version: int) -> None:
        self.news[key] = version
        self.bell.set()

    def close(self) -> None:
        self.closed = True
        self.bell.set()


class Full(Exception):
    """Too many streams, of this person or of all."""


class Hub:
    """The streams of this process. Its task runs while there are any."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.per_user: Counter[int] = Counter()
        self.seen: dict[str, tuple[int, bool]] = {}
        self.wake = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def add(self, claim: Claim) -> Stream:
        if len(self.streams) >= MOST_STREAMS or self.per_user[claim.user] >= MOST_PER_USER:
            raise Full
        stream = Stream(claim)
        self.streams.add(stream)
        self.per_user[claim.user] += 1
        if self.task is None or self.task.done():
            self.seen = {}
            self.task = asyncio.create_task(self._run())
        self.wake.set()
        return stream

    def remove(self, stream: Stream) -> None:
        if stream in self.streams:
            self.streams.remove(stream)
            self.per_user[stream.claim.user] -= 1
            if not self.per_user[stream.claim.user]:
                del self.per_user[stream.claim.user]

    async def _run(self) -> None:
        ears = asyncio.create_task(self._listen()) if settings.REDIS_URL else None
        loop = asyncio.get_running_loop()
        checked_at = loop.time()
        try:
            while self.streams:
                try:
                    await self._look()
                    if loop.time() - checked_at >= HEARTBEAT:
                        checked_at = loop.time()
                        await self._check()
                except DatabaseError as error:
                    logger.warning("live.database", extra={"error": type(error).__name__})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.wake.wait(), EVERY)
                self.wake.clear()
        finally:
            if ears is not None:
                ears.cancel()

    async def _look(self) -> None:
        keys = {stream.claim.chat for stream in self.streams if stream.claim.chat}
        desk = any(stream.claim.topic == DESK for stream in self.streams)
        found = await _read(keys, desk=desk)
        before, self.seen = self.seen, found
        by_chat: dict[str, list[Stream]] = {}
        desks: list[Stream] = []
        for stream in self.streams:
            (desks if stream.claim.chat is None else by_chat.setdefault(stream.claim.chat, [])).append(stream)
        for key, (version, for_desk) in found.items():
            was, was_for_desk = before.get(key, (-1, False))
            if version == was and for_desk == was_for_desk:
                continue
            for stream in [*by_chat.get(key, ()), *(desks if for_desk or was_for_desk else ())]:
                stream.tell(key, version)
        for stream in self.streams:
            if not stream.greeted:  # whatever happened before it came, it hears once where things stand
                stream.greeted = True
                for key in [stream.claim.chat] if stream.claim.chat else list(found):
                    if key in found:
                        stream.tell(key, found[key][0])
        for key, (version, for_desk) in before.items():
            if for_desk and key not in found:  # it has ended
                for stream in desks:
                    stream.tell(key, version + 1)

    async def _check(self) -> None:
        streams = list(self.streams)
        good = await _allowed([stream.claim for stream in streams])
        for stream in streams:
            if stream.claim not in good:
                stream.close()

    async def _listen(self) -> None:
        """Redis only says when to look; without it a look comes every second."""
        while True:
            try:
                client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
                async with client, client.pubsub() as ears:
                    await ears.subscribe(CHANNEL)
                    async for _message in ears.listen():
                        self.wake.set()
            except (redis.RedisError, OSError) as error:
                logger.warning("live.redis", extra={"error": type(error).__name__})
                await asyncio.sleep(5)


@sync_to_async(thread_sensitive=False)
def _read(keys: Any, *, desk: bool) -> dict[str, tuple[int, bool]]:
    close_old_connections()
    try:
        return versions(keys, desk=desk)
    finally:
        close_old_connections()


@sync_to_async(thread_sensitive=False)
def _allowed(claims: list[Claim]) -> set[Claim]:
    close_old_connections()
    try:
        return allowed(claims)
    finally:
        close_old_connections()


async def may_open(claim: Claim) -> bool:
    """Whether the stream may begin; asked of the database, not of the token."""
    return claim in await _allowed([claim])


def age_of(claim: Claim) -> float:
    """Seconds since the token was minted."""
    return clock.machine_now().timestamp() - claim.minted_at
