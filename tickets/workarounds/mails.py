"""The mails about workarounds: that one is in place, and that it was withdrawn."""

from typing import Any

from portal.lib.outbox import Notice, Withdrawn
from tickets.core.mails.about import about_ticket
from tickets.core.models import Ticket
from tickets.workarounds.domain import RECORDED
from tickets.workarounds.models import Workaround


@about_ticket("workaround")
def workaround(notice: Notice, ticket: Ticket) -> dict[str, Any]:
    """One that has ended before the mail left is not sent: it would send people the wrong way."""
    found = Workaround.objects.for_page().get(pk=notice.data["workaround"])
    is_recorded = notice.data["step"] == RECORDED
    if is_recorded and not found.is_in_place:
        raise Withdrawn("it has ended meanwhile")
    return {
        "is_recorded": is_recorded, "description": found.description,
        "agent": (found.recorded_by if is_recorded else found.ended_by or found.recorded_by).name,
    }  # fmt: skip
