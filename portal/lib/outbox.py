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
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F

from portal.lib import breaker
from portal.lib.bounces import bounce_address
from portal.lib.mail import compose
from portal.lib.mail_line import LineDown, LineLost, MailLine, Refused
from portal.lib.notice import UNWRITABLE, Delivery, Notice, NoticeQuerySet

__all__ = ["Delivery", "Notice", "NoticeQuerySet"]
logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
# A batch ends well within the lease of its last claim, however slow the mail server is; the next run goes on.
LONGEST = 60.0
FIRST_PAUSE = 15.0
# A server that takes the mail again gets it within the hour (1.2 is the jitter).
LONGEST_PAUSE = 3600 / 1.2
# With these pauses about three days, as mail servers do.
MAX_ATTEMPTS = 90
# The breaker of the mail server.
MAIL = "mail"
# Asked for by the reader a moment ago: tried even where mail came back before.
ASKED_FOR = frozenset({"password_reset"})


class Withdrawn(Exception):
    """Raised while a notice is completed: its reader must not hear of it any more, or there is nothing left to tell."""


Context = Callable[[Notice], dict[str, Any]]
_contexts: dict[str, Context] = {}

OnRefused = Callable[[Notice, str, datetime], None]
_on_refused: list[OnRefused] = []


def completes(kind: str) -> Callable[[Context], Context]:
    """Register what a notice of `kind` needs beyond its own data when it is rendered."""

    def register(function: Context) -> Context:
        _contexts[kind] = function
        return function

    return register


def on_refused(function: OnRefused) -> OnRefused:
    """Register who hears that a server refused an address for good: the notice, what it said, now."""
    _on_refused.append(function)
    return function


class NoticeDraft(NamedTuple):
    """One notice to several people (user ids); `key` is unique with each of them."""

    kind: str
    key: str
    recipients: list[int]
    data: dict[str, Any]


def write(kind: str, *, key: str, recipients: list[int], data: dict[str, Any], now: datetime) -> None:
    """Write one row per recipient (user ids). A row whose key exists already is left alone: it was told.

    Mails whose data name the same `thread` reach each reader in the order in which they were written.
    """
    write_all([NoticeDraft(kind, key, recipients, data)], now=now)


