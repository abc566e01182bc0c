"""Email in."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="tickets.mail",
    jobs=(Job("fetch and sort incoming email", "tickets.receive_mail", timedelta(seconds=30)),),
    registers=("webhook",),
)
