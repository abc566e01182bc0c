"""The address that a mail comes back to: it names the mail, and only we can make it.

`bounces+1042.k1.<mac>@host`: the notice, the key, and an HMAC-SHA-256 of both, cut to 160 bits, in base 32, because
mail servers may change the case of an address. Keys are those of `REPLY_KEYS`; what was signed differs, so that an
address of one sort is never good for the other.
"""

import base64
import hashlib
import hmac
import re
from email.utils import parseaddr

from django.conf import settings

MAC_BYTES = 20
_ADDRESS = re.compile(r"(?P<box>[^+@]+)\+(?P<notice>\d{1,15})\.(?P<key>[a-z0-9]{1,8})\.(?P<mac>[a-z2-7]{32})")


def bounce_address(notice_pk: int) -> str:
    """The envelope sender of the mail for `notice_pk`."""
    local, _at, host = parseaddr(settings.MAIL_BOUNCES)[1].lower().rpartition("@")
    key = next(iter(settings.REPLY_KEYS))
    return f"{local}+{notice_pk}.{key}.{_mac(notice_pk, key)}@{host}"


def read_bounce_address(address: str) -> int | None:
    """The notice that `address` names; None for every other address, also one that was tampered with."""
    local, _at, host = parseaddr(address)[1].lower().rpartition("@")
    found = _ADDRESS.fullmatch(local)
    if not found or f"{found['box']}@{host}" != parseaddr(settings.MAIL_BOUNCES)[1].lower():
        return None
    notice, key = int(found["notice"]), found["key"]
    if key not in settings.REPLY_KEYS or not hmac.compare_digest(_mac(notice, key), found["mac"]):
        return None
    return notice


def _mac(notice: int, key: str) -> str:
    digest = hmac.digest(settings.REPLY_KEYS[key].encode(), f"bounce:{notice}:{key}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:MAC_BYTES]).decode().lower()
