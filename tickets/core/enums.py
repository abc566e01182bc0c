"""The words of tickets, and the table of how a status may change."""

from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    """Where a ticket stands. The table NEXT says what may follow."""

    NEW = "new", pgettext_lazy("status", "New")
    OPEN = "open", pgettext_lazy("status", "Open")
    WAITING = "waiting", pgettext_lazy("status", "Waiting for customer")
    ON_HOLD = "on_hold", pgettext_lazy("status", "On hold")
    SOLVED = "solved", pgettext_lazy("status", "Solved")
    CLOSED = "closed", pgettext_lazy("status", "Closed")

    @property
    def to_customer(self) -> Any:
        """The label as the customer reads it: who is waited for is the reader."""
        return pgettext_lazy("status", "Waiting for you") if self == Status.WAITING else self.label


# The only moves there are. A new ticket may be withdrawn or solved at once; everything else passes through open.
NEXT: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.OPEN, Status.SOLVED}),
    Status.OPEN: frozenset({Status.WAITING, Status.ON_HOLD, Status.SOLVED}),
    Status.WAITING: frozenset({Status.OPEN, Status.ON_HOLD, Status.SOLVED}),
    Status.ON_HOLD: frozenset({Status.OPEN, Status.WAITING, Status.SOLVED}),
    Status.SOLVED: frozenset({Status.OPEN, Status.CLOSED}),
    Status.CLOSED: frozenset(),
}

# Ours to move: the check-in clock runs.
OUR_TURN = frozenset({Status.NEW, Status.OPEN, Status.ON_HOLD})
# Not finished: the ticket stands in somebody's queue.
LIVE = OUR_TURN | {Status.WAITING}
DONE = frozenset({Status.SOLVED, Status.CLOSED})


class Turn(models.TextChoices):
    """Whose move it is, as customers read it."""

    YOURS = "yours", _("Waiting for you")
    OURS = "ours", _("Waiting for us")
    DONE = "done", _("Solved or closed")

    @property
    def who(self) -> Any:
        """The same in a column or a list that is called “Waiting for”."""
        words = {
            Turn.YOURS: pgettext_lazy("waiting for", "You"),
            Turn.OURS: pgettext_lazy("waiting for", "Us"),
            Turn.DONE: self.label,
        }
        return words[self]


class Channel(models.TextChoices):
    PORTAL = "portal", pgettext_lazy("channel", "Portal")
    API = "api", pgettext_lazy("channel", "API")
    EMAIL = "email", pgettext_lazy("channel", "Email")
    CHAT = "chat", pgettext_lazy("channel", "Chat")
    PHONE = "phone", pgettext_lazy("channel", "Phone")
    DESK = "desk", pgettext_lazy("channel", "Agent workspace")


class LanguageChoice(models.TextChoices):
    """On a 24x7 tier, 24x7 is in English: what a requester who writes in another language chose on the form."""

    ENGLISH = "english", _("English, 24/7")
    OWN = "own", _("Your language, in business hours")


class AuthorKind(models.TextChoices):
    """Which side wrote a public message."""

    CUSTOMER = "customer", pgettext_lazy("author", "Customer")
    AGENT = "agent", pgettext_lazy("author", "Support team")


class MessageKind(models.TextChoices):
    """What a public message is for."""

    REPLY = "reply", pgettext_lazy("message", "Reply")
    CHECK_IN = "check_in", pgettext_lazy("message", "Check-in")
    STATUS_UPDATE = "status_update", pgettext_lazy("message", "Status change")


class MailState(models.TextChoices):
    """What became of a mail that came in."""

    RECEIVED = "received", pgettext_lazy("mail", "Not processed yet")
    POSTED = "posted", pgettext_lazy("mail", "On a ticket")
    HELD = "held", pgettext_lazy("mail", "Needs review")
    QUARANTINED = "quarantined", pgettext_lazy("mail", "Cannot be read")
    IGNORED = "ignored", pgettext_lazy("mail", "Ignored")
    BOUNCE = "bounce", pgettext_lazy("mail", "Bounce report")


