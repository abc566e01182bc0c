"""A hint over Redis that something changed, so that streams look at once. Without Redis they look every second.

Only a hint: rows are the truth, and a hint that is lost costs a second.
"""

import logging
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)
CHANNEL = "punctual:live"


def after_commit() -> None:
    """Wake the streams of all processes once the open transaction is committed."""
    if settings.REDIS_URL:
        transaction.on_commit(_publish, robust=True)


@lru_cache(maxsize=1)
def _client() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def _publish() -> None:
    try:
        _client().publish(CHANNEL, b"1")
    except redis.RedisError as error:
        logger.warning("wakeup.failed", extra={"error": type(error).__name__})