def write_all(letters: Iterable[NoticeDraft], *, now: datetime) -> None:
    """Write the rows of several notices in one statement."""
    Notice.objects.bulk_create(
        [
            Notice(
                key=f"{letter.key}:{user_id}", kind=letter.kind, recipient_id=user_id, data=letter.data,
                thread=letter.data.get("thread", ""), created_at=now, not_before=now,
            )
            for letter in letters
            for user_id in dict.fromkeys(letter.recipients)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def render(notice: Notice) -> Any:
    """The mail of `notice` as it would leave now. Raises Withdrawn."""
    context = notice.data | (_contexts[notice.kind](notice) if notice.kind in _contexts else {})
    return compose(
        notice.kind, to=notice.recipient, key=notice.key, context=context, bounces_to=bounce_address(notice.pk)
    )


def deliver(*, now: datetime, limit: int = 200) -> int:
    """Send what waits, oldest first; return how many left.

    Each row is claimed by moving its `not_before` into the future, in a commit of its own, so another copy of this
    job passes it by and a killed one gives it back after LEASE. A repeat carries the same Message-ID. One connection
    serves the batch. A server that cannot be used costs one attempt a pause, whatever waits, and no mail its turn.
    """
    if settings.MAIL_HELD or not Notice.objects.waiting(now).exists() or not breaker.may_try(MAIL, now=now):
        return 0
    with MailLine() as line:
        return _Batch(line, now).run(limit)


class _Batch:
    """One run of deliver()."""

    def __init__(self, line: MailLine, now: datetime) -> None:
        self.line, self.now = line, now
        self.begun = time.monotonic()
        self.sent = 0
        # Of this run: how many mails in a row broke the connection.
        self.lost = 0
        self.seen_working = False

    def run(self, limit: int) -> int:
        tried = 0
        try:
            while tried < limit:
                # Sending one mail makes way for the next of the same thread and reader.
                line_up = Notice.objects.waiting(self.now).first_in_line().order_by("not_before", "pk")
                keys = list(line_up.values_list("pk", flat=True)[: limit - tried])
                if not keys:
                    break
                for pk in keys:
                    if time.monotonic() - self.begun > LONGEST:
                        return self.sent
                    self._take(pk)
                tried += len(keys)
        except LineDown as down:
            state = breaker.trip(MAIL, cause=down.cause, now=self.now)
            # The alarm: at once, and again with each attempt, at most LONGEST_PAUSE apart.
            logger.error("mail.down", extra={"cause": down.cause, "since": state.since, "next_attempt": state.try_at})
        return self.sent

    def _take(self, pk: int) -> None:
        """Claim the row and send it. A mail is first in line when it is claimed, or it is not claimed."""
        free = Notice.objects.waiting(self.now).first_in_line().filter(pk=pk)
        if not free.update(not_before=self.now + LEASE, attempts=F("attempts") + 1):
            return
        notice = Notice.objects.select_related("recipient").get(pk=pk)
        try:
            sent = self._send(notice)
        except Withdrawn as reason:
            _end(notice, self.now, str(reason), is_withdrawn=True)
        except Refused as refusal:
            self._worked()
            self._refused(notice, refusal)
        except LineDown:
            # Its turn comes again as if nothing had happened: the fault is not the mail's.
            Notice.objects.filter(pk=pk).update(not_before=self.now, attempts=F("attempts") - 1)
            raise
        except LineLost as loss:
            _wait(notice, self.now, status="", error=f"connection lost: {loss}")
            self.lost += 1
            if self.lost > 1:
                raise LineDown("breaks off") from loss
        except Exception as error:  # noqa: BLE001 - whatever fails, the row stays and is tried again
            _wait(notice, self.now, status=UNWRITABLE, error=type(error).__name__)
        else:
            if sent:
                self._worked()
                self.sent += 1

    def _send(self, notice: Notice) -> bool:
        person = notice.recipient
        if not person.is_active:
            raise Withdrawn("recipient inactive")
        if person.is_unreachable and notice.kind not in ASKED_FOR:
            _end(notice, self.now, f"not tried: mail to {person.email} came back before")
            return False
        mail = render(notice)
        self.line.send(mail)
        with transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(sent_at=self.now, address=mail.to[0], last_error="", status="")
        return True

    def _refused(self, notice: Notice, refusal: Refused) -> None:
        if not refusal.is_final:
            _wait(notice, self.now, status=refusal.status, error=str(refusal))
            return
        address = notice.recipient.email
        with transaction.atomic():
            _end(notice, self.now, str(refusal), status=refusal.status, address=address)
            if refusal.of_address:
                notice.address = address
                for function in _on_refused:
                    function(notice, str(refusal), self.now)

    def _worked(self) -> None:
        self.lost = 0
        if not self.seen_working and breaker.close(MAIL):
            logger.info("mail.up")
        self.seen_working = True


def _end(notice: Notice, now: datetime, reason: str, **more: Any) -> None:
    """Nothing more is tried; what it would have said is forgotten."""
    Notice.objects.filter(pk=notice.pk).update(dead_at=now, last_error=reason[:200], data={}, **more)


def _wait(notice: Notice, now: datetime, *, status: str, error: str) -> None:
    """Tried again later, each time after a longer pause; in the end given up."""
    gave_up = notice.attempts >= MAX_ATTEMPTS
    seconds = min(FIRST_PAUSE * 2 ** min(notice.attempts, 20), LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311
    Notice.objects.filter(pk=notice.pk).update(
        last_error=error[:200], status=status, not_before=now + timedelta(seconds=seconds),
        dead_at=now if gave_up else None,
    )  # fmt: skip
    logger.warning("notice.failed", extra={"notice_id": notice.pk, "attempts": notice.attempts, "final": gave_up})
