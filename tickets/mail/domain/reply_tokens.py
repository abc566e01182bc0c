"""The address that answers by mail go to: it names the ticket and the person, and only we can make it.

`support+1042.7.k1.<mac>@host`: ticket, person, key and an HMAC-SHA-256 of all three, cut to 160 bits, in base 32,
because mail servers may change the case of an address. A mail belongs to a ticket only through such an address;
subjects, references and senders are hints for agents.
"""

import base64
import hashlib
import hmac
import re
from email.utils import parseaddr
from typing import NamedTuple

from django.conf import settings

MAC_BYTES = 20
_ADDRESS = re.compile(
    r"(?P<box>[^+@]+)\+(?P<ticket>\d{1,15})\.(?P<user>\d{1,15})\.(?P<key>[a-z0-9]{1,8})\.(?P<mac>[a-z2-7]{32})"
)


class ReplyToken(NamedTuple):
    """What a genuine address says: primary keys of the ticket and of the person it was written to."""

    ticket: int
    user: int


def reply_address(ticket_pk: int, user_pk: int) -> str:
    """The address on which `user_pk` answers on `ticket_pk`: the site's own with the token behind the plus sign."""
    local, _at, host = mailbox().partition("@")
    key = next(iter(settings.REPLY_KEYS))
    return f"{local}+{ticket_pk}.{user_pk}.{key}.{_mac(ticket_pk, user_pk, key)}@{host}"


def read_reply_address(address: str) -> ReplyToken | None:
    """The token in `address` (bare, or with a name); None for every other address, also one that was tampered with."""
    local, _at, host = parseaddr(address)[1].lower().rpartition("@")
    found = _ADDRESS.fullmatch(local)
    if not found or f"{found['box']}@{host}" != mailbox():
        return None
    ticket, user, key = int(found["ticket"]), int(found["user"]), found["key"]
    if key not in settings.REPLY_KEYS or not hmac.compare_digest(_mac(ticket, user, key), found["mac"]):
        return None
    return ReplyToken(ticket, user)


def mailbox() -> str:
    """The address that customers write to, without its name, in lower case."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()


def _mac(ticket: int, user: int, key: str) -> str:
    said = f"reply:{ticket}:{user}:{key}".encode()
    digest = hmac.digest(settings.REPLY_KEYS[key].encode(), said, hashlib.sha256)[:MAC_BYTES]
    return base64.b32encode(digest).decode().lower()
