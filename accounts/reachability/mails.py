"""An address that the next mail server refuses for good is marked, as when a mail comes back later."""

from datetime import datetime

from accounts.reachability import domain as reachability
from portal.lib import outbox
from portal.lib.outbox import Notice


@outbox.on_refused
def mark_unreachable(notice: Notice, reason: str, now: datetime) -> None:
    reachability.mark(notice.recipient_id, address=notice.address, reason=reason, now=now)
