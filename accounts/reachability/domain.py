"""Whether mail reaches a person: their address is marked when mail comes back for good, and free again for a reason.

The mark names the address, so that a person who gets another one is reachable at once.
"""

import logging
import re
from datetime import datetime

from django.db import transaction

from accounts.core.models import User
from portal.lib.bounces import read_bounce_address
from portal.lib.mail import one_line
from portal.lib.notice import Notice

logger = logging.getLogger(__name__)
_HARD = re.compile(r"5(\.\d{1,3}){0,2}")
_STATUS = re.compile(r"[245](\.\d{1,3}){0,2}")


@transaction.atomic
def record_bounce(recipient_address: str, *, status: str, reason: str, now: datetime) -> bool:
    """A mail came back to `recipient_address`. False, and nothing happens, unless we made that address for a mail.

    `status` is the enhanced status of the report (5.1.1). The first report counts for the mail; a hard one (5) marks
    the address that the mail went to, a soft one (4) says only that this mail did not arrive. A report without a
    status that we can read counts as soft. `reason` is words of a stranger: for staff, one line, never markup.
    """
    pk = read_bounce_address(recipient_address)
    notice = Notice.objects.select_for_update(of=("self",)).filter(pk=pk).first() if pk else None
    if notice is None:
        return False
    if notice.bounced_at is not None or notice.sent_at is None:
        return True  # told already, or refused at once and told then
    code = status if _STATUS.fullmatch(status) else ""
    said = one_line(reason.replace("\x00", ""))[:200]
    Notice.objects.filter(pk=notice.pk).update(bounced_at=now, status=code, last_error=said)
    logger.info("notice.bounced", extra={"notice_id": notice.pk, "status": code})
    if _HARD.fullmatch(code):
        mark(notice.recipient_id, address=notice.address, reason=f"{code} {said}", now=now)
    return True


def mark(user_pk: int, *, address: str, reason: str, now: datetime) -> None:
    """Mail to `address` came back for good. The first mark keeps its day; an address they left is not marked."""
    people = User.objects.filter(pk=user_pk, email=address).exclude(
        unreachable_since__isnull=False, unreachable_address=address
    )
    if people.update(unreachable_address=address, unreachable_since=now, unreachable_reason=reason[:200]):
        logger.info("person.unreachable", extra={"user_id": user_pk})


def try_again(user: User) -> None:
    """Write to this person again: somebody says that the address works, or a mail came from it."""
    User.objects.filter(pk=user.pk).update(unreachable_address="", unreachable_since=None, unreachable_reason="")
    user.unreachable_address, user.unreachable_since, user.unreachable_reason = "", None, ""
