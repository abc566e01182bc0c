from tickets.models.alert import Alert
from tickets.models.analysis import AnalysisQuestion, AnalysisVerdict, AnalysisVersion, RootCauseAnalysis
from tickets.models.call import Call, CallAttempt
from tickets.models.chat import Chat, ChatLine, ChatNote, ChatPresence
from tickets.models.escalation import Escalation
from tickets.models.event import TicketEvent
from tickets.models.mail import IncomingMail, Mailbox, MailQuote, MailSource
from tickets.models.message import Attachment, InternalNote, Message
from tickets.models.ticket import Follower, Ticket
from tickets.models.verification import Verification
from tickets.models.workaround import Workaround

__all__ = [
    "Alert",
    "AnalysisQuestion",
    "AnalysisVerdict",
    "AnalysisVersion",
    "Attachment",
    "Call",
    "CallAttempt",
    "Chat",
    "ChatLine",
    "ChatNote",
    "ChatPresence",
    "Escalation",
    "Follower",
    "IncomingMail",
    "InternalNote",
    "MailQuote",
    "MailSource",
    "Mailbox",
    "Message",
    "RootCauseAnalysis",
    "Ticket",
    "TicketEvent",
    "Verification",
    "Workaround",
]
