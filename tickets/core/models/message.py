"""What is said on a ticket. Public messages and internal notes are separate tables, so no filter can mix them up."""

import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact, User
from tickets.core.enums import AuthorKind, Channel, MessageKind
from tickets.core.models.ticket import Ticket


class Message(models.Model):
    """A public post on a ticket, always visible to the customer. Written in Markdown, never edited."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages", verbose_name=_("ticket"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages", verbose_name=_("author")
    )
    author_kind = models.CharField(_("side"), max_length=8, choices=AuthorKind.choices)
    kind = models.CharField(_("kind"), max_length=13, choices=MessageKind.choices, default=MessageKind.REPLY)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    body = models.TextField(_("text"))
    # The four parts of an enhanced check-in, see domain/check_ins.py; `body` holds them as text too.
    parts = models.JSONField(_("parts"), null=True, blank=True)
    created_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="tickets_message_side_known", condition=Q(author_kind__in=AuthorKind.values)),
            models.CheckConstraint(name="tickets_message_says_something", condition=~Q(body="")),
        ]
        indexes = [
            # Serves the thread of a ticket page and the API's messages.
            models.Index(name="tickets_message_thread", fields=["ticket", "created_at", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.number} · {self.body[:40]}"

    @property
    def next_update_at(self) -> datetime | None:
        """The moment that an enhanced check-in names."""
        return datetime.fromisoformat(self.parts["next_at"]) if self.parts else None


class InternalNote(models.Model):
    """What staff write to each other on a ticket. No customer page, mail or API ever reads this table."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="notes", verbose_name=_("ticket"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes", verbose_name=_("author")
    )
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["created_at", "pk"]
        constraints = [models.CheckConstraint(name="tickets_note_says_something", condition=~Q(body=""))]

    def __str__(self) -> str:
        return self.body[:40]


def new_key() -> str:
    """256 random bits in the alphabet of URLs: the only name a stored file has."""
    return secrets.token_urlsafe(32)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User, contact: Contact | None = None) -> Self:
        """Files of messages on visible tickets, and one's own uploads that no message took yet."""
        return self.filter(
            Q(message__ticket__in=Ticket.objects.visible_to(user, contact)) | Q(message=None, uploaded_by=user)
        )

    def loose(self) -> Self:
        """Uploaded, but taken by no message."""
        return self.filter(message=None)

    def loose_since(self, moment: datetime) -> Self:
        return self.loose().filter(uploaded_at__lt=moment)


class Attachment(models.Model):
    """A file that came with a message. Stored under a random key; served only by the checked download view."""

    key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, related_name="attachments", verbose_name=_("message")
    )
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [
            # Serves purge_uploads() in domain/attachments.py: the few files that no message took.
            models.Index(name="tickets_attachment_loose", fields=["uploaded_at"], condition=Q(message=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the storage holds it: two levels of folders, so that none grows too large."""
        return f"attachments/{self.key[:2]}/{self.key}"