class MailCause(models.TextChoices):
    """Why a mail is where it is."""

    NONE = "", "—"
    # Posted.
    TOKEN = "token", _("reply to one of our emails")
    CONTACT = "contact", _("new ticket from a contact")
    BY_AGENT = "by_agent", _("processed by an agent")
    # Held.
    UNKNOWN = "unknown", _("unknown sender address")
    UNVERIFIED = "unverified", _("unverified sender")
    OTHER_SENDER = "other_sender", _("reply from somebody else than the recipient of our email")
    NO_ACCESS = "no_access", _("the sender no longer has access to the ticket")
    SEVERAL_ACCOUNTS = "several_accounts", _("the sender belongs to several accounts")
    STAFF = "staff", _("an agent sent an email that is not a reply")
    STALE = "stale", _("the ticket has a newer message than the one the agent replied to")
    NO_SENDER = "no_sender", _("no clear sender")
    TOO_MANY = "too_many", _("too many emails from this sender in one hour")
    EMPTY = "empty", _("the reply has no new text")
    REFUSED = "refused", _("the ticket did not accept it")
    # Quarantined.
    TOO_LARGE = "too_large", _("too large")
    TOO_COMPLEX = "too_complex", _("too many parts or headers")
    UNREADABLE = "unreadable", _("unreadable format")
    FAILED = "failed", _("processing failed several times")
    # Put aside.
    OWN = "own", _("sent from our own address")
    AUTOMATIC = "automatic", _("automatic email")
    INACTIVE = "inactive", _("the sender or the account is no longer active")
    THROTTLED = "throttled", _("too many replies with a forged address")
    DUPLICATE = "duplicate", _("already received in another inbox")
    REJECTED = "rejected", _("ignored by an agent")
    UNKNOWN_BOUNCE = "unknown_bounce", _("bounce report for an email we did not send")


class MailAct(StrEnum):
    """What the history of a ticket tells of a mail."""

    AUTOMATIC = "automatic"
    HELD = "held"
    ATTACHED = "attached"


class RoutedBy(models.TextChoices):
    """Why a new ticket went where it went."""

    NOBODY = "nobody", _("not assigned yet")
    DESIGNATED = "designated", _("designated engineer of the region")
    BACKUP = "backup", _("backup engineer, because the designated engineer is away")
    MATCH = "match", _("best match by language, region, product and load")
    LEVEL_3 = "level_3", _("level 3")
    AGENT = "agent", _("opened by the agent")


class EventKind(models.TextChoices):
    """What can happen to a ticket; the sentence for each is in domain/history.py."""

    OPENED = "opened", _("Opened")
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Internal note")
    STATUS = "status", _("Status")
    PRIORITY = "priority", _("Priority")
    PRIORITY_ASKED = "priority_asked", _("Priority change requested")
    ASSIGNED = "assigned", _("Assigned")
    FOLLOWER_ADDED = "follower_added", _("Follower added")
    FOLLOWER_REMOVED = "follower_removed", _("Follower removed")
    CHECK_IN_SKIPPED = "check_in_skipped", _("Check-in skipped")
    OVERDUE = "overdue", _("Overdue")
    FOLLOWED_UP = "followed_up", _("Follow-up ticket opened")
    DUE_CHANGED = "due_changed", _("Due time changed")
    REGION = "region", _("Region")
    LANGUAGE = "language", _("Language")
    MERGED = "merged", _("Merged")
    MERGED_INTO = "merged_into", _("Merged into another ticket")
    LEVEL_3 = "level_3", _("Level 3")
    CALL = "call", _("Call")
    CHAT = "chat", _("Chat")
    MAIL = "mail", _("Email")
    ANALYSIS = "analysis", _("Root-cause analysis")
    WORKAROUND = "workaround", _("Workaround")
    ALERTED = "alerted", _("Agents notified")


# History that customers see; the rest is for the desk.
PUBLIC_EVENTS = frozenset({
    EventKind.OPENED, EventKind.STATUS, EventKind.PRIORITY, EventKind.PRIORITY_ASKED, EventKind.ASSIGNED,
    EventKind.FOLLOWER_ADDED, EventKind.FOLLOWER_REMOVED, EventKind.OVERDUE, EventKind.FOLLOWED_UP,
    EventKind.DUE_CHANGED, EventKind.REGION, EventKind.LANGUAGE, EventKind.MERGED, EventKind.MERGED_INTO,
    EventKind.LEVEL_3, EventKind.CALL, EventKind.CHAT, EventKind.ANALYSIS, EventKind.WORKAROUND,
})  # fmt: skip


class AlertStep(models.IntegerChoices):
    """How far up the ladder of a region people were told of a message that nobody has."""

    ON_DUTY = 1, pgettext_lazy("alert", "On duty")
    BACKUP = 2, pgettext_lazy("alert", "Backup")
    LEADS = 3, pgettext_lazy("alert", "Team leads")


class EscalationState(models.TextChoices):
    """Where a wish for level 3 stands."""

    ASKED = "asked", pgettext_lazy("level 3", "Requested")
    ESCALATED = "escalated", pgettext_lazy("level 3", "Waiting for level 3")
    TAKEN = "taken", pgettext_lazy("level 3", "With level 3")
    RETURNED = "returned", pgettext_lazy("level 3", "Reply from level 3")
    DECLINED = "declined", pgettext_lazy("level 3", "Declined")
    ENDED = "ended", pgettext_lazy("level 3", "Ended with the ticket")


