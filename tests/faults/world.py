"""A small busy desk, built through the verbs: a ticket in every state, some overdue, some soon, mails half sent."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.core.enums import ContactRole, StaffRole, Tier
from accounts.models import Account, Agent, Contact, DesignatedEngineer, Seat, User
from accounts.seats.domain import seats
from portal.lib import outbox
from sla.core.enums import Priority
from tests.factories import MONDAY_9AM, make_account, make_agent, make_contact, make_region, make_ticket, seat
from tickets.core.domain.closing import close_solved
from tickets.core.domain.conversation import reply_as_agent, reply_as_customer
from tickets.core.domain.followers import add_follower
from tickets.core.domain.routing import assign
from tickets.core.enums import Channel, Status
from tickets.models import Ticket

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Two and a half hours into Monday: a Gold P1 is overdue, a Gold P3 due soon, a check-in half used.
NOW = MONDAY_9AM + timedelta(minutes=150)


@dataclass
class World:
    """Names → primary keys. Every look-up reads the row anew, so that a world can be used in any process."""

    tickets: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)
    agents: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    def ticket(self, name: str) -> Ticket:
        return Ticket.objects.get(pk=self.tickets[name])

    def contact(self, name: str) -> Contact:
        return Contact.objects.select_related("user", "account__home_region").get(pk=self.contacts[name])

    def agent(self, name: str) -> Agent:
        return Agent.objects.select_related("user").get(pk=self.agents[name])

    def staff(self, name: str) -> User:
        return self.agent(name).user

    def account(self, name: str) -> Account:
        return Account.objects.get(pk=self.accounts[name])

    def seat(self, name: str) -> Seat:
        """The seat that the contact of this name takes."""
        return Seat.objects.taken().select_related("contact", "account").get(contact=self.contacts[name])


def build() -> World:
    """The people and the tickets; what happened until an hour ago has been mailed, the rest waits."""
    world = people()
    marc, noe, tom = world.contact("marc"), world.contact("noe"), world.contact("tom")
    lea = world.staff("lea")

    def opened(name: str, *, requester: Contact = marc, at: datetime = MONDAY_9AM, **fields: object) -> Ticket:
        ticket = make_ticket(requester, now=at, subject=f"Case {name}", **fields)
        world.tickets[name] = ticket.pk
        return ticket

    def answered(name: str, *, at: datetime, status: Status | None = None, **fields: object) -> Ticket:
        ticket = opened(name, at=at, **fields)
        reply_as_agent(ticket, body="We look into it.", by=lea, now=at + 30 * MINUTE, status_after=status)
        return ticket

    answered("closed", at=MONDAY_9AM - 21 * DAY, status=Status.SOLVED)
    close_solved(now=MONDAY_9AM - 13 * DAY)
    for name in ("ripe", "riper"):
        answered(name, at=MONDAY_9AM - 10 * DAY, status=Status.SOLVED)
    for name in ("late", "later"):
        opened(name, priority=Priority.URGENT, requester=tom if name == "later" else marc)
    opened("late standard", requester=world.contact("bob"), priority=Priority.URGENT)
    opened("late owned", priority=Priority.URGENT)
    assign(world.ticket("late owned"), world.agent("lea"), by=world.staff("nadia"), now=MONDAY_9AM + MINUTE)
    opened("soon")
    add_follower(world.ticket("soon"), noe, by=marc.user, now=MONDAY_9AM + MINUTE)
    opened("low", priority=Priority.LOW)
    opened("french", requester=world.contact("anna"), priority=Priority.LOW)
    answered("answered", at=MONDAY_9AM)
    answered("waiting", at=MONDAY_9AM, status=Status.WAITING, priority=Priority.HIGH)
    answered("on hold", at=MONDAY_9AM, status=Status.ON_HOLD)
    answered("low waiting", at=MONDAY_9AM, status=Status.WAITING, priority=Priority.LOW)
    answered("solved", at=MONDAY_9AM, status=Status.SOLVED)
    while outbox.deliver(now=MONDAY_9AM + HOUR):
        pass
    # A follower, the assignee and the requester each wait for a mail.
    reply_as_customer(world.ticket("soon"), body="Any news?", by=marc, channel=Channel.PORTAL, now=NOW - 5 * MINUTE)
    reply_as_customer(world.ticket("late owned"), body="Now?", by=noe, channel=Channel.EMAIL, now=NOW - 5 * MINUTE)
    return world


def people() -> World:
    """Gold in Paris with one seat to validate, Platinum in London with an engineer, Standard; an agent and a lead."""
    world = World()
    paris = make_region("france")
    london = make_region("emea", time_zone="Europe/London", country="GB", hours=("09:00", "17:30"))
    gold = make_account("Acme", region=paris, tier=Tier.GOLD)
    platinum = make_account("Kestrel", region=london, tier=Tier.PLATINUM)
    standard = make_account("Bravo", region=paris, tier=Tier.STANDARD)
    world.accounts = {"gold": gold.pk, "platinum": platinum.pk, "standard": standard.pk}
    lea = make_agent("lea@punctual.test", name="Léa", language="fr")
    nadia = make_agent("nadia@punctual.test", name="Nadia", role=StaffRole.LEAD)
    world.agents = {"lea": lea.pk, "nadia": nadia.pk}
    DesignatedEngineer.objects.create(account=platinum, region=london, agent=lea, backup=nadia)
    members = [
        ("anna", gold, ContactRole.ADMIN), ("marc", gold, ContactRole.MEMBER), ("noe", gold, ContactRole.MEMBER),
        ("pia", gold, ContactRole.MEMBER), ("tom", platinum, ContactRole.ADMIN), ("uma", platinum, ContactRole.MEMBER),
        ("bob", standard, ContactRole.ADMIN),
    ]  # fmt: skip
    for name, account, role in members:
        language = "fr" if name == "anna" else "en"
        contact = make_contact(account, f"{name}@{account.name.lower()}.test", role=role, language=language)
        world.contacts[name] = contact.pk
        if name in {"anna", "marc", "tom"}:
            seat(contact, by=nadia.user, now=MONDAY_9AM - 30 * DAY)
    seats.nominate(world.contact("pia"), by=world.contact("anna").user, now=MONDAY_9AM - DAY)
    return world
