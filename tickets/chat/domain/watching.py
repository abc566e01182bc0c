"""What the live stream needs to know: which chats changed, and whose they are. No text ever passes here."""

from collections.abc import Collection

from tickets.chat.models import Chat


def versions(keys: Collection[str], *, desk: bool) -> dict[str, tuple[int, bool]]:
    """Key → version of the watched chats, and of all running ones when the desk listens; and whether it is running.

    Versions are compared chat by chat, so a transaction that commits late is seen late, and never missed.
    """
    chats = Chat.objects.filter(key__in=keys)
    if desk:
        chats = chats | Chat.objects.running()
    rows = chats.order_by().values_list("key", "version", "ended_at")
    return {key: (version, ended_at is None) for key, version, ended_at in rows}


def owners(keys: Collection[str]) -> dict[str, int]:
    """Key → the contact whose chat it is."""
    return dict(Chat.objects.filter(key__in=keys).values_list("key", "contact"))
