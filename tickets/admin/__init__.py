"""Tickets on the desk: the queues, the ticket page, what agents do there, and the runs of the self-check."""

from tickets.admin.ticket import TicketAdmin
from tickets.admin.verification import VerificationAdmin

__all__ = ["TicketAdmin", "VerificationAdmin"]
