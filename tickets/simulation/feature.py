"""Previews and replays."""

from portal.lib.feature import Feature
from tickets.core.desk.routes import TicketRoute, ticket_routes
from tickets.simulation import desk

feature = Feature(
    room="tickets.simulation",
    hooks=(ticket_routes.gets(TicketRoute("replay", "replay/<id:pk>/", desk.replay_account)),),
    registers=("domain.what_if",),
)
