"""Escalation to level 3."""

from portal.lib.feature import Feature
from tickets.core.hooks import on_solved
from tickets.level_3.domain.escalation import end_with_ticket

feature = Feature(
    room="tickets.level_3",
    hooks=(on_solved.calls(end_with_ticket),),
    registers=("mails",),
)
