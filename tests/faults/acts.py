"""Every act that a process may die in, one function each: what it does to the small world.

A new verb of the product is one more function here; `@act` puts it into the kill tests, short and long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.domain import contacts, contracts, seats, sign_in
from accounts.enums import ContactRole, Tier
from portal.lib import heartbeat, idempotency, outbox, submissions
from portal.lib.limits import Limit, hit
from sla.domain import sweep
from sla.domain.calendars import calendar_of, fill_holidays, new_version
from sla.domain.targets import save_target
from sla.enums import CheckInRule, Priority
from sla.models import CalendarException, Target
from tests.faults.world import DAY, HOUR, NOW, World
from tickets.domain import attachments, conversation, followers, lifecycle, merging, recounts, routing, verification
from tickets.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.domain.closing import close_solved
from tickets.enums import Channel, LanguageChoice, Status
from tickets.models import Attachment

Step = Callable[[World, datetime], Any]


@dataclass(frozen=True)
class Act:
    """`run` does it. `before` prepares the world outside of the process that dies. `busy`: nothing was swept, told or
    mailed yet; otherwise the world is at rest.

    `whole`: one transaction, which a kill leaves either undone or done. Otherwise the act commits several times, and
    running it again after a kill must lead to what an undisturbed run leads to.
    """

    name: str
    run: Step
    before: Step
    whole: bool
    busy: bool


ACTS: dict[str, Act] = {}


def nothing(_world: World, _now: datetime) -> None:
    """What most acts need before."""


def act(*, whole: bool = True, busy: bool = False, before: Step = nothing) -> Callable[[Step], Step]:
    def register(run: Step) -> Step:
        ACTS[run.__name__] = Act(run.__name__, run, before, whole, busy)
        return run

    return register


def swept(_world: World, now: datetime) -> None:
    sweep.sweep(now=now)


# --- What beat starts -------------------------------------------------------------------------------------------------


@act(whole=False, busy=True)
def sweep_all(_world: World, now: datetime) -> None:
    sweep.sweep(now=now)


@act(whole=False, busy=True)
def sweep_in_small_batches(_world: World, now: datetime) -> None:
    for flag_some in (sweep.flag_overdue, sweep.flag_due_soon):
        while flag_some(now=now, limit=2):
            pass


@act(busy=True, before=swept)
def tell_people(_world: World, now: datetime) -> None:
    act_on_clock_events(now=now)


@act(whole=False, busy=True, before=swept)
def tell_people_in_small_batches(_world: World, now: datetime) -> None:
    while act_on_clock_events(now=now, limit=2):
        pass


@act(busy=True)
def plan_the_check_ins(_world: World, now: datetime) -> None:
    plan_check_ins(now=now)


@act(whole=False, busy=True)
def deliver_mail(_world: World, now: datetime) -> None:
    outbox.deliver(now=now)


@act(whole=False, busy=True)
def close_what_was_solved(_world: World, now: datetime) -> None:
    close_solved(now=now)


@act(whole=False)
def beat_of_a_job(_world: World, now: datetime) -> None:
    heartbeat.beat("sweep", now=now)


# --- Tickets ----------------------------------------------------------------------------------------------------------


def _open(world: World, now: datetime, *, requester: str = "marc", **fields: Any) -> Any:
    person = world.contact(requester)
    values = {"subject": "It is broken", "body": "Since today.", "priority": Priority.HIGH, "channel": Channel.PORTAL}
    return lifecycle.open_ticket(requester=person, now=now, **(values | {"by": person.user} | fields))


@act()
def open_ticket(world: World, now: datetime) -> None:
    _open(world, now, followers=[world.contact("noe"), world.contact("pia")])


@act()
def open_ticket_with_an_engineer(world: World, now: datetime) -> None:
    _open(world, now, requester="tom", priority=Priority.URGENT)


@act()
def open_ticket_in_own_language(world: World, now: datetime) -> None:
    _open(world, now, language_choice=LanguageChoice.OWN, is_private=True)


@act()
def open_ticket_live(world: World, now: datetime) -> None:
    _open(world, now, by=world.staff("lea"), channel=Channel.PHONE, live=True)


@act()
def upload(world: World, now: datetime) -> None:
    attachments.accept_upload(
        ContentFile(b"2026-11-09 it broke", name="it.log"), by=world.contact("marc").user, now=now
    )


@act(before=upload)
def open_ticket_with_a_file(world: World, now: datetime) -> None:
    _open(world, now, attachments=list(Attachment.objects.loose()))


def uploaded_long_ago(world: World, now: datetime) -> None:
    upload(world, now - 2 * DAY)


@act(before=uploaded_long_ago)
def purge_uploads(_world: World, now: datetime) -> None:
    attachments.purge_uploads(now=now)


@act()
def open_ticket_by_a_form(world: World, now: datetime) -> None:
    with transaction.atomic():
        form = submissions.begin(world.contact("marc").user, "a-token-of-a-form-1", now=now)
        submissions.end(form, _open(world, now).number)


@act()
def open_ticket_by_a_program(world: World, now: datetime) -> None:
    """F4: the program sends the request again under the same key and gets the first answer."""

    def effect() -> idempotency.Answer:
        return idempotency.Answer(201, {"number": _open(world, now, channel=Channel.API).number}, {})

    idempotency.once("marc", "key-1", "mark", effect, now=now)


@act()
def customer_writes_again(world: World, now: datetime) -> None:
    _customer(world, "late owned", now)


@act()
def customer_writes_on_waiting(world: World, now: datetime) -> None:
    _customer(world, "waiting", now)


@act()
def customer_reopens(world: World, now: datetime) -> None:
    _customer(world, "solved", now)


@act()
def customer_follows_up(world: World, now: datetime) -> None:
    _customer(world, "closed", now)


def _customer(world: World, ticket: str, now: datetime) -> None:
    conversation.reply_as_customer(
        world.ticket(ticket), body="And now?", by=world.contact("marc"), channel=Channel.EMAIL, now=now
    )


def _agent(world: World, ticket: str, now: datetime, status: Status | None = None) -> None:
    conversation.reply_as_agent(
        world.ticket(ticket), body="Here is the answer.", by=world.staff("lea"), now=now, status_after=status
    )


@act()
def agent_answers_in_time(world: World, now: datetime) -> None:
    _agent(world, "soon", now)


@act(busy=True)
def agent_answers_late(world: World, now: datetime) -> None:
    _agent(world, "late owned", now)


@act()
def agent_answers_late_after_the_sweep(world: World, now: datetime) -> None:
    _agent(world, "late", now)


@act(busy=True)
def agent_answers_and_solves(world: World, now: datetime) -> None:
    _agent(world, "late standard", now, Status.SOLVED)


@act(busy=True)
def agent_answers_and_waits(world: World, now: datetime) -> None:
    _agent(world, "later", now, Status.WAITING)


@act()
def agent_answers_a_low_one_and_holds_it(world: World, now: datetime) -> None:
    _agent(world, "low", now, Status.ON_HOLD)


@act()
def write_a_note(world: World, now: datetime) -> None:
    conversation.add_note(world.ticket("soon"), body="Ask the engineers.", by=world.staff("lea"), now=now)


@act()
def skip_a_check_in(world: World, now: datetime) -> None:
    conversation.skip_check_in(world.ticket("answered"), reason="They are away.", by=world.staff("lea"), now=now)


@act(busy=True)
def skip_an_overdue_check_in(world: World, now: datetime) -> None:
    conversation.skip_check_in(world.ticket("late"), reason="Phone call.", by=world.staff("lea"), now=now + 3 * HOUR)


def _status(world: World, ticket: str, to: Status, now: datetime) -> None:
    lifecycle.change_status(world.ticket(ticket), to, by=world.staff("lea"), now=now)


@act()
def status_to_waiting(world: World, now: datetime) -> None:
    _status(world, "answered", Status.WAITING, now)


@act()
def status_back_to_open(world: World, now: datetime) -> None:
    _status(world, "waiting", Status.OPEN, now)


@act()
def status_to_solved(world: World, now: datetime) -> None:
    _status(world, "on hold", Status.SOLVED, now)


@act()
def status_of_a_low_one(world: World, now: datetime) -> None:
    _status(world, "low waiting", Status.OPEN, now)


def _priority(world: World, ticket: str, to: Priority, now: datetime) -> None:
    lifecycle.change_priority(world.ticket(ticket), to, by=world.staff("nadia"), now=now, reason="Many people.")


@act()
def priority_up(world: World, now: datetime) -> None:
    _priority(world, "soon", Priority.URGENT, now)


@act()
def priority_down(world: World, now: datetime) -> None:
    _priority(world, "soon", Priority.LOW, now)


@act(busy=True)
def priority_down_when_overdue(world: World, now: datetime) -> None:
    _priority(world, "late", Priority.MEDIUM, now)


@act()
def priority_up_from_low(world: World, now: datetime) -> None:
    _priority(world, "low", Priority.HIGH, now)


@act()
def ask_for_priority(world: World, now: datetime) -> None:
    lifecycle.ask_for_priority(
        world.ticket("low"), Priority.URGENT, reason="It spreads.", by=world.contact("marc").user, now=now
    )


@act(busy=True)
def close_by_customer(world: World, now: datetime) -> None:
    lifecycle.close_by_customer(world.ticket("late"), by=world.contact("marc").user, now=now)


@act()
def assign(world: World, now: datetime) -> None:
    routing.assign(world.ticket("soon"), world.agent("lea"), by=world.staff("nadia"), now=now)


@act()
def give_back(world: World, now: datetime) -> None:
    routing.assign(world.ticket("late owned"), None, by=world.staff("nadia"), now=now)


@act()
def follow(world: World, now: datetime) -> None:
    followers.add_follower(world.ticket("low"), world.contact("noe"), by=world.contact("marc").user, now=now)


@act()
def unfollow(world: World, now: datetime) -> None:
    followers.remove_follower(world.ticket("soon"), world.contact("noe"), by=world.contact("marc").user, now=now)


# --- Seats and people -------------------------------------------------------------------------------------------------


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


# --- What running promises follow -------------------------------------------------------------------------------------


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
def watch_contracts(_world: World, now: datetime) -> None:
    contracts.watch_contracts(now=now)


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


@act(whole=False)
def verify_the_tables(_world: World, now: datetime) -> None:
    verification.verify_some(now=now.replace(hour=verification.NIGHT))


__all__ = ["ACTS", "NOW", "Act"]
