"""Beginning a chat and saying something in it, from both sides."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import entitlements_of
from accounts.models import Agent, Contact
from portal.lib.errors import DomainError
from portal.lib.typed import as_line
from sla.core.domain.terms import terms_for
from sla.core.enums import Priority
from tickets.chat.domain.availability import availability, why_closed
from tickets.chat.domain.lines import NotYours, add_line, locked, refuse_over, save, sent_before, stored_key, text_of
from tickets.chat.models import Chat, ChatLine
from tickets.core.enums import ChatSide

# What a chat is until somebody says otherwise: the list of those who wait is in the order of this target.
USUAL_PRIORITY = Priority.MEDIUM
LONGEST_TOPIC = 120
SEEN_EVERY = timedelta(seconds=30)


class ChatClosed(DomainError):
    """Nobody is there; `opens_at` says when somebody will be."""

    code = "chat_closed"


class AlreadyChatting(DomainError):
    """One open chat per person; `chat` names it."""

    code = "chat_open"


@transaction.atomic
def start_chat(contact: Contact, *, topic: str, body: str, key: str, now: datetime) -> Chat:
    """Begin a chat with its first line. The same key again returns the chat that it began.

    Raises ChatClosed when nobody is there, AlreadyChatting when this person has an open chat.
    """
    contact = Contact.objects.for_acting().select_for_update(of=("self",)).get(pk=contact.pk)
    if key:
        before = ChatLine.objects.filter(author=contact.user, key=stored_key(key), chat__contact=contact, number=1)
        if (line := before.select_related("chat").first()) is not None:
            return line.chat
    running = Chat.objects.running().filter(contact=contact).first()
    if running is not None:
        raise AlreadyChatting(_("You already have an open chat. Continue there."), chat=running.key)
    text, topic = text_of(body), as_line(topic)[:LONGEST_TOPIC]
    found = availability(contact, now=now)
    if not found.is_open:
        raise ChatClosed(
            why_closed(found), reason=found.reason, opens_at=found.opens_at.isoformat() if found.opens_at else None
        )
    entitlements = entitlements_of(contact, now)
    terms = terms_for(
        tier=entitlements.tier, basis=entitlements.basis, priority=USUAL_PRIORITY, region=found.region,
        own_language=found.language != "en",
    )  # fmt: skip
    chat = Chat.objects.create(
        account=contact.account, contact=contact, region=found.region, language=found.language,
        topic=topic or text.splitlines()[0][:LONGEST_TOPIC], started_at=now, due_at=terms.response_due(now),
        last_at=now, contact_seen_at=now,
    )  # fmt: skip
    add_line(chat, side=ChatSide.CUSTOMER, author=contact.user, body=text, key=key, now=now)
    save(chat)
    return chat


@transaction.atomic
def say_as_customer(chat: Chat, *, by: Contact, body: str, key: str, now: datetime) -> ChatLine:
    """A line of the customer. The same key again returns the line that stands already, in an ended chat too."""
    chat = locked(chat)
    if (line := sent_before(chat, author=by.user, key=key)) is not None:
        return line
    refuse_over(chat)
    chat.contact_seen_at = now
    line = add_line(chat, side=ChatSide.CUSTOMER, author=by.user, body=text_of(body), key=key, now=now)
    save(chat)
    return line


@transaction.atomic
def say_as_agent(chat: Chat, *, by: Agent, body: str, key: str, now: datetime) -> ChatLine:
    """A line of the agent who has the chat. Raises NotYours for anybody else: take it first."""
    chat = locked(chat)
    if (line := sent_before(chat, author=by.user, key=key)) is not None:
        return line
    refuse_over(chat)
    if chat.agent_id != by.pk:
        raise NotYours(_("Accept the chat before you write in it."))
    line = add_line(chat, side=ChatSide.AGENT, author=by.user, body=text_of(body), key=key, now=now)
    save(chat)
    return line


def lines_after(chat: Chat, number: int) -> list[ChatLine]:
    """Everything after line `number`, in order: what a page or a program has missed."""
    return list(chat.lines.filter(number__gt=max(0, min(number, chat.lines_count))).select_related("author"))


def customer_is_there(chat: Chat, *, now: datetime) -> None:
    """The customer's page is open. Written twice a minute at most; nothing that anybody watches."""
    if chat.is_open and chat.contact_seen_at < now - SEEN_EVERY:
        Chat.objects.filter(pk=chat.pk, contact_seen_at__lt=now).update(contact_seen_at=now)


def mark_read(chat: Chat, *, by: Agent, number: int) -> None:
    """The agent has these lines on the screen."""
    if chat.agent_id == by.pk and chat.agent_read < number <= chat.lines_count:
        Chat.objects.filter(pk=chat.pk, agent=by, agent_read__lt=number).update(agent_read=number)
