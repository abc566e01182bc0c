"""Lets the time of a demonstration pass: the jobs run at the moments at which beat would have run them.

So flags, check-ins and closings carry their true moments, however far one jumps. The way is taken in slices, each
step committed: a page never waits for a whole year, and a slice that was cut off is gone on with by beat.
"""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.contracts.domain import contracts
from accounts.core.enums import MeetingState
from accounts.models import Contract, EntitlementChange, HoursYear, Meeting
from accounts.sponsorship.domain import scheduling
from portal.celery import app
from portal.features import beat_schedule, packages_with_tasks
from portal.lib import clock, demo_clock, heartbeat
from portal.lib.demo_clock import DemoClock
from portal.lib.durations import say_meeting
from portal.lib.errors import DomainError
from portal.lib.lease import Lease, hold
from portal.lib.outbox import Notice
from portal.lib.rest.moments import stamp
from sla.core.enums import ClockKind
from sla.models import Clock
from tickets.calls.domain import calling
from tickets.chat.domain import sweeping
from tickets.core.domain import closing
from tickets.core.enums import Status
from tickets.models import Alert, Call, Chat, RootCauseAnalysis, Ticket

logger = logging.getLogger(__name__)

# One move goes so far at most: two years of days are played in a minute or two.
FURTHEST = timedelta(days=731)
DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)
# Longer than any slice or laying; a process that dies on the way gives way to the next one after it.
ALONE = timedelta(seconds=120)
WALK = "demonstration time"

# Jobs that promise nothing to anybody at a moment of their own: beat runs them when the time has come to rest.
LEFT_TO_BEAT = frozenset({
    "tickets.verify_clocks", "tickets.purge_uploads", "tickets.receive_mail", "portal.forget_old", "portal.pass_time",
})  # fmt: skip
# What one job leaves to another one is done at the same moment: so often at most.
ROUNDS = 3
OFTEN = timedelta(minutes=1)


class CannotMove(DomainError):
    """The time of the demonstration cannot go there."""

    code = "cannot_move"


def set_off(goal: datetime) -> None:
    """Begin the way to `goal`, which lies ahead; `pass_time` takes it. Raises CannotMove, also while on another way."""
    present = clock.now()
    if goal <= present:
        raise CannotMove(_("Choose a later date and time."), code="past", field="to")
    if goal - present > FURTHEST:
        raise CannotMove(_("Choose a date within the next two years."), field="to")
    DemoClock.objects.get_or_create(pk=demo_clock.THE_ONE)
    at_rest = DemoClock.objects.filter(pk=demo_clock.THE_ONE, goal=None, lay_at=None)
    begins = at_rest.update(goal=goal)  # one of two at a time
    row = DemoClock.objects.get(pk=demo_clock.THE_ONE)
    demo_clock.cache_row(row)
    if not begins:
        raise _on_its_way(row)


def _on_its_way(row: DemoClock) -> CannotMove:
    if row.goal is None:
        return CannotMove(_("The sample data is being reset. Wait a few seconds."), code="busy")
    until = say_meeting(row.goal, timezone.get_current_timezone())
    said = _(
        "The clock is moving to %(moment)s. Wait until it gets there, or stop it: select “Stop "
        "here”, or send “move: stop” through the API."
    )
    return CannotMove(said % {"moment": until}, code="on_its_way", until=stamp(row.goal))


def next_due() -> datetime:
    """The next moment at which a running promise falls due. Raises CannotMove when none runs."""
    found = Clock.objects.running().filter(due_at__gt=clock.now()).aggregate(at=Min("due_at"))["at"]
    if found is None:
        raise CannotMove(_("No target is due later."), code="nothing_due")
    at: datetime = found
    return at


@contextmanager
def alone() -> Iterator[bool]:
    """True inside for one process at a time; another one finds that the time is on its way."""
    holder = f"walk:{secrets.token_hex(8)}"
    held = hold(WALK, holder=holder, now=clock.machine_now(), length=ALONE)
    try:
        yield held
    finally:
        if held:
            Lease.objects.filter(name=WALK, holder=holder).delete()


def pass_time(*, seconds: float) -> bool:
    """Go on towards the goal for about so long; True when the time has come to rest."""
    stop_at = time.monotonic() + seconds
    with alone() as is_alone:
        reached = clock.now()
        while is_alone and (goal := _goal()) is not None:
            reached = min(next_moment(reached), goal)
            set_time(reached)
            run_jobs()
            if reached >= goal:
                arrive(reached)
            elif time.monotonic() > stop_at:
                return False
        return is_alone


def set_time(moment: datetime, **more: Any) -> None:
    """From here on the time is `moment`, and passes as the machine's does."""
    write(ahead=moment - clock.machine_now(), **more)


def write(**values: Any) -> None:
    """Change the row, and what this process holds of it."""
    row, _new = DemoClock.objects.update_or_create(pk=demo_clock.THE_ONE, defaults=values)
    demo_clock.cache_row(row)


