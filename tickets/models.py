from tickets.analyses.models import AnalysisQuestion, AnalysisVerdict, AnalysisVersion, RootCauseAnalysis
from tickets.calls.models import Call, CallAttempt
from tickets.chat.models import Chat, ChatLine, ChatNote, ChatPresence
from tickets.core.models.alert import Alert
from tickets.core.models.event import TicketEvent
from tickets.core.models.message import Attachment, InternalNote, Message
from tickets.core.models.ticket import Follower, Ticket
from tickets.level_3.models import Escalation
from tickets.mail.models import IncomingMail, Mailbox, MailQuote, MailSource
from tickets.verification.models import Verification
from tickets.workarounds.models import Workaround

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
