"""A proposed meeting of the account, on a Platinum contract of its own."""

from accounts.models import Agent, Meeting
from accounts.sponsorship.domain.meetings import confirm


def specimens(world):
    from datetime import timedelta

    from portal.lib.clock import now

    meeting = Meeting.objects.create(
        account=world["account"], sponsor=Agent.objects.order_by("pk").first(), proposed_at=now()
    )
    at = now() + timedelta(days=9)
    meeting.slots.create(starts_at=at)
    action = meeting.actions.create(text="Send the plan", owner_name="Nadia", due_on=at.date())
    confirm(meeting, at, by=world["contact"].user, now=now())
    named = {"pk": meeting.pk, "object_id": meeting.pk}
    account = {"account": world["account"].pk}
    return {
        "accounts:meeting_": named,
        "admin:accounts_meeting_": named,
        "admin:accounts_meeting_sponsor": account,
        "admin:accounts_meeting_end": account,
        "api:meeting": {"meeting": meeting.pk, "action": action.pk},
    }
