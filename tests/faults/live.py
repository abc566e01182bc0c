"""A working day at full speed: beats, workers and people side by side, killed at random and started again.

Time runs faster than the watch, the same for all processes. Nothing in here waits for anything: what a killed process
had in hand is found again by the others, or when the day is over.
"""

import contextlib
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import Error, connection, connections, transaction
from django.db.models import Max

from accounts.contracts.domain import contracts
from accounts.core.enums import Tier
from accounts.models import Account, Contact, Seat
from accounts.seats.domain import seats
from portal.lib import outbox
from portal.lib.errors import DomainError
from portal.lib.outbox import Notice
from sla.core.domain.calendars import calendar_of, new_version
from sla.core.domain.sweep import sweep
from sla.core.domain.targets import save_target
from sla.core.enums import Priority
from sla.models import Calendar, CalendarException, Clock, Target
from tests.factories import MONDAY_9AM, make_ticket
from tests.faults import invariants, kill, victim, world
from tests.faults.mailbox import Mailbox, message_id_of_key
from tickets.core.domain import conversation, lifecycle, merging, recounts
from tickets.core.domain.alerts import notify_next_steps
from tickets.core.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.core.domain.closing import close_solved
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.enums import Channel, Status
from tickets.models import Ticket

BEATS, WORKERS = 2, 4
OPENED_IN = timedelta(hours=3)
# What a process reads when its connection was taken away: it ends and is started again.
CUT = ("terminating connection", "server closed", "connection is closed", "closed the connection", "lost synchron")


@dataclass
class Day:
    """When the day began on the watch, how fast it runs, and who is in it."""

    world: world.World
    seconds: float
    hours: float
    faults: Path
    tickets: int
    began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        passed = min(time.monotonic() - self.began, self.seconds) / self.seconds
        return MONDAY_9AM + OPENED_IN + timedelta(hours=self.hours) * passed


@dataclass
class Report:
    clocks: int = 0
    flags: int = 0
    mails: int = 0
    kills: int = 0
    power_cuts: int = 0
    cut_connections: int = 0
    repeats: int = 0
    differences: list[str] = field(default_factory=list)


def play(mailbox: Mailbox, *, tickets: int, seconds: float, faults: Path, seed: int) -> Report:
    """Build the desk, let the day pass under kills, come to rest, judge."""
    chance = random.Random(seed)
    day = Day(_desk(tickets, mailbox), seconds, 5, faults, tickets)
    faults.touch()
    report = Report()
    _let_it_happen(day, report, chance)
    end = day.now()
    kill.drain(end)
    report.clocks, report.flags = Clock.objects.count(), Clock.objects.exclude(breached_at=None).count()
    report.mails = sum(mailbox.counts().values())
    report.repeats = sum(count - 1 for count in mailbox.counts().values())
    report.differences = invariants.differences(end, mailbox)
    report.differences += [f"a process failed: {line}" for line in faults.read_text().splitlines()]
    if report.repeats > report.kills + report.cut_connections * (BEATS + WORKERS):
        report.differences.append(f"{report.repeats} mails were repeated, more than processes died")
    return report


def _desk(tickets: int, mailbox: Mailbox) -> world.World:
    """So many tickets, opened through the verb over three hours; their acknowledgements have left."""
    made = world.people()
    requesters = [made.contact(name) for name in ("marc", "tom", "bob", "noe", "anna", "uma")]
    for number in range(tickets):
        make_ticket(
            requesters[number % len(requesters)],
            now=MONDAY_9AM + OPENED_IN * number / tickets,
            priority=Priority(1 + number * 7 % 11 % 3),
            subject=f"Case {number}",
        )
    with mailbox.path.open("a") as file:
        for key, address in Notice.objects.values_list("key", "recipient__email"):
            file.write(f"{message_id_of_key(key)} {address}\n")
    Notice.objects.update(sent_at=MONDAY_9AM + OPENED_IN)
    return made


