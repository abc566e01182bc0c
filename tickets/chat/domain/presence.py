"""Which agents take chats. A desk that has not been heard of for a while takes none, whatever its switch says."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Agent
from tickets.chat.models import ChatPresence

# The console says every fifteen seconds that it is there; three missed, and the agent is gone.
THERE = timedelta(minutes=2)


@transaction.atomic
def set_presence(agent: Agent, *, is_on: bool, now: datetime) -> None:
    """The agent begins or stops to take chats. Those they hold stay theirs."""
    ChatPresence.objects.update_or_create(agent=agent, defaults={"is_on": is_on, "seen_at": now})


def still_there(agent: Agent, *, now: datetime) -> None:
    """The console of this agent is open. Written twice a minute at most."""
    ChatPresence.objects.filter(agent=agent, seen_at__lt=now - timedelta(seconds=30)).update(seen_at=now)


def is_on(agent: Agent) -> bool:
    return ChatPresence.objects.filter(agent=agent, is_on=True).exists()


def agents_on(now: datetime) -> list[Agent]:
    """Who takes chats now: switched on, there, and not away."""
    there = ChatPresence.objects.on(now - THERE).values("agent")
    return list(Agent.objects.present(now).filter(pk__in=there).select_related("user"))


def locked(agent: Agent, *, now: datetime) -> ChatPresence:
    """The presence of `agent`, locked: whoever gives them a chat waits here, so that the limit holds."""
    ChatPresence.objects.get_or_create(agent=agent, defaults={"seen_at": now})
    return ChatPresence.objects.select_for_update().get(agent=agent)
