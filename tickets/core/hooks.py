"""The points of core's acts at which rooms may add something; portal/features.py fills them at start."""

from datetime import datetime

from accounts.models import User
from portal.lib.feature import Hook
from tickets.core.models import Ticket


def _on_solved(ticket: Ticket, *, by: User | None, now: datetime, merged: bool) -> None:
    """Called when the locked `ticket` has become solved; `merged`: because it went into another ticket."""


on_solved = Hook(_on_solved)
