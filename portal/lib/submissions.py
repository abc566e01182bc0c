"""A form is acted on once, however often its button is pressed.

Every form that creates something carries a random token. The first request that takes the token inserts a row whose
key is unique, in the transaction of the act: a second click, in the same or another process, waits for that commit
and then finds the row (PostgreSQL blocks on the unique key, SQLite lets one writer in at a time). When the act is
refused or the process dies, the row goes with the transaction and the form may be sent again. A session or the local
cache could not promise that: two processes read both before either writes.
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction

KEPT_FOR = timedelta(days=2)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Submission(models.Model):
    """One form that was acted on by one person; `result` says what came of it, such as a ticket number."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64)
    result = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "portal"
        constraints = [models.UniqueConstraint(name="portal_submission_once", fields=["user", "token"])]

    def __str__(self) -> str:
        return f"{self.token[:8]}… → {self.result}"


class AlreadyDone(Exception):
    """The form was acted on before; `result` is what came of it."""

    def __init__(self, result: str) -> None:
        super().__init__(result)
        self.result = result


def new_token() -> str:
    return secrets.token_urlsafe(16)


def begin(user: Any, token: str, *, now: datetime) -> Submission:
    """Take `token` inside the open transaction of the act. Raises AlreadyDone when somebody took it before.

    A token that is no token (a form without one, written by a program) is replaced by a fresh one: nothing to compare.
    """
    token = token if _TOKEN.fullmatch(token) else new_token()
    try:
        with transaction.atomic():
            return Submission.objects.create(user=user, token=token, created_at=now)
    except IntegrityError:
        raise AlreadyDone(Submission.objects.get(user=user, token=token).result) from None


def end(submission: Submission, result: str) -> None:
    """Remember what came of the act, for whoever sends the same form again."""
    submission.result = result
    submission.save(update_fields=["result"])


def forget_old(*, now: datetime) -> int:
    """Remove tokens that no browser will send again; return how many."""
    gone, _rows = Submission.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    return gone
