"""Root-cause analyses."""

from datetime import timedelta

from portal.lib.feature import Feature, Job
from tickets.analyses.domain.opening import open_when_solved
from tickets.core.hooks import on_solved

feature = Feature(
    room="tickets.analyses",
    hooks=(on_solved.calls(open_when_solved),),
    jobs=(Job("flag overdue root-cause analyses", "tickets.flag_overdue_analyses", timedelta(seconds=60)),),
    registers=("mails",),
)
