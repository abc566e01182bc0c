"""Plays the stories in the order of time, with the periodic jobs in between as beat would have run them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Min, Q, Value
from django.db.models.functions import Least

from accounts.core.domain.entitlements import entitlements_of
from portal.demo.cast import Stage
from portal.demo.script import Act, Play, Story, moment
from portal.lib.outbox import Notice
from sla.core.domain.sweep import sweep
from sla.core.enums import ClockKind
from sla.models import Clock
from tickets.core.domain.alerts import notify_next_steps
from tickets.core.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.core.domain.clocks import region_for
from tickets.core.domain.closing import REOPEN_FOR, close_solved
from tickets.core.enums import Status
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
    _jobs(now, _waiting())


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
    while (waiting := _waiting()) and (at := min(waiting.values()) + NEXT_RUN) <= until:
        _jobs(at, waiting)


def _waiting() -> dict[str, datetime]:
    """Since when, or from when on, each job has something to do; those that wait for nothing are left out."""
    unflagged, unwarned, unannounced = Q(breached_at=None), Q(warned_at=None), Q(announced_at=None)
    moments = Clock.objects.running().aggregate(
        overdue=Min("due_at", filter=unflagged),
        due_soon=Min("due_soon_at", filter=unflagged & unwarned),
        check_ins=Min("announce_at", filter=unannounced & Q(kind=ClockKind.CHECK_IN)),
    )
    solved = Ticket.objects.filter(status=Status.SOLVED).aggregate(at=Min("solved_at"))["at"]
    moments["closing"] = solved and solved + REOPEN_FOR
    moments["alerts"] = Alert.objects.aggregate(at=Min("next_at"))["at"]
    return {job: at for job, at in moments.items() if at}


def _jobs(now: datetime, waiting: dict[str, datetime]) -> None:
    """One run of beat at `now`, without the jobs that would find nothing: they ask several times to find it."""
    due = {job for job, at in waiting.items() if at <= now}
    if due & {"overdue", "due_soon"}:
        sweep(now=now)
    act_on_clock_events(now=now)
    if "check_ins" in due:
        plan_check_ins(now=now)
    if "alerts" in due:
        notify_next_steps(now=now)
    if "closing" in due:
        close_solved(now=now)


def deliver_in_the_past(now: datetime) -> None:
    """The mails of the past have been read long ago: nobody gets them now."""
    left = Least(F("created_at") + UNDER_WAY, Value(now, output_field=DateTimeField()))
    Notice.objects.filter(sent_at=None).update(sent_at=left, attempts=1)
