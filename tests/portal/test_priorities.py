"""What the priorities mean stands wherever one is chosen."""

import pytest
from django.urls import reverse

from sla.core.domain.definitions import definition
from sla.core.enums import Priority


@pytest.fixture
def places(requester, lead, ticket, client_for):
    """Every page on which somebody chooses a priority, with who does."""
    return {
        "new ticket": (requester, reverse("tickets:new")),
        "another priority": (requester, reverse("tickets:priority", args=[ticket.number])),
        "call": (requester, reverse("tickets:phone")),
        "ticket on the desk": (lead, reverse("admin:tickets_ticket_change", args=[ticket.number])),
        "ticket opened by an agent": (lead, reverse("admin:tickets_ticket_open") + f"?contact={requester.pk}"),
    }


@pytest.mark.parametrize(
    "place", ["new ticket", "another priority", "call", "ticket on the desk", "ticket opened by an agent"]
)
def test_the_definitions_stand_beside_the_choice(place, places, ticket, client_for):
    person, address = places[place]
    # One's own priority is not offered again.
    offered = [p for p in Priority if place != "another priority" or p != ticket.priority]

    page = client_for(person).get(address)

    assert page.status_code == 200
    assert 'name="priority"' in page.text
    assert [p for p in offered if definition(p) not in page.text] == []
