"""What happens in chats: a kill at any statement loses no line, doubles none, and leaves no half ticket."""

from datetime import datetime

from tests.faults.registry import act
from tests.faults.world import MINUTE, World
from tickets.chat.domain import handling, presence, sweeping, talking
from tickets.chat.domain.converting import make_ticket
from tickets.models import Chat


def there(world: World, now: datetime) -> None:
    presence.set_presence(world.agent("lea"), is_on=True, now=now)


def begun(world: World, now: datetime) -> None:
    there(world, now)
    start_chat(world, now)


def answered(world: World, now: datetime) -> None:
    begun(world, now - MINUTE)
    take_chat(world, now - MINUTE)
    say_as_agent(world, now)


def long_ago(world: World, now: datetime) -> None:
    begun(world, now - 30 * MINUTE)


@act(before=there)
def start_chat(world: World, now: datetime) -> None:
    talking.start_chat(world.contact("marc"), topic="Scanner", body="It shows E7.", key="k1", now=now)


@act(before=begun)
def say_as_customer(world: World, now: datetime) -> None:
    talking.say_as_customer(Chat.objects.get(), by=world.contact("marc"), body="It is red.", key="k2", now=now)


@act(before=begun)
def take_chat(world: World, now: datetime) -> None:
    handling.accept(Chat.objects.get(), by=world.agent("lea"), now=now)


def taken(world: World, now: datetime) -> None:
    begun(world, now)
    take_chat(world, now)


@act(before=taken)
def say_as_agent(world: World, now: datetime) -> None:
    talking.say_as_agent(Chat.objects.get(), by=world.agent("lea"), body="Restart it.", key="k3", now=now)


@act(before=taken)
def give_chat_back(world: World, now: datetime) -> None:
    handling.transfer(Chat.objects.get(), to=None, note="Shift ends", by=world.agent("lea"), now=now)


@act(before=answered)
def end_chat(world: World, now: datetime) -> None:
    handling.end_as_agent(Chat.objects.get(), by=world.agent("lea"), summary="Restarted", now=now)


@act(before=answered)
def make_chat_a_ticket(world: World, now: datetime) -> None:
    make_ticket(Chat.objects.get(), by=world.staff("lea"), now=now)


@act(whole=False, before=long_ago)
def close_idle_chats(_world: World, now: datetime) -> None:
    sweeping.close_idle_chats(now=now)
