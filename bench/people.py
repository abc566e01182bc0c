"""Customers and staff of the loaded desk: regions with hours, accounts of every tier, seats, agents, a token."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.core.enums import ContactRole, SeatState, Segment, StaffRole, Tier
from accounts.models import Account, Agent, Contact, Contract, Region, Seat, User
from bench.bulk import empty
from portal.lib.outbox import Notice
from sla.models import Calendar, OpeningInterval

REGIONS = (
    ("france", "Europe/Paris", "FR", "09:00", "18:00"),
    ("emea", "Europe/London", "GB", "09:00", "17:30"),
    ("canada-east", "America/Toronto", "CA", "09:00", "17:00"),
    ("apac", "Asia/Tokyo", "JP", "09:00", "18:00"),
)
AGENTS = 20
# One customer writes a fifth of all tickets: the account whose pages would suffer first.
LARGE_SHARE = 0.2
SEATS = {Tier.STANDARD: 0, Tier.SILVER: 2, Tier.GOLD: 3, Tier.PLATINUM: 10}


@dataclass(frozen=True)
class Cast:
    """Who there is; `contacts` by account, those with a seat first."""

    regions: list[Region]
    agents: list[Agent]
    accounts: list[Account]
    tiers: dict[int, Tier]
    contacts: dict[int, list[Contact]]

    @property
    def large(self) -> Account:
        return self.accounts[0]

    @property
    def reader(self) -> Contact:
        """The administrator of the large account: sees all of its tickets."""
        return self.contacts[self.large.pk][0]


def load_people(tickets: int, *, now: datetime) -> Cast:
    """Replace everything by the people of a desk with so many tickets."""
    empty(User, Region, Account, Notice)
    regions = [_region(*facts) for facts in REGIONS]
    agents = _agents()
    accounts = Account.objects.bulk_create(
        Account(name=f"Customer {n:05}", segment=Segment.ENTERPRISE, home_region=regions[n % len(regions)])
        for n in range(max(40, tickets // 250))
    )
    tiers = {account.pk: list(Tier)[3 - n % 4] for n, account in enumerate(accounts)}  # the large one is Platinum
    Contract.objects.bulk_create(
        Contract(
            account=account, tier=tiers[account.pk], starts_on=date(2020, 1, 1), ends_on=date(2039, 12, 31),
            premium_contacts=SEATS[tiers[account.pk]], professional_services_hours=0,
        )
        for account in accounts
    )  # fmt: skip
    contacts = _contacts(accounts)
    _seats(contacts, tiers, by=agents[0].user, now=now)
    return Cast(regions, agents, accounts, tiers, contacts)


def _region(code: str, time_zone: str, country: str, opens: str, closes: str) -> Region:
    region = Region.objects.create(
        code=code, name_en=code.title(), name_fr=code.title(), time_zone=time_zone, country=country
    )
    calendar = Calendar.objects.create(region=region)
    OpeningInterval.objects.bulk_create(
        OpeningInterval(calendar=calendar, weekday=day, opens=opens, closes=closes) for day in range(5)
    )
    return region


def _agents() -> list[Agent]:
    users = User.objects.bulk_create(
        User(email=f"agent{n}@desk.test", name=f"Agent {n}", password="!", time_zone="Europe/Paris")
        for n in range(AGENTS)
    )
    roles = [StaffRole.LEAD, *[StaffRole.AGENT] * (AGENTS - 1)]
    return Agent.objects.bulk_create(Agent(user=user, role=role) for user, role in zip(users, roles, strict=True))


def _contacts(accounts: list[Account]) -> dict[int, list[Contact]]:
    places = [(account, n) for account in accounts for n in range(25 if account is accounts[0] else 5)]
    users = User.objects.bulk_create(
        User(
            email=f"person{n}@customer{account.pk}.test", name=f"Person {n} of {account.name}", password="!",
            time_zone="Europe/Paris",
        )
        for account, n in places
    )  # fmt: skip
    contacts = Contact.objects.bulk_create(
        Contact(user=user, account=account, role=ContactRole.MEMBER if n else ContactRole.ADMIN)
        for user, (account, n) in zip(users, places, strict=True)
    )
    found: dict[int, list[Contact]] = {}
    for contact in contacts:
        found.setdefault(contact.account_id, []).append(contact)
    return found


def _seats(contacts: dict[int, list[Contact]], tiers: dict[int, Tier], *, by: User, now: datetime) -> None:
    since = now - timedelta(days=800)
    Seat.objects.bulk_create(
        Seat(
            account_id=account, contact=contact, number=number, state=SeatState.ACTIVE, nominated_at=since,
            validated_at=since, validated_by=by,
        )
        for account, people in contacts.items()
        for number, contact in enumerate(people[: SEATS[tiers[account]]], start=1)
    )  # fmt: skip


def some_contact(cast: Cast, dice: random.Random) -> Contact:
    """The large account writes LARGE_SHARE of the tickets, the others the rest."""
    account = cast.large if dice.random() < LARGE_SHARE else dice.choice(cast.accounts)
    return dice.choice(cast.contacts[account.pk])
