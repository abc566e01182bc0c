"""A customer asks for a call, moves it, or takes the wish back.

The wish is a customer's message on a ticket (its own, or a new one), so the promise of an answer runs from it. A slot
that the customer chose changes nothing about that promise: it is met when we reach them, or write before.
"""

import re
from datetime import datetime, timedelta
from typing import assert_never

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import Entitlements, entitlements_of
from accounts.models import Contact, Region
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.limits import Limit, hit
from portal.lib.typed import within
from sla.core.enums import Priority, StartCause
from tickets.calls.domain import slots
from tickets.calls.domain.numbers import read_number, say_number
from tickets.calls.models import Call
from tickets.core.domain import clocks as promises
from tickets.core.domain import notices
from tickets.core.domain.conversation import reply_as_customer
from tickets.core.domain.history import record, sentence_for
from tickets.core.domain.lifecycle import close_by_customer
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.enums import CallAct, CallOutcome, CallState, Channel, EventKind, LanguageChoice
from tickets.core.models import Ticket

ASKED = Limit("call", 10, timedelta(days=1))

MAX_TOPIC_CHARS = 200


class SlotTaken(DomainError):
    """The slot has no place left (or is none); `metadata.nearest` holds the nearest free ones."""

    code = "slot_taken"


class CallPlanned(DomainError):
    """The person has a call planned already."""

    code = "call_planned"


class CallEnded(Stale):
    """The call is over."""

    code = "call_ended"


@transaction.atomic
def ask_for_call(
    *, by: Contact, number: str, topic: str, now: datetime, slot: datetime | None = None, ticket: Ticket | None = None,
    priority: Priority = Priority.MEDIUM, language_choice: LanguageChoice = LanguageChoice.ENGLISH,
) -> Call:  # fmt: skip
    """Plan a call to `by`: in `slot`, or as soon as possible. On `ticket` (the caller has checked that `by` may see
    it), else on a new one.

    Raises DomainError for a number that is none, SlotTaken, CallPlanned.
    """
    entitlements = entitlements_of(by, now)
    region = ticket.region if ticket else promises.region_for(by, entitlements)
    # Line breaks go; the non-breaking spaces of French stay.
    topic = re.sub(r"[\x00-\x20]+", " ", topic).strip()
    within(topic, most=MAX_TOPIC_CHARS, field="topic")
    if not topic and ticket is None:
        raise DomainError(_("Enter the subject of the call."), code="empty", field="topic")
    number = read_number(number, country=region.country or "FR")
    # The region first: parallel requests for its slots stand in line. On SQLite the transaction is the lock.
    Region.objects.select_for_update().get(pk=region.pk)
    if Call.objects.waiting().filter(contact=by).exists():
        raise CallPlanned(_("You already have a planned call. Change or cancel it first."))
    if hit(ASKED, str(by.pk), now=now):
        raise DomainError(
            _("You can request 10 calls a day. Reply on a ticket, or try again tomorrow."), code="too_many"
        )
    place = _place(slot, region, entitlements, language_choice, now=now)
    ticket = _on_ticket(ticket, by, number, topic, priority, language_choice, slot, now=now)
    hours = slots.call_hours(entitlements, region, language_choice)
    call = _store(
        Call(
            account=ticket.account, contact=by, ticket=ticket, region=region, number=number,
            topic=topic or ticket.subject, language_choice=language_choice,
            is_priority=slots.is_priority(entitlements), slot_at=slot, place=place,
            next_try_at=slot or hours.next_opening(now), asked_at=now,
        )
    )  # fmt: skip
    if by.phone != number and len(number) <= 30:
        Contact.objects.filter(pk=by.pk).update(phone=number)  # asked for once, remembered from then on
    record(ticket, EventKind.CALL, by=by.user, now=now, act=CallAct.ASKED, call=call.pk)
    notify("call_planned", call, now=now)
    return call


@transaction.atomic
def reschedule(
    call: Call, *, by: Contact, now: datetime, slot: datetime | None = None, number: str | None = None
) -> Call:
    """Another slot (None: as soon as possible), or another number, or both. Raises CallEnded, SlotTaken."""
    Region.objects.select_for_update().get(pk=call.region_id)
    call = locked(call)
    staff = _staff_of(call)
    entitlements = entitlements_of(call.contact, now)
    if number is not None:
        call.number, call.needs_number = read_number(number, country=call.region.country or "FR"), False
    choice = LanguageChoice(call.language_choice)
    call.place = _place(slot, call.region, entitlements, choice, now=now, but=call)
    call.slot_at = slot
    call.next_try_at = slot or slots.call_hours(entitlements, call.region, choice).next_opening(now)
    call.taken_by = call.taken_at = call.warned_at = None
    call.version += 1
    _store(call)
    record(call.ticket, EventKind.CALL, by=by.user, now=now, act=CallAct.MOVED, call=call.pk)
    notify("call_planned", call, now=now)
    _notify_changed(call, CallAct.MOVED, staff, now=now)
    return call


