"""Nobody is forgotten: what beat does with chats that are left alone."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from portal.lib.errors import DomainError
from tickets.chat.domain.availability import closed_for
from tickets.chat.domain.converting import into_ticket
from tickets.chat.domain.handling import end
from tickets.chat.models import Chat
from tickets.core.enums import ChatEnding, ChatState

logger = logging.getLogger(__name__)

# The page says twice a minute that it is there. So long without a word of it, and the customer has left.
GONE = timedelta(minutes=3)


def close_idle_chats(*, now: datetime) -> int:
    """Chats nobody took in time become tickets, chats that went quiet end; return how many.

    Each chat in a transaction of its own: one that cannot be settled stops no other.
    """
    settled = 0
    for pk in list(Chat.objects.running().order_by("pk").values_list("pk", flat=True)):
        try:
            settled += _close(pk, now=now)
        except DomainError:
            logger.warning("chat.not_settled", extra={"chat": pk})
    return settled


@transaction.atomic
def _close(pk: int, *, now: datetime) -> int:
    skip = connection.features.has_select_for_update_skip_locked
    if not list(Chat.objects.select_for_update(skip_locked=skip).filter(pk=pk).values_list("pk")):
        return 0  # somebody is at it
    chat = Chat.objects.for_page().get(pk=pk)
    if not chat.is_open or not _is_left_alone(chat, now=now):
        return 0
    if chat.asked_at is not None or chat.state == ChatState.WAITING:
        into_ticket(chat, by=None, now=now)
    else:
        end(chat, ChatEnding.QUIET, now=now)
    return 1


def _is_left_alone(chat: Chat, *, now: datetime) -> bool:
    if chat.state == ChatState.ACTIVE:
        return chat.last_at <= now - timedelta(minutes=settings.CHAT_QUIET_MINUTES)
    waited = max(chat.started_at, chat.asked_at or chat.last_at) <= now - timedelta(minutes=settings.CHAT_WAIT_MINUTES)
    return waited or chat.contact_seen_at <= now - GONE or closed_for(chat, now=now)
