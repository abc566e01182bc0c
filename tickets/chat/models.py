"""Chats: a conversation in lines, numbered without a gap. Internal notes are another table, as on tickets."""

import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Agent, Contact, Region, User
from tickets.core.enums import ChatEnding, ChatEvent, ChatNoteKind, ChatSide, ChatState
from tickets.core.models.ticket import Ticket

OPEN = Q(state__in=[ChatState.WAITING, ChatState.ACTIVE])


def new_chat_key() -> str:
    """144 random bits: a chat is never found by counting."""
    return secrets.token_urlsafe(18)


class ChatQuerySet(models.QuerySet["Chat"]):
    def visible_to(self, user: User, contact: Contact | None = None) -> Self:
        """Staff see every chat, a contact only their own: what somebody says in a chat is not for the whole account."""
        if user.is_staff:
            return self
        return self.none() if contact is None else self.filter(contact=contact)

    def running(self) -> Self:
        return self.filter(OPEN)

    def waiting(self) -> Self:
        """Nobody has taken them yet, in the order of what was promised."""
        return self.filter(state=ChatState.WAITING).order_by("due_at", "pk")

    def active(self) -> Self:
        return self.filter(state=ChatState.ACTIVE)

    def held_by(self, agent: Agent) -> Self:
        return self.active().filter(agent=agent).order_by("taken_at", "pk")

    def for_page(self) -> Self:
        return self.select_related(
            "account__home_region", "contact__user", "contact__account__home_region", "contact__region",
            "region", "agent__user", "ticket",
        )  # fmt: skip


class Chat(models.Model):
    """A live conversation of one contact with the desk. `started_at` is the customer's first line.

    `lines_count` is the number of the last line, `version` rises with everything that a page about it shows.
    """

    key = models.CharField(max_length=32, unique=True, default=new_chat_key, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="chats", verbose_name=_("account"))
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="chats", verbose_name=_("contact"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"))
    language = models.CharField(_("language"), max_length=5)
    topic = models.CharField(_("subject"), max_length=120)
    state = models.CharField(_("status"), max_length=7, choices=ChatState.choices, default=ChatState.WAITING)
    agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="chats", verbose_name=_("agent")
    )
    started_at = models.DateTimeField(_("start"))
    due_at = models.DateTimeField(_("reply due"))
    taken_at = models.DateTimeField(_("taken"), null=True)
    answered_at = models.DateTimeField(_("first reply"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ending = models.CharField(_("result"), max_length=8, choices=ChatEnding.choices, blank=True)
    last_at = models.DateTimeField(_("last message"))
    # The oldest line of the customer that nobody has answered; empty when the last word is ours.
    asked_at = models.DateTimeField(_("waiting for a reply since"), null=True)
    contact_seen_at = models.DateTimeField(_("customer connected"))
    agent_read = models.PositiveIntegerField(_("read by the agent"), default=0)
    lines_count = models.PositiveIntegerField(_("messages"), default=0)
    version = models.PositiveIntegerField(_("version"), default=0)
    ticket = models.OneToOneField(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="chat", verbose_name=_("ticket")
    )

    objects = ChatQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="tickets_chat_one_open_each", fields=["contact"], condition=OPEN),
            models.CheckConstraint(
                name="tickets_chat_state_consistent",
                condition=Q(state=ChatState.WAITING, agent=None, ended_at=None)
                | Q(state=ChatState.ACTIVE, agent__isnull=False, taken_at__isnull=False, ended_at=None)
                | Q(state=ChatState.ENDED, ended_at__isnull=False, ending__in=ChatEnding.values),
            ),
            models.CheckConstraint(
                name="tickets_chat_ticket_ends_it", condition=Q(ticket=None) | Q(state=ChatState.ENDED)
            ),
        ]
        indexes = [
            # Serves the team's list of the console, the place in the queue and the job that ends what is left alone.
            models.Index(name="tickets_chat_waiting", fields=["due_at", "id"], condition=Q(state=ChatState.WAITING)),
            # Serves an agent's own list and the limit per agent.
            models.Index(name="tickets_chat_held", fields=["agent", "taken_at"], condition=Q(state=ChatState.ACTIVE)),
            # Serves the estimate of the wait: what was taken lately.
            models.Index(name="tickets_chat_taken", fields=["taken_at"], condition=Q(taken_at__isnull=False)),
            # Serves a contact's list of chats in the API.
            models.Index(name="tickets_chat_of_contact", fields=["contact", "-id"]),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def is_open(self) -> bool:
        return self.state != ChatState.ENDED

    @property
    def unread(self) -> int:
        """How many lines the agent has not seen."""
        return max(0, self.lines_count - self.agent_read)


class ChatLine(models.Model):
    """One line; never edited. `key` is the sender's own, so that a line that is sent again stands once.

    `event` and `about` in place of a text: what happened, said in the reader's language by domain/chat/wording.py.
    """

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("number"))
    side = models.CharField(_("side"), max_length=8, choices=ChatSide.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    body = models.TextField(_("text"), blank=True)
    event = models.CharField(_("event"), max_length=8, choices=ChatEvent.choices, blank=True)
    about = models.CharField(_("subject"), max_length=120, blank=True)
    key = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        ordering = ["number"]
        constraints = [
            # Also the index of the conversation, and of “everything after line n”.
            models.UniqueConstraint(name="tickets_chatline_numbered_once", fields=["chat", "number"]),
            models.UniqueConstraint(
                name="tickets_chatline_sent_once", fields=["chat", "author", "key"], condition=~Q(key="")
            ),
            models.CheckConstraint(
                name="tickets_chatline_says_something",
                condition=Q(side=ChatSide.SYSTEM, author=None, event__in=ChatEvent.values, body="")
                | (Q(side__in=[ChatSide.CUSTOMER, ChatSide.AGENT], author__isnull=False, event="") & ~Q(body="")),
            ),
        ]

    def __str__(self) -> str:
        return self.body[:40] or self.event


class ChatNote(models.Model):
    """What staff write to each other about a chat: no page, stream or API of a customer reads this table."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=ChatNoteKind.choices)
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("chat note")
        verbose_name_plural = _("chat notes")
        ordering = ["created_at", "pk"]
        constraints = [models.CheckConstraint(name="tickets_chatnote_says_something", condition=~Q(body=""))]

    def __str__(self) -> str:
        return self.body[:40]


class ChatPresenceQuerySet(models.QuerySet["ChatPresence"]):
    def on(self, since: datetime) -> Self:
        """Those who take chats, and whose desk was open at or after `since`."""
        return self.filter(is_on=True, seen_at__gte=since, agent__user__is_active=True)


class ChatPresence(models.Model):
    """Whether an agent takes chats: what they chose, and when their desk last said that it is still there.

    Also the lock of an agent's limit: a verb that gives an agent a chat holds this row.
    """

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="chat_presence")
    is_on = models.BooleanField(_("accepts chats"), default=False)
    seen_at = models.DateTimeField(_("connected"))

    objects = ChatPresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat availability")
        verbose_name_plural = _("chat availabilities")
        indexes = [
            models.Index(name="tickets_presence_on", fields=["seen_at"], condition=Q(is_on=True))
        ]  # availability

    def __str__(self) -> str:
        return str(self.agent)
