"""Random sequences of everything that can happen to promises, side by side with the law in plain Python.

After each step both must say the same: which clocks run, until when, under which tier; how the others ended; what is
overdue; what is due next. `python -m tests.long model` tries thousands of sequences.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.contracts.domain import contracts
from accounts.core.domain.entitlements import contract_day, contract_in_force
from accounts.core.enums import Tier
from accounts.models import Contract, Seat
from accounts.seats.domain import seats
from portal.lib.errors import DomainError
from sla.core.domain import calendars
from sla.core.domain.sweep import sweep
from sla.core.enums import Priority
from sla.models import Calendar, CalendarException, Clock
from tests.factories import MONDAY_9AM, make_account, make_contact, make_contract, make_region, make_ticket
from tests.long import LONG
from tests.tickets.core.promise_model import DAY, MINUTE, Model, Person, Refused
from tickets.core.domain import conversation, lifecycle
from tickets.core.domain.closing import close_solved
from tickets.core.domain.merging import merge
from tickets.core.domain.recounts import recount_after_changes
from tickets.core.enums import Channel, LanguageChoice, Status
from tickets.models import Ticket

pytestmark = pytest.mark.thorough

SETTINGS = settings(
    max_examples=2500 if LONG else 20, stateful_step_count=40 if LONG else 25, derandomize=not LONG, deadline=None,
    database=None, suppress_health_check=list(HealthCheck), print_blob=False,
)  # fmt: skip
ZONES = {
    "france": ("Europe/Paris", "09:00", "18:00"),
    "apac": ("Asia/Kathmandu", "10:00", "18:00"),
}
TICK = timedelta(microseconds=1)
MOST_TICKETS = 3

people = st.sampled_from(["anna", "rene", "olga"])
tickets = st.integers(0, MOST_TICKETS - 1)
priorities = st.integers(1, 4)
regions = st.sampled_from(list(ZONES))
statuses = st.sampled_from([status.value for status in Status])
# How long after the step before: mostly so short that promises still run, or at a due moment, or a tick beside it.
pauses = st.one_of(
    st.sampled_from([0, 1, 5, 10]).map(lambda minutes: minutes * MINUTE),
    st.sampled_from([0, 10, 30]).map(lambda minutes: minutes * MINUTE),
    st.sampled_from([60, 180, 360, 24 * 60, 3 * 24 * 60]).map(lambda minutes: minutes * MINUTE),
    st.sampled_from(["due", "before", "after"]),
)


class Promises(RuleBasedStateMachine):
    """Each rule does the same to both; a refusal of one must be a refusal of the other."""

    world: dict  # made once by the test; every example begins and ends in this state

    def __init__(self) -> None:
        super().__init__()
        calendars.calendar_snapshot.cache_clear()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = MONDAY_9AM
        self.tickets: list[Ticket] = []
        self.by = self.world["agent"].user
        self.lead = self.world["lead"].user

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize(
        tier=st.sampled_from(["standard", "silver", "gold", "gold", "platinum"]), seated=st.booleans(), name=people,
        priority=priorities, own=st.booleans(),
    )  # fmt: skip
    def begin(self, tier, seated, name, priority, own):
        contract = contract_in_force(self.account, self.now)
        contract.tier, contract.premium_contacts = tier, None
        contract.save()
        self.model = Model(
            {"anna": Person("en", "france"), "rene": Person("fr", "france"), "olga": Person("fr", "apac")}, ZONES, tier
        )
        self.open(name, priority, False, None, 0 * MINUTE)
        if seated:
            self.seat(0, 0 * MINUTE)
        self.open(name, priority, own, None, 0 * MINUTE)

    @property
    def account(self):
        return self.world["account"]

    # Steps

    def pause(self, after) -> None:
        if isinstance(after, timedelta):
            self.now += after
            return
        due = min((case.next_due for case in self.model.cases if case.next_due), default=self.now)
        self.now = max(self.now, due + {"due": 0, "before": -1, "after": 1}[after] * TICK)

    def both(self, after, product, model) -> bool:
        """The same in both at the same moment; returns whether it was done or refused."""
        self.pause(after)
        answers = []
        for act, refusal in ((product, DomainError), (model, Refused)):
            try:
                with transaction.atomic():
                    act()
                answers.append("done")
            except refusal:
                answers.append("refused")
        assert answers[0] == answers[1], f"{answers[0]}, but by the law {answers[1]}"
        recount_after_changes(now=self.now)
        return answers[0] == "done"

    def pick(self, index):
        index %= len(self.tickets)
        return Ticket.objects.for_detail().get(pk=self.tickets[index].pk), self.model.cases[index]

    # What happens to a ticket

    @precondition(lambda self: len(self.tickets) < MOST_TICKETS)
    @rule(name=people, priority=priorities, own=st.booleans(), region=st.one_of(st.none(), regions), after=pauses)
    def open(self, name, priority, own, region, after):
        choice = LanguageChoice.OWN if own else LanguageChoice.ENGLISH
        home = self.model.people[name].region

        def opened():
            ticket = make_ticket(
                self.world[name], now=self.now, priority=Priority(priority), language_choice=choice,
                region=self.world[region or home],
            )  # fmt: skip
            self.tickets.append(ticket)

        self.both(after, opened, lambda: self.model.open(name, priority, own, region, self.now))

    @precondition(lambda self: len(self.tickets) < MOST_TICKETS)
    @rule(name=people, priority=priorities, after=pauses)
    def take_a_call(self, name, priority, after):
        def called():
            ticket = make_ticket(
                self.world[name], now=self.now, priority=Priority(priority), channel=Channel.PHONE, by=self.by,
                live=True, region=self.world[self.model.people[name].region],
            )  # fmt: skip
            self.tickets.append(ticket)

        self.both(after, called, lambda: self.model.live_call(name, priority, self.now))

    @rule(index=tickets, after=pauses)
    def customer_writes(self, index, after):
        ticket, case = self.pick(index)
        if case.status == "closed" and len(self.tickets) == MOST_TICKETS:
            return

        def write():
            message = conversation.reply_as_customer(
                ticket, body="Any news?", by=ticket.requester, channel=Channel.PORTAL, now=self.now
            )
            if message.ticket_id != ticket.pk:
                self.tickets.append(message.ticket)

        self.both(after, write, lambda: self.model.customer_writes(case, self.now))

    @rule(index=tickets, to=st.one_of(st.none(), statuses), after=pauses)
    def agent_writes(self, index, to, after):
        ticket, case = self.pick(index)
        self.both(
            after,
            lambda: conversation.reply_as_agent(
                ticket, body="Here", by=self.by, now=self.now, status_after=to and Status(to)
            ),
            lambda: self.model.agent_writes(case, to, self.now),
        )

    @rule(index=tickets, to=statuses, after=pauses)
    def agent_moves(self, index, to, after):
        ticket, case = self.pick(index)
        self.both(
            after,
            lambda: lifecycle.change_status(ticket, Status(to), by=self.by, now=self.now),
            lambda: self.model.agent_moves(case, to, self.now),
        )

    @rule(index=tickets, to=priorities, after=pauses)
    def prioritise(self, index, to, after):
        ticket, case = self.pick(index)
        self.both(
            after,
            lambda: lifecycle.change_priority(ticket, Priority(to), by=self.by, now=self.now),
            lambda: self.model.prioritise(case, to, self.now),
        )

    @rule(index=tickets, to=regions, after=pauses)
    def relocate(self, index, to, after):
        ticket, case = self.pick(index)
        self.both(
            after,
            lambda: lifecycle.change_region(ticket, self.world[to], by=self.by, now=self.now),
            lambda: self.model.relocate(case, to, self.now),
        )

    @rule(index=tickets, own=st.booleans(), after=pauses)
    def speak(self, index, own, after):
        ticket, case = self.pick(index)
        choice = LanguageChoice.OWN if own else LanguageChoice.ENGLISH
        self.both(
            after,
            lambda: lifecycle.change_language(ticket, choice, by=ticket.requester.user, now=self.now),
            lambda: self.model.speak(case, own, self.now),
        )

    @rule(index=tickets, after=pauses)
    def skip(self, index, after):
        ticket, case = self.pick(index)
        self.both(
            after,
            lambda: conversation.skip_check_in(ticket, reason="Called", by=self.by, now=self.now),
            lambda: self.model.skip(case, self.now),
        )

    @rule(index=tickets, after=pauses)
    def customer_closes(self, index, after):
        ticket, case = self.pick(index)
        self.both(
            after,
            lambda: lifecycle.close_by_customer(ticket, by=ticket.requester.user, now=self.now),
            lambda: self.model.customer_closes(case, self.now),
        )

    @precondition(lambda self: len(self.tickets) > 1)
    @rule(index=tickets, other=tickets, after=pauses)
    def merge(self, index, other, after):
        (ticket, case), (into, survivor) = self.pick(index), self.pick(other)
        self.both(
            after,
            lambda: merge(ticket, into=into, by=self.by, now=self.now),
            lambda: self.model.merge(case, survivor, self.now),
        )

    # What happens around the tickets

    @rule(index=tickets, after=pauses)
    def seat(self, index, after):
        """The requester of a ticket gets a seat, or loses it."""
        name = self.pick(index)[1].person
        contact = self.world[name]
        held = Seat.objects.taken().filter(contact=contact).first()

        def granted():
            nominated = seats.nominate(contact, by=contact.user, now=self.now)
            seats.validate(nominated, by=self.lead, now=self.now)

        if held:
            self.both(
                after, lambda: seats.withdraw(held, by=self.lead, now=self.now), lambda: self.model.withdraw(name)
            )
        else:
            self.both(after, granted, lambda: self.model.grant(name, self.now))

    @rule(tier=st.sampled_from([None, *(tier.value for tier in Tier)]), after=pauses)
    def sign(self, tier, after):
        """Another tier, a contract after none, or (None) the end of the one in force; not on its first day."""
        self.pause(after)
        today = contract_day(self.account, self.now)
        contract = contract_in_force(self.account, self.now)
        if tier is None and (contract is None or contract.starts_on == today):
            return
        contract = contract or Contract(account=self.account, starts_on=today, ends_on=today + 900 * DAY)
        if tier is None:
            contract.ends_on = today - DAY
        else:
            contract.tier, contract.premium_contacts = tier, None
        self.both(
            0 * MINUTE,
            lambda: contracts.save_contract(contract, by=self.lead, now=self.now),
            lambda: self.model.sign(tier, self.now),
        )

    @rule(
        region=regions, away=st.integers(-3, 5), after=pauses,
        hours=st.sampled_from([[], [], [("10:00", "12:00")], [("08:00", "20:00")]]),
    )  # fmt: skip
    def edit_day(self, region, away, hours, after):
        calendar = Calendar.objects.get(region=self.world[region])

        def edited():
            day = self.now.date() + away * DAY
            CalendarException.objects.update_or_create(
                calendar=calendar, day=day, defaults={"intervals": hours, "name_en": "Fair", "name_fr": "Foire"}
            )
            calendars.new_version(calendar, by=self.lead, now=self.now)

        self.both(after, edited, lambda: self.model.edit_day(region, self.now.date() + away * DAY, hours, self.now))

    @rule(after=pauses)
    def beat(self, after):
        self.pause(after)
        close_solved(now=self.now)
        self.model.close_solved(self.now)
        sweep(now=self.now)
        self.model.sweep(self.now)
        assert {row.pk for row in Clock.objects.running().filter(breached_at=None, due_at__lte=self.now)} == set()

    # What matters most comes up more often: a tier or a priority that changes while something runs.
    seat_again = seat_once_more = seat
    sign_again = sign
    prioritise_again = prioritise_once_more = prioritise

    # What both say

    @invariant()
    def they_agree(self):
        rows: dict[int, list] = {ticket.pk: [] for ticket in self.tickets}
        for clock in Clock.objects.all():
            rows[clock.ticket_id].append(clock)
        stored = {ticket.pk: ticket for ticket in Ticket.objects.all()}
        for ticket, case in zip(self.tickets, self.model.cases, strict=True):
            row, clocks = stored[ticket.pk], rows[ticket.pk]
            assert (row.status, row.priority, row.next_due_at) == (case.status, case.priority, case.next_due)
            running = {(c.kind, c.started_at, c.due_at, c.tier) for c in clocks if c.is_running}
            assert running == {(p.kind, p.started, p.due, p.tier) for p in case.running()}
            ended = [
                (c.started_at, c.kind, c.due_at, c.outcome, c.stopped_at, c.breached_at is not None)
                for c in clocks
                if not c.is_running
            ]
            lawful = [
                (p.started, p.kind, p.due, p.outcome, p.stopped, p.flagged)
                for p in case.promises
                if p.outcome != "running"
            ]
            assert sorted(ended) == sorted(lawful)
            overdue = {(c.kind, c.breached_at) for c in clocks if c.is_running and c.breached_at}
            assert overdue <= {(p.kind, p.due) for p in case.running() if p.due <= self.now}


@pytest.mark.django_db
def test_whatever_happens_promises_are_what_the_law_says(agent, lead):
    world = {
        code: make_region(code, time_zone=zone, hours=(opens, closes)) for code, (zone, opens, closes) in ZONES.items()
    }
    account = make_account("Acme", region=world["france"])
    make_contract(account, Tier.STANDARD)
    world |= {
        "account": account, "agent": agent, "lead": lead,
        "anna": make_contact(account, "anna@acme.test", language="en"),
        "rene": make_contact(account, "rene@acme.test", language="fr"),
        "olga": make_contact(account, "olga@acme.test", language="fr", region=world["apac"]),
    }  # fmt: skip

    run_state_machine_as_test(type("Machine", (Promises,), {"world": world}), settings=SETTINGS)
