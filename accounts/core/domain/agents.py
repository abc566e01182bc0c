"""Finding an agent whom a program names."""

from django.utils.translation import gettext as _

from accounts.core.models import Agent
from portal.lib.errors import DomainError


def active_agent(pk: int | None, *, field: str) -> Agent | None:
    """The agent with this key; None for None. Raises DomainError of `field` for one who is unknown or has left."""
    if pk is None:
        return None
    agent = Agent.objects.select_related("user").filter(pk=pk, user__is_active=True).first()
    if agent is None:
        raise DomainError(_("This agent does not exist."), code="inactive_agent", field=field)
    return agent
