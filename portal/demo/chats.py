"""Two chats of the last days: one that was answered on the spot, one that became a ticket; and agents who are there."""

from datetime import datetime, timedelta

from accounts.models import Agent, Contact
from portal.demo.cast import Stage, working_day
from portal.lib.errors import DomainError
from sla.core.enums import Priority
from tickets.chat.domain import handling, presence, talking
from tickets.chat.domain.converting import make_ticket

MINUTE = timedelta(minutes=1)


def play(stage: Stage) -> None:
    sam, lea = stage.agents["sam"], stage.agents["lea"]
    dave, marc = stage.contacts["dave"], stage.contacts["marc"]
    for agent in (sam, lea):
        presence.set_presence(agent, is_on=True, now=stage.now)
    # Ten o'clock on a working day of last week, when agents and customers were there.
    at = working_day(marc.own_region, 5, now=stage.now).replace(hour=10)
    try:
        _answered(marc, lea, at=at)
        _became_a_ticket(dave, sam, at=at + 40 * MINUTE)
    except DomainError:
        # Somebody's holiday fell on that day: then nobody chatted.
        return
    finally:
        for agent in (sam, lea):
            presence.set_presence(agent, is_on=True, now=stage.now)


def _answered(contact: Contact, agent: Agent, *, at: datetime) -> None:
    presence.set_presence(agent, is_on=True, now=at)
    chat = talking.start_chat(
        contact, topic="Tablettes en lecture seule", key="demo-1", now=at,
        body="Bonjour, trois tablettes du CDI restent en lecture seule depuis ce matin.",
    )  # fmt: skip
    handling.accept(chat, by=agent, now=at + MINUTE)
    talking.say_as_agent(
        chat, by=agent, body="Bonjour Marc, je regarde. Elles sont sorties du groupe « CDI » hier soir.", key="",
        now=at + 2 * MINUTE,
    )  # fmt: skip
    talking.say_as_agent(chat, by=agent, body="Je les y ai remises : redémarrez-en une.", key="", now=at + 4 * MINUTE)
    talking.say_as_customer(chat, by=contact, body="C’est bon, merci !", key="demo-2", now=at + 9 * MINUTE)
    talking.say_as_agent(chat, by=agent, body="Bonne journée !", key="", now=at + 10 * MINUTE)
    handling.end_as_agent(chat, by=agent, summary="Trois tablettes remises dans le groupe CDI.", now=at + 11 * MINUTE)


def _became_a_ticket(contact: Contact, agent: Agent, *, at: datetime) -> None:
    presence.set_presence(agent, is_on=True, now=at)
    chat = talking.start_chat(
        contact, topic="Label printer prints every label twice", key="demo-1", now=at,
        body="The label printer in Calais prints every label twice since the update.",
    )  # fmt: skip
    handling.accept(chat, by=agent, now=at + 2 * MINUTE)
    talking.say_as_agent(
        chat, by=agent, body="Hello Dave, which driver does the print server show?", key="", now=at + 3 * MINUTE
    )
    talking.say_as_customer(chat, by=contact, body="5.1.0, installed on Monday.", key="demo-2", now=at + 6 * MINUTE)
    talking.say_as_agent(
        chat, by=agent, body="5.1.0 has that fault. I make this a ticket and send you 5.0.9 there.", key="",
        now=at + 8 * MINUTE,
    )  # fmt: skip
    make_ticket(chat, by=agent.user, now=at + 9 * MINUTE, priority=Priority.LOW)
