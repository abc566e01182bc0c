"""The self-check."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="tickets.verification",
    jobs=(
        Job("check at night that every clock is what its history says", "tickets.verify_clocks", timedelta(minutes=5)),
    ),
)
