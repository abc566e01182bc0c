"""An on-call rota with one week."""

from portal.lib.access import Role
from portal.lib.clock import now
from sla.coverage.domain.rota import open_rota, plan_weeks


def specimens(world):
    lead, at = world["people"][Role.LEAD], now()
    lead.agent.languages = ["en"]
    lead.agent.save()
    rota = open_rota(world["ticket"].region, "en", weekday=0, hour="09:00", by=lead, now=at)
    (shift,) = plan_weeks(rota, [lead.agent], first_day=at.date(), weeks=1, by=lead, now=at)
    return {"admin:sla_rota_": {"object_id": rota.pk, "pk": rota.pk, "shift": shift.pk}}
