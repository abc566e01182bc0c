"""Mails about meetings with the executive sponsor: one kind for every step, and one for actions that are overdue."""

from datetime import datetime
from typing import Any

from django.utils import translation

from accounts.core.models import User
from accounts.sponsorship.domain.invitation import CANCEL, REQUEST, address, invitation, is_firm
from accounts.sponsorship.domain.scheduling import say_reason
from accounts.sponsorship.models import Meeting, MeetingAction
from portal.lib import outbox
from portal.lib.durations import LATER, say_meeting_in, say_on
from portal.lib.outbox import Notice, Withdrawn
from portal.lib.zones import zone

# The steps that a later one makes untrue, and so unsaid.
FIRM = frozenset({"confirmed", "reminder"})


@outbox.completes("meeting")
def meeting(notice: Notice) -> dict[str, Any]:
    """What changed is said from the step, the rest from the meeting as it is when the mail leaves."""
    data, reader = notice.data, notice.recipient
    found = Meeting.objects.with_people().prefetch_related("agenda").filter(pk=data["meeting"]).first()
    if found is None:
        raise Withdrawn("the meeting is gone")
    at = datetime.fromisoformat(data["starts_at"]) if data["starts_at"] else None
    if data["step"] in FIRM and (not is_firm(found) or found.starts_at != at):
        raise Withdrawn("the meeting was moved or cancelled since")
    if data["step"] == "confirmed" and found.sequence != data["sequence"]:
        raise Withdrawn("a later invitation follows")
    if data["step"] == "proposed" and not found.is_coming:
        raise Withdrawn("the meeting is over")
    return {
        "held_by": found.sponsor.name,
        "account": found.account.name,
        "meeting": found,
        **_moments(found, reader, at, [datetime.fromisoformat(slot) for slot in data.get("slots", [])]),
        "reason": say_reason(found),
        "staff": reader.is_staff,
        "url": address(found, staff=reader.is_staff),
        "thread": f"meeting:{found.pk}",
        "calendar": _calendar(notice, found, at),
    }


@outbox.completes("meeting_action")
def action(notice: Notice) -> dict[str, Any]:
    late = MeetingAction.objects.select_related("meeting__account").get(pk=notice.data["action"])
    if late.done_at:
        raise Withdrawn("the action is done")
    return {
        "late": late,
        "account": late.meeting.account.name,
        "url": address(late.meeting, staff=notice.recipient.is_staff),
        "thread": f"meeting:{late.meeting_id}",
    }


def _calendar(notice: Notice, found: Meeting, at: datetime | None) -> tuple[str, str] | None:
    """The invitation of what stands; its end for what does not."""
    step = notice.data["step"]
    if at is None or step not in {"confirmed", "retracted", "cancelled"}:
        return None
    method = REQUEST if step == "confirmed" else CANCEL
    sequence, stamp = notice.data["sequence"], notice.created_at
    text = invitation(found, reader=notice.recipient, method=method, starts_at=at, sequence=sequence, stamp=stamp)
    return method, text


def _moments(found: Meeting, reader: User, at: datetime | None, slots: list[datetime]) -> dict[str, Any]:
    """When it is, on a line of its own and inside a sentence, and the proposed times: in the zones of both sides."""
    own = reader.time_zone
    names = dict.fromkeys([own, found.account.home_region.time_zone, found.sponsor.user.time_zone])
    zones = [zone(name) for name in names]
    with translation.override(reader.language):
        return {
            "when": say_meeting_in(at, zones) if at else "",
            "at": say_on(at, at + LATER, zone(own)) if at else "",
            "slots": [say_meeting_in(slot, zones) for slot in slots],
        }
