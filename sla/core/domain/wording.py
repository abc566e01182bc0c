"""Says an explanation in sentences, in the active language: the one place where its words are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.core.enums import Basis, Tier
from portal.lib.durations import (
    say_both,
    say_business_hours,
    say_by,
    say_duration,
    say_from_to,
    say_on,
    shown_between,
    shown_margin,
)
from portal.lib.names import city
from portal.lib.zones import zone
from sla.core.domain.explanation import Explanation, Recount
from sla.core.domain.stretches import Closed, Stretch
from sla.core.domain.terms import MINUTE
from sla.core.enums import ChangeCause, CheckInRule, ClockKind, Coverage, Outcome, Priority, StartCause

WEEKDAYS = 7


@dataclass(frozen=True)
class Line:
    """One sentence. `kind` says how to draw it: start, terms, counted, closed, recount, due or result."""

    kind: str
    text: str

    def __str__(self) -> str:
        return self.text


def lines(explanation: Explanation, *, now: datetime, zone_name: str, yours: bool = False) -> list[Line]:
    """The whole derivation, in order, with every moment in the reader's zone `zone_name`.

    Ends with the due moment, and with how it went when the clock has ended. When the calendar's zone is another one,
    the due moment is said in both. `yours`: the reader is the requester.
    """
    reader = zone(zone_name)
    said = [
        Line("start", start_line(explanation, now=now, reader=reader)),
        Line("terms", terms_line(explanation, yours=yours)),
        Line("terms", counted_in(explanation)),
    ]
    said += [Line("recount", _recount_line(change, now=now, reader=reader)) for change in explanation.recounts]
    if explanation.counted_from != explanation.started_at:
        starts = say_on(explanation.counted_from, now, reader)
        said.append(Line("start", _("The target starts %(moment)s.") % {"moment": starts}))
    for stretch in explanation.stretches:
        said.append(Line("counted" if stretch.counted else "closed", stretch_line(stretch, now=now, reader=reader)))
    said.append(Line("due", due_line(explanation, now=now, reader=reader)))
    result = result_line(explanation, now=now, reader=reader)
    return [*said, Line("result", result)] if result else said


def start_line(explanation: Explanation, *, now: datetime, reader: ZoneInfo) -> str:
    """What made the clock start, and when."""
    said = _start_sentence(explanation.cause) % {"moment": say_on(explanation.started_at, now, reader)}
    if explanation.paused_at is None:
        return said
    paused = _("Check-ins had been paused since %(moment)s, because no reply was expected from us.")
    return f"{said} {paused % {'moment': say_by(explanation.paused_at, now, reader)}}"


def _start_sentence(cause: StartCause) -> str:
    """Every cause has its sentence: mypy refuses one without."""
    match cause:
        case StartCause.OPENED:
            return _("The ticket was opened %(moment)s.")
        case StartCause.CUSTOMER_MESSAGE:
            return _("The oldest unanswered message came %(moment)s.")
        case StartCause.AGENT_MESSAGE:
            return _("The target starts with our last message, sent %(moment)s.")
        case StartCause.OUR_TURN:
            return _("The ticket came back to us %(moment)s.")
        case StartCause.PRIORITY:
            return _("The target starts with the change of priority %(moment)s.")
        case StartCause.SKIPPED:
            return _("The target starts with the check-in that was skipped %(moment)s.")
        case StartCause.STATUS_CHANGE:
            return _("The status changed %(moment)s, and we sent an email at once.")
        case StartCause.LIVE:
            return _("The ticket was opened during a conversation with us %(moment)s.")
        case StartCause.MERGED:
            return _("The target comes from a merged ticket and starts %(moment)s.")
        case StartCause.CALL_ASKED:
            return _("A call was requested %(moment)s.")
        case StartCause.CHAT:
            return _("The first message of the chat came %(moment)s.")
    assert_never(cause)


def terms_line(explanation: Explanation, *, yours: bool = False) -> str:
    """Which target binds, and why: tier, seat, priority, amount."""
    return _("%(target)s for %(priority)s with %(tier)s, because %(because)s.") % {
        "target": target_words(explanation),
        "priority": Priority(explanation.priority).code,
        "tier": explanation.tier.label,
        "because": _because(explanation.basis, yours=yours),
    }


def _because(basis: Basis, *, yours: bool) -> str:
    """Why that tier binds, as the middle of a sentence. `yours`: the reader is the requester."""
    match basis:
        case Basis.SEAT:
            return _("you are a Premium contact") if yours else _("the requester is a Premium contact")
        case Basis.NO_SEAT:
            return _("you have no Premium seat") if yours else _("the requester has no Premium seat")
        case Basis.NOT_VALIDATED if yours:
            return _("your Premium seat is pending approval")
        case Basis.NOT_VALIDATED:
            return _("the requester’s Premium seat is pending approval")
        case Basis.OVER_LIMIT if yours:
            return _("your seat is over the limit of the contract")
        case Basis.OVER_LIMIT:
            return _("the requester’s seat is over the limit of the contract")
        case Basis.STANDARD_CONTRACT:
            return _("the account has the Standard tier")
        case Basis.NO_CONTRACT:
            return _("no contract is in force")
    assert_never(basis)


def target_words(explanation: Explanation) -> str:
    """The promise itself: `Target: a reply within 3 h`."""
    if explanation.rule == CheckInRule.BUSINESS_DAY:
        return _("Target: a check-in once per business day")
    if explanation.rule == CheckInRule.STATUS_CHANGE:
        return _("Target: a check-in each time the status changes")
    amount = (explanation.target_minutes or 0) * MINUTE
    if explanation.kind == ClockKind.CHECK_IN:
        return _("Target: a check-in every %(amount)s") % {"amount": say_business_hours(amount)}
    said = say_duration(amount) if explanation.coverage == Coverage.ALWAYS else say_business_hours(amount)
    return _("Target: a reply within %(amount)s") % {"amount": said}


def counted_in(explanation: Explanation) -> str:
    """In which hours: around the clock, or the region's business hours with the city of its zone."""
    if explanation.coverage == Coverage.ALWAYS:
        return _("24/7: every hour of every day is included.")
    region = explanation.region_names[_language_index()]
    return _("Business hours of %(region)s: %(hours)s (%(city)s).") % {
        "region": region,
        "hours": week_words(explanation.weekly_hours),
        "city": city(explanation.time_zone),
    }


