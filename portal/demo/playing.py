"""Plays the stories in the order of time, with the periodic jobs in between as beat would have run them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Min, Value
from django.db.models.functions import Least

from accounts.domain.entitlements import entitlements_of
from portal.demo.cast import Stage
from portal.demo.script import Act, Play, Story, moment
from portal.lib.outbox import Notice
from sla.domain.sweep import sweep
from sla.enums import ClockKind
from sla.models import Clock
from tickets.domain.alerts import notify_next_steps
from tickets.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.domain.closing import REOPEN_FOR, close_solved
from tickets.domain.promises import region_for
from tickets.enums import Status
from tickets.models import Alert, Ticket

# How long after a moment the next run of a job notices it, and how long a mail takes to leave.
NEXT_RUN = timedelta(seconds=4)
UNDER_WAY = timedelta(seconds=3)


@dataclass(frozen=True)
class _Line:
    """One act of one story at its moment; `play` None opens the ticket."""

    at: datetime
    story: int
    play: Play | None


def play(stories: Sequence[Story], stage: Stage) -> int:
    """Let everything happen that happened before `stage.now`; return how many tickets there are."""
    lines = sorted(
        (line for number, story in enumerate(stories) for line in _lines(number, story, stage)),
        key=lambda line: (line.at, line.story),
    )
    tickets: dict[int, Ticket] = {}
    for line in lines:
        _run_jobs(until=line.at)
        if line.play is None:
            tickets[line.story] = stories[line.story].opened(stage, line.at)
        else:
            tickets[line.story] = line.play(stage, tickets[line.story], line.at) or tickets[line.story]
    catch_up(stage.now)
    return Ticket.objects.count()


def catch_up(now: datetime) -> None:
    """The runs of the jobs that the moments up to `now` ask for."""
    _run_jobs(until=now)
    _jobs(now)


def _lines(number: int, story: Story, stage: Stage) -> list[_Line]:
    contact = stage.contacts[story.who]
    region = stage.regions.get(story.told_in) or region_for(contact, entitlements_of(contact, stage.now))
    at = stage.now
    found: list[_Line] = []
    for act in (Act(story.at, lambda *_: None), *story.acts):
        before, at = at, moment(act.at, region=region, before=at, now=stage.now)
        if found and at < before:
            raise ValueError(f"“{story.subject}”: {act.at} lies before the act before.")
        found.append(_Line(at, number, act.play if found else None))
    return found


def _run_jobs(*, until: datetime) -> None:
    """The runs up to `until` that have something to do, each at its own moment."""
    while (at := _next_run()) and at <= until:
        _jobs(at)


def _next_run() -> datetime | None:
    running = Clock.objects.running()
    due = running.unflagged().aggregate(at=Min("due_at"))["at"]
    soon = running.unflagged().filter(warned_at=None).aggregate(at=Min("due_soon_at"))["at"]
    coming = running.of(ClockKind.CHECK_IN).filter(announced_at=None).aggregate(at=Min("announce_at"))["at"]
    solved = Ticket.objects.filter(status=Status.SOLVED).aggregate(at=Min("solved_at"))["at"]
    waiting = Alert.objects.aggregate(at=Min("next_at"))["at"]
    moments = [at for at in (due, soon, coming, waiting, solved and solved + REOPEN_FOR) if at]
    return min(moments) + NEXT_RUN if moments else None


def _jobs(now: datetime) -> None:
    sweep(now=now)
    act_on_clock_events(now=now)
    plan_check_ins(now=now)
    notify_next_steps(now=now)
    close_solved(now=now)


def deliver_in_the_past(now: datetime) -> None:
    """The mails of the past have been read long ago: nobody gets them now."""
    left = Least(F("created_at") + UNDER_WAY, Value(now, output_field=DateTimeField()))
    Notice.objects.filter(sent_at=None).update(sent_at=left, attempts=1)
