"""Seats, contracts, calendars and targets, and the running promises that follow them."""

from datetime import datetime

from django.db import transaction

from accounts.contracts.domain import contracts
from accounts.core.domain import contacts
from accounts.core.enums import ContactRole, Tier
from accounts.identity.domain import sign_in
from accounts.seats.domain import seats
from portal.lib.limits import Limit, hit
from sla.core.domain.calendars import calendar_of, fill_holidays, new_version
from sla.core.domain.targets import save_target
from sla.core.enums import CheckInRule, Priority
from sla.models import CalendarException, Target
from tests.faults.registry import act
from tests.faults.world import DAY, HOUR, World
from tickets.core.domain import lifecycle, merging, recounts
from tickets.core.enums import LanguageChoice


@act()
def nominate(world: World, now: datetime) -> None:
    seats.nominate(world.contact("uma"), by=world.contact("tom").user, now=now)


@act()
def validate(world: World, now: datetime) -> None:
    seats.validate(world.seat("pia"), by=world.staff("nadia"), now=now)


@act()
def decline(world: World, now: datetime) -> None:
    seats.decline(world.seat("pia"), reason="Not trained.", by=world.staff("nadia"), now=now)


@act()
def withdraw(world: World, now: datetime) -> None:
    seats.withdraw(world.seat("marc"), by=world.contact("anna").user, now=now)


@act()
def replace(world: World, now: datetime) -> None:
    seats.replace(world.seat("marc"), contact=world.contact("noe"), by=world.contact("anna").user, now=now)


@act()
def invite(world: World, now: datetime) -> None:
    contacts.invite(
        world.account("gold"), email="new@acme.test", name="New One", language="fr", role=ContactRole.MEMBER,
        region=None, by=world.contact("anna").user, now=now,
    )  # fmt: skip


@act()
def change_a_contact(world: World, now: datetime) -> None:
    contacts.change(
        world.contact("noe"), role=ContactRole.ADMIN, region=None, phone="+33 1", is_active=True,
        by=world.contact("anna").user, now=now,
    )  # fmt: skip


@act()
def ask_for_reset(_world: World, now: datetime) -> None:
    sign_in.ask_for_reset("unknown@acme.test", now=now)


@act()
def count_a_try(_world: World, now: datetime) -> None:
    hit(Limit("tests", 3, HOUR), "somebody", now=now)


@act()
def fill_in_holidays(world: World, now: datetime) -> None:
    fill_holidays(calendar_of(world.contact("tom").own_region), now.year + 1, by=world.staff("nadia"), now=now)


@act(busy=True)
def merge(world: World, now: datetime) -> None:
    merging.merge(world.ticket("late"), into=world.ticket("soon"), by=world.staff("nadia"), now=now)


@act()
def merge_into_a_waiting_one(world: World, now: datetime) -> None:
    merging.merge(world.ticket("soon"), into=world.ticket("waiting"), by=world.staff("nadia"), now=now)


@act(busy=True)
def change_region(world: World, now: datetime) -> None:
    london = world.contact("tom").own_region
    lifecycle.change_region(world.ticket("late standard"), london, by=world.staff("nadia"), now=now)


@act()
def change_language(world: World, now: datetime) -> None:
    lifecycle.change_language(world.ticket("french"), LanguageChoice.OWN, by=world.contact("anna").user, now=now)


@act()
def edit_a_calendar(world: World, now: datetime) -> None:
    """The lunch break closes and tomorrow is a holiday: all running business-hours clocks of Paris move."""
    calendar = calendar_of(world.contact("marc").own_region)
    with transaction.atomic():
        calendar.intervals.filter(weekday=0).update(closes="12:30")
        CalendarException.objects.create(
            calendar=calendar, day=(now + DAY).date(), name_en="Fair", name_fr="Foire", intervals=[]
        )
        new_version(calendar, by=world.staff("nadia"), now=now)


@act()
def change_a_target(world: World, now: datetime) -> None:
    target = Target.objects.get(tier=Tier.GOLD, priority=Priority.MEDIUM)
    target.response_minutes, target.check_in_rule, target.check_in_minutes = 60, CheckInRule.BUSINESS_HOURS, 120
    save_target(target, by=world.staff("nadia"), now=now)


def _contract(world: World, now: datetime, account: str, tier: Tier, contacts: int) -> None:
    contract = world.account(account).contracts.get()
    contract.tier, contract.premium_contacts = tier, contacts
    contracts.save_contract(contract, by=world.staff("nadia"), now=now)


@act()
def upgrade_a_contract(world: World, now: datetime) -> None:
    _contract(world, now, "gold", Tier.PLATINUM, 10)


@act()
def downgrade_a_contract(world: World, now: datetime) -> None:
    _contract(world, now, "gold", Tier.SILVER, 2)


def contract_that_began(world: World, now: datetime) -> None:
    account = world.account("gold")
    account.contracts.update(ends_on=(now - DAY).date())
    account.contracts.create(tier=Tier.PLATINUM, starts_on=now.date(), ends_on=now.date() + 365 * DAY)
    account.contracts.update(start_noted=False, end_noted=False)


@act(whole=False, before=contract_that_began)
def record_contract_changes(_world: World, now: datetime) -> None:
    contracts.record_contract_changes(now=now)


def everything_changed(world: World, now: datetime) -> None:
    for change in (edit_a_calendar, change_a_target, upgrade_a_contract, validate, withdraw):
        change(world, now)


@act(whole=False, before=everything_changed)
def recount_after_changes(_world: World, now: datetime) -> None:
    recounts.recount_after_changes(now=now)


@act(whole=False, busy=True, before=edit_a_calendar)
def recount_calendars_in_small_batches(_world: World, now: datetime) -> None:
    recounts.recount_calendars(now=now, limit=3)


@act(whole=False, before=everything_changed)
def recount_entitlements_in_small_batches(_world: World, now: datetime) -> None:
    recounts.recount_after_changes(now=now, limit=4)