def week_words(weekly: dict[int, list[tuple[str, str]]]) -> str:
    """`Mon–Fri 09:00–17:30`: neighbouring days with the same hours are said once."""
    names = [
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    ]
    groups: list[tuple[int, int, list[tuple[str, str]]]] = []
    for day in range(WEEKDAYS):
        hours = [(opens, closes) for opens, closes in weekly.get(day, [])]
        if not hours:
            continue
        if groups and groups[-1][1] == day - 1 and groups[-1][2] == hours:
            groups[-1] = (groups[-1][0], day, hours)
        else:
            groups.append((day, day, hours))
    return ", ".join(
        f"{names[first] if first == last else f'{names[first]}–{names[last]}'} "
        + " ".join(f"{opens}–{closes}" for opens, closes in hours)
        for first, last, hours in groups
    )


def stretch_line(stretch: Stretch, *, now: datetime, reader: ZoneInfo) -> str:
    """One stretch: what was counted, or why it was not. Its length is that between its ends as they are shown."""
    values = {
        "stretch": say_from_to(stretch.starts_at, stretch.ends_at, now, reader),
        "length": say_duration(shown_between(stretch.starts_at, stretch.ends_at, reader)),
    }
    if stretch.counted:
        said = _("Included %(stretch)s (%(length)s).") % values
    else:
        said = _("Not included %(stretch)s (%(cause)s).") % (values | {"cause": closed_words(stretch)})
    if stretch.clock_change:
        change = say_duration(abs(stretch.clock_change))
        moved = (
            _("The clocks go forward by %(change)s during this time.")
            if stretch.clock_change.total_seconds() > 0
            else _("The clocks go back by %(change)s during this time.")
        )
        said = f"{said} {moved % {'change': change}}"
    return said


def closed_words(stretch: Stretch) -> str:
    """Why a stretch is closed, for brackets: a holiday by its name."""
    if stretch.closed == Closed.HOLIDAY and stretch.names:
        return stretch.names[_language_index()]
    match stretch.closed:
        case None:
            return ""
        case Closed.NIGHT:
            return _("closed overnight")
        case Closed.BREAK:
            return _("break")
        case Closed.WEEKEND:
            return _("weekend")
        case Closed.CLOSED_DAY:
            return _("closed day")
        case Closed.HOLIDAY:
            return _("public holiday")
    assert_never(stretch.closed)


def due_line(explanation: Explanation, *, now: datetime, reader: ZoneInfo) -> str:
    """The sum and the due moment; with the calendar's zone beside the reader's when they differ."""
    due = say_both(explanation.due_at, now, reader, zone(explanation.time_zone), say=say_on)
    if explanation.rule == CheckInRule.BUSINESS_DAY:
        return _("Due at the end of the next business day, %(due)s.") % {"due": due}
    return _("Total %(total)s. Due %(due)s.") % {"total": say_duration(explanation.counted), "due": due}