# Somebody still has to do something; a ticket has one of these at most.
OPEN_ESCALATION = frozenset({EscalationState.ASKED, EscalationState.ESCALATED, EscalationState.TAKEN})


class WorkaroundEnding(models.TextChoices):
    """Why a workaround is no longer in place. While it is, the column is empty."""

    REJECTED = "rejected", pgettext_lazy("workaround", "Does not work for the customer")
    REPLACED = "replaced", pgettext_lazy("workaround", "Replaced by another one")
    WITHDRAWN = "withdrawn", pgettext_lazy("workaround", "Removed by us")


class AnalysisState(models.TextChoices):
    """How far the next version of a root-cause analysis is."""

    REQUESTED = "requested", pgettext_lazy("analysis", "Requested")
    DRAFT = "draft", pgettext_lazy("analysis", "In analysis")
    IN_REVIEW = "in_review", pgettext_lazy("analysis", "In review")
    APPROVED = "approved", pgettext_lazy("analysis", "Approved")
    PUBLISHED = "published", pgettext_lazy("analysis", "Published")


# The text may still be changed.
WRITABLE = frozenset({AnalysisState.REQUESTED, AnalysisState.DRAFT})


class AnalysisAct(StrEnum):
    """What the history of a ticket tells of its analysis."""

    OPENED = "opened"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"


class AnalysisNews(StrEnum):
    """What people are told of an analysis by mail."""

    OPENED = "opened"
    REVIEW = "review"
    REVIEWED = "reviewed"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    QUESTION = "question"
    ANSWERED = "answered"
    OVERDUE = "overdue"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"


class Verdict(models.TextChoices):
    """What the customer says of a published version."""

    ACCEPTED = "accepted", pgettext_lazy("analysis", "Accepted")
    DISPUTED = "disputed", pgettext_lazy("analysis", "Disputed")


class Section(models.TextChoices):
    """The parts of a root-cause analysis, in the order in which they are read. The actions to come stand beside."""

    SUMMARY = "summary", pgettext_lazy("analysis", "Summary")
    IMPACT = "impact", pgettext_lazy("analysis", "Impact")
    TIMELINE = "timeline", pgettext_lazy("analysis", "Timeline")
    CAUSE = "cause", pgettext_lazy("analysis", "Cause")
    DONE = "done", pgettext_lazy("analysis", "What we did")
    PREVENTION = "prevention", pgettext_lazy("analysis", "How we will prevent it")


class CallState(models.TextChoices):
    """Where a call-back stands."""

    WAITING = "waiting", pgettext_lazy("call", "Planned")
    DONE = "done", pgettext_lazy("call", "Done")
    CANCELLED = "cancelled", pgettext_lazy("call", "Cancelled")
    GIVEN_UP = "given_up", pgettext_lazy("call", "Not reached")


class CallOutcome(models.TextChoices):
    """How one attempt to call ended."""

    REACHED = "reached", pgettext_lazy("call", "Reached")
    VOICEMAIL = "voicemail", pgettext_lazy("call", "Voicemail")
    NO_ANSWER = "no_answer", pgettext_lazy("call", "No answer")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("call", "Wrong number")


class CallAct(StrEnum):
    """What the history of a ticket tells of a call-back, beside the outcome of each attempt."""

    ASKED = "asked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"


class ChatState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("chat", "Waiting")
    ACTIVE = "active", pgettext_lazy("chat", "In conversation")
    ENDED = "ended", pgettext_lazy("chat", "Ended")


class ChatSide(models.TextChoices):
    """Who a line of a chat is from; `system` tells what happened."""

    CUSTOMER = "customer", pgettext_lazy("author", "Customer")
    AGENT = "agent", pgettext_lazy("author", "Support team")
    SYSTEM = "system", pgettext_lazy("author", "Punctual")


class ChatEvent(models.TextChoices):
    """What a line of the system tells; the sentences are in domain/chat/wording.py."""

    TAKEN = "taken", _("Accepted")
    PASSED = "passed", _("Transferred")
    RETURNED = "returned", _("Back in the queue")
    ENDED = "ended", _("Ended")
    TICKET = "ticket", _("Turned into a ticket")


class ChatEnding(models.TextChoices):
    CUSTOMER = "customer", _("by the customer")
    AGENT = "agent", _("by the agent")
    QUIET = "quiet", _("chat inactive")
    TICKET = "ticket", _("turned into a ticket")


class ChatNoteKind(models.TextChoices):
    TRANSFER = "transfer", _("Transfer note")
    SUMMARY = "summary", _("Summary")
