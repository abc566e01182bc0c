"""Tickets on the desk: queues, the ticket page and its acts, calls, mail in, root-cause analyses, the self-check."""

from tickets.analyses.desk.analysis import AnalysisAdmin
from tickets.calls.desk import CallAdmin
from tickets.core.desk.ticket import TicketAdmin
from tickets.mail.desk.mail import IncomingMailAdmin
from tickets.verification.desk import VerificationAdmin

__all__ = ["AnalysisAdmin", "CallAdmin", "IncomingMailAdmin", "TicketAdmin", "VerificationAdmin"]
