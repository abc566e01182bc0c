"""The history of a ticket: written by every verb in its transaction, read back as sentences."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, assert_never

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from portal.lib.durations import say_by
from sla.core.domain.wording import cause_words, dated_words
from sla.core.enums import ChangeCause, ClockKind, Priority
from tickets.core.enums import EventKind, LanguageChoice, Status
from tickets.core.models import Ticket, TicketEvent


def record(ticket: Ticket, kind: EventKind, *, by: User | None, now: datetime, **data: Any) -> TicketEvent:
    """Append one event; `data` holds JSON values only."""
    return TicketEvent.objects.create(ticket=ticket, kind=kind, actor=by, created_at=now, data=data)


Sentence = Callable[[dict[str, Any]], str]
_sentences: dict[EventKind, Sentence] = {}


def sentence_for(kind: EventKind) -> Callable[[Sentence], Sentence]:
    """Register the sentence of a kind of event beside the verbs that record it.

    It gets the event's data, and as `by` the name of whoever did it.
    """

    def register(function: Sentence) -> Sentence:
        _sentences[kind] = function
        return function

    return register


def sentence(event: TicketEvent) -> str:
    """What happened, in the active language, without the actor and the moment (the page shows both beside it).

    Kinds whose sentence stands beside their verbs are looked up first; a test holds that both together are all.
    """
    data, kind = event.data, EventKind(event.kind)
    if kind in _sentences:
        return _sentences[kind](data | {"by": event.actor.name if event.actor else ""})
    return _sentence_of_core(kind, data)


def _sentence_of_core(kind: EventKind, data: dict[str, Any]) -> str:
    match kind:
        case EventKind.OPENED:
            return _("opened the ticket with priority %(priority)s") % {"priority": _priority(data["priority"])}
        case EventKind.STATUS:
            return _("changed the status from %(old)s to %(new)s") % {
                "old": Status(data["old"]).label,
                "new": Status(data["new"]).label,
            }
        case EventKind.PRIORITY:
            return _("changed the priority from %(old)s to %(new)s") % {
                "old": _priority(data["old"]),
                "new": _priority(data["new"]),
            }
        case EventKind.PRIORITY_ASKED:
            return _("requested %(priority)s: %(reason)s") % {
                "priority": _priority(data["priority"]),
                "reason": data["reason"],
            }
        case EventKind.FOLLOWER_ADDED:
            return _("added %(name)s as a follower") % {"name": data["name"]}
        case EventKind.FOLLOWER_REMOVED:
            return _("removed %(name)s from the followers") % {"name": data["name"]}
        case EventKind.CHECK_IN_SKIPPED:
            return _("skipped a check-in: %(reason)s") % {"reason": data["reason"]}
        case EventKind.OVERDUE:
            return _overdue(ClockKind(data["kind"]))
        case EventKind.FOLLOWED_UP:
            return _("opened the follow-up ticket %(number)s") % {"number": data["number"]}
        case EventKind.DUE_CHANGED:
            return _due_changed(data)
        case EventKind.REGION:
            return _("moved the ticket to another region")
        case EventKind.LANGUAGE:
            return _("chose “%(choice)s”") % {"choice": LanguageChoice(data["to"]).label}
        case EventKind.MERGED:
            return _("merged %(number)s into this ticket") % {"number": data["number"]}
        case EventKind.MERGED_INTO:
            return _("merged this ticket into %(number)s") % {"number": data["number"]}
        case EventKind.MESSAGE:
            return _("wrote a message")
        case EventKind.NOTE:
            return _("wrote an internal note")
        case (
            EventKind.ASSIGNED
            | EventKind.LEVEL_3
            | EventKind.CALL
            | EventKind.CHAT
            | EventKind.MAIL
            | EventKind.ANALYSIS
            | EventKind.WORKAROUND
            | EventKind.ALERTED
        ):
            return str(kind.label)
    assert_never(kind)


def _overdue(kind: ClockKind) -> str:
    missed = {
        ClockKind.RESPONSE: _("the reply became overdue"),
        ClockKind.CHECK_IN: _("the check-in became overdue"),
    }
    return missed[kind]


def _due_changed(data: dict[str, Any]) -> str:
    """The moments are shown in the reader's active time zone, with their day: history is read later."""
    now = datetime.fromisoformat(data["old"]) + timedelta(days=30)
    zone = timezone.get_current_timezone()
    because = cause_words(ChangeCause(data["cause"]), data)
    if data.get("dated_at"):
        because = dated_words(because, say_by(datetime.fromisoformat(data["dated_at"]), now, zone))
    values = {
        "because": because,
        "old": say_by(datetime.fromisoformat(data["old"]), now, zone),
        "new": say_by(datetime.fromisoformat(data["new"]), now, zone) if data["new"] else "",
    }
    if not data["new"]:
        return _("no further check-in is planned, because %(because)s") % values
    if data["kind"] == ClockKind.RESPONSE:
        return _("our reply is now due by %(new)s instead of %(old)s, because %(because)s") % values
    return _("our next check-in is now due by %(new)s instead of %(old)s, because %(because)s") % values


def _priority(value: int) -> str:
    priority = Priority(value)
    return priority.said
