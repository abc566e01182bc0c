"""Tickets on the desk: queues, the ticket page and its acts, calls, mail in, root-cause analyses, the self-check."""

from tickets.admin.analysis import AnalysisAdmin
from tickets.admin.calls import CallAdmin
from tickets.admin.mail import IncomingMailAdmin
from tickets.admin.ticket import TicketAdmin
from tickets.admin.verification import VerificationAdmin

__all__ = ["AnalysisAdmin", "CallAdmin", "IncomingMailAdmin", "TicketAdmin", "VerificationAdmin"]
