"""SLA clocks."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="sla.core",
    jobs=(
        Job("flag breached and due-soon clocks", "sla.sweep_clocks", timedelta(seconds=10)),
        Job("enter the public holidays of the next years", "sla.fill_coming_holidays", timedelta(hours=1)),
    ),
    registers=("domain.opening",),
)