def _let_it_happen(day: Day, report: Report, chance: random.Random) -> None:
    roles: list[Callable[[Day, random.Random], None]] = [*[_beat] * BEATS, *[_work] * WORKERS]
    connections.close_all()
    day.began = time.monotonic()
    running = {_start(role, day, chance.random()): role for role in roles}
    next_cut, next_power_cut = day.began + 3, day.began + 5
    while time.monotonic() < day.began + day.seconds:
        time.sleep(chance.uniform(0.02, 0.2))
        if time.monotonic() > next_power_cut:
            # Everything dies in one instant and comes back in another order.
            next_power_cut += 6
            report.power_cuts += 1
            back = [_end(pid, running, report) for pid in list(running)]
            chance.shuffle(back)
        elif time.monotonic() > next_cut and connection.vendor == "postgresql":
            # The database drops all its sessions, as in a restart.
            next_cut += 4
            report.cut_connections += 1
            _cut_connections()
            back = []
        else:
            back = [_end(chance.choice(list(running)), running, report)]
        with contextlib.suppress(ChildProcessError):
            while gone := os.waitpid(-1, os.WNOHANG)[0]:
                if gone in running:
                    back.append(running.pop(gone))
        running |= {_start(role, day, chance.random()): role for role in back}
    for pid in list(running):
        _end(pid, running, report)
    if connection.vendor == "postgresql":
        _cut_connections()


def _end(pid: int, running: dict[int, Callable[[Day, random.Random], None]], report: Report) -> Callable[..., None]:
    os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    report.kills += os.WIFSIGNALED(status)
    return running.pop(pid)


def _cut_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        cursor.fetchall()
    connections.close_all()


def _start(role: Callable[[Day, random.Random], None], day: Day, seed: float) -> int:
    pid = victim.fork()
    if pid:
        return pid
    try:
        role(day, random.Random(seed))
    except BaseException as error:  # noqa: BLE001 - written down for the judge
        if not (isinstance(error, Error) and any(words in str(error) for words in CUT)):
            words = " | ".join(traceback.format_exc().strip().splitlines()[-6:])
            file = os.open(day.faults, os.O_WRONLY | os.O_APPEND)
            os.write(file, f"{role.__name__}: {words}\n".encode())
    finally:
        sys.stdout.flush()
        os._exit(0)


def _beat(day: Day, chance: random.Random) -> None:
    """Every periodic job, again and again."""
    while True:
        for job in (
            sweep, recounts.recount_after_changes, plan_check_ins, act_on_clock_events, notify_next_steps, close_solved,
        ):  # fmt: skip
            job(now=day.now())
        contracts.record_contract_changes(now=day.now())
        outbox.deliver(now=day.now(), limit=5)
        time.sleep(chance.uniform(0, 0.05))


def _work(day: Day, chance: random.Random) -> None:
    """People and workers: whatever comes."""
    acts, weights = zip(*EVERYDAY, strict=True)
    while True:
        act = chance.choices(acts, weights)[0]
        with contextlib.suppress(DomainError):
            act(day, chance)


def _some(day: Day, chance: random.Random) -> Ticket:
    last = Ticket.objects.aggregate(last=Max("pk"))["last"]
    return Ticket.objects.filter(pk__gte=chance.randint(1, last)).order_by("pk")[0]


def _answer(day: Day, chance: random.Random) -> None:
    status = chance.choice([None, None, None, Status.WAITING, Status.ON_HOLD, Status.SOLVED])
    by = day.world.staff(chance.choice(["lea", "nadia"]))
    conversation.reply_as_agent(_some(day, chance), body="Words.", by=by, now=day.now(), status_after=status)


def _write(day: Day, chance: random.Random) -> None:
    ticket = _some(day, chance)
    by = Contact.objects.select_related("user", "account__home_region").get(pk=ticket.requester_id)
    conversation.reply_as_customer(ticket, body="And?", by=by, channel=Channel.EMAIL, now=day.now())


