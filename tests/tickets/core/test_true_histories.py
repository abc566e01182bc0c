"""“Why these times?” says the truth and the whole truth: every sentence is held against a reckoning of its own.

Random histories, with contracts that are dated back, that begin unnoticed and are noted behind later changes, with
changes in one and the same moment, and with edits of hours. What an explanation says of its start, its tier and the
reason, each change, each stretch and the pause before it is compared with what `promise_model.Model`, written from
semantics §2 and §3, says must stand there. `python -m tests.long histories` tries thousands.
"""

from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from accounts.contracts.domain import contracts
from accounts.contracts.domain.contracts import midnight, record_contract_changes
from accounts.core.domain.entitlements import contract_day, contract_in_force
from accounts.core.enums import Tier
from accounts.models import Contract, Seat
from accounts.seats.domain import seats
from portal.lib.errors import DomainError
from sla.core.domain import calendars
from sla.core.domain.explanation import explain_clock
from sla.core.enums import Priority
from sla.models import Calendar, CalendarException, Clock
from tests.factories import MONDAY_9AM, make_account, make_contact, make_contract, make_region, make_ticket
from tests.long import LONG
from tests.tickets.core.promise_model import DAY, MINUTE, SEATS, TIERS, Model, Person, Refused
from tickets.core.domain import conversation, lifecycle
from tickets.core.domain.recounts import recount_after_changes
from tickets.core.enums import Channel, Status
from tickets.models import Ticket

