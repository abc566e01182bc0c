"""Makes what tests need, through the front door: a test ticket has its clocks and history like a real one."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.core.domain.entitlements import contract_in_force
from accounts.core.enums import Basis, ContactRole, EntitlementCause, SeatState, Segment, StaffRole, Tier
from accounts.models import Account, Agent, Contact, Contract, EntitlementChange, Region, Seat, User
from accounts.seats.domain import seats
from sla.core.enums import Priority
from sla.models import Calendar, CalendarException, OpeningInterval
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.enums import Channel
from tickets.models import Ticket

# A plain Monday morning: 09:00 UTC is 10:00 in Paris, 09:00 in London, 04:00 in Toronto.
MONDAY_9AM = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough password"


def make_region(
    code: str = "france",
    *,
    time_zone: str = "Europe/Paris",
    country: str = "FR",
    subdivision: str = "",
    hours: tuple[str, str] = ("09:00", "18:00"),
    holidays: dict[date, tuple[str, str]] | None = None,
    matches_tickets: bool = False,
) -> Region:
    """A region with a calendar, Monday to Friday; its new tickets wait for the team unless they are matched."""
    region = Region.objects.create(
        code=code, name_en=code.title(), name_fr=f"{code.title()} (fr)", time_zone=time_zone, country=country,
        subdivision=subdivision, matches_tickets=matches_tickets,
    )  # fmt: skip
    calendar = Calendar.objects.create(region=region)
    OpeningInterval.objects.bulk_create(
        OpeningInterval(calendar=calendar, weekday=day, opens=hours[0], closes=hours[1]) for day in range(5)
    )
    for day, (english, french) in (holidays or {}).items():
        CalendarException.objects.create(calendar=calendar, day=day, name_en=english, name_fr=french, intervals=[])
    return region


def make_account(
    name: str = "Acme", *, region: Region | None = None, tier: Tier | None = None, **fields: Any
) -> Account:
    """An account; with `tier`, a contract from 2020 to 2039."""
    region = region or Region.objects.filter(code="france").first() or make_region()
    account = Account.objects.create(name=name, home_region=region, segment=Segment.ENTERPRISE, **fields)
    if tier:
        make_contract(account, tier)
    return account


def make_contract(
    account: Account, tier: Tier, *, starts: date = date(2020, 1, 1), ends: date = date(2039, 12, 31), **fields: Any
) -> Contract:
    fields.setdefault("start_noted", starts.year < MONDAY_9AM.year)
    return Contract.objects.create(account=account, tier=tier, starts_on=starts, ends_on=ends, **fields)


def make_user(
    email: str, *, name: str = "", language: str = "en", time_zone: str = "Europe/Paris", **fields: Any
) -> User:
    return User.objects.create_user(
        email, PASSWORD, name=name or email.split("@")[0].title(), language=language, time_zone=time_zone, **fields
    )


def make_contact(
    account: Account, email: str, *, role: ContactRole = ContactRole.MEMBER, region: Region | None = None, **user: Any
) -> Contact:
    return Contact.objects.create(user=make_user(email, **user), account=account, role=role, region=region)


def make_agent(email: str, *, role: StaffRole = StaffRole.AGENT, **user: Any) -> Agent:
    return Agent.objects.create(user=make_user(email, **user), role=role)


def seat(contact: Contact, *, by: User, now: datetime = MONDAY_9AM) -> Seat:
    """Give `contact` a validated seat: the rows that the front door leaves, in a quarter of its statements.

    Every other test needs seats; test_factories.py holds the two ways against each other.
    """
    contract = contract_in_force(contact.account, now)
    taken = set(Seat.objects.taken().filter(account=contact.account_id).values_list("number", flat=True))
    free = [n for n in range(1, (contract.premium_contacts if contract else 0) + 1) if n not in taken]
    if contract is None or not free or not contact.is_active:
        return seat_by_the_front_door(contact, by=by, now=now)  # which refuses it
    found = Seat.objects.create(
        account=contact.account, contact=contact, number=free[0],
        region=contact.own_region if seats.is_regional(contract.tier) else None,
        state=SeatState.ACTIVE, nominated_at=now, nominated_by=by, validated_at=now, validated_by=by,
    )  # fmt: skip
    seats.record_changes_of(contact.account, now=now)
    EntitlementChange.objects.create(
        account=contact.account, contact=contact, cause=EntitlementCause.SEAT_GRANTED, by=by, at=now,
        tier=contract.tier, basis=Basis.SEAT, seats=contract.premium_contacts,
    )  # fmt: skip
    seats._notify("seat_validated", found, now=now)
    return found


def seat_by_the_front_door(contact: Contact, *, by: User, now: datetime = MONDAY_9AM) -> Seat:
    return seats.validate(seats.nominate(contact, by=by, now=now), by=by, now=now)


def make_ticket(requester: Contact, *, by: User | None = None, now: datetime = MONDAY_9AM, **fields: Any) -> Ticket:
    values: dict[str, Any] = {
        "subject": "Enrolment fails", "body": "Nothing happens after the QR code.", "priority": Priority.MEDIUM,
        "channel": Channel.PORTAL,
    }  # fmt: skip
    return open_ticket(OpenTicket(requester=requester, **(values | fields)), by=by or requester.user, now=now)
