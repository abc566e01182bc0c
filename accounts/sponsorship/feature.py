"""Executive sponsors and their meetings."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="accounts.sponsorship",
    jobs=(Job("propose meetings and follow up on them", "accounts.schedule_meetings", timedelta(minutes=5)),),
    registers=("mails",),
)
