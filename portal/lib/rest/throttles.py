"""How often a program may call. Counted per person in the cache, in windows of a minute; said in headers beforehand.

The cache holds for all processes when it is Redis. Without a cache the API goes on: only the sign-in must never be
unlimited, and that one is counted in the database (portal/lib/limits.py).
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from rest_framework.permissions import SAFE_METHODS
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from portal.lib.clock import machine_now
from portal.lib.limits import network_of

logger = logging.getLogger(__name__)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a limit in the running window."""

    name: str
    limit: int
    seconds: int
    left: int
    resets_in: int

    @property
    def policy(self) -> str:
        return f'"{self.name}";q={self.limit};w={self.seconds}'

    @property
    def state(self) -> str:
        return f'"{self.name}";r={max(self.left, 0)};t={self.resets_in}'


def rate(name: str) -> tuple[int, int]:
    """The limit called `name` in the settings: `600/min` → (600, 60)."""
    amount, _, unit = str(api_settings.DEFAULT_THROTTLE_RATES[name]).partition("/")
    return int(amount), _SECONDS[unit[0]]


def spend(name: str, who: str, *, now: datetime) -> Budget:
    """Count one call of `who` against the limit called `name`; `left` below zero means refused."""
    limit, seconds = rate(name)
    moment = int(now.timestamp())
    key = f"rate:{name}:{who}:{moment // seconds}"
    try:
        cache.add(key, 0, timeout=seconds + 5)
        used = cache.incr(key)
    except Exception as error:  # noqa: BLE001 - each cache has errors of its own; reading and writing go on without it
        logger.warning("throttle.no_cache", extra={"error": type(error).__name__})
        used = 1
    return Budget(name, limit, seconds, limit - used, seconds - moment % seconds)


class TokenThrottle(BaseThrottle):
    """All calls of a person in a minute, and their writing calls apart. Without a token: all calls of a network."""

    def allow_request(self, request: Any, view: Any) -> bool:
        who = f"u{request.user.pk}" if request.user else f"n{network_of(request._request)}"
        budgets = [spend("token", who, now=machine_now())]
        if request.method not in SAFE_METHODS:
            budgets.append(spend("write", who, now=machine_now()))
        view.budgets = budgets
        spent = [budget.resets_in for budget in budgets if budget.left < 0]
        self._wait = max(spent, default=0)
        return not spent

    def wait(self) -> float:
        return float(self._wait)