def result_line(explanation: Explanation, *, now: datetime, reader: ZoneInfo) -> str:
    """How the promise ended; empty while it runs and is in time."""
    if explanation.outcome == Outcome.RUNNING:
        if explanation.due_at > now:
            return ""
        return _("Overdue since %(moment)s.") % {"moment": say_by(explanation.due_at, now, reader)}
    stopped = explanation.stopped_at or explanation.due_at
    values = {
        "moment": say_on(stopped, now, reader),
        "since": say_by(stopped, now, reader),
        "margin": say_duration(shown_margin(stopped, explanation.due_at)),
    }
    match explanation.outcome:
        case Outcome.MET:
            return _("Met %(moment)s, %(margin)s before the due time.") % values
        case Outcome.MISSED:
            return _("Missed by %(margin)s: sent %(moment)s.") % values
        case Outcome.CANCELLED:
            return _("No longer due since %(since)s.") % values
        case Outcome.SKIPPED:
            return _("Skipped %(moment)s, with a reason.") % values
    assert_never(explanation.outcome)


def _recount_line(change: Recount, *, now: datetime, reader: ZoneInfo) -> str:
    """What changed, and what it did to the due moment."""
    values = {
        "moment": capfirst(say_on(change.at, now, reader)),
        "what": _with_date(change, now=now, reader=reader),
        "old_due": say_by(change.old_due_at, now, reader),
        "new_due": say_by(change.new_due_at, now, reader),
    }
    if change.moved:
        return _("%(moment)s, %(what)s. The due time, %(old_due)s, changed to %(new_due)s.") % values
    if change.kept:
        return _("%(moment)s, %(what)s. The running target stays, due by %(old_due)s.") % values
    if change.applied:
        return _("%(moment)s, %(what)s. The due time is still %(old_due)s.") % values
    return _("%(moment)s, %(what)s. The due time stayed %(old_due)s, the earlier of the two.") % values


def _with_date(change: Recount, *, now: datetime, reader: ZoneInfo) -> str:
    """What changed; of a change that was entered late, also from when it is dated."""
    said = change_words(change)
    return said if change.dated_at is None else dated_words(said, say_by(change.dated_at, now, reader))


def dated_words(what: str, moment: str) -> str:
    """A change that was entered late, as the middle of a sentence: `moment` is the earlier one that it names."""
    return _("%(what)s, with effect from %(moment)s, applied when it was entered") % {"what": what, "moment": moment}


def change_words(change: Recount) -> str:
    """What changed, as the middle of a sentence."""
    if change.cause == ChangeCause.PRIORITY:
        return _("the priority changed from %(old)s to %(new)s") % {
            "old": Priority(change.old_priority).code,
            "new": Priority(change.new_priority).code,
        }
    if "new_tier" in change.detail:
        return _("%(cause)s (%(old)s → %(new)s)") % {
            "cause": cause_words(change.cause, change.detail),
            "old": Tier(change.detail["old_tier"]).label,
            "new": Tier(change.detail["new_tier"]).label,
        }
    return cause_words(change.cause, change.detail)


def cause_words(cause: ChangeCause, detail: dict[str, Any]) -> str:
    """The cause alone, as the middle of a sentence; `detail` as in Recount."""
    match cause:
        case ChangeCause.PRIORITY:
            return _("the priority changed")
        case ChangeCause.SEAT_GRANTED:
            return _("the requester’s Premium seat was approved")
        case ChangeCause.SEAT_WITHDRAWN:
            return _("the requester’s Premium seat was removed")
        case ChangeCause.CONTRACT:
            return _("the contract was changed")
        case ChangeCause.CONTRACT_STARTED:
            return _("a new contract began")
        case ChangeCause.CONTRACT_ENDED:
            return _("the contract ended")
        case ChangeCause.LANGUAGE if detail.get("language_choice") == "own":
            return _("replies in the requester’s language were chosen, with targets in business hours")
        case ChangeCause.LANGUAGE:
            return _("replies in English were chosen, with 24/7 targets")
        case ChangeCause.REGION:
            return _("the ticket moved to another region")
        case ChangeCause.CALENDAR:
            return _("the business hours or holidays of the region were changed")
        case ChangeCause.TARGET:
            return _("the target was changed")
        case ChangeCause.MERGED:
            return _("%(number)s was merged into this ticket") % {"number": detail.get("number", "")}
    assert_never(cause)


def _language_index() -> int:
    return 1 if (get_language() or "en").startswith("fr") else 0
