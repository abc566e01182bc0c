"""Mail that comes in: stored, decided about, attached by an agent."""

from datetime import datetime

from django.db import transaction

from tests.faults.registry import act
from tests.faults.world import World
from tickets.mail.domain import held, sorting
from tickets.mail.domain.intake import store
from tickets.mail.domain.reply_tokens import reply_address
from tickets.models import IncomingMail

TO = "support@punctual.example"


def _mail(sender: str, to: str = TO, more: str = "") -> bytes:
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: By mail\r\nMessage-ID: <1@acme.test>\r\n{more}\r\nIt is broken.\r\n"
    ).encode()


def _stored(raw: bytes, now: datetime) -> None:
    store(raw, mailbox="box", now=now)


def _sorted(now: datetime) -> None:
    """What `process` does in the transaction that counts, after it has counted the attempt."""
    with transaction.atomic():
        sorting._decide(IncomingMail.objects.get().pk, now=now)


@act()
def store_a_mail(_world: World, now: datetime) -> None:
    _stored(_mail("marc@acme.test"), now)


@act(whole=False)
def store_a_mail_twice(_world: World, now: datetime) -> None:
    """F61: the server did not hear that we took it."""
    _stored(_mail("zoe@nowhere.test"), now)
    _stored(_mail("zoe@nowhere.test"), now)


def a_request(_world: World, now: datetime) -> None:
    _stored(_mail("marc@acme.test"), now)


@act(before=a_request)
def open_by_mail(_world: World, now: datetime) -> None:
    _sorted(now)


def an_answer(world: World, now: datetime) -> None:
    _stored(_mail("marc@acme.test", reply_address(world.tickets["solved"], world.contact("marc").user_id)), now)


@act(before=an_answer)
def reopen_by_mail(_world: World, now: datetime) -> None:
    _sorted(now)


def a_machine(world: World, now: datetime) -> None:
    to = reply_address(world.tickets["waiting"], world.contact("marc").user_id)
    _stored(_mail("marc@acme.test", to, "Auto-Submitted: auto-replied\r\n"), now)


@act(before=a_machine)
def a_machine_answers(_world: World, now: datetime) -> None:
    _sorted(now)


def a_stranger(_world: World, now: datetime) -> None:
    _stored(_mail("zoe@nowhere.test"), now)


@act(whole=False, before=a_stranger)
def hold_a_mail(_world: World, now: datetime) -> None:
    sorting.process_waiting(now=now)


def not_a_mail(_world: World, now: datetime) -> None:
    _stored(b"no header at all\r\n", now)
    _stored(_mail("zoe@nowhere.test"), now)


@act(whole=False, before=not_a_mail)
def set_a_bad_mail_apart(_world: World, now: datetime) -> None:
    """F63: it goes into quarantine, the next one is held."""
    sorting.process_waiting(now=now)


def held_mail(world: World, now: datetime) -> None:
    a_stranger(world, now)
    sorting.process_waiting(now=now)


@act(before=held_mail)
def attach_a_held_mail(world: World, now: datetime) -> None:
    held.open_for(IncomingMail.objects.get(), contact=world.contact("marc"), by=world.staff("lea"), now=now)


@act(before=held_mail)
def put_a_held_mail_onto_a_ticket(world: World, now: datetime) -> None:
    held.post_on(
        IncomingMail.objects.get(), ticket=world.ticket("waiting"), contact=world.contact("marc"),
        by=world.staff("lea"), now=now,
    )  # fmt: skip


@act(before=held_mail)
def put_a_mail_aside(world: World, now: datetime) -> None:
    held.reject(IncomingMail.objects.get(), reason="Spam", by=world.staff("lea"), now=now)
