"""Mails are rows first: written by a verb in its transaction, delivered later by beat, at least once, under one key.

A row holds what happened (`kind`, `data`), not the text: each kind has a template folder `emails/<kind>/`, rendered
when it leaves, in the reader's language. An app may register a function that completes the template's context at
that moment (a fresh reset link, for instance, so that no secret rests in a row).
"""

import logging
import random
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.lib.mail import compose, send

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
# A batch ends well within the lease of its last claim, however slow the mail server is; the next run goes on.
LONGEST = 60.0
MAX_ATTEMPTS = 12


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self, now: datetime) -> Self:
        """Due to leave, and in nobody's hands."""
        return self.filter(sent_at=None, dead_at=None, not_before__lte=now)

    def dead(self) -> Self:
        return self.filter(dead_at__isnull=False)


class Notice(models.Model):
    """One mail to one person. `key` names the occasion and the reader, so that nothing is told twice."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", verbose_name=_("recipient")
    )
    data = models.JSONField(_("details"), default=dict)
    created_at = models.DateTimeField(_("written"))
    not_before = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    dead_at = models.DateTimeField(_("given up"), null=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        app_label = "portal"
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="portal_notice_sent_or_dead", condition=Q(sent_at=None) | Q(dead_at=None)),
        ]
        indexes = [
            # Serves deliver(): the rows still to send, however many were sent.
            models.Index(
                name="portal_notice_to_send", fields=["not_before", "id"], condition=Q(sent_at=None, dead_at=None)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"


class Withdrawn(Exception):
    """Raised while a notice is completed: its reader must not hear of it any more, or there is nothing left to tell."""


Context = Callable[[Notice], dict[str, Any]]
_contexts: dict[str, Context] = {}


def completes(kind: str) -> Callable[[Context], Context]:
    """Register what a notice of `kind` needs beyond its own data when it is rendered."""

    def register(function: Context) -> Context:
        _contexts[kind] = function
        return function

    return register


class Letter(NamedTuple):
    """One notice to several people (user ids); `key` is unique with each of them."""

    kind: str
    key: str
    recipients: list[int]
    data: dict[str, Any]


def write(kind: str, *, key: str, recipients: list[int], data: dict[str, Any], now: datetime) -> None:
    """Write one row per recipient (user ids). A row whose key exists already is left alone: it was told."""
    write_all([Letter(kind, key, recipients, data)], now=now)


def write_all(letters: Iterable[Letter], *, now: datetime) -> None:
    """Write the rows of several notices in one statement."""
    Notice.objects.bulk_create(
        [
            Notice(
                key=f"{letter.key}:{user_id}", kind=letter.kind, recipient_id=user_id, data=letter.data,
                created_at=now, not_before=now,
            )
            for letter in letters
            for user_id in dict.fromkeys(letter.recipients)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def deliver(*, now: datetime, limit: int = 50) -> int:
    """Send what waits, oldest first; return how many left.

    Each row is claimed by moving its `not_before` into the future, in a commit of its own, so another copy of this
    job passes it by and a killed one gives it back after LEASE. A repeat carries the same Message-ID.
    """
    if settings.MAIL_HELD:
        return 0
    sent, begun = 0, time.monotonic()
    for pk in list(Notice.objects.waiting(now).order_by("not_before", "pk").values_list("pk", flat=True)[:limit]):
        if time.monotonic() - begun > LONGEST:
            break
        mine = Notice.objects.waiting(now).filter(pk=pk).update(not_before=now + LEASE, attempts=F("attempts") + 1)
        if mine:
            sent += _deliver_one(Notice.objects.select_related("recipient").get(pk=pk), now=now)
    return sent


def _deliver_one(notice: Notice, *, now: datetime) -> bool:
    if not notice.recipient.is_active:
        Notice.objects.filter(pk=notice.pk).update(dead_at=now, last_error="recipient inactive", data={})
        return False
    try:
        context = notice.data | (_contexts[notice.kind](notice) if notice.kind in _contexts else {})
        send(compose(notice.kind, to=notice.recipient, key=notice.key, context=context))
    except Withdrawn as reason:
        Notice.objects.filter(pk=notice.pk).update(dead_at=now, last_error=str(reason)[:200], data={})
        return False
    except Exception as error:  # noqa: BLE001 - whatever fails, the row stays and is tried again
        gave_up = notice.attempts >= MAX_ATTEMPTS
        pause = timedelta(seconds=min(15 * 2**notice.attempts, 6 * 3600) * random.uniform(0.8, 1.2))  # noqa: S311
        Notice.objects.filter(pk=notice.pk).update(
            last_error=type(error).__name__, not_before=now + pause, dead_at=now if gave_up else None
        )
        logger.warning("notice.failed", extra={"notice_id": notice.pk, "attempts": notice.attempts, "final": gave_up})
        return False
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(sent_at=now, last_error="")
    return True
