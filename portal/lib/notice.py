"""The rows of the outbox: one mail to one person each, and what became of it."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.lib import notice_kinds

# Stands in `status` while a mail cannot even be written: a fault of ours, which must not hold up the mails behind it.
UNWRITABLE = "unwritable"


class Delivery(models.TextChoices):
    """What became of a mail."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    BOUNCED = "bounced", _("bounced")
    FAILED = "failed", _("not delivered")
    WITHDRAWN = "withdrawn", _("withdrawn")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unsent(self) -> Self:
        """Neither accepted by the mail server nor given up."""
        return self.filter(sent_at=None, dead_at=None)

    def waiting(self, now: datetime) -> Self:
        """Due to leave, and in nobody's hands."""
        return self.unsent().filter(not_before__lte=now)

    def first_in_line(self) -> Self:
        """Without those behind an earlier mail of the same thread to the same reader: they are read in their order."""
        earlier = Notice.objects.unsent().filter(
            thread=OuterRef("thread"), recipient=OuterRef("recipient"), pk__lt=OuterRef("pk")
        )
        return self.filter(Q(thread="") | ~Exists(earlier.exclude(status=UNWRITABLE)))

    def dead(self) -> Self:
        return self.filter(dead_at__isnull=False)


class Notice(models.Model):
    """One mail to one person. `key` names the occasion and the reader, so that nothing is told twice."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", verbose_name=_("recipient")
    )
    # What it is about, such as `ticket:1042`; mails of one thread reach one reader in their order.
    thread = models.CharField(_("thread"), max_length=40, default="", db_default="")
    data = models.JSONField(_("details"), default=dict)
    created_at = models.DateTimeField(_("created"))
    not_before = models.DateTimeField(_("not sent before"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    # Where it went: people change their address, and what comes back comes back from the old one.
    address = models.CharField(_("email address"), max_length=254, default="", db_default="")
    bounced_at = models.DateTimeField(_("bounced"), null=True)
    dead_at = models.DateTimeField(_("abandoned"), null=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False, db_default=False)
    # What the last server said: an enhanced status (5.1.1) or a reply code (451), never a secret of ours.
    status = models.CharField(_("status"), max_length=12, default="", db_default="")
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        app_label = "portal"
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="portal_notice_sent_or_dead", condition=Q(sent_at=None) | Q(dead_at=None)),
        ]
        indexes = [
            # Serves deliver(): the rows still to send, however many were sent.
            models.Index(
                name="portal_notice_to_send", fields=["not_before", "id"], condition=Q(sent_at=None, dead_at=None)
            ),
            # Serves first_in_line(): is there an earlier one that has not left?
            models.Index(
                name="portal_notice_in_line", fields=["thread", "recipient", "id"],
                condition=Q(sent_at=None, dead_at=None),
            ),
            # Serves the ticket page of the desk: what was mailed of a thread.
            models.Index(name="portal_notice_thread", fields=["thread", "id"], condition=~Q(thread="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{notice_kinds.said(self.kind)} → {self.recipient}"

    @property
    def delivery(self) -> Delivery:
        """What became of this mail."""
        if self.sent_at:
            return Delivery.BOUNCED if self.bounced_at else Delivery.SENT
        if self.dead_at:
            return Delivery.WITHDRAWN if self.is_withdrawn else Delivery.FAILED
        return Delivery.WAITING
