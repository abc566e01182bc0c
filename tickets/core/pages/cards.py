"""The four priorities of the new-ticket page, each with what it means and what it would get this person, now."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.lib.durations import say_both, say_business_hours, say_by, say_duration, say_moment
from portal.lib.zones import zone
from sla.core.domain.definitions import definition, example
from sla.core.domain.terms import MINUTE
from sla.core.domain.wording import Line, lines
from sla.core.enums import CheckInRule, Coverage, Priority
from tickets.core.domain.preview import Outlook, Promise


@dataclass(frozen=True)
class Card:
    """One priority as a choice."""

    priority: Priority
    definition: str
    example: str
    reply: str
    check_ins: str
    checked: bool

    @property
    def code(self) -> str:
        return self.priority.code

    @property
    def announced(self) -> str:
        """What is read aloud when the choice changes."""
        return _("%(priority)s: %(reply)s %(check_ins)s") % {
            "priority": self.priority.said, "reply": self.reply, "check_ins": self.check_ins,
        }  # fmt: skip


def cards(outlook: Outlook, *, chosen: Priority | None, zone_name: str) -> list[Card]:
    """The cards in the order of urgency; `chosen` is ticked."""
    return [
        Card(
            priority=priority,
            definition=definition(priority),
            example=example(priority),
            reply=reply_words(promise, zone_name=zone_name),
            check_ins=check_in_words(promise, zone_name=zone_name),
            checked=priority == chosen,
        )
        for priority, promise in outlook.promises.items()
    ]


def how_counted(promise: Promise, *, zone_name: str) -> list[Line]:
    """The derivation of the first reply, in sentences."""
    explanation = promise.explain()
    return lines(explanation, now=promise.now, zone_name=zone_name, yours=True) if explanation else []


def reply_words(promise: Promise, *, zone_name: str) -> str:
    """`First reply by 20:30 today (3 h, 24/7).`, with the region's time beside it when it differs."""
    terms = promise.terms
    values = {
        "moment": _in_two_zones(promise.response_due_at, promise, zone(zone_name)),
        "amount": say_duration(terms.response_minutes * MINUTE),
        "region": terms.calendar.region.name,
    }
    if terms.coverage == Coverage.ALWAYS:
        return _("First reply by %(moment)s (%(amount)s, 24/7).") % values
    return _("First reply by %(moment)s (%(amount)s in business hours, %(region)s).") % values


def check_in_words(promise: Promise, *, zone_name: str) -> str:
    """The rhythm of the check-ins and the next moments."""
    terms, reader = promise.terms, zone(zone_name)
    if terms.check_in_rule == CheckInRule.STATUS_CHANGE:
        return _("Then a check-in whenever the status changes.")
    moments = ", ".join(say_moment(moment, promise.now, reader) for moment in promise.check_ins)
    if terms.check_in_rule == CheckInRule.BUSINESS_DAY:
        return _("Then a check-in once per business day, next: %(moments)s.") % {"moments": moments}
    return _("Then a check-in every %(amount)s, next: %(moments)s.") % {
        "amount": say_business_hours((terms.check_in_minutes or 0) * MINUTE),
        "moments": moments,
    }


def _in_two_zones(moment: datetime, promise: Promise, reader: ZoneInfo) -> str:
    return say_both(moment, promise.now, reader, zone(promise.terms.calendar.region.time_zone), say=say_by)
