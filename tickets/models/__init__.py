from tickets.models.event import TicketEvent
from tickets.models.message import Attachment, InternalNote, Message
from tickets.models.ticket import Follower, Ticket
from tickets.models.verification import Verification

__all__ = ["Attachment", "Follower", "InternalNote", "Message", "Ticket", "TicketEvent", "Verification"]
