"""A form is acted on once, however often its button is pressed.

Every form of both faces carries a random token: `{% csrf_token %}` writes it (portal/templatetags/forms.py), and
OnceMiddleware takes it, so that no form can forget it. The first request that takes the token inserts a row whose key
is unique, in the transaction of the act: a second click, in the same or another process, waits for that commit and
then finds the row (PostgreSQL blocks on the unique key, SQLite lets one writer in at a time). When the act is refused
or the process dies, the row goes and the form may be sent again. A session or the local cache could not promise that:
two processes read both before either writes.

The key is made of the token and of what was sent: who goes back, writes something else and sends again has written a
second form, and both are acted on.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

# The field of the token, and those beside it that say nothing about what was written.
FIELD = "submission"
_OF_THE_PAGE = frozenset({FIELD, "csrfmiddlewaretoken"})
MAX_ADDRESS = 2000

KEPT_FOR = timedelta(days=2)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
# Of a token that names its writer, what is signed: chance, person and contact, twelve hexadecimal digits each.
_SAID = 36


class Submission(models.Model):
    """One form that was acted on by one person, or by nobody who signed in; `result` is where it led."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    token = models.CharField(max_length=64)
    result = models.CharField(max_length=MAX_ADDRESS, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "portal"
        constraints = [
            models.UniqueConstraint(name="portal_submission_once", fields=["user", "token"]),
            models.UniqueConstraint(name="portal_submission_of_nobody", fields=["token"], condition=Q(user=None)),
        ]

    def __str__(self) -> str:
        return f"{self.token[:8]}… → {self.result}"


class AlreadyDone(Exception):
    """The form was acted on before; `result` is what came of it."""

    def __init__(self, result: str) -> None:
        super().__init__(result)
        self.result = result


def new_token(user: Any = None, contact: Any = None) -> str:
    """A fresh token. One of a page that was drawn for somebody names them, signed: who wrote the form is known even
    when it arrives after their session has ended."""
    if user is None or not user.is_authenticated:
        return secrets.token_hex(32)
    said = f"{secrets.token_hex(6)}{user.pk:012x}{contact.pk if contact else 0:012x}"
    return said + _signature(said)


def writer_of(token: str) -> tuple[int, int | None] | None:
    """The keys of the person and of the contact they acted as (None on the desk) for whom the form was drawn."""
    said, signature = token[:_SAID], token[_SAID:]
    if not _TOKEN.fullmatch(token) or not constant_time_compare(signature, _signature(said)):
        return None
    return int(said[12:24], 16), int(said[24:], 16) or None


def _signature(said: str) -> str:
    return salted_hmac("portal.submission.writer", said, algorithm="sha256").hexdigest()[: 64 - _SAID]


def key_of(request: HttpRequest) -> str | None:
    """What this form and nothing else has: its token with everything that was sent. None for a form without one."""
    token = request.POST.get(FIELD, "")
    if not _TOKEN.fullmatch(token):
        return None
    written = sorted((name, values) for name, values in request.POST.lists() if name not in _OF_THE_PAGE)
    files = [
        (name, [(file.name, file.size) for file in request.FILES.getlist(name) if isinstance(file, UploadedFile)])
        for name in sorted(request.FILES)
    ]
    return hashlib.sha256(repr((token, request.get_full_path(), written, files)).encode()).hexdigest()


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
