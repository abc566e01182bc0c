"""What came in by e-mail: stored before anything is decided about it, and kept with what became of it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.core.enums import MailCause, MailState
from tickets.core.models.message import Message
from tickets.core.models.ticket import Ticket


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    def visible_to(self, user: User) -> Self:
        """Staff see all mails; customers see what became a message, never the mail."""
        return self if user.is_staff else self.none()

    def waiting(self) -> Self:
        """Stored, and nobody has decided about it."""
        return self.filter(state=MailState.RECEIVED)

    def for_list(self) -> Self:
        """What a row of the desk's list shows."""
        return self.select_related("sender__agent", "ticket", "about").defer("text", "quote")


class IncomingMail(models.Model):
    """One mail in one of our mailboxes. The unique key lets it in once, however often it is fetched.

    The bytes stand in MailSource, written in the same transaction. What was read from them (from `from_address` on) is
    a copy to look at; only verified facts decide.
    """

    mailbox = models.CharField(_("inbox"), max_length=120)
    rfc_id = models.CharField("Message-ID", max_length=255, blank=True)
    content_hash = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField(_("received"))
    state = models.CharField(_("status"), max_length=11, choices=MailState.choices, default=MailState.RECEIVED)
    cause = models.CharField(_("cause"), max_length=16, choices=MailCause.choices, default=MailCause.NONE, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    from_address = models.CharField(_("sender address"), max_length=254, blank=True)
    from_name = models.CharField(_("name of the sender"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    quote = models.TextField(_("quoted text"), blank=True)
    # To, Reply-To, verdict, warnings, hints, names of files: for agents to look at.
    facts = models.JSONField(_("details"), default=dict, blank=True)

    # The person whose address it carries, and the ticket that its reply token names.
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("sender")
    )
    about = models.ForeignKey(
        Ticket, on_delete=models.SET_NULL, null=True, related_name="mails_about", verbose_name=_("reply to")
    )
    # What it became.
    ticket = models.ForeignKey(
        Ticket, on_delete=models.SET_NULL, null=True, related_name="mails", verbose_name=_("ticket")
    )
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, related_name="mail", verbose_name=_("message")
    )
    decided_at = models.DateTimeField(_("processed"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("processed by")
    )

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming email")
        verbose_name_plural = _("incoming emails")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="tickets_mail_once_per_mailbox", fields=["mailbox", "rfc_id", "content_hash"]),
            # One mail to two of our mailboxes is one message, whichever is read first.
            models.UniqueConstraint(
                name="tickets_mail_posted_once",
                fields=["rfc_id", "content_hash"],
                condition=Q(state=MailState.POSTED),
            ),
            models.CheckConstraint(name="tickets_mail_state_known", condition=Q(state__in=MailState.values)),
            models.CheckConstraint(name="tickets_mail_cause_known", condition=Q(cause__in=MailCause.values)),
        ]
        indexes = [
            # Serves process_waiting() in domain/mail/sorting.py and the readiness page: the few not decided yet.
            models.Index(name="tickets_mail_waiting", fields=["id"], condition=Q(state=MailState.RECEIVED)),
            # Serves the desk's list, which begins with what waits for an agent.
            models.Index(name="tickets_mail_by_state", fields=["state", "-id"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.subject or self.from_address or f"{self.mailbox} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """It waits for an agent."""
        return self.state in {MailState.HELD, MailState.QUARANTINED}

    def fact(self, name: str) -> Any:
        return self.facts.get(name)


class MailSource(models.Model):
    """The bytes of a mail as they came: apart from its row, so that no list ever loads them."""

    mail = models.OneToOneField(IncomingMail, on_delete=models.CASCADE, related_name="source")
    data = models.BinaryField()
    # Only the beginning was taken, because the whole was too large.
    is_cut = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("source of an email")
        verbose_name_plural = _("sources of emails")

    def __str__(self) -> str:
        return f"{self.mail_id} · {len(self.data)}"


class MailQuote(models.Model):
    """What was cut off a mailed message because it repeats older ones. Whoever may see the message may open it."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="quote", verbose_name=_("message"))
    text = models.TextField(_("quoted text"))

    class Meta:
        verbose_name = _("quoted text")
        verbose_name_plural = _("quoted texts")

    def __str__(self) -> str:
        return self.text[:40]


class Mailbox(models.Model):
    """How far a mailbox has been read, and how reading it went. Written by the poller, looked at on the desk."""

    name = models.CharField(_("inbox"), max_length=120, unique=True)
    # Of IMAP: uids are only good together with the validity under which the server gave them.
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(_("last read"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True)

    class Meta:
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
