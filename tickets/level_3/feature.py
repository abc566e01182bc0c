"""Escalation to level 3."""

from portal.lib.feature import Feature
from tickets.core.desk.routes import on_ticket, ticket_routes
from tickets.core.hooks import on_solved
from tickets.level_3.desk import level_3
from tickets.level_3.domain.escalation import end_with_ticket

feature = Feature(
    room="tickets.level_3",
    hooks=(
        on_solved.calls(end_with_ticket),
        ticket_routes.gets(on_ticket("escalate", level_3.escalate)),
        ticket_routes.gets(on_ticket("level_3_take", level_3.take)),
        ticket_routes.gets(on_ticket("level_3_decline", level_3.decline)),
        ticket_routes.gets(on_ticket("level_3_hand_back", level_3.hand_back)),
    ),
    registers=("mails",),
)
