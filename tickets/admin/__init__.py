"""Tickets on the desk: the queues, the ticket page, and what agents do there."""

from tickets.admin.ticket import TicketAdmin

__all__ = ["TicketAdmin"]
