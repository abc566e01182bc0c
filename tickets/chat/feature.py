"""Chat."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="tickets.chat",
    jobs=(Job("end chats that are left alone", "tickets.close_idle_chats", timedelta(seconds=15)),),
    registers=("mails",),
)
