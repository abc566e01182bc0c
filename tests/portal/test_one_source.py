"""The same fact is the same on every page and API answer, in whatever situation an account comes into."""

import contextlib
import random
import re
from datetime import timedelta

import pytest
import time_machine

from accounts.contracts.domain.contracts import save_contract
from accounts.core.enums import ContactRole, Tier
from accounts.hours.domain import engagements as work
from accounts.hours.domain import hours, hours_years
from accounts.models import Contract, Engagement, Meeting, Seat
from accounts.seats.domain import seats
from accounts.sponsorship.domain import meetings, naming
from accounts.sponsorship.domain.rhythm import sponsorship_of
from portal.lib.errors import DomainError
from sla.core.domain.sweep import sweep
from sla.core.domain.targets import save_target
from sla.core.enums import Priority
from sla.models import Target
from tests import factories
from tests.factories import MONDAY_9AM
from tests.facts import World, differences, read
from tests.long import LONG
from tickets.core.domain import lifecycle
from tickets.core.domain.conversation import reply_as_agent, reply_as_customer
from tickets.core.domain.recounts import recount_after_changes
from tickets.core.enums import Channel, Status
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# Each situation is read on every face: about forty requests.
WALKS = range(40) if LONG else range(4)
STEPS = 25 if LONG else 2
ACTS = 3 if LONG else 8


@pytest.fixture
def world(paris, lead):
    """A Platinum account with hours, a sponsor and six people; Anna administers it and reads its pages."""
    account = factories.make_account("Kestrel Air", region=paris, tier=Tier.PLATINUM)
    lead.languages = ["en"]
    lead.save()
    lead.regions.set([paris])
    anna = factories.make_contact(account, "anna@kestrel.test", name="Anna Roy", role=ContactRole.ADMIN)
    for n in range(5):
        factories.make_contact(account, f"p{n}@kestrel.test", name=f"Person {n}")
    factories.seat(anna, by=lead.user)
    hours_years.update_contract_years(now=MONDAY_9AM)
    naming.name_sponsor(account, lead, by=lead.user, now=MONDAY_9AM)
    return World(account, anna, lead)


def tell(found):
    return "\n".join(f"{fact}: {faces}" for fact, faces in found.items())


def test_two_late_check_ins_are_not_called_a_plan_without_any(world):
    tickets = [factories.make_ticket(world.customer, priority=p) for p in (Priority.URGENT, Priority.HIGH)]
    for ticket in tickets:
        reply_as_agent(ticket, body="On it.", by=world.agent.user, now=MONDAY_9AM)
    now = MONDAY_9AM + timedelta(days=1)

    facts = read(world, now)
    assert tell(differences(facts)) == ""
    assert len(facts[f"{tickets[0].number} in the mail"]["mail"]) == 1
    assert facts["check-ins on the first page"]["home"] == [(str(ticket.number), "late") for ticket in tickets]
    with time_machine.travel(now, tick=False):
        home = world.portal.get("/home/").content.decode()
    assert "None planned" not in home
    assert len(re.findall(r">Check-in overdue by [^<]*</time>", home)) == 4, "on each card and in the list of updates"


def test_a_correction_of_hours_stands_in_what_there_is_in_all(world):
    hours.use(world.account, 90, work="Rehearsal", by=world.agent.user, now=MONDAY_9AM)
    hours.correct(
        hours.year_in_force(world.account, MONDAY_9AM), 60, reason="A gift", by=world.agent.user, now=MONDAY_9AM
    )

    facts = read(world, MONDAY_9AM)
    assert tell(differences(facts)) == ""
    assert facts["hours granted"]["home"] == "25"
    assert facts["hours available"]["home"] == "23.5"


def test_seats_over_the_limit_are_counted_everywhere(world):
    for contact in world.account.contacts.exclude(pk=world.customer.pk).order_by("pk")[:3]:
        factories.seat(contact, by=world.agent.user)
    Contract.objects.filter(account=world.account).update(premium_contacts=2)

    facts = read(world, MONDAY_9AM)
    assert tell(differences(facts)) == ""
    assert (facts["seats"]["home"], facts["seats over the limit"]["desk"]) == (("4", "2"), "2")


def test_a_page_that_edits_targets_says_what_its_preview_shows(world):
    ticket = factories.make_ticket(world.customer, priority=Priority.MEDIUM)
    target = Target.objects.get(tier=Tier.PLATINUM, priority=Priority.MEDIUM)
    with time_machine.travel(MONDAY_9AM, tick=False):
        page = world.desk.get("/desk/sla/target/").content.decode()
        form = world.desk.get(f"/desk/sla/target/{target.pk}/change/").content.decode()
    sentence = "A shorter target also applies to running SLA clocks"
    assert (sentence in page, sentence in form, "keep their terms" in page + form) == (True, True, False)

    before = ticket.clocks.get(kind="response").due_at
    now = MONDAY_9AM + timedelta(minutes=5)
    target.response_minutes = 30
    save_target(target, by=world.agent.user, now=now)
    recount_after_changes(now=now)
    assert ticket.clocks.get(kind="response").due_at < before
    assert tell(differences(read(world, now))) == ""


