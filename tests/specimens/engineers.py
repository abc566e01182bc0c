"""An absence."""

from datetime import timedelta

from accounts.absences.domain import go_away
from accounts.models import Agent
from portal.lib.access import Role
from portal.lib.clock import now


def specimens(world):
    person, at = world["people"][Role.AGENT], now()
    absence = go_away(
        Agent.objects.get(user=person), starts_at=at + timedelta(days=1), ends_at=at + timedelta(days=2), by=person,
        now=at,
    )  # fmt: skip
    return {"admin:accounts_awayperiod_": {"object_id": absence.pk, "pk": absence.pk}}
