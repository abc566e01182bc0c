"""Agents make the calls: take one, try, note how it ended, plan the next attempt."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import entitlements_of
from accounts.core.domain.people import leads
from accounts.models import Agent, User
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.typed import as_text
from tickets.calls.domain import slots
from tickets.calls.domain.asking import end, locked, notify
from tickets.calls.models import Call, CallAttempt
from tickets.core.domain import notices
from tickets.core.domain.conversation import ReplyDetails, add_note, reply_as_agent
from tickets.core.domain.history import record
from tickets.core.enums import CallAct, CallOutcome, CallState, Channel, EventKind, LanguageChoice, Status

# After so many attempts without an answer the customer is told, and asks again when it suits.
MOST_ATTEMPTS = 3
# Open time until the next attempt, unless the agent plans another moment.
PAUSES = (timedelta(minutes=30), timedelta(hours=2))
# A call that was taken and not made goes back to the others.
HOLD = timedelta(minutes=15)
MISSED = frozenset({CallOutcome.VOICEMAIL, CallOutcome.NO_ANSWER})


class AlreadyTaken(Stale):
    """A colleague is about to call."""

    code = "taken"


@transaction.atomic
def claim(call: Call, *, by: Agent, now: datetime) -> Call:
    """Say that one is about to call, so that nobody else does. Raises Taken, CallEnded."""
    call = locked(call)
    if call.taken_by_id not in {None, by.pk} and call.taken_at and now - call.taken_at < HOLD:
        raise AlreadyTaken(_("%(name)s is making this call. Select another one.") % {"name": call.taken_by})
    call.taken_by, call.taken_at = by, now
    call.version += 1
    call.save()
    return call


@transaction.atomic
def record_attempt(
    call: Call, outcome: CallOutcome, *, by: User, now: datetime, notes: str = "", solved: bool = False,
    next_at: datetime | None = None,
) -> CallAttempt:  # fmt: skip
    """Note how an attempt ended.

    Reached: `notes` are our answer on the ticket, so both clocks stop at this moment; `solved` ends the ticket in the
    same act. Voicemail and no answer stop nothing: the next attempt is planned, or the call is given up and the
    customer told. A wrong number waits for the customer. Raises CallEnded, and DomainError for missing words.
    """
    call = locked(call)
    notes = as_text(notes)
    if outcome == CallOutcome.REACHED and not notes:
        raise DomainError(
            _("Enter what was said. The customer sees it on the ticket as our reply."), code="empty", field="notes"
        )
    if next_at is not None and next_at <= now:
        raise DomainError(_("The next attempt is in the past. Select a later time."), code="dates", field="next_at")
    agent: Agent = by.agent
    call.taken_by = call.taken_at = None
    planned = None
    record(call.ticket, EventKind.CALL, by=by, now=now, act=outcome.value, call=call.pk)
    if outcome == CallOutcome.REACHED:
        end(call, CallState.DONE, now=now)
        if call.ticket.status == Status.CLOSED:
            add_note(call.ticket, body=notes, by=by, now=now)
        else:
            solving = Status.SOLVED if solved else None
            details = ReplyDetails(channel=Channel.PHONE)
            reply_as_agent(call.ticket, body=notes, by=by, now=now, status_after=solving, details=details)
    elif outcome == CallOutcome.WRONG_NUMBER:
        call.needs_number = True
        call.version += 1
        call.save()
        notify("call_number", call, now=now)
    else:
        planned = _plan(call, next_at, by=by, now=now)
    if notes and outcome != CallOutcome.REACHED:
        add_note(call.ticket, body=notes, by=by, now=now)
    return CallAttempt.objects.create(
        call=call, agent=agent, outcome=outcome, notes=notes, next_at=planned, created_at=now
    )


def warn_of_waiting(*, now: datetime, limit: int = 100) -> int:
    """Tell the leads, once a plan, of calls that should have been tried by now; return how many."""
    told = 0
    late = Call.objects.waiting().filter(needs_number=False, warned_at=None, next_try_at__lte=now)
    for call in late.select_related("contact__user", "contact__account__home_region", "region")[:limit]:
        if now > expected_by(call):
            told += _warn(call, now=now)
    return told


def expected_by(call: Call) -> datetime:
    """By when it should have been tried: a slot by its end, the others by what was said at the request."""
    if call.slot_at and call.next_try_at == call.slot_at:
        return call.slot_at + slots.LENGTH
    entitlements = entitlements_of(call.contact, call.next_try_at)
    hours = slots.call_hours(entitlements, call.region, LanguageChoice(call.language_choice))
    return slots.expected_by(entitlements, hours, now=call.next_try_at)


def is_late(call: Call, *, now: datetime) -> bool:
    """True for one that should have been tried by now: its slot has gone by, or the leads were told.

    Without a query, because lists ask it of every row; see `expected_by` for the moment.
    """
    if call.state != CallState.WAITING or call.needs_number:
        return False
    slot_went_by = call.slot_at is not None and call.next_try_at == call.slot_at and now > call.slot_at + slots.LENGTH
    return call.warned_at is not None or slot_went_by


@transaction.atomic
def _warn(call: Call, *, now: datetime) -> int:
    fresh = Call.objects.filter(pk=call.pk, state=CallState.WAITING, warned_at=None).update(warned_at=now)
    if fresh:
        outbox.write(
            "call_waits", key=f"call_waits:{call.pk}:{call.version}", recipients=leads(),
            data=notices.about(call.ticket) | {"call": call.pk}, now=now,
        )  # fmt: skip
    return fresh


def _plan(call: Call, next_at: datetime | None, *, by: User, now: datetime) -> datetime | None:
    """The next attempt of a call that nobody answered; None when it was the last."""
    missed = call.attempts.filter(outcome__in=MISSED).count() + 1
    if missed >= MOST_ATTEMPTS:
        end(call, CallState.GIVEN_UP, now=now)
        record(call.ticket, EventKind.CALL, by=by, now=now, act=CallAct.GIVEN_UP, call=call.pk)
        notify("call_tried", call, now=now)
        return None
    entitlements = entitlements_of(call.contact, now)
    hours = slots.call_hours(entitlements, call.region, LanguageChoice(call.language_choice))
    call.next_try_at = next_at or hours.add(now, PAUSES[missed - 1])
    call.warned_at = None
    call.version += 1
    call.save()
    notify("call_tried", call, now=now)
    return call.next_try_at