@transaction.atomic
def cancel(call: Call, *, by: Contact, now: datetime, close_ticket: bool = False) -> Call:
    """The customer no longer wants the call; with `close_ticket` the ticket is done as well. Raises CallEnded."""
    call = locked(call)
    people = [*_staff_of(call), *([call.contact.user_id] if call.contact_id != by.pk else [])]
    end(call, CallState.CANCELLED, now=now)
    _notify_changed(call, CallAct.CANCELLED, people, now=now)
    record(call.ticket, EventKind.CALL, by=by.user, now=now, act=CallAct.CANCELLED, call=call.pk)
    if close_ticket:
        close_by_customer(call.ticket, by=by.user, now=now)
    return call


def locked(call: Call) -> Call:
    """The same call as it stands now, locked, as long as it waits. Raises CallEnded.

    The ticket comes first: that is the order in which everybody locks.
    """
    Ticket.objects.select_for_update().values("pk").get(pk=call.ticket_id)
    Call.objects.select_for_update().values("pk").get(pk=call.pk)
    rows = Call.objects.select_related(
        "contact__user",
        "contact__account__home_region",
        "region",
        "ticket__account",
        "ticket__assignee",
        "taken_by__user",
    )
    found = rows.get(pk=call.pk)
    if found.state != CallState.WAITING:
        raise CallEnded(_("This call has ended: %(state)s.") % {"state": found.get_state_display()})
    if found.ticket.merged_into:
        found.ticket = found.ticket.merged_into  # the conversation went on there
    return found


def end(call: Call, state: CallState, *, now: datetime) -> None:
    call.state, call.ended_at = state, now
    call.version += 1
    call.save()


def remembered_number(contact: Contact) -> str:
    """What was called last, so that nobody is asked twice."""
    last = Call.objects.filter(contact=contact).values_list("number", flat=True).first()
    return say_number(last) if last else contact.phone


def _place(
    slot: datetime | None, region: Region, entitlements: Entitlements, choice: LanguageChoice, *, now: datetime,
    but: Call | None = None,
) -> int | None:  # fmt: skip
    """The lowest free place of the slot. Raises SlotTaken with the nearest slots that are free."""
    if slot is None:
        return None
    hours = slots.call_hours(entitlements, region, choice)
    taken = Call.objects.waiting().filter(region=region, slot_at=slot).exclude(pk=but.pk if but else 0)
    places = set(taken.values_list("place", flat=True))
    free = next((place for place in range(1, settings.CALL_LINES + 1) if place not in places), None)
    if free is None or not slots.is_slot(slot, region, hours, now=now):
        near = slots.nearest(slots.free_slots(region, hours, now=now, but=but), slot)
        raise SlotTaken(
            _("This time is no longer free. The nearest free times are first in the list."),
            field="slot",
            nearest=[one.isoformat() for one in near],
        )
    return free


def _store(call: Call) -> Call:
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError:
        raise SlotTaken(_("This time has just been taken. Choose another one."), field="slot", nearest=[]) from None
    return call


def _on_ticket(
    ticket: Ticket | None, by: Contact, number: str, topic: str, priority: Priority, choice: LanguageChoice,
    slot: datetime | None, *, now: datetime,
) -> Ticket:  # fmt: skip
    """The customer's message that asks for the call: on the ticket, or as the first one of a new ticket."""
    with translation.override(by.user.language):
        wish = _("Call me at %(number)s.") % {"number": say_number(number)}
    body = f"{wish}\n\n{topic}" if topic else wish
    if ticket is None:
        new = OpenTicket(
            requester=by, subject=topic, body=body, priority=priority, channel=Channel.PHONE, language_choice=choice,
            cause=StartCause.CALL_ASKED,
        )  # fmt: skip
        return open_ticket(new, by=by.user, now=now)
    return reply_as_customer(
        ticket, body=body, by=by, channel=Channel.PHONE, now=now, cause=StartCause.CALL_ASKED
    ).ticket


def notify(kind: str, call: Call, *, now: datetime) -> None:
    """Write to whoever asked for the call, once per version of it."""
    outbox.write(
        kind,
        key=f"{kind}:{call.pk}:{call.version}",
        recipients=[call.contact.user_id],
        data=notices.about(call.ticket) | {"call": call.pk, "version": call.version},
        now=now,
    )


def _staff_of(call: Call) -> list[int]:
    """Who of us reckons with the call: whoever was about to make it, and whoever has the ticket."""
    agents = (call.taken_by, call.ticket.assignee)
    return list(dict.fromkeys(agent.user_id for agent in agents if agent is not None))


def _notify_changed(call: Call, act: CallAct, people: list[int], *, now: datetime) -> None:
    outbox.write(
        "call_changed",
        key=f"call_changed:{call.pk}:{call.version}",
        recipients=people,
        data=notices.about(call.ticket) | {"call": call.pk, "version": call.version, "act": act.value},
        now=now,
    )


@sentence_for(EventKind.CALL)
def _said(data: dict[str, object]) -> str:
    said = str(data["act"])
    if said in CallOutcome.values:
        return _("called: %(outcome)s") % {"outcome": CallOutcome(said).label}
    act = CallAct(said)
    match act:
        case CallAct.ASKED:
            return _("requested a call")
        case CallAct.MOVED:
            return _("changed the call")
        case CallAct.CANCELLED:
            return _("cancelled the call")
        case CallAct.GIVEN_UP:
            return _("ended the call: nobody could be reached")
    assert_never(act)
