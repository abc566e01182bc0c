"""Nobody on our side is unaware: who is told of a message that nobody has, and when (semantics §3).

At once whoever is on duty for the ticket's region and language; after a share of the target the backup; after another
share the team leads. The shares are set for each region. Time is counted as the target is: around the clock, or in the
business hours of the region. A step that finds nobody is noted, and the next one is taken in the same moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Agent, Region
from portal.lib.names import language_name
from sla.core.domain import clocks
from sla.core.domain.terms import hours_of, share_used_at
from sla.core.enums import ClockKind
from sla.coverage.domain.duty import Coverage, coverage_now
from sla.coverage.domain.on_call import next_on_call
from sla.models import Clock
from tickets.core.domain import notices
from tickets.core.domain.history import record, sentence_for
from tickets.core.enums import AlertStep, EventKind
from tickets.core.models import Alert, Ticket

BATCH = 200


def begin(ticket: Ticket, clock: Clock | None = None, *, now: datetime) -> None:
    """Called by every act that leaves a locked ticket without an assignee while a reply is due, in its transaction.

    Nothing happens when somebody has the ticket. `clock`: the response clock that has just started; without it the
    running one, whose ladder begins anew.
    """
    if ticket.assignee_id is not None:
        return
    if clock is not None:
        Alert.objects.create(ticket=ticket, clock=clock, next_at=now)
        return
    clock = clocks.running_clocks(ticket.pk).get(ClockKind.RESPONSE)
    if clock is None:
        return
    again = Alert.objects.filter(clock=clock)
    if not again.update(round=F("round") + 1, step=None, next_at=now):
        Alert.objects.create(ticket=ticket, clock=clock, next_at=now)


def reschedule(tickets: Iterable[Ticket], *, now: datetime) -> None:
    """The clocks of these tickets moved, or their region or language did: the next steps may be due earlier."""
    waiting = [ticket.pk for ticket in tickets if ticket.assignee_id is None]
    if waiting:
        Alert.objects.filter(ticket__in=waiting, next_at__gt=now).update(next_at=now)


def notify_next_steps(*, now: datetime, limit: int = BATCH) -> int:
    """Take the steps that are due on up to `limit` tickets; return how many. Each is taken once, whoever runs this.

    A ticket on which somebody is acting at this moment is left to the next run.
    """
    due = list(Alert.objects.waiting(now).order_by("next_at", "pk").values_list("pk", flat=True)[:limit])
    coverage = coverage_now(now) if due else None
    return sum(_advance(pk, coverage, now=now) for pk in due) if coverage else 0


@transaction.atomic
def _advance(pk: int, coverage: Coverage, *, now: datetime) -> int:
    alert = Alert.objects.waiting(now).filter(pk=pk).first()
    if alert is None:
        return 0
    if connection.features.has_select_for_update_skip_locked:
        held = Ticket.objects.select_for_update(skip_locked=True).filter(pk=alert.ticket_id)
        if not held.values_list("pk", flat=True).first():
            return 0
        # Read again under the lock: the other copy of this job, or an act, may have gone first.
        alert = Alert.objects.waiting(now).filter(pk=pk).first()
        if alert is None:
            return 0
    ticket = Ticket.objects.for_detail().get(pk=alert.ticket_id)
    clock = Clock.objects.select_related("calendar").get(pk=alert.clock_id)
    steps = _steps_due(ticket, clock, alert, coverage, now=now)
    if not _claimed(alert, steps.last, steps.next_at):
        return 0
    told: set[int] = set()
    for step, people in steps.taken:
        names = sorted(agent.name for agent in people)
        record(ticket, EventKind.ALERTED, by=None, now=now, step=step.value, names=names, language=ticket.language)
        hear = [agent.user_id for agent in people if agent.user_id not in told]
        told.update(hear)
        notices.notify_unassigned(ticket, clock, step, hear, time=alert.round, now=now)
    return len(steps.taken)


def _claimed(alert: Alert, step: AlertStep | None, next_at: datetime | None) -> bool:
    """The row stands as it was read, and now says what was done."""
    same = Alert.objects.filter(pk=alert.pk, round=alert.round, step=alert.step, next_at=alert.next_at)
    return bool(same.update(step=step, next_at=next_at))


@dataclass(frozen=True)
class _Steps:
    """What is done now, the last step that is done then, and when there is something to do again."""

    taken: list[tuple[AlertStep, list[Agent]]]
    last: AlertStep | None
    next_at: datetime | None


def _steps_due(ticket: Ticket, clock: Clock, alert: Alert, coverage: Coverage, *, now: datetime) -> _Steps:
    last = AlertStep(alert.step) if alert.step else None
    if ticket.assignee_id is not None or not clock.is_running:
        return _Steps([], last, None)
    moments, taken, found_nobody = ladder(clock, ticket.region), list[tuple[AlertStep, list[Agent]]](), False
    for step, at in moments.items():
        if last and step <= last:
            continue
        if at > now and not found_nobody:
            return _Steps(taken, last, at)
        people = _people(step, ticket, coverage)
        taken.append((step, people))
        last, found_nobody = step, not people
    return _Steps(taken, last, None)


def ladder(clock: Clock, region: Region) -> dict[AlertStep, datetime]:
    """When each step of the ladder of `region` is due on a running response clock."""
    hours = hours_of(clock.coverage, clock.calendar, clock.calendar_version)
    percent = {
        AlertStep.ON_DUTY: 0,
        AlertStep.BACKUP: region.backup_after_percent,
        AlertStep.LEADS: region.leads_after_percent,
    }
    return {
        step: share_used_at(hours, clock.counted_from, clock.due_at, share / 100) for step, share in percent.items()
    }


def _people(step: AlertStep, ticket: Ticket, coverage: Coverage) -> list[Agent]:
    match step:
        case AlertStep.ON_DUTY:
            return coverage.answering(ticket.language, ticket.region)
        case AlertStep.BACKUP:
            return _backups(ticket, coverage)
        case AlertStep.LEADS:
            return list(Agent.objects.leads().select_related("user").order_by("pk"))
    assert_never(step)


def _backups(ticket: Ticket, coverage: Coverage) -> list[Agent]:
    """Those whom the region names and who are not away; else who is next on call, else who is on, then on call,
    elsewhere, else who is next on call there.
    """
    region, language, now = ticket.region, ticket.language, coverage.now
    if named := list(region.backups.present(now).select_related("user").order_by("pk")):
        return named
    here = coverage.answering(language, region)
    if coverage.on_call(language, region) and (following := next_on_call(region, language, now)):
        return [following]
    if elsewhere := [agent for agent in coverage.anywhere(language) if agent not in here]:
        return elsewhere
    called = [row.region for row in coverage.on_call(language) if row.agent in here]
    coming = [next_on_call(place, language, now) for place in called]
    return list(dict.fromkeys(agent for agent in coming if agent and agent not in here))


@sentence_for(EventKind.ALERTED)
def _said(data: dict[str, Any]) -> str:
    found = bool(data["names"])
    values = {"names": ", ".join(data["names"]), "language": language_name(data["language"])}
    step = AlertStep(data["step"])
    match step:
        case AlertStep.ON_DUTY:
            told = _("notified the agents on duty, because the ticket is unassigned: %(names)s")
            return (told if found else _("found nobody on duty for this ticket (%(language)s)")) % values
        case AlertStep.BACKUP:
            told = _("notified the backup agents, because the ticket is still unassigned: %(names)s")
            return (told if found else _("found no backup agent for this ticket (%(language)s)")) % values
        case AlertStep.LEADS:
            told = _("notified the team leads, because the ticket is still unassigned: %(names)s")
            return (told if found else _("found no team lead to notify")) % values
    assert_never(step)
