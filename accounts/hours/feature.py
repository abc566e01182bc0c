"""Professional services hours."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="accounts.hours",
    jobs=(Job("grant, adjust and expire professional services hours", "accounts.update_hours", timedelta(minutes=5)),),
    registers=("mails",),
)
