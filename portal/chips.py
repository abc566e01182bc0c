"""How a promise stands, as a chip says it: its state, its words, its shape."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.lib.durations import DAY, say_briefly_by, say_distance, say_duration, say_moment, shown_margin
from sla.core.domain.terms import hours_of
from sla.core.enums import ClockKind, Outcome
from sla.models import Clock


@dataclass(frozen=True)
class Chip:
    """What a chip shows. `state` names its icon and its style, so that shape and words tell what the colour tells:
    on_track, due_soon, overdue, paused, resting (outside hours), met, missed, ended.
    `counting` and `late` are the words with `%s` for the time, where a script keeps them fresh.
    """

    state: str
    words: str
    due_at: datetime | None = None
    counting: str = ""
    late: str = ""
    title: str = ""


def chip_of(clock: Clock, *, now: datetime, zone: tzinfo) -> Chip:
    """The chip of `clock` at `now`, for a reader in `zone`. Reading it asks nothing of the database when the clock's
    calendar and its region are loaded."""
    if not clock.is_running:
        return _ended(clock)
    response = clock.kind == ClockKind.RESPONSE
    late, soon = templates(response=response)

    def chip(state: str, words: str, counting: str = "") -> Chip:
        return Chip(state, words, clock.due_at, counting, late, say_moment(clock.due_at, now, zone))

    if clock.due_at <= now:
        return chip("overdue", late.replace("%s", say_distance(now - clock.due_at)), counting=soon)
    hours = hours_of(clock.coverage, clock.calendar)
    if not hours.is_open(now):
        return chip("resting", _("Resumes %(moment)s") % {"moment": say_briefly_by(hours.next_opening(now), now, zone)})
    # The last quarter of the target; said as a length only while that is shorter than a day.
    if clock.due_soon_at <= now and clock.due_at - now <= DAY:
        return chip("due_soon", soon.replace("%s", say_duration(clock.due_at - now)), counting=soon)
    words = by(response=response)
    return chip("on_track", words % {"moment": say_briefly_by(clock.due_at, now, zone)})


def by(*, response: bool) -> str:
    return _("Reply by %(moment)s") if response else _("Check-in by %(moment)s")


def templates(*, response: bool) -> tuple[str, str]:
    """(late by …, due in …) with `%s` for the time."""
    if response:
        return _("Reply overdue by %s"), _("Reply due in %s")
    return _("Check-in overdue by %s"), _("Check-in due in %s")


def _ended(clock: Clock) -> Chip:
    stopped = clock.stopped_at or clock.due_at
    took, late = shown_margin(clock.started_at, stopped), shown_margin(clock.due_at, stopped)
    outcome = Outcome(clock.outcome)
    match outcome:
        case Outcome.MET:
            return Chip("met", _("Met (%(length)s)") % {"length": say_distance(took)})
        case Outcome.MISSED:
            return Chip("missed", _("Missed by %(length)s") % {"length": say_distance(late)})
        case Outcome.SKIPPED:
            return Chip("ended", pgettext("chip", "Skipped"))
        case Outcome.CANCELLED | Outcome.RUNNING:
            return Chip("ended", pgettext("chip", "No longer due"))
    assert_never(outcome)


def paused(*, for_staff: bool) -> Chip:
    """The next move is the customer's: nothing counts."""
    return Chip("paused", _("Paused: waiting for customer") if for_staff else _("Paused: waiting for you"))
