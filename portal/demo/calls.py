"""Calls of the last days: one that was made, one that nobody answered, one planned and one that waits."""

from datetime import datetime, timedelta

from portal.demo.cast import Stage, working_day
from portal.demo.script import typeset
from sla.core.domain.calendars import business_calendar
from sla.core.enums import Priority
from sla.models import Calendar
from tickets.calls.domain import asking, calling, slots
from tickets.core.enums import CallOutcome, LanguageChoice
from tickets.models import Ticket


def play(stage: Stage) -> None:
    _reached(stage)
    _waiting(stage)
    _planned(stage)
    _voicemail(stage)


def _at(stage: Stage, region: str, days: int, hour: int, minute: int = 0) -> datetime:
    return working_day(stage.regions[region], days, now=stage.now).replace(hour=hour, minute=minute)


def _live(stage: Stage, who: str) -> Ticket:
    """The latest open ticket of somebody."""
    tickets = Ticket.objects.filter(requester=stage.contacts[who]).live().select_related("region")
    found = tickets.order_by("-pk").first()
    if found is None:
        raise ValueError(f"{who} has no open ticket.")
    return found


def _reached(stage: Stage) -> None:
    """Priya asked three working days ago and was called within minutes."""
    asked = _at(stage, "emea", 3, 10, 5)
    call = asking.ask_for_call(
        by=stage.contacts["priya"], number="+44 20 7946 0812", topic="Badge readers at gate 12 reject new cards",
        priority=Priority.HIGH, now=asked,
    )  # fmt: skip
    sam = stage.agents["sam"]
    calling.claim(call, by=sam, now=asked + timedelta(minutes=9))
    calling.record_attempt(
        call, CallOutcome.REACHED, by=sam.user, now=asked + timedelta(minutes=21), solved=True,
        notes="As discussed on the phone: the readers had lost their clock. They are set, and new cards work.",
    )  # fmt: skip


def _waiting(stage: Stage) -> None:
    """Claire waits for a priority call about her open ticket."""
    asking.ask_for_call(
        by=stage.contacts["claire"], number="+1 416 555 0188",
        topic=typeset("Le quai 4 est à l’arrêt, j’ai l’écran sous les yeux"), ticket=_live(stage, "claire"),
        now=stage.now - timedelta(minutes=6),
    )  # fmt: skip


def _planned(stage: Stage) -> None:
    """Yuki chose a time in her own zone."""
    now = stage.now - timedelta(hours=2)
    yuki = stage.contacts["yuki"]
    free = slots.free_slots(
        stage.regions["apac"], business_calendar(Calendar.objects.get(region=stage.regions["apac"])), now=stage.now
    )
    asking.ask_for_call(
        by=yuki, number="+81 3 5550 0177", topic="Walk through the new rotation rules", ticket=_live(stage, "yuki"),
        slot=free[2] if len(free) > 2 else None, now=now,
    )  # fmt: skip


def _voicemail(stage: Stage) -> None:
    """Marc was not at his desk; the next attempt is planned."""
    asked = _at(stage, "france", 1, 16, 10)
    call = asking.ask_for_call(
        by=stage.contacts["marc"], number="01 99 00 45 67",
        topic=typeset("Inscriptions : la liste d’attente ne se vide pas"), now=asked,
        language_choice=LanguageChoice.OWN,
    )  # fmt: skip
    lea = stage.agents["lea"]
    calling.claim(call, by=lea, now=asked + timedelta(minutes=18))
    calling.record_attempt(
        call, CallOutcome.VOICEMAIL, by=lea.user, now=asked + timedelta(minutes=20),
        notes=typeset("Message laissé. Rappeler après le déjeuner."), next_at=stage.now + timedelta(hours=3),
    )  # fmt: skip
