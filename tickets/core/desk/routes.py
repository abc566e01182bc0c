"""The routes below the tickets of the agent workspace that rooms add: acts on a ticket, pages beside the queue."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse

from portal.lib.feature import Slot


@dataclass(frozen=True)
class TicketRoute:
    """`view` gets the TicketAdmin, the request and what `route` captures; the name is tickets_ticket_<name>."""

    name: str
    route: str
    view: Callable[..., HttpResponse]


def on_ticket(name: str, view: Callable[..., HttpResponse]) -> TicketRoute:
    """An act on the ticket whose number stands in the address."""
    return TicketRoute(name, f"<number:number>/{name.replace('_', '-')}/", view)


ticket_routes: Slot[TicketRoute] = Slot("routes of tickets in the agent workspace")
