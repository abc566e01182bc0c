"""Running promises follow what changed around them: hours and holidays, targets, seats and contracts.

The change is committed at once; this follows it within seconds, a batch of tickets at a time, each batch in one
transaction. Every ticket is locked like for any other verb, so an answer and a recount never mix. Which tickets are
left is read from the rows themselves (the version a clock was counted with, the cursor of the change), so a killed job
goes on where it stopped, and a second copy of it finds nothing to do twice.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from accounts.core.domain.changes import entitled_after
from accounts.core.enums import Basis, Tier
from accounts.models import EntitlementChange
from portal.lib.bulk import rewrite
from portal.lib.work import LOOK_AGAIN, do_some
from sla.core.domain.clocks import Change, ClockEffect, DueChange, Rule, apply_all
from sla.core.domain.terms import matrix, terms_for
from sla.core.enums import ChangeCause, ClockEventKind, Coverage, Priority
from sla.models import Calendar, CalendarVersion, Clock, ClockEvent, TargetVersion
from tickets.core.domain import clocks as promises
from tickets.core.domain.locking import locked_all
from tickets.core.enums import LanguageChoice
from tickets.core.models import Ticket

BATCH = 200

# What a change means for one running clock of a locked ticket; None: it does not concern it.
Bears = Callable[[Ticket, Clock], ClockEffect | None]


def recount_after_changes(*, now: datetime, limit: int = BATCH, most: int = 20_000) -> int:
    """Let running clocks follow every change that waits, oldest first; return how many tickets were looked at.

    Stops after about `most`, so that one run of the job ends; the next one goes on.
    """
    total = recount_calendars(now=now, limit=limit, most=most)
    for model, batch in ((TargetVersion, _after_target), (EntitlementChange, _after_entitlement)):
        while total < most:
            done = do_some(model, partial(batch, now=now), now=now, limit=limit)
            if done is None:
                break
            total += done
    return total


def recount_calendars(*, now: datetime, limit: int = BATCH, most: int = 100_000) -> int:
    """Recount the running clocks that an older version of their calendar counted; return how many tickets had some."""
    total = 0
    for calendar in Calendar.objects.select_related("region").order_by("pk"):
        while total < most and (done := _calendar_batch(calendar, now=now, limit=limit)):
            total += done
    return total


@transaction.atomic
def _calendar_batch(calendar: Calendar, *, now: datetime, limit: int) -> int:
    older = Clock.objects.running().unflagged().counted_before(calendar).order_by("calendar_version", "pk")
    ids = sorted(set(older.values_list("ticket", flat=True)[:limit]))
    if not ids:
        return 0
    version = CalendarVersion.objects.select_related("created_by").filter(calendar=calendar, version=calendar.version)
    edit = version.first()
    change = Change(
        ChangeCause.CALENDAR,
        at=min((edit and edit.created_at) or now, now),
        by=edit.created_by if edit else None,
        detail={"region": calendar.region.code, "version": calendar.version},
    )

    def bears(ticket: Ticket, clock: Clock) -> ClockEffect | None:
        concerned = (
            clock.calendar_id == calendar.pk
            and clock.calendar_version < calendar.version
            and clock.coverage == Coverage.BUSINESS_HOURS
            and clock.breached_at is None
        )
        return ClockEffect(clock, Rule.SAME_TIME, calendar) if concerned else None

    # A ticket that somebody answers at this moment is left for the next run instead of waited for.
    return _follow(locked_all(ids, skip_held=True), change, bears, now=now)


def _after_target(edit: TargetVersion, cursor: int, limit: int, *, now: datetime) -> tuple[int, int]:
    """A better target betters what runs; a worse one leaves running promises alone."""
    tier, priority = Tier(edit.target.tier), Priority(edit.target.priority)
    cell = Clock.objects.running().filter(tier=tier, priority=priority, target_version__lt=edit.version)
    ids = list(cell.filter(ticket__gt=cursor).order_by("ticket").values_list("ticket", flat=True).distinct()[:limit])
    change = Change(
        ChangeCause.TARGET, at=edit.at, by=edit.created_by,
        detail={"change": f"target:{edit.pk}", "version": edit.version},
    )  # fmt: skip
    cells = matrix()

    def bears(ticket: Ticket, clock: Clock) -> ClockEffect | None:
        if (clock.tier, clock.priority) != (tier, priority) or clock.target_version >= edit.version:
            return None
        terms = terms_for(
            tier=tier, basis=Basis(clock.basis), priority=priority, region=ticket.region, target=cells[tier, priority],
            own_language=ticket.language_choice == LanguageChoice.OWN,
        )  # fmt: skip
        return ClockEffect(clock, Rule.EARLIER, terms)

    tickets = locked_all(ids)
    _follow(tickets, change, _first_time(tickets, change, bears), now=now)
    return (ids[-1] if ids else cursor), len(ids)


def _after_entitlement(work: EntitlementChange, cursor: int, limit: int, *, now: datetime) -> tuple[int, int]:
    """A better tier betters what runs; with a lesser one running promises stay, and their history says why.

    A change bears only on clocks that started before it took effect: what started later has its terms already.
    """
    live = Ticket.objects.live().filter(account=work.account_id, pk__gt=cursor).order_by("pk")
    if work.contact_id:
        live = live.filter(requester=work.contact_id)
    ids = list(live.values_list("pk", flat=True)[:limit])
    detail: dict[str, Any] = {"change": f"entitlement:{work.pk}"}
    if work.dated_at:
        detail["dated_at"] = work.dated_at.isoformat()
    change = Change(ChangeCause(work.cause), at=work.at, by=work.by, detail=detail)
    known: dict[int, tuple[Tier, Basis]] = {}
    others = list(
        EntitlementChange.objects.filter(account=work.account_id, at__gte=work.at)
        .exclude(pk=work.pk)
        .values_list("contact", "at", "pk")
    )

    def is_superseded(ticket: Ticket, clock: Clock) -> bool:
        """Another change came between this one and the start of `clock`: the terms of that one bind it, or it follows
        that one. By when they took effect, whichever was noted first."""
        return any(
            contact in (None, ticket.requester_id) and (at, pk) > (work.at, work.pk) and at <= clock.started_at
            for contact, at, pk in others
        )

    def bears(ticket: Ticket, clock: Clock) -> ClockEffect | None:
        is_later = clock.started_at > work.at
        if clock.started_at >= work.at and (clock.started_at >= work.at + LOOK_AGAIN or is_superseded(ticket, clock)):
            return None
        if ticket.requester_id not in known:
            known[ticket.requester_id] = entitled_after(work, ticket.requester)
        tier, basis = known[ticket.requester_id]
        before = Tier(clock.tier) if is_later else applied.get(clock.pk, Tier(clock.tier))
        if tier == before:
            return None
        detail = {"old_tier": before.value, "new_tier": tier.value, "basis": basis.value}
        if promises.RANK[tier] <= promises.RANK[Tier(clock.tier)]:
            return None if is_later else ClockEffect(clock, Rule.KEEP, None, detail)
        # A clock that started later has lesser terms only when it was being written in the moment of the change.
        terms = promises.terms_of(ticket, now=now, bound=(tier, basis))
        return ClockEffect(clock, Rule.EARLIER, terms, detail)

    tickets = locked_all(ids)
    applied = _applied_at(tickets, work.at)
    _follow(tickets, change, _first_time(tickets, change, bears), now=now)
    return (ids[-1] if ids else cursor), len(ids)


def _applied_at(tickets: list[Ticket], moment: datetime) -> dict[int, Tier]:
    """The tier that applied to the requester of each clock just before a change at `moment`, as its history has it.

    That of its start, until a change of seat or contract names another one, also where the promise kept the better.
    """
    told = ClockEvent.objects.filter(
        clock__ticket__in=tickets,
        kind__in=[ClockEventKind.STARTED, ClockEventKind.DUE_CHANGED],
        occurred_at__lte=moment,
    ).order_by("occurred_at", "pk")
    applied: dict[int, Tier] = {}
    for clock, kind, started, changed in told.values_list("clock", "kind", "data__count__tier", "data__new_tier"):
        tier = started if kind == ClockEventKind.STARTED else changed
        if tier:
            applied[clock] = Tier(tier)
    return applied


def _first_time(tickets: list[Ticket], change: Change, bears: Bears) -> Bears:
    """`bears`, but for clocks whose history tells of this very change already: a second look does nothing twice."""
    told = set(
        ClockEvent.objects.filter(
            clock__ticket__in=tickets, kind=ClockEventKind.DUE_CHANGED, data__change=change.detail["change"]
        ).values_list("clock", flat=True)
    )
    return lambda ticket, clock: None if clock.pk in told else bears(ticket, clock)


def _follow(tickets: list[Ticket], change: Change, bears: Bears, *, now: datetime) -> int:
    """Apply `change` to the running clocks of these locked tickets; return how many tickets it concerned."""
    clocks = Clock.objects.running().filter(ticket__in=tickets).select_related("calendar__region")
    running: dict[int, list[Clock]] = {ticket.pk: [] for ticket in tickets}
    for clock in clocks.select_for_update(of=("self",)).order_by("ticket", "pk"):
        running[clock.ticket_id].append(clock)
    bearings = {
        ticket: [found for clock in running[ticket.pk] if (found := bears(ticket, clock))] for ticket in tickets
    }
    concerned = [ticket for ticket in tickets if bearings[ticket]]
    moved = apply_all(change, [bearing for ticket in concerned for bearing in bearings[ticket]], now=now)
    known = {ticket.pk: ticket for ticket in concerned}
    by_ticket: dict[Ticket, list[DueChange]] = {}
    for row in moved:
        by_ticket.setdefault(known[row.clock.ticket_id], []).append(row)
    promises.record_due_changes(by_ticket, change, now=now)
    for ticket in by_ticket:
        due = [clock.due_at for clock in running[ticket.pk] if clock.is_running]
        ticket.next_due_at = min(due, default=None)
        ticket.updated_at, ticket.version = now, ticket.version + 1
    rewrite(by_ticket, ["next_due_at", "updated_at", "version"])
    return len(concerned)
