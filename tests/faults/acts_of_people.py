"""What customers and agents do with tickets."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from portal.lib import idempotency, submissions
from sla.core.enums import Priority
from tests.faults.registry import act
from tests.faults.world import DAY, HOUR, World
from tickets.core.domain import attachments, check_ins, conversation, followers, lifecycle, opening, privacy, routing
from tickets.core.enums import Channel, LanguageChoice, Status
from tickets.models import Attachment
from tickets.workarounds import domain as workarounds


def _open(world: World, now: datetime, *, requester: str = "marc", by: User | None = None, **fields: Any) -> Any:
    person = world.contact(requester)
    values: dict[str, Any] = {
        "subject": "It is broken", "body": "Since today.", "priority": Priority.HIGH, "channel": Channel.PORTAL,
    }  # fmt: skip
    new = opening.OpenTicket(requester=person, **(values | fields))
    return opening.open_ticket(new, by=by or person.user, now=now)


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


@act()
def send_a_check_in(world: World, now: datetime) -> None:
    words = {"changed": "We found it.", "stands": "A fix is tested.", "next_step": "We roll it out."}
    parts = words | {"next_at": now + HOUR}
    check_ins.send_check_in(world.ticket("soon"), parts=parts, by=world.staff("lea"), now=now)


@act()
def make_private(world: World, now: datetime) -> None:
    privacy.set_private(world.ticket("soon"), True, by=world.contact("marc"), now=now)


def workaround_in_place(world: World, now: datetime) -> None:
    workarounds.record_workaround(
        world.ticket("waiting"), description="Use the old printer.", by=world.staff("lea"), now=now - HOUR
    )


@act(before=workaround_in_place)
def replace_workaround(world: World, now: datetime) -> None:
    workarounds.record_workaround(
        world.ticket("waiting"), description="Use the printer upstairs.", by=world.staff("lea"), now=now
    )


@act(before=workaround_in_place)
def withdraw_workaround(world: World, now: datetime) -> None:
    workarounds.withdraw_workaround(world.ticket("waiting"), by=world.staff("lea"), now=now)


@act(before=workaround_in_place)
def reject_workaround(world: World, now: datetime) -> None:
    ticket = world.ticket("waiting")
    workarounds.reject_workaround(
        ticket, workaround=ticket.workarounds.get().pk, reason="It is broken too.", by=world.contact("marc"),
        channel=Channel.PORTAL, now=now,
    )  # fmt: skip
