"""A chat of the contact, waiting for somebody."""

from portal.lib.clock import now
from tickets.chat.domain.lines import add_line, save
from tickets.core.enums import ChatSide
from tickets.models import Chat


def specimens(world):
    at, contact = now(), world["contact"]
    chat = Chat.objects.create(
        account=contact.account, contact=contact, region=contact.own_region, language="en", topic="Scanner",
        started_at=at, due_at=at, last_at=at, asked_at=at, contact_seen_at=at,
    )  # fmt: skip
    add_line(chat, side=ChatSide.CUSTOMER, author=contact.user, body="It shows E7.", key="", now=at)
    save(chat)
    return {"tickets:chat": {"key": chat.key}, "admin:chat": {"key": chat.key}, "api:chat-": {"key": chat.key}}
