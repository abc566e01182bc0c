"""The SLA report."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="sla.attainment",
    jobs=(Job("roll up the months that are over", "sla.roll_up_months", timedelta(hours=1)),),
)
