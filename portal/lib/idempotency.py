"""A program may send the same POST again after a lost answer: the act happens once, the answer is given again.

The row is inserted in the transaction of the act, under a unique key: a parallel second request waits for that commit
and then reads the answer; a killed process leaves neither effect nor row. A refusal leaves no row, so that the request
may be corrected and sent under the same key.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction

KEPT_FOR = timedelta(hours=48)
_KEY = re.compile(r"[!-~]{1,100}")


class IdempotencyKey(models.Model):
    """One POST that had its effect, and its answer. `owner` names the person and whom they act for."""

    owner = models.CharField(max_length=48)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)  # as text, so that the names keep their order
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "portal"
        constraints = [models.UniqueConstraint(name="portal_idempotency_once", fields=["owner", "key"])]

    def __str__(self) -> str:
        return f"{self.key[:8]}… → {self.status}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request came to; `replayed` when its effect is of an earlier one."""

    status: int
    body: Any
    headers: dict[str, str]
    replayed: bool = False


class OtherRequest(Exception):
    """The key was used for a request with another address or body."""


def is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def fingerprint(*parts: bytes) -> str:
    """What makes two requests the same: method, address and body, each with its length."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def once(owner: str, key: str, mark: str, act: Callable[[], Answer], *, now: datetime) -> Answer:
    """The answer of `act`, called in one transaction with the row that remembers it; or the remembered answer.

    Raises OtherRequest when `key` of this `owner` came with another `mark` before.
    """
    earlier = IdempotencyKey.objects.filter(owner=owner, key=key).first()
    if earlier is None:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    row = IdempotencyKey.objects.create(owner=owner, key=key, fingerprint=mark, created_at=now)
            except IntegrityError:
                earlier = IdempotencyKey.objects.get(owner=owner, key=key)
            else:
                answer = act()
                row.status, row.body, row.headers = answer.status, json.dumps(answer.body), answer.headers
                row.save(update_fields=["status", "body", "headers"])
                return answer
    if earlier.fingerprint != mark:
        raise OtherRequest
    return Answer(earlier.status, json.loads(earlier.body), earlier.headers, replayed=True)


def forget_old(*, now: datetime) -> int:
    """Remove answers that nobody will ask for again; return how many."""
    gone, _rows = IdempotencyKey.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    return gone
