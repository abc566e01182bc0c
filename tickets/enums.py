"""The words of tickets, and the table of how a status may change."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    """Where a ticket stands. The table NEXT says what may follow."""

    NEW = "new", pgettext_lazy("status", "New")
    OPEN = "open", pgettext_lazy("status", "Open")
    WAITING = "waiting", pgettext_lazy("status", "Waiting for the customer")
    ON_HOLD = "on_hold", pgettext_lazy("status", "On hold")
    SOLVED = "solved", pgettext_lazy("status", "Solved")
    CLOSED = "closed", pgettext_lazy("status", "Closed")


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

    YOURS = "yours", _("Your turn")
    OURS = "ours", _("Our turn")
    DONE = "done", _("Done")


class Channel(models.TextChoices):
    PORTAL = "portal", pgettext_lazy("channel", "Portal")
    API = "api", pgettext_lazy("channel", "API")
    EMAIL = "email", pgettext_lazy("channel", "E-mail")
    CHAT = "chat", pgettext_lazy("channel", "Chat")
    PHONE = "phone", pgettext_lazy("channel", "Phone")
    DESK = "desk", pgettext_lazy("channel", "Desk")


class LanguageChoice(models.TextChoices):
    """On a 24x7 tier, 24x7 is in English: what a requester who writes in another language chose on the form."""

    ENGLISH = "english", _("English, around the clock")
    OWN = "own", _("My language, in business hours")


class AuthorKind(models.TextChoices):
    """Which side wrote a public message."""

    CUSTOMER = "customer", pgettext_lazy("author", "Customer")
    AGENT = "agent", pgettext_lazy("author", "Support team")


class MessageKind(models.TextChoices):
    """What a public message is for."""

    REPLY = "reply", pgettext_lazy("message", "Reply")
    CHECK_IN = "check_in", pgettext_lazy("message", "Check-in")
    STATUS_UPDATE = "status_update", pgettext_lazy("message", "Status update")


class RoutedBy(models.TextChoices):
    """Why a new ticket went where it went."""

    NOBODY = "nobody", _("waits for the team")
    DESIGNATED = "designated", _("designated engineer of the region")
    BACKUP = "backup", _("back-up, because the designated engineer is away")
    AGENT = "agent", _("opened by the agent")


class EventKind(models.TextChoices):
    """What can happen to a ticket; the sentence for each is in domain/history.py."""

    OPENED = "opened", _("Opened")
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Internal note")
    STATUS = "status", _("Status")
    PRIORITY = "priority", _("Priority")
    PRIORITY_ASKED = "priority_asked", _("Another priority asked for")
    ASSIGNED = "assigned", _("Assigned")
    FOLLOWER_ADDED = "follower_added", _("Follower added")
    FOLLOWER_REMOVED = "follower_removed", _("Follower removed")
    CHECK_IN_SKIPPED = "check_in_skipped", _("Check-in skipped")
    OVERDUE = "overdue", _("Overdue")
    FOLLOWED_UP = "followed_up", _("Followed up")
    DUE_CHANGED = "due_changed", _("Due moment changed")
    REGION = "region", _("Region")
    LANGUAGE = "language", _("Language")
    MERGED = "merged", _("Merged")
    MERGED_INTO = "merged_into", _("Merged into another ticket")


# History that customers see; the rest is for the desk.
PUBLIC_EVENTS = frozenset({
    EventKind.OPENED, EventKind.STATUS, EventKind.PRIORITY, EventKind.PRIORITY_ASKED, EventKind.ASSIGNED,
    EventKind.FOLLOWER_ADDED, EventKind.FOLLOWER_REMOVED, EventKind.OVERDUE, EventKind.FOLLOWED_UP,
    EventKind.DUE_CHANGED, EventKind.REGION, EventKind.LANGUAGE, EventKind.MERGED, EventKind.MERGED_INTO,
})  # fmt: skip
