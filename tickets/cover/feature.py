"""Tickets of agents who are away."""

from portal.lib.feature import Feature
from tickets.core.desk.routes import TicketRoute, ticket_routes
from tickets.cover import desk

feature = Feature(
    room="tickets.cover",
    hooks=(ticket_routes.gets(TicketRoute("cover", "cover/", desk.cover)),),
)
