"""The transcript of a chat, put together when it leaves: only what customer and agent wrote, never a note."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Contact
from portal.lib import outbox
from portal.lib.durations import say_time
from portal.lib.outbox import Notice, Withdrawn
from portal.lib.zones import zone
from tickets.chat.domain.converting import transcript
from tickets.chat.models import Chat


@outbox.completes("chat_transcript")
def chat_transcript(notice: Notice) -> dict[str, Any]:
    reader = notice.recipient
    chat = Chat.objects.for_page().get(pk=notice.data["chat"])
    if not Contact.objects.active().filter(pk=chat.contact_id, user=reader).exists():
        raise Withdrawn("the reader no longer acts for this account")
    here = zone(reader.time_zone)
    return {
        "topic": chat.topic,
        "lines": [
            {"at": say_time(line.created_at, here), "name": line.author.name if line.author else "", "text": line.body}
            for line in transcript(chat, until=notice.data["until"])
        ],
        "number": chat.ticket.number if chat.ticket else "",
        "url": settings.SITE_URL
        + (chat.ticket.get_absolute_url() if chat.ticket else reverse("tickets:chat_room", args=[chat.key])),
        "thread": f"chat:{chat.pk}",
    }
