"""On duty and on call."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="sla.coverage",
    jobs=(Job("tell team leads of gaps in the on-call rotas", "sla.warn_of_rota_holes", timedelta(minutes=15)),),
    registers=("mails",),
)
