"""What happens to call-backs."""

from datetime import datetime

from tests.faults.registry import act
from tests.faults.world import HOUR, World
from tickets.calls.domain import asking, calling
from tickets.core.enums import CallOutcome
from tickets.models import Call

NUMBER = "+33 1 99 00 12 34"


@act()
def ask_for_a_call(world: World, now: datetime) -> None:
    asking.ask_for_call(by=world.contact("marc"), number=NUMBER, topic="The gate stays shut", now=now)


@act()
def ask_for_a_call_on_a_ticket(world: World, now: datetime) -> None:
    asking.ask_for_call(by=world.contact("marc"), number=NUMBER, topic="", ticket=world.ticket("answered"), now=now)


@act(before=ask_for_a_call)
def reach_somebody(world: World, now: datetime) -> None:
    calling.record_attempt(Call.objects.get(), CallOutcome.REACHED, notes="Done.", by=world.staff("lea"), now=now)


@act(before=ask_for_a_call)
def reach_nobody(world: World, now: datetime) -> None:
    calling.record_attempt(Call.objects.get(), CallOutcome.VOICEMAIL, notes="Beep.", by=world.staff("lea"), now=now)


@act(before=ask_for_a_call)
def cancel_a_call(world: World, now: datetime) -> None:
    asking.cancel(Call.objects.get(), by=world.contact("marc"), close_ticket=True, now=now)


def asked_long_ago(world: World, now: datetime) -> None:
    ask_for_a_call(world, now - HOUR)


@act(whole=False, before=asked_long_ago)
def warn_of_a_waiting_call(_world: World, now: datetime) -> None:
    calling.warn_of_waiting(now=now)
