"""When there is a choice between English 24/7 and one's own language."""

import pytest

from accounts.core.enums import Tier
from tests.factories import MONDAY_9AM, make_account, make_contact, make_ticket, seat
from tickets.core.domain.language import has_language_choice
from tickets.core.enums import Status
from tickets.models import Ticket


@pytest.mark.parametrize(
    ("tier", "seated", "language", "is_live", "has"),
    [
        (Tier.GOLD, True, "fr", True, True),
        (Tier.GOLD, True, "en", True, False),
        (Tier.GOLD, False, "fr", True, False),
        (Tier.GOLD, True, "fr", False, False),
        (Tier.SILVER, True, "fr", True, False),
        (None, False, "fr", True, False),
    ],
    ids=["choice", "English", "no seat", "closed", "business hours", "Standard"],
)
def test_a_live_ticket_of_another_language_on_a_tier_around_the_clock_has_a_choice(
    paris, lead, tier, seated, language, is_live, has
):
    contact = make_contact(make_account("Delta", region=paris, tier=tier), "zoe@delta.test", language=language)
    if seated:
        seat(contact, by=lead.user)
    ticket = make_ticket(contact)
    if not is_live:
        Ticket.objects.update(status=Status.CLOSED, solved_at=MONDAY_9AM, closed_at=MONDAY_9AM, next_due_at=None)
        ticket.refresh_from_db()

    assert has_language_choice(ticket, now=MONDAY_9AM) is has
