"""Workarounds of P1 and P2 tickets: recorded by an agent, seen by the customer, who may say that it does not work.

No target and no check-in changes (semantics §3). What the customer says is a message of theirs: it asks for an answer.
"""

from datetime import datetime, timedelta
from typing import Any, assert_never

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from accounts.models import Contact, User
from portal.lib import outbox
from portal.lib.errors import DomainError, Stale
from portal.lib.typed import required_text
from sla.attainment.domain.endings import Filters
from sla.attainment.domain.other_times import OtherTime, measures, times_of
from sla.attainment.domain.periods import Period
from sla.core.enums import Priority
from tickets.core.domain.conversation import reply_as_customer
from tickets.core.domain.history import record, sentence_for
from tickets.core.domain.locking import locked_live, touch
from tickets.core.domain.notices import about, customers_of
from tickets.core.enums import Channel, EventKind, WorkaroundEnding
from tickets.core.models import Ticket
from tickets.workarounds.models import Workaround, WorkaroundQuerySet

# The priorities whose tickets get attention until they are solved or worked around.
PRIORITIES = frozenset({Priority.URGENT, Priority.HIGH})
MAX_DESCRIPTION_CHARS = 2000
RECORDED = "recorded"


class NoWorkaround(Stale):
    """No workaround: nobody recorded one, or it has ended meanwhile."""

    code = "no_workaround"


class WorkaroundChanged(Stale):
    """Another workaround has replaced the one that was read."""

    code = "workaround_changed"


def may_have_workaround(ticket: Ticket) -> bool:
    """Whether an agent may record one now."""
    return ticket.is_live and Priority(ticket.priority) in PRIORITIES


def workaround_of(ticket: Ticket) -> Workaround | None:
    """The one in place, or how the last one ended."""
    return ticket.workarounds.for_page().order_by("-pk").first()


@transaction.atomic
def record_workaround(ticket: Ticket, *, description: str, by: User, now: datetime) -> Workaround:
    """An agent says how the customer can go on meanwhile; one that is in place already is replaced.

    Raises TicketClosed, and DomainError for P3 and P4 (`workaround_priority`) and unusable text.
    """
    ticket = locked_live(ticket)
    if Priority(ticket.priority) not in PRIORITIES:
        raise DomainError(_("Only P1 and P2 tickets can have a workaround."), code="workaround_priority")
    description = required_text(
        description, field="description", most=MAX_DESCRIPTION_CHARS, missing=_("Enter the workaround.")
    )
    if standing := ticket.workarounds.in_place().first():
        _end(standing, WorkaroundEnding.REPLACED, by=by, now=now)
    workaround = Workaround.objects.create(ticket=ticket, description=description, recorded_by=by, recorded_at=now)
    _finish(workaround, ticket, RECORDED, by=by, now=now)
    return workaround


@transaction.atomic
def withdraw_workaround(ticket: Ticket, *, by: User, now: datetime) -> None:
    """An agent takes it back: it was wrong, or does harm. The customer is told. Raises NoWorkaround, TicketClosed."""
    ticket = locked_live(ticket)
    workaround = _in_place(ticket)
    _end(workaround, WorkaroundEnding.WITHDRAWN, by=by, now=now)
    _finish(workaround, ticket, WorkaroundEnding.WITHDRAWN, by=by, now=now)


@transaction.atomic
def reject_workaround(
    ticket: Ticket, *, workaround: int, reason: str, by: Contact, channel: Channel, now: datetime
) -> None:
    """The customer says that it does not work; `reason` becomes their message and starts the response clock.

    `workaround` is the key of the one they read: NoWorkaround when it has ended, WorkaroundChanged when another one
    has replaced it.
    """
    ticket = locked_live(ticket)
    found = _in_place(ticket)
    if found.pk != workaround:
        raise WorkaroundChanged(_("The workaround has changed. Read the new one first."))
    reason = required_text(reason, field="reason", most=MAX_DESCRIPTION_CHARS, missing=_("Enter what does not work."))
    _end(found, WorkaroundEnding.REJECTED, by=by.user, now=now)
    record(ticket, EventKind.WORKAROUND, by=by.user, now=now, step=WorkaroundEnding.REJECTED.value)
    reply_as_customer(ticket, body=reason, by=by, channel=channel, now=now)


@measures
def time_to_workaround(period: Period, filters: Filters) -> OtherTime:
    """For reports: over the tickets that were opened under these terms, by the agent who recorded the workaround."""
    names = {"account": "account", "tier": "tier", "priority": "priority", "region": "region"}
    tickets = Ticket.objects.filter(**{names[name]: value for name, value in filters.given.items() if name in names})
    rows = Workaround.objects.filter(ticket__in=tickets.values("pk"))
    if filters.agent is not None:
        rows = rows.filter(recorded_by__agent=filters.agent or None)
    lengths = times_to_workaround(period, rows)
    return OtherTime("workaround", _("Time to workaround"), len(lengths), times_of(lengths))


def times_to_workaround(period: Period, workarounds: WorkaroundQuerySet) -> list[timedelta]:
    """From the opening of each ticket to its first workaround that was not taken back, for those recorded in
    `period`, shortest first."""
    kept = workarounds.filter(recorded_at__gte=period.start, recorded_at__lt=period.end)
    kept = kept.exclude(ending__in=[WorkaroundEnding.REJECTED, WorkaroundEnding.WITHDRAWN])
    rows = kept.order_by().values("ticket", "ticket__opened_at").annotate(first=Min("recorded_at"))
    return sorted(row["first"] - row["ticket__opened_at"] for row in rows)


def _in_place(ticket: Ticket) -> Workaround:
    found = ticket.workarounds.in_place().for_page().first()
    if found is None:
        raise NoWorkaround(_("This ticket has no workaround."))
    return found


def _end(workaround: Workaround, ending: WorkaroundEnding, *, by: User, now: datetime) -> None:
    workaround.ending, workaround.ended_by, workaround.ended_at = ending, by, now
    workaround.save(update_fields=["ending", "ended_by", "ended_at"])


def _finish(workaround: Workaround, ticket: Ticket, step: str, *, by: User, now: datetime) -> None:
    """History, version, and the mail to the requester and the followers."""
    more = {"description": workaround.description} if step == RECORDED else {}
    record(ticket, EventKind.WORKAROUND, by=by, now=now, step=str(step), **more)
    touch(ticket, now=now)
    workaround.ticket = ticket
    outbox.write(
        "workaround", key=f"workaround:{workaround.pk}:{step}", recipients=customers_of(ticket),
        data=about(ticket, workaround=workaround.pk, step=str(step)), now=now,
    )  # fmt: skip


@sentence_for(EventKind.WORKAROUND)
def _said(data: dict[str, Any]) -> str:
    if data["step"] == RECORDED:
        return _("recorded a workaround: %(description)s") % {"description": data["description"]}
    ending = WorkaroundEnding(data["step"])
    match ending:
        case WorkaroundEnding.REJECTED:
            return _("reported that the workaround does not work")
        case WorkaroundEnding.WITHDRAWN:
            return _("removed the workaround")
        case WorkaroundEnding.REPLACED:
            return _("replaced the workaround")
    assert_never(ending)
