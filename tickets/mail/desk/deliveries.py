"""What became of the mails that carried a message: shown beside it, for staff only."""

from portal.lib.notice import Notice
from tickets.core.models import Ticket

CARRIES_A_MESSAGE = ("agent_wrote", "customer_wrote")
# Of a long conversation with many followers, the newest.
MOST = 1000


def deliveries_of(ticket: Ticket) -> dict[int, list[Notice]]:
    """The mails of each message (by its key), in the order of their readers; one statement."""
    rows = Notice.objects.filter(thread=f"ticket:{ticket.pk}", kind__in=CARRIES_A_MESSAGE)
    rows = rows.select_related("recipient").defer("data").order_by("-pk")[:MOST]
    found: dict[int, list[Notice]] = {}
    for notice in rows:
        # `message:<message>:<reader>`, see tickets/core/domain/notices.py; the key outlives the details.
        _word, message, _reader = notice.key.split(":")
        found.setdefault(int(message), []).insert(0, notice)
    return found
