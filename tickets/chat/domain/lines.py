"""A chat's row lock, and the lines that are written under it: numbered without a gap, each key once."""

import hashlib
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from portal.lib import wakeup
from portal.lib.errors import DomainError
from portal.lib.typed import as_text
from tickets.chat.models import Chat, ChatLine
from tickets.core.enums import ChatEvent, ChatSide

LONGEST_LINE = 4000
LONGEST_KEY = 64


class ChatOver(DomainError):
    """The chat has ended; nothing more is said in it."""

    code = "chat_ended"


class NotYours(DomainError):
    """Another agent has the chat, or nobody: take it first."""

    code = "chat_not_yours"


def locked(chat: Chat) -> Chat:
    """The chat as it stands now, held until the transaction ends. Taken before the ticket that it may become.

    Held first and read after: PostgreSQL gives whoever waited for a row its new values, but with the agent and the
    ticket that were joined to the old ones.
    """
    Chat.objects.select_for_update().only("pk").get(pk=chat.pk)
    return Chat.objects.for_page().get(pk=chat.pk)


def refuse_over(chat: Chat) -> None:
    if chat.is_open:
        return
    if chat.ticket is not None:
        raise ChatOver(
            _("This chat is now ticket %(number)s. Continue in the ticket.") % {"number": chat.ticket.number},
            ticket=chat.ticket.number,
        )
    raise ChatOver(_("This chat has ended. Start another chat, or open a ticket."))


def text_of(body: str, *, field: str = "body") -> str:
    """What was typed, if it says something and is no longer than a line may be."""
    text = as_text(body)
    if not text:
        raise DomainError(_("Enter a message."), code="empty", field=field)
    if len(text) > LONGEST_LINE:
        raise DomainError(
            _("A message can have %(count)s characters. Send it in two parts, or open a ticket.")
            % {"count": LONGEST_LINE},
            code="too_long",
            field=field,
        )
    return text


def stored_key(key: str) -> str:
    """What a line is found again by: its key, or the digest of one that is longer than we store."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def sent_before(chat: Chat, *, author: User, key: str) -> ChatLine | None:
    """The line that was sent under this key already: a resend finds it and adds nothing."""
    return ChatLine.objects.filter(chat=chat, author=author, key=stored_key(key)).first() if key else None


def add_line(chat: Chat, *, side: ChatSide, author: User, body: str, key: str, now: datetime) -> ChatLine:
    """Append a line to a locked chat; the caller saves the chat."""
    chat.last_at = now
    if side == ChatSide.AGENT:
        chat.answered_at = chat.answered_at or now
        chat.asked_at = None
    else:
        chat.asked_at = chat.asked_at or now
    line = _append(chat, side=side, author=author, body=body, key=stored_key(key), created_at=now)
    if side == ChatSide.AGENT:
        chat.agent_read = line.number
    return line


def record_event(chat: Chat, event: ChatEvent, *, about: str = "", now: datetime) -> None:
    """Append what happened, for both sides to read."""
    _append(chat, side=ChatSide.SYSTEM, event=event, about=about[:120], created_at=now)


def _append(chat: Chat, **values: Any) -> ChatLine:
    chat.lines_count += 1
    return ChatLine.objects.create(chat=chat, number=chat.lines_count, **values)


def save(chat: Chat) -> None:
    """Save a locked chat; its version rises, and whoever watches it is woken once this is committed."""
    chat.version += 1
    chat.save()
    wakeup.after_commit()
