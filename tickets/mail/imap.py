"""Reads mailboxes over IMAP: everything new, once, in pages, by one reader at a time.

How far a mailbox was read is a row of ours (uid under a validity), moved after each mail is committed. What the server
remembers, such as the flag for read mails, is a courtesy to people who look into the mailbox: nothing rests on it. A
mail that is fetched again is recognised by its key.
"""

import imaplib
import logging
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from portal.lib.lease import Lease, hold
from tickets.mail.domain.intake import KEPT_OF_LARGE, store
from tickets.mail.models import Mailbox

logger = logging.getLogger(__name__)

TIMEOUT = 20
# A killed reader gives its mailbox back after this; a living one renews with every page.
LEASE = timedelta(minutes=3)
PAGE = 50
# A run ends after so many mails or seconds; the next one goes on where it stopped.
MOST = 1000
LONGEST = 120.0

Watch = Callable[[], datetime]


class Address(NamedTuple):
    """Where a mailbox is. Never shown: it holds the password."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @property
    def name(self) -> str:
        """What the mailbox is called where people and logs see it."""
        return f"{self.user}/{self.folder}@{self.host}"[:120]


def addresses() -> list[Address]:
    """The mailboxes of IMAP_URL. A refusal never repeats the URL."""
    return [_address(url) for url in settings.IMAP_URLS]


def poll(address: Address, *, watch: Watch) -> int:
    """Store what is new in one mailbox; return how many mails are new.

    Nothing is read while another process reads it. What goes wrong is kept on the row of the mailbox, in words without
    secrets, and the next run tries again. `watch`: what time it is; each mail counts from when we took it.
    """
    holder, lease = uuid4().hex, f"mail:{address.name}"[:40]
    if not hold(lease, holder=holder, now=watch(), length=LEASE):
        return 0
    box, _new = Mailbox.objects.get_or_create(name=address.name)
    taken = 0
    try:
        with _opened(address) as server:
            for _mail, is_new in _read(server, box, watch=watch):
                taken += is_new
                if not hold(lease, holder=holder, now=watch(), length=LEASE):
                    break  # this took longer than the lease: somebody else reads it now
        _went_well(box, now=watch())
    except (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError) as error:
        _failed(box, error, now=watch())
    finally:
        # Given back at once: the next run need not wait for its end.
        Lease.objects.filter(name=lease, holder=holder).delete()
    return taken


def _read(server: BaseMailBox, box: Mailbox, *, watch: Watch) -> Iterator[tuple[int, bool]]:
    """Store each new mail, then note that, then flag it; yields uid and whether the mail is new to us."""
    folder = server.folder.get() or "INBOX"
    validity = int(server.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])
    if box.uid_validity != validity:
        # The server gave all mails new numbers: read everything again, the key of each mail keeps it from coming twice.
        box.uid_validity, box.last_uid = validity, 0
        box.save(update_fields=["uid_validity", "last_uid"])
    begun, done = time.monotonic(), 0
    new = sorted(uid for uid in _uids(server, box.last_uid + 1) if uid > box.last_uid)
    for start in range(0, len(new), PAGE):
        page = new[start : start + PAGE]
        sizes = _sizes(server, page)
        for uid in page:
            if done >= MOST or time.monotonic() - begun > LONGEST:
                return
            raw = _fetch(server, uid, sizes.get(uid, 0))
            is_new = False
            if raw is not None:
                size = sizes.get(uid, 0)
                _row, is_new = store(
                    raw, mailbox=box.name, now=watch(), size=size if size > settings.MAIL_MAX_BYTES else None
                )
            box.last_uid = uid
            box.save(update_fields=["last_uid"])
            with suppress(ImapToolsError, imaplib.IMAP4.error):
                server.client.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)")
            done += 1
            yield uid, is_new


def _uids(server: BaseMailBox, first: int) -> list[int]:
    status, data = server.client.uid("SEARCH", "UID", f"{first}:*")
    if status != "OK":
        raise imaplib.IMAP4.error("SEARCH")
    return [int(number) for number in (data[0] or b"").split()]


def _sizes(server: BaseMailBox, page: list[int]) -> dict[int, int]:
    """uid → size in bytes, asked before anything is fetched."""
    status, data = server.client.uid("FETCH", ",".join(map(str, page)), "(UID RFC822.SIZE)")
    if status != "OK":
        raise imaplib.IMAP4.error("FETCH")
    found = {}
    for item in data:
        words = (item if isinstance(item, bytes) else b"").upper().replace(b"(", b" ").replace(b")", b" ").split()
        if b"UID" in words and b"RFC822.SIZE" in words:
            found[int(words[words.index(b"UID") + 1])] = int(words[words.index(b"RFC822.SIZE") + 1])
    return found


def _fetch(server: BaseMailBox, uid: int, size: int) -> bytes | None:
    """The bytes of the mail without marking it read; only the beginning of one that is too large. None: it is gone."""
    part = f"(BODY.PEEK[]<0.{KEPT_OF_LARGE}>)" if size > settings.MAIL_MAX_BYTES else "(BODY.PEEK[])"
    status, data = server.client.uid("FETCH", str(uid), part)
    if status != "OK":
        raise imaplib.IMAP4.error("FETCH")
    return next((bytes(item[1]) for item in data if isinstance(item, tuple)), None)


@contextmanager
def _opened(address: Address) -> Iterator[BaseMailBox]:
    server = _connect(address)
    try:
        server.login(address.user, address.password, initial_folder=address.folder)
        yield server
    finally:
        with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
            server.logout()
        with suppress(OSError):
            server.client.shutdown()


def _connect(address: Address) -> BaseMailBox:
    """With TLS and its certificate checked; without TLS on this machine only. There is no fallback."""
    if address.scheme == "imap":
        return MailBoxUnencrypted(address.host, address.port, timeout=TIMEOUT)
    context = ssl.create_default_context()
    kind = MailBox if address.scheme == "imaps" else MailBoxStartTls
    return kind(address.host, address.port, timeout=TIMEOUT, ssl_context=context)


def _address(url: str) -> Address:
    try:
        parts = urlsplit(url)
        port = parts.port or (993 if parts.scheme == "imaps" else 143)
    except ValueError:
        parts, port = urlsplit(""), 0
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    plain = parts.scheme == "imap"
    if parts.scheme not in {"imaps", "imap+tls", "imap"} or not host or not user or (plain and not _is_here(host)):
        raise ImproperlyConfigured(
            "IMAP_URL is not understood; write imaps://user:password@host/INBOX. "
            "Plain imap:// is for this machine only."
        )
    return Address(parts.scheme, host, port, user, password, unquote(parts.path.strip("/")) or "INBOX")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _went_well(box: Mailbox, *, now: datetime) -> None:
    box.read_at, box.error, box.failing_since = now, "", None
    box.save(update_fields=["read_at", "error", "failing_since"])


def _failed(box: Mailbox, error: Exception, *, now: datetime) -> None:
    """Keep a word for what went wrong. What the server said is left out: it may repeat what we sent (#159)."""
    words = {
        MailboxLoginError: "sign-in refused", ssl.SSLCertVerificationError: "certificate not trusted",
        TimeoutError: "no answer in time", ConnectionRefusedError: "connection refused",
    }  # fmt: skip
    said = next((word for kind, word in words.items() if isinstance(error, kind)), "")
    box.error = said or (
        "connection lost" if isinstance(error, (OSError, imaplib.IMAP4.abort)) else type(error).__name__
    )
    box.failing_since = box.failing_since or now
    box.save(update_fields=["error", "failing_since"])
    logger.warning("mail.mailbox_failed", extra={"mailbox_id": box.pk, "error": box.error})
