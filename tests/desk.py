"""A busy desk driven by dice: every verb of the product, with whatever arguments come up, and beat in between.

What the desk then looks like is judged by `tests/ledger.py`. Nothing here knows what is due when.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from accounts.contracts.domain import contracts
from accounts.core.domain.entitlements import contract_day, contract_in_force
from accounts.core.enums import SeatState, StaffRole, Tier
from accounts.models import Contact, Contract, Seat, User
from accounts.seats.domain import seats
from portal.lib.errors import DomainError
from sla.core.domain.calendars import new_version
from sla.core.domain.sweep import sweep
from sla.core.domain.targets import save_target
from sla.core.enums import CheckInRule, Priority
from sla.models import Calendar, CalendarException, Target
from tests import factories
from tickets.core.domain import conversation, lifecycle
from tickets.core.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.core.domain.closing import REOPEN_FOR, close_solved
from tickets.core.domain.merging import merge
from tickets.core.domain.recounts import recount_after_changes
from tickets.core.enums import Channel, LanguageChoice, MessageKind, Status
from tickets.models import Ticket

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# As in the jobs of the rooms (portal/features.py).
Job = Callable[..., object]
TICKS: dict[Job, timedelta] = {
    sweep: 10 * SECOND, act_on_clock_events: 10 * SECOND, plan_check_ins: 60 * SECOND,
    recount_after_changes: 5 * SECOND, contracts.record_contract_changes: 60 * SECOND, close_solved: 600 * SECOND,
}  # fmt: skip
REGIONS = [  # code, zone, country, hours
    ("france", "Europe/Paris", "FR", ("09:00", "18:00")),
    ("emea", "Europe/London", "GB", ("09:00", "17:30")),
    ("canada", "America/Toronto", "CA", ("09:00", "17:00")),
    ("apac", "Asia/Kathmandu", "NP", ("10:00", "18:00")),
    ("night", "America/Santiago", "CL", ("22:00", "06:00")),
]


class Desk:
    """Four accounts, one of each tier, in five regions. `act` lets somebody do something, `beat` lets time pass."""

    def __init__(self, seed: int, *, start: datetime) -> None:
        self.dice = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.now = start
        self.open: list[int] = []  # tickets that may not be closed yet
        self.lead = factories.make_agent("lead@desk.test", role=StaffRole.ADMINISTRATOR)
        self.agents = [factories.make_agent(f"agent{n}@desk.test") for n in range(2)]
        self.regions = [
            factories.make_region(code, time_zone=zone, country=country, hours=hours)
            for code, zone, country, hours in REGIONS
        ]
        self.contacts: list[Contact] = []
        for number, tier in enumerate(Tier):
            account = factories.make_account(f"{tier.label} Ltd", region=self.regions[number])
            factories.make_contract(account, tier, starts=date(2025, 1, 1), ends=start.date() + 400 * DAY)
            for person in range(4):
                contact = factories.make_contact(
                    account, f"{person}@{tier}.test", language=("en", "fr")[person % 2],
                    region=self.dice.choice([None, *self.regions]),
                )  # fmt: skip
                self.contacts.append(contact)
                if person < 2 and tier != Tier.STANDARD:
                    factories.seat(contact, by=self.lead.user, now=start)
        self.next_contract = next_contract()

    # Time

    def beat(self, until: datetime) -> None:
        """Run the jobs up to `until`, each at those of its ticks at which it finds something to do."""
        while True:
            work = moments_of_work() | {contracts.record_contract_changes: self.next_contract}
            ticks = {job: self._tick_after(at, TICKS[job]) for job, at in work.items() if at}
            tick = min(ticks.values(), default=until)
            if tick >= until:
                return
            self.now = tick
            for job in TICKS:
                if ticks.get(job) == tick:
                    job(now=tick)
            if ticks.get(contracts.record_contract_changes) == tick:
                self.next_contract = next_contract()

    def _tick_after(self, at: datetime, period: timedelta) -> datetime:
        """The first tick of a job at or after `at` that is not past."""
        tick = EPOCH + -((EPOCH - max(at, self.now)) // period) * period
        return tick if tick > self.now else tick + period

    # Acts

    def act(self, now: datetime) -> None:
        """Somebody does something at `now`; a refusal is an answer, anything else that is raised is a defect."""
        self.now = max(self.now, now)
        name = self.dice.choices(list(ACTS), weights=list(ACTS.values()))[0]
        try:
            with transaction.atomic():
                getattr(self, f"_{name}")(now)
        except DomainError as refusal:
            self.refused[name, refusal.code] += 1
        else:
            self.done[name] += 1
        if name == "contract":
            self.next_contract = next_contract()

    def _ticket(self) -> Ticket | None:
        """One of the tickets, seldom a closed one."""
        if not self.open:
            raise DomainError("There is no ticket yet.", code="no_ticket")
        ticket = Ticket.objects.for_detail().get(pk=self.dice.choice(self.open))
        if ticket.status == Status.CLOSED:
            self.open.remove(ticket.pk)
        return ticket

    def _agent(self) -> User:
        return self.dice.choice(self.agents).user

    def _open(self, now: datetime) -> None:
        requester, live = self.dice.choice(self.contacts), self.dice.random() < 0.1
        ticket = factories.make_ticket(
            requester, now=now, priority=self.dice.choice(list(Priority)), live=live,
            channel=Channel.PHONE if live else self.dice.choice([Channel.PORTAL, Channel.API, Channel.EMAIL]),
            by=self._agent() if live else requester.user, language_choice=self.dice.choice(list(LanguageChoice)),
            region=self.dice.choice([None, None, *self.regions]), is_private=self.dice.random() < 0.05,
        )  # fmt: skip
        self.open.append(ticket.pk)

    def _write(self, now: datetime) -> None:
        """The requester, or a colleague; on a closed ticket this opens another one."""
        ticket = self._ticket()
        people = [ticket.requester, *(row for row in self.contacts if row.account_id == ticket.account_id)]
        message = conversation.reply_as_customer(
            ticket, body="Any news?", by=self.dice.choice(people), channel=Channel.EMAIL, now=now
        )
        if message.ticket_id != ticket.pk:
            self.open.append(message.ticket_id)

    def _answer(self, now: datetime) -> None:
        after = self.dice.choice(
            [None, None, Status.OPEN, Status.ON_HOLD, Status.WAITING, Status.SOLVED, Status.SOLVED]
        )
        conversation.reply_as_agent(
            self._ticket(), body="We are on it.", by=self._agent(), now=now, status_after=after,
            details=conversation.ReplyDetails(kind=self.dice.choice([MessageKind.REPLY, MessageKind.CHECK_IN])),
        )  # fmt: skip

    def _note(self, now: datetime) -> None:
        conversation.add_note(self._ticket(), body="Known?", by=self._agent(), now=now)

    def _status(self, now: datetime) -> None:
        lifecycle.change_status(self._ticket(), self.dice.choice(list(Status)), by=self._agent(), now=now)

    def _priority(self, now: datetime) -> None:
        lifecycle.change_priority(self._ticket(), self.dice.choice(list(Priority)), by=self._agent(), now=now)

    def _ask(self, now: datetime) -> None:
        ticket = self._ticket()
        lifecycle.ask_for_priority(
            ticket, self.dice.choice(list(Priority)), reason="Worse", by=ticket.requester.user, now=now
        )

    def _region(self, now: datetime) -> None:
        lifecycle.change_region(self._ticket(), self.dice.choice(self.regions), by=self._agent(), now=now)

    def _language(self, now: datetime) -> None:
        ticket = self._ticket()
        lifecycle.change_language(ticket, self.dice.choice(list(LanguageChoice)), by=ticket.requester.user, now=now)

    def _skip(self, now: datetime) -> None:
        conversation.skip_check_in(self._ticket(), reason="On the phone.", by=self._agent(), now=now)

    def _close(self, now: datetime) -> None:
        ticket = self._ticket()
        lifecycle.close_by_customer(ticket, by=ticket.requester.user, now=now)

    def _merge(self, now: datetime) -> None:
        """With a ticket of the same account, when there is one; seldom with any other, which is refused."""
        ticket = self._ticket()
        others = Ticket.objects.live().exclude(pk=ticket.pk)
        if self.dice.random() < 0.9:
            others = others.filter(account=ticket.account_id)
        pks = list(others.order_by("pk").values_list("pk", flat=True))
        into = Ticket.objects.get(pk=self.dice.choice(pks or [ticket.pk]))
        merge(ticket, into=into, by=self._agent(), now=now)

    def _seat(self, now: datetime) -> None:
        contact = self.dice.choice(self.contacts)
        held = Seat.objects.taken().select_related("contact__user", "account").filter(contact=contact).first()
        if held is None:
            held = seats.nominate(contact, by=contact.user, now=now)
            if self.dice.random() < 0.8:
                seats.validate(held, by=self.lead.user, now=now)
        elif held.state == SeatState.NOMINATED:
            if self.dice.random() < 0.8:
                seats.validate(held, by=self.lead.user, now=now)
            else:
                seats.decline(held, reason="Not yet.", by=self.lead.user, now=now)
        elif self.dice.random() < 0.7:
            seats.withdraw(held, by=contact.user, now=now)
        else:
            colleagues = [row for row in self.contacts if row.account_id == contact.account_id]
            seats.replace(held, contact=self.dice.choice(colleagues), by=contact.user, now=now)

    def _contract(self, now: datetime) -> None:
        """Sign one, move it up or down, or let it end: at once, or on a day that beat will notice."""
        account = self.dice.choice(self.contacts).account
        day = contract_day(account, now)
        contract = contract_in_force(account, now)
        if contract is None:
            last = Contract.objects.filter(account=account).aggregate(at=Max("ends_on"))["at"]
            starts = max(last + DAY, day + self.dice.choice([0, 0, 3]) * DAY)
            contract = Contract(account=account, starts_on=starts, ends_on=starts + self.dice.randint(5, 400) * DAY)
        elif self.dice.random() < 0.4:
            contract.ends_on = max(contract.starts_on, day + self.dice.randint(-1, 6) * DAY)
            contracts.save_contract(contract, by=self.lead.user, now=now)
            return
        contract.tier, contract.premium_contacts = self.dice.choice(list(Tier)), None
        contracts.save_contract(contract, by=self.lead.user, now=now)

    def _holiday(self, now: datetime) -> None:
        """A day off, or an open Sunday, soon or in a while; or one that is called off."""
        calendar = Calendar.objects.get(region=self.dice.choice(self.regions))
        day = now.date() + self.dice.randint(-1, 12) * DAY
        gone, _ = CalendarException.objects.filter(calendar=calendar, day=day).delete()
        if not gone:
            hours = self.dice.choice([[], [], [["10:00", "12:00"]], [["08:00", "12:00"], ["13:00", "24:00"]]])
            CalendarException.objects.create(
                calendar=calendar, day=day, name_en="Fair", name_fr="Foire", intervals=hours
            )
        new_version(calendar, by=self.lead.user, now=now)

    def _hours(self, now: datetime) -> None:
        """Another closing time on one weekday, or another zone for the whole region."""
        calendar = Calendar.objects.select_related("region").get(region=self.dice.choice(self.regions))
        if self.dice.random() < 0.2:
            code = calendar.region.code
            zones = (
                ["Asia/Kolkata", "Asia/Kathmandu"]
                if code == "apac"
                else [zone for name, zone, *_ in REGIONS if name == code]
            )
            calendar.region.time_zone = self.dice.choice([*zones, "UTC"])
            calendar.region.save()
        else:
            interval = self.dice.choice(list(calendar.intervals.all()))
            interval.closes = f"{(int(interval.closes[:2]) + self.dice.choice([-1, 1])) % 24:02}:30"
            interval.save()
        new_version(calendar, by=self.lead.user, now=now)

    def _target(self, now: datetime) -> None:
        target = Target.objects.get(tier=self.dice.choice(list(Tier)), priority=self.dice.choice(list(Priority)))
        target.response_minutes = min(max(round(target.response_minutes * self.dice.choice([0.5, 0.8, 1.5])), 10), 2000)
        if target.check_in_rule == CheckInRule.BUSINESS_HOURS:
            target.check_in_minutes = min(
                max(round(target.check_in_minutes * self.dice.choice([0.5, 0.8, 1.5])), 10), 2000
            )
        save_target(target, by=self.lead.user, now=now)


# What happens how often.
ACTS = {
    "open": 25, "write": 18, "answer": 34, "note": 2, "status": 6, "priority": 8, "ask": 2, "region": 3, "language": 4,
    "skip": 3, "close": 2, "merge": 3, "seat": 3, "contract": 2, "holiday": 2, "hours": 2, "target": 2,
}  # fmt: skip


# From when on each job finds something, in the order of TICKS: one statement, because it is asked between any two acts.
WORK = """
SELECT
    (SELECT MIN(CASE WHEN warned_at IS NULL THEN LEAST(due_soon_at, due_at) ELSE due_at END)
        FROM sla_clock WHERE outcome = 'running' AND breached_at IS NULL),
    (SELECT MIN(recorded_at) FROM sla_clockevent WHERE handled_at IS NULL AND kind IN ('overdue', 'due_soon')),
    (SELECT MIN(announce_at)
        FROM sla_clock WHERE outcome = 'running' AND kind = 'check_in' AND announced_at IS NULL),
    (SELECT MIN(at) FROM (
        SELECT COALESCE(again_at, at) AS at FROM accounts_entitlementchange WHERE done_at IS NULL
        UNION ALL SELECT COALESCE(again_at, at) FROM sla_targetversion WHERE done_at IS NULL
        UNION ALL SELECT started_at FROM sla_clock JOIN sla_calendar ON sla_calendar.id = calendar_id
            WHERE outcome = 'running' AND breached_at IS NULL AND coverage = 'business_hours'
            AND calendar_version < version
    ) AS work),
    (SELECT MIN(solved_at) FROM tickets_ticket WHERE status = 'solved')
"""


def moments_of_work() -> dict[Job, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(WORK if connection.vendor == "postgresql" else WORK.replace("LEAST", "MIN"))
        row = [
            datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at for at in cursor.fetchone()
        ]
    flag, tell, announce, recount, solved = row
    return {
        sweep: flag, act_on_clock_events: tell, plan_check_ins: announce, recount_after_changes: recount,
        close_solved: solved and solved + REOPEN_FOR,
    }  # fmt: skip


def next_contract() -> datetime | None:
    """When a contract begins or ends that nobody has noted yet."""
    signed = Contract.objects.select_related("account__home_region")
    begin = [contracts.midnight(row.account, row.starts_on) for row in signed.filter(start_noted=False)]
    end = [contracts.midnight(row.account, row.ends_on + DAY) for row in signed.filter(end_noted=False)]
    return min(begin + end, default=None)
