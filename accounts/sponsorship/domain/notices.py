"""Who hears of a meeting, as rows of the outbox. What the mail says is looked up when it leaves (accounts/mails)."""

from datetime import datetime

from django.db.models import Q

from accounts.core.enums import ContactRole
from accounts.core.models import Contact
from accounts.sponsorship.models import Meeting
from portal.lib import outbox


def ours(meeting: Meeting) -> list[int]:
    return [agent.user_id for agent in (meeting.sponsor, meeting.deputy) if agent is not None]


def theirs(meeting: Meeting) -> list[int]:
    """The host and the administrators of the account, as far as they can still sign in."""
    people = Contact.objects.active().filter(Q(role=ContactRole.ADMIN) | Q(pk=meeting.host_id))
    return list(people.filter(account=meeting.account_id).order_by("pk").values_list("user", flat=True))


def everybody(meeting: Meeting) -> list[int]:
    return list(dict.fromkeys([*ours(meeting), *theirs(meeting)]))


def notify(
    step: str, meeting: Meeting, recipients: list[int], *, now: datetime, mark: str = "", **data: object
) -> None:
    """One notice each; `mark` tells occasions of one step apart that the sequence does not."""
    key = f"meeting:{meeting.pk}:{step}:{meeting.sequence}:{mark}"
    at = meeting.starts_at.isoformat() if meeting.starts_at else None
    values = {"meeting": meeting.pk, "step": step, "sequence": meeting.sequence, "starts_at": at, **data}
    outbox.write("meeting", key=key, recipients=recipients, data=values, now=now)