def _goal() -> datetime | None:
    return DemoClock.objects.filter(pk=demo_clock.THE_ONE).values_list("goal", flat=True).first()


def arrive(reached: datetime) -> None:
    """The way ends here, at its goal or because somebody stopped it."""
    heartbeat.beat("mail_in", now=reached)  # left to beat, and not late for that
    write(goal=None)


def run_jobs() -> None:
    """Every job that beat would run, at the present moment, until none finds anything to do.

    One that fails is logged and keeps no other from its turn, as with beat.
    """
    for package in packages_with_tasks():
        import_module(f"{package}.tasks")
    for turn in range(ROUNDS):
        found = [_run(name) for name in jobs(within=None if turn == 0 else OFTEN)]
        if not any(found):
            break


def jobs(*, within: timedelta | None = None) -> list[str]:
    """The names of the jobs, in the order of the settings; `within`: of those that beat runs as often as that."""
    entries: list[Any] = [row for row in beat_schedule().values() if row["task"] not in LEFT_TO_BEAT]
    return [str(entry["task"]) for entry in entries if within is None or entry["schedule"] <= within]


def _run(name: str) -> bool:
    """One run; True when it found something to do: a job returns how much, or how much of each kind."""
    try:
        done = app.tasks[name].run()
    except Exception:
        logger.exception("demonstration.job_failed", extra={"job": name})
        return False
    return any(done.values()) if isinstance(done, dict) else bool(done)


def next_moment(after: datetime) -> datetime:
    """The next moment at which a job has something to do, as far as rows tell; at the latest the next day anywhere."""
    return min(
        at for at in [*_of_clocks(after), *_of_work(after), *_of_meetings(after), *_of_days(after)] if at > after
    )


def _first(rows: Any, field: str, after: datetime, later: timedelta = timedelta()) -> list[datetime]:
    """The first moment `later` than `field` of these rows that lies behind `after`."""
    found = rows.filter(**{f"{field}__gt": after - later}).aggregate(at=Min(field))["at"]
    return [] if found is None else [found + later]


def _of_clocks(after: datetime) -> list[datetime]:
    running = Clock.objects.running()
    return [
        *_first(running.unflagged(), "due_at", after),
        *_first(running.unflagged().filter(warned_at=None), "due_soon_at", after),
        *_first(running.of(ClockKind.CHECK_IN).filter(announced_at=None), "announce_at", after),
    ]


def _of_work(after: datetime) -> list[datetime]:
    """Tickets to close or that nobody has, late analyses, calls nobody made, quiet chats, second looks, mails."""
    calls = Call.objects.waiting().filter(needs_number=False, warned_at=None)
    late = [calling.expected_by(call) + A_SECOND for call in calls.select_related("contact__account", "region")]
    return [
        *_first(Ticket.objects.filter(status=Status.SOLVED), "solved_at", after, closing.REOPEN_FOR),
        *_first(Alert.objects.all(), "next_at", after),
        *_first(RootCauseAnalysis.objects.unflagged(), "due_at", after),
        *[at for at in late if at > after],
        *_first(Chat.objects.running(), "contact_seen_at", after, sweeping.GONE),
        *_first(Chat.objects.running(), "last_at", after, timedelta(minutes=settings.CHAT_QUIET_MINUTES)),
        *_first(EntitlementChange.objects.filter(done_at=None), "again_at", after),
        *_first(Notice.objects.filter(sent_at=None, dead_at=None), "not_before", after),
    ]


def _of_meetings(after: datetime) -> list[datetime]:
    confirmed = Meeting.objects.filter(state=MeetingState.CONFIRMED)
    proposed = Meeting.objects.filter(state=MeetingState.PROPOSED)
    return [
        *[at for days in scheduling.REMINDERS for at in _first(confirmed, "starts_at", after, -days * DAY)],
        *_first(confirmed, "starts_at", after, scheduling.UNRECORDED),
        *_first(proposed, "proposed_at", after, scheduling.UNCHOSEN),
    ]


def _of_days(after: datetime) -> list[datetime]:
    """The midnights at which contracts and years of hours begin and end, and every midnight UTC for the rest."""
    tomorrow = datetime.combine(after.astimezone(UTC).date() + DAY, clock_time(), UTC)
    around = after.date() - DAY
    unnoted = Contract.objects.filter(
        Q(start_noted=False, starts_on__gte=around) | Q(end_noted=False, ends_on__gte=around)
    )
    found = [tomorrow]
    for contract in unnoted.select_related("account__home_region"):
        found += [contracts.midnight(contract.account, day) for day in (contract.starts_on, contract.ends_on + DAY)]
    years = HoursYear.objects.filter(closed_at=None, ends_on__gte=around)
    for year in years.select_related("contract__account__home_region"):
        found.append(contracts.midnight(year.contract.account, year.ends_on + DAY))
    return found
