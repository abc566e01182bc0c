"""Who plays: regions with their hours and holidays, accounts with contracts and seats, people, and the desk."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.core.enums import ContactRole, Segment, StaffRole, Tier
from accounts.models import Account, Agent, AwayPeriod, Contact, Contract, Region, User
from accounts.seats.domain import seats
from portal.demo import PASSWORD, SIGN_INS, rotas
from portal.demo.engineers import designate_all, seated
from portal.lib.zones import zone
from sla.core.domain.calendars import business_calendar, fill_holidays
from sla.models import Calendar, OpeningInterval

# code: English, French, zone, country, subdivision, opens, closes, phone
REGIONS = {
    "france": ("France", "France", "Europe/Paris", "FR", "", "09:00", "18:00", "+33 1 99 00 12 34"),
    "canada-east": (
        "Eastern Canada", "Est du Canada", "America/Toronto", "CA", "ON", "09:00", "17:00", "+1 416 555 0134",
    ),
    "emea": (
        "Europe, Middle East and Africa", "Europe, Moyen-Orient et Afrique", "Europe/London", "GB", "ENG",
        "09:00", "17:30", "+44 20 7946 0134",
    ),
    "apac": ("Asia and the Pacific", "Asie-Pacifique", "Asia/Tokyo", "JP", "", "09:00", "18:00", "+81 3 5550 0134"),
}  # fmt: skip

# key: account, language, zone, role, region of the contact (empty: the account's)
CONTACTS = {
    "ines": ("Petite Fleur", "fr", "Europe/Paris", ContactRole.ADMIN, ""),
    "anna": ("Lycée Hugo", "fr", "Europe/Paris", ContactRole.ADMIN, ""),
    "marc": ("Lycée Hugo", "fr", "Europe/Paris", ContactRole.MEMBER, ""),
    "noe": ("Lycée Hugo", "fr", "Europe/Paris", ContactRole.MEMBER, ""),
    "claire": ("Maple Freight", "fr", "America/Toronto", ContactRole.ADMIN, ""),
    "dave": ("Maple Freight", "en", "Europe/Paris", ContactRole.MEMBER, ""),
    "luc": ("Maple Freight", "fr", "America/Toronto", ContactRole.MEMBER, ""),
    "tom": ("Kestrel Air", "en", "Europe/London", ContactRole.ADMIN, ""),
    "yuki": ("Kestrel Air", "en", "Asia/Tokyo", ContactRole.MEMBER, "apac"),
    "aiko": ("Kestrel Air", "en", "Asia/Tokyo", ContactRole.MEMBER, "apac"),
    "priya": ("Kestrel Air", "en", "Europe/London", ContactRole.MEMBER, ""),
}
# account: segment, home region, further regions, tier now, tier the year before
ACCOUNTS = {
    "Petite Fleur": (Segment.ENTERPRISE, "france", (), Tier.STANDARD, None),
    "Lycée Hugo": (Segment.EDUCATION, "france", (), Tier.SILVER, Tier.SILVER),
    "Maple Freight": (Segment.ENTERPRISE, "canada-east", (), Tier.GOLD, Tier.SILVER),
    "Kestrel Air": (Segment.ENTERPRISE, "emea", ("apac",), Tier.PLATINUM, Tier.PLATINUM),
}
# In the order of their seat numbers; Aiko's nomination still waits.
SEATED = ("anna", "marc", "claire", "dave", "tom", "yuki")
NOMINATED = ("aiko", "tom")  # who, by whom

# key: role, level, languages, skills, regions, language, zone
STAFF = {
    "lea": (StaffRole.AGENT, 2, ["fr", "en"], ["Orlin Enrol", "Orlin Fleet"], ["france", "emea"], "fr", "Europe/Paris"),
    "sam": (StaffRole.AGENT, 2, ["en"], ["Orlin Fleet", "Orlin Vault"], ["emea", "canada-east"], "en", "Europe/London"),
    "kenji": (StaffRole.AGENT, 3, ["en", "ja"], ["Orlin Fleet", "Orlin Enrol"], ["apac"], "en", "Asia/Tokyo"),
    "nadia": (StaffRole.LEAD, 3, ["fr", "en"], ["Orlin Enrol", "Orlin Catalog"], ["france"], "fr", "Europe/Paris"),
    "root": (StaffRole.ADMINISTRATOR, 3, ["en"], [], [], "en", "Europe/Paris"),
}  # fmt: skip


@dataclass
class Stage:
    """Everybody by their short name, and the moment that counts as now."""

    now: datetime
    regions: dict[str, Region] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)

    def user(self, key: str) -> User:
        return self.contacts[key].user if key in self.contacts else self.agents[key].user


def build_stage(*, now: datetime) -> Stage:
    """Store the cast as it has been for months; the tickets come afterwards."""
    stage = Stage(now)
    before = now - timedelta(days=100)
    users = _people()
    for code, values in REGIONS.items():
        stage.regions[code] = _region(code, values, now=now)
    for key, (role, level, languages, skills, codes, *_reader) in STAFF.items():
        agent = Agent.objects.create(user=users[key], role=role, level=level, languages=languages, skills=skills)
        agent.regions.set([stage.regions[code] for code in codes])
        stage.agents[key] = agent
    accounts = {name: _account(name, stage) for name in ACCOUNTS}
    for key, (account, _language, _zone, contact_role, region) in CONTACTS.items():
        stage.contacts[key] = Contact.objects.create(
            user=users[key], account=accounts[account], role=contact_role, region=stage.regions.get(region)
        )
    stage.regions["emea"].backups.set([stage.agents["nadia"]])
    rotas.plan(stage)
    designate_all(accounts["Kestrel Air"], stage)
    for key in SEATED:
        seated(key, stage, at=before)
    who, by = NOMINATED
    seats.nominate(stage.contacts[who], by=stage.user(by), now=now - timedelta(hours=30))
    _kenji_was_away(stage)
    return stage


def _people() -> dict[str, User]:
    """One hash for everybody: the password is the same, and hashing is slow on purpose."""
    reader = {key: values[1:3] for key, values in CONTACTS.items()} | {key: values[5:] for key, values in STAFF.items()}
    people = {}
    for name, email, _words in SIGN_INS:
        key = email.partition("@")[0]
        language, zone = reader[key]
        people[key] = User(email=email, name=name, language=language, time_zone=zone, password="")
    password = make_password(PASSWORD)
    for person in people.values():
        person.password = password
        person.save()
    return people


def _region(code: str, values: tuple[str, ...], *, now: datetime) -> Region:
    english, french, zone, country, subdivision, opens, closes, phone = values
    region = Region.objects.create(
        code=code,
        name_en=english,
        name_fr=french,
        time_zone=zone,
        country=country,
        subdivision=subdivision,
        phone=phone,
        matches_tickets=False,  # until the stories have been told: their agents take what they answer
    )
    calendar = Calendar.objects.create(region=region)
    OpeningInterval.objects.bulk_create(
        OpeningInterval(calendar=calendar, weekday=day, opens=opens, closes=closes) for day in range(5)
    )
    # An edit counts from its own moment on: these days were entered before the first ticket came.
    long_ago = now - timedelta(days=2 * 366)
    for year in range(now.year - 1, now.year + 3):
        fill_holidays(calendar, year, by=None, now=long_ago)
    return region


def _account(name: str, stage: Stage) -> Account:
    segment, home, further, tier, tier_before = ACCOUNTS[name]
    account = Account.objects.create(name=name, segment=segment, home_region=stage.regions[home])
    account.regions.set([stage.regions[code] for code in further])
    starts = (stage.now - timedelta(days=150)).date().replace(day=1)
    if tier_before:
        Contract.objects.create(
            account=account, tier=tier_before, starts_on=_a_year_on(starts, -1), ends_on=starts - timedelta(days=1),
            start_noted=True, end_noted=True,
        )  # fmt: skip
    # Nothing of the demonstration ran when it began.
    Contract.objects.create(
        account=account, tier=tier, starts_on=starts, ends_on=_a_year_on(starts, 1) - timedelta(days=1),
        start_noted=True,
    )  # fmt: skip
    return account


def _a_year_on(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _kenji_was_away(stage: Stage) -> None:
    """Three working days, two weeks ago: a ticket of that time went to his back-up."""
    last = working_day(stage.regions["apac"], 9, now=stage.now)
    first = working_day(stage.regions["apac"], 11, now=stage.now)
    AwayPeriod.objects.create(
        agent=stage.agents["kenji"], starts_at=first, ends_at=last + timedelta(days=1), reason="Training"
    )


def working_day(region: Region, count: int, *, now: datetime) -> datetime:
    """Midnight, in the region's zone, of the `count`-th working day before the local day of `now`."""
    hours = business_calendar(Calendar.objects.get(region=region))
    midnight = now.astimezone(zone(region.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    while count:
        midnight -= timedelta(days=1)
        count -= bool(hours.intervals_on(midnight.date()))
    return midnight
