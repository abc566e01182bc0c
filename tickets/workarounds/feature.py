"""Workarounds in place."""

from portal.lib.feature import Feature
from tickets.core.desk.routes import on_ticket, ticket_routes
from tickets.workarounds import desk

feature = Feature(
    room="tickets.workarounds",
    hooks=(
        ticket_routes.gets(on_ticket("workaround", desk.record)),
        ticket_routes.gets(on_ticket("workaround_withdraw", desk.withdraw)),
    ),
    registers=("mails",),
)