SETTINGS = settings(
    max_examples=4000 if LONG else 40, deadline=None, database=None, derandomize=not LONG, print_blob=False,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip
ZONES = {"france": ("Europe/Paris", "09:00", "18:00"), "apac": ("Asia/Kathmandu", "10:00", "18:00")}
ENTITLEMENTS = {"seat_granted", "seat_withdrawn", "contract", "contract_started", "contract_ended"}


class Telling(Model):
    """The law, noting of every promise what its explanation must say; by the identity of the promise."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.doing = ""
        self.change = None  # (cause, from when it counts, the moment that it is dated back to)
        self.happened = set()
        self.said = {}
        self.left = {}  # when the turn left us, by case
        self.applied = "standard"  # the tier of the person

    @contextmanager
    def by(self, cause, at, dated=None):
        self.change = (cause, at, dated)
        self.happened.add(self.change)
        yield
        self.change = None

    def basis_of(self, name):
        seat = self.people[name].seat
        if self.contract in {None, "standard"}:
            return "standard_contract" if self.contract else "no_contract"
        if not seat:
            return "no_seat"
        return "seat" if seat <= SEATS[self.contract] else "over_limit"

    def start(self, case, kind, now):
        before = len(case.promises)
        super().start(case, kind, now)
        for promise in case.promises[before:]:
            cause = "our_turn" if self.doing == "move" else STARTED[self.doing, kind]
            paused = self.left[id(case)] if cause == "our_turn" else None
            self.said[id(promise)] = {
                "cause": cause, "basis": self.basis_of(case.person), "paused": paused, "moves": [], "tiers": [],
            }  # fmt: skip

    def move(self, case, to, now):
        doing, self.doing = self.doing, "move"
        if case.status in {"new", "open", "on_hold"} and to not in {"new", "open", "on_hold"}:
            self.left[id(case)] = now
        super().move(case, to, now)
        self.doing = doing

    def recount(self, case, promise, counted, now, *, only_earlier):
        old = (promise.due, promise.tier)
        super().recount(case, promise, counted, now, only_earlier=only_earlier)
        said = self.said[id(promise)]
        if promise.due != old[0]:
            said["moves"].append((*self.change, old[0], promise.due))
        if promise.tier != old[1]:
            said["basis"] = self.basis_of(case.person)

    def entitle(self, now):
        """Told whenever another tier applies than before, also where the promise keeps a better one.

        In one and the same moment what was there first had started before.
        """
        before, tier = self.applied, self.tier_of("rene")
        self.applied = tier
        for promise in [row for case in self.cases for row in case.running()] if tier != before else []:
            self.said[id(promise)]["tiers"].append((*self.change, before, tier))
        super().entitle(now)


STARTED = {
    ("open", "response"): "opened", ("open", "check_in"): "opened", ("write", "response"): "customer_message",
    ("answer", "check_in"): "agent_message", ("prioritise", "check_in"): "priority",
}  # fmt: skip

pauses = st.sampled_from([0, 0, 1, 7, 20, 45, 90, 240, 26 * 60]).map(lambda minutes: minutes * MINUTE)
odd = st.sampled_from([timedelta(), timedelta(seconds=32), timedelta(microseconds=1)])
regions, tiers = st.sampled_from(list(ZONES)), st.sampled_from(TIERS)
acts = st.one_of(
    st.tuples(st.just("prioritise"), st.integers(1, 4)),
    st.tuples(st.just("relocate"), regions),
    st.tuples(st.just("seat")),
    st.tuples(st.just("sign"), tiers),
    st.tuples(st.just("seat_and_sign"), tiers),
    st.tuples(st.just("end_late"), st.integers(1, 200)),
    st.tuples(st.just("sign_late"), tiers, st.integers(1, 200)),
    st.tuples(st.just("begins_unnoticed"), tiers, st.booleans(), st.booleans()),
    st.tuples(st.just("edit_day"), regions, st.integers(-3, 4), st.sampled_from([(), (("10:00", "12:00"),)])),
    st.tuples(st.just("turn"), st.sampled_from(["waiting", "on_hold", "open", "solved"])),
    st.tuples(st.just("write")),
    st.tuples(st.just("answer"), st.sampled_from([None, "waiting"])),
)
histories = st.tuples(
    tiers, st.booleans(), st.integers(1, 4), regions, st.lists(st.tuples(acts, pauses, odd), min_size=1, max_size=7)
)


class History:
    """The product and the law, step by step side by side."""

    def __init__(self, world, tier, seated, priority, region):
        calendars.calendar_snapshot.cache_clear()
        self.world, self.now = world, MONDAY_9AM
        contract = contract_in_force(self.account, self.now)
        contract.tier, contract.premium_contacts = tier, None
        contract.save()
        self.model = Telling({"rene": Person("fr", region)}, ZONES, tier)
        self.person = world["rene"]
        type(self.person).objects.filter(pk=self.person.pk).update(region=world[region])
        self.person.refresh_from_db()
        if seated and SEATS[tier]:
            self.seat()
        self.ticket = make_ticket(self.person, now=self.now, priority=Priority(priority), region=world[region])
        self.model.doing = "open"
        self.case = self.model.open("rene", priority, False, region, self.now)

    @property
    def account(self):
        return self.world["account"]

    @property
    def today(self):
        return contract_day(self.account, self.now)

    def step(self, act, after, further):
        self.now += after + further
        self.model.doing = act[0]
        getattr(self, act[0])(*act[1:])
        self.follow()

    def follow(self):
        # The second look as well: nothing is told twice.
        recount_after_changes(now=self.now)
        recount_after_changes(now=self.now + timedelta(seconds=61))

    def both(self, product, model):
        """Done by both or refused by both."""
        answers = []
        for act, refusal in ((product, DomainError), (model, Refused)):
            try:
                with transaction.atomic():
                    act()
                answers.append("done")
            except refusal:
                answers.append("refused")
        assert answers[0] == answers[1], answers

    @property
    def fresh(self):
        return Ticket.objects.for_detail().get(pk=self.ticket.pk)

    def prioritise(self, to):
        with self.model.by("priority", self.now):
            self.both(
                lambda: lifecycle.change_priority(self.fresh, Priority(to), by=self.world["by"], now=self.now),
                lambda: self.model.prioritise(self.case, to, self.now),
            )

    def relocate(self, to):
        with self.model.by("region", self.now):
            self.both(
                lambda: lifecycle.change_region(self.fresh, self.world[to], by=self.world["by"], now=self.now),
                lambda: self.model.relocate(self.case, to, self.now),
            )

    def turn(self, to):
        self.both(
            lambda: lifecycle.change_status(self.fresh, Status(to), by=self.world["by"], now=self.now),
            lambda: self.model.agent_moves(self.case, to, self.now),
        )

    def write(self):
        if self.case.status != "closed":
            self.both(
                lambda: conversation.reply_as_customer(
                    self.fresh, body="Any news?", by=self.person, channel=Channel.PORTAL, now=self.now
                ),
                lambda: self.model.customer_writes(self.case, self.now),
            )

    def answer(self, to):
        self.both(
            lambda: conversation.reply_as_agent(
                self.fresh, body="Here.", by=self.world["by"], now=self.now, status_after=to and Status(to)
            ),
            lambda: self.model.agent_writes(self.case, to, self.now),
        )

    def seat(self):
        held = Seat.objects.taken().filter(contact=self.person).first()
        if held:
            seats.withdraw(held, by=self.world["by"], now=self.now)
            with self.model.by("seat_withdrawn", self.now):
                self.model.people["rene"].seat = None
                self.model.entitle(self.now)
        elif SEATS.get(self.model.contract or "standard"):
            seats.validate(
                seats.nominate(self.person, by=self.world["by"], now=self.now), by=self.world["by"], now=self.now
            )
            with self.model.by("seat_granted", self.now):
                self.model.grant("rene", self.now)

    def sign(self, tier):
        contract = contract_in_force(self.account, self.now)
        contract = contract or Contract(account=self.account, starts_on=self.today, ends_on=self.today + 900 * DAY)
        contract.tier, contract.premium_contacts = tier, None
        contracts.save_contract(contract, by=self.world["by"], now=self.now)
        with self.model.by("contract", self.now):
            self.model.sign(tier, self.now)

    def seat_and_sign(self, tier):
        """Both in one moment, followed after both; not in that of a start as well."""
        self.now += MINUTE
        self.seat()
        self.sign(tier)

    def end_late(self, days):
        contract = contract_in_force(self.account, self.now)
        last = self.today - (days + 1) * DAY
        if contract and contract.starts_on <= last:
            contract.ends_on = last
            contracts.save_contract(contract, by=self.world["by"], now=self.now)
            with self.model.by("contract", self.now, midnight(self.account, last + DAY)):
                self.model.sign(None, self.now)

    def sign_late(self, tier, days):
        """Entered today, dated back; after the last day of the one before."""
        if contract_in_force(self.account, self.now):
            return
        before = Contract.objects.filter(account=self.account).order_by("-ends_on").first()
        starts = max(self.today - days * DAY, before.ends_on + DAY)
        contracts.save_contract(
            Contract(account=self.account, tier=tier, starts_on=starts, ends_on=self.today + 900 * DAY),
            by=self.world["by"], now=self.now,
        )  # fmt: skip
        dated = midnight(self.account, starts) if starts < self.today else None
        with self.model.by("contract", self.now, dated):
            self.model.sign(tier, self.now)

    def begins_unnoticed(self, tier, moved, followed):
        """A contract begins at midnight; the watch finds it at one, behind a seat that moved at half past twelve."""
        ending = contract_in_force(self.account, self.now)
        if ending:
            ending.ends_on = self.today
            contracts.save_contract(ending, by=self.world["by"], now=self.now)
        following = Contract(
            account=self.account, tier=tier, starts_on=self.today + DAY, ends_on=self.today + 900 * DAY
        )
        contracts.save_contract(following, by=self.world["by"], now=self.now)
        at = midnight(self.account, following.starts_on)
        with self.model.by("contract_started", at):
            self.model.sign(tier, at)
        self.now = at + timedelta(minutes=30)
        if moved:
            self.seat()
        if followed:
            self.follow()
        self.now = at + timedelta(hours=1)
        record_contract_changes(now=self.now)

    def edit_day(self, region, away, hours):
        calendar = Calendar.objects.get(region=self.world[region])
        day = self.now.date() + away * DAY
        CalendarException.objects.update_or_create(
            calendar=calendar, day=day, defaults={"intervals": list(hours), "name_en": "Fair", "name_fr": "Foire"}
        )
        calendars.new_version(calendar, by=self.world["by"], now=self.now)
        with self.model.by("calendar", self.now):
            self.model.edit_day(region, day, list(hours), self.now)

    # What is said, and what must be

    def check(self):
        clocks = list(Clock.objects.filter(ticket=self.ticket).exclude(rule="on_status_change").order_by("pk"))
        promises = [row for row in self.case.promises if id(row) in self.model.said]
        assert sorted((c.kind, c.started_at) for c in clocks) == sorted((p.kind, p.started) for p in promises)
        for kind in ("response", "check_in"):
            ours = [clock for clock in clocks if clock.kind == kind]
            for clock, promise in zip(ours, [p for p in promises if p.kind == kind], strict=True):
                self.compare(explain_clock(clock), promise)

    def compare(self, explained, promise):
        said = self.model.said[id(promise)]
        note(f"{promise.kind} {promise.started} {said}")
        assert (explained.started_at, explained.cause) == (promise.started, said["cause"])
        assert (explained.tier, explained.basis) == (promise.tier, said["basis"])
        assert explained.paused_at == said["paused"]
        moved = [(r.cause, r.at, r.dated_at, r.old_due_at, r.new_due_at) for r in explained.recounts if r.moved]
        assert moved == said["moves"]
        tiers = [
            (r.cause, r.at, r.dated_at, r.detail["old_tier"], r.detail["new_tier"])
            for r in explained.recounts
            if r.cause in ENTITLEMENTS
        ]
        assert sorted(tiers, key=lambda row: row[1]) == sorted(said["tiers"], key=lambda row: row[1])
        for change in explained.recounts:
            assert (change.cause.value, change.at, change.dated_at) in self.model.happened
            assert change.at >= explained.started_at
        assert explained.due_at == promise.due
        if promise.outcome != "running":
            return  # what has ended keeps the hours of its time, whatever is edited later
        counted = [(row.starts_at, row.ends_at) for row in explained.stretches if row.counted]
        assert counted == self.open_until(promise)

    def open_until(self, promise):
        if promise.always:
            return [(promise.since, promise.due)] if promise.due > promise.since else []
        found: list[tuple[datetime, datetime]] = []
        for opens, closes in self.model.open_times(promise.region, promise.since):
            if opens >= promise.due:
                return found
            closes = min(closes, promise.due)
            if found and found[-1][1] == opens:
                found[-1] = (found[-1][0], closes)
            else:
                found.append((opens, closes))
        return found


@pytest.mark.thorough
@pytest.mark.django_db
def test_every_sentence_is_true_and_none_is_missing(lead):
    world = {
        code: make_region(code, time_zone=zone, hours=(opens, closes)) for code, (zone, opens, closes) in ZONES.items()
    }
    account = make_account("Acme", region=world["france"])
    make_contract(account, Tier.STANDARD, start_noted=True)
    world |= {"account": account, "by": lead.user, "rene": make_contact(account, "rene@acme.test", language="fr")}

    @SETTINGS
    @given(histories)
    def tell(drawn):
        tier, seated, priority, region, steps = drawn
        with transaction.atomic():
            history = History(world, tier, seated, priority, region)
            for act, after, further in steps:
                note(f"{act} {after + further}")
                history.step(act, after, further)
                history.check()
            transaction.set_rollback(True)

    tell()
