from tickets.core.models.alert import Alert
from tickets.core.models.event import TicketEvent
from tickets.core.models.message import Attachment, InternalNote, Message
from tickets.core.models.ticket import Follower, Ticket

__all__ = ["Alert", "Attachment", "Follower", "InternalNote", "Message", "Ticket", "TicketEvent"]
