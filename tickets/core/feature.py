"""Tickets and their clocks."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="tickets.core",
    jobs=(
        Job("notify people of breached and due-soon clocks", "tickets.act_on_clock_events", timedelta(seconds=10)),
        Job(
            "notify those on duty of unassigned tickets",
            "tickets.notify_unassigned_tickets",
            timedelta(seconds=10),
        ),
        Job("plan check-ins", "tickets.plan_check_ins", timedelta(seconds=60)),
        Job("recalculate running clocks after a change", "tickets.recount_after_changes", timedelta(seconds=5)),
        Job("close what has been solved for seven days", "tickets.close_solved", timedelta(minutes=10)),
        Job("remove uploads that no message uses", "tickets.purge_uploads", timedelta(hours=1)),
    ),
    registers=(
        "mails.changes",
        "mails.kinds",
    ),
)