def _prioritise(day: Day, chance: random.Random) -> None:
    to = chance.choice(list(Priority))
    lifecycle.change_priority(_some(day, chance), to, by=day.world.staff("nadia"), now=day.now())


def _move(day: Day, chance: random.Random) -> None:
    to = chance.choice([Status.OPEN, Status.WAITING, Status.ON_HOLD, Status.SOLVED])
    lifecycle.change_status(_some(day, chance), to, by=day.world.staff("lea"), now=day.now())


def _close(day: Day, chance: random.Random) -> None:
    ticket = _some(day, chance)
    lifecycle.close_by_customer(ticket, by=ticket.requester.user, now=day.now())


def _skip(day: Day, chance: random.Random) -> None:
    conversation.skip_check_in(_some(day, chance), reason="Away.", by=day.world.staff("lea"), now=day.now())


def _open(day: Day, chance: random.Random) -> None:
    requester = day.world.contact(chance.choice(["marc", "tom", "bob", "anna"]))
    new = OpenTicket(
        requester=requester, subject="New", body="Broken.", priority=chance.choice(list(Priority)),
        channel=Channel.PORTAL,
    )  # fmt: skip
    open_ticket(new, by=requester.user, now=day.now())


def _merge(day: Day, chance: random.Random) -> None:
    merging.merge(_some(day, chance), into=_some(day, chance), by=day.world.staff("nadia"), now=day.now())


def _edit_hours(day: Day, chance: random.Random) -> None:
    calendar = Calendar.objects.order_by("?").first()
    assert calendar is not None
    with transaction.atomic():
        Calendar.objects.select_for_update().get(pk=calendar.pk)
        name = {"name_en": "Fair", "name_fr": "Foire"}
        _row, new = CalendarException.objects.get_or_create(
            calendar=calendar, day=date(2026, 11, chance.randint(10, 30)), defaults=name | {"intervals": []}
        )
        if new:
            new_version(calendar_of(calendar.region), by=None, now=day.now())


def _edit_target(day: Day, chance: random.Random) -> None:
    target = Target.objects.get(tier=chance.choice([Tier.GOLD, Tier.STANDARD]), priority=chance.randint(1, 3))
    target.response_minutes = max(30, target.response_minutes + chance.choice([-20, 20]))
    save_target(target, by=None, now=day.now())


def _edit_contract(day: Day, chance: random.Random) -> None:
    contract = Account.objects.get(pk=day.world.accounts["gold"]).contracts.get()
    contract.tier, contract.premium_contacts = chance.choice([(Tier.GOLD, 3), (Tier.PLATINUM, 10)])
    contracts.save_contract(contract, by=None, now=day.now())


def _seat(day: Day, chance: random.Random) -> None:
    lead, seat = day.world.staff("nadia"), Seat.objects.taken().order_by("?").first()
    if seat is None or chance.random() < 0.4:
        contact = day.world.contact(chance.choice(["anna", "marc", "noe", "pia", "tom", "uma"]))
        seats.nominate(contact, by=lead, now=day.now())
    elif chance.random() < 0.7:
        seats.validate(seat, by=lead, now=day.now())
    else:
        seats.withdraw(seat, by=lead, now=day.now())


def _tell(day: Day, _chance: random.Random) -> None:
    act_on_clock_events(now=day.now(), limit=50)


def _deliver(day: Day, _chance: random.Random) -> None:
    outbox.deliver(now=day.now(), limit=20)


EVERYDAY: list[tuple[Callable[[Day, random.Random], None], int]] = [
    (_answer, 30), (_write, 12), (_prioritise, 10), (_move, 8), (_skip, 4), (_close, 3), (_open, 3), (_merge, 3),
    (_seat, 2), (_edit_hours, 1), (_edit_target, 1), (_edit_contract, 1), (_tell, 6), (_deliver, 12),
]  # fmt: skip
