"""Calls that customers ask for."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="tickets.calls",
    jobs=(Job("tell team leads of calls that wait too long", "tickets.warn_of_waiting_calls", timedelta(seconds=60)),),
    registers=("mails",),
)