# --- Any situation ----------------------------------------------------------------------------------------------------


class Walk:
    """Does one thing after the other, and lets time pass between them; what is refused is refused."""

    def __init__(self, world, seed):
        self.world, self.dice, self.now = world, random.Random(seed), MONDAY_9AM
        self.people = list(world.account.contacts.select_related("user", "account").order_by("pk"))
        self.acts = [
            self.opens, self.opens, self.answers, self.writes, self.solves, self.uses_hours, self.corrects_hours,
            self.plans_work, self.delivers_work, self.takes_a_seat, self.leaves_a_seat, self.caps_seats,
            self.edits_a_target, self.agrees_on_a_meeting,
        ]  # fmt: skip

    def step(self):
        self.now += self.dice.choice([timedelta(minutes=7), HOUR, 5 * HOUR, timedelta(days=1), timedelta(days=3)])
        hours_years.update_contract_years(now=self.now)
        act = self.dice.choice(self.acts)
        with contextlib.suppress(DomainError):
            act()
        sweep(now=self.now)
        recount_after_changes(now=self.now)

    @property
    def agent(self):
        return self.world.agent.user

    def ticket(self):
        live = list(Ticket.objects.live().filter(account=self.world.account).order_by("pk"))
        return self.dice.choice(live) if live else factories.make_ticket(self.world.customer, now=self.now)

    def opens(self):
        requester = self.dice.choice(self.people[:2])
        factories.make_ticket(requester, priority=self.dice.choice(list(Priority)), now=self.now)

    def answers(self):
        after = self.dice.choice([None, Status.WAITING, Status.ON_HOLD])
        reply_as_agent(self.ticket(), body="We look.", by=self.agent, now=self.now, status_after=after)

    def writes(self):
        ticket = self.ticket()
        reply_as_customer(ticket, body="And now?", by=ticket.requester, now=self.now, channel=Channel.PORTAL)

    def solves(self):
        lifecycle.change_status(self.ticket(), Status.SOLVED, by=self.agent, now=self.now)

    def uses_hours(self):
        minutes = 15 * self.dice.randint(1, 40)
        hours.use(self.world.account, minutes, work="Import", by=self.agent, now=self.now)

    def corrects_hours(self):
        minutes = 15 * self.dice.randint(-8, 8)
        year = hours.year_in_force(self.world.account, self.now)
        hours.correct(year, minutes, reason="Counted wrong", by=self.agent, now=self.now)

    def plans_work(self):
        asked = work.request_engagement(by=self.world.customer, topic="Upgrade", wish="Be current.", now=self.now)
        planned = work.plan_engagement(
            asked, plan="Two days.", goals="All current.", minutes=15 * self.dice.randint(1, 30),
            engineer=self.world.agent, by=self.agent, now=self.now,
        )  # fmt: skip
        work.accept_plan(planned, version=planned.version, by=self.world.customer, now=self.now)

    def delivers_work(self):
        found = Engagement.objects.filter(account=self.world.account).order_by("-pk").first()
        if found:
            work.deliver(found, minutes=15 * self.dice.randint(1, 30), result="Done.", by=self.agent, now=self.now)

    def takes_a_seat(self):
        asked = seats.nominate(self.dice.choice(self.people[1:]), by=self.world.customer.user, now=self.now)
        if self.dice.random() < 0.7:
            seats.validate(asked, by=self.agent, now=self.now)

    def leaves_a_seat(self):
        taken = list(Seat.objects.taken().filter(account=self.world.account).exclude(contact=self.world.customer))
        if taken:
            seats.withdraw(self.dice.choice(taken), by=self.agent, now=self.now)

    def caps_seats(self):
        contract = Contract.objects.get(account=self.world.account)
        contract.premium_contacts = self.dice.randint(1, 6)
        save_contract(contract, by=self.agent, now=self.now)

    def edits_a_target(self):
        target = Target.objects.get(tier=Tier.PLATINUM, priority=self.dice.choice(list(Priority)))
        target.response_minutes = self.dice.choice([15, 30, 60, 120, 240, 480])
        save_target(target, by=self.agent, now=self.now)

    def agrees_on_a_meeting(self):
        sponsorship = sponsorship_of(self.world.account)
        meeting = meetings.propose(sponsorship, by=self.agent, now=self.now)
        meetings.confirm(meeting, meeting.slots.first().starts_at, by=self.world.customer.user, now=self.now)
        assert Meeting.objects.filter(account=self.world.account).exists()


@pytest.mark.thorough
@pytest.mark.parametrize("seed", WALKS)
def test_every_face_says_the_same_in_any_situation(world, seed):
    walk, said = Walk(world, seed), []
    for step in range(STEPS):
        for _ in range(ACTS):
            walk.step()
        facts = read(world, walk.now)
        said.append(sum(len(faces) for faces in facts.values()))
        assert tell(differences(facts)) == "", f"after {ACTS * (step + 1)} acts, at {walk.now}"

    assert min(said) > 60
