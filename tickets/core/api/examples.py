"""What the documentation shows: one ticket of Acme in Paris, from its opening to its answer."""

from drf_spectacular.utils import OpenApiExample

CLOCK = {
    "kind": "response", "state": "running", "started_at": "2026-11-09T09:00:00Z", "due_at": "2026-11-09T12:00:00Z",
    "due_soon_at": "2026-11-09T11:15:00Z", "stopped_at": None, "breached_at": None, "calendar": "france",
    "region_time_zone": "Europe/Paris", "coverage": "24x7", "target_minutes": 180, "check_in_rule": None,
    "tier": "gold", "priority": 3,
}  # fmt: skip
TICKET = {
    "number": "SUP-1042", "subject": "Enrolment fails", "status": "new", "turn": "ours", "priority": 3,
    "asked_priority": None, "tier": "gold", "channel": "api", "language": "en", "language_choice": "english",
    "region": "france", "product": "Mobile 4.2", "is_private": False, "requester": {"id": 12, "name": "Marc Petit"},
    "assignee": None, "followers": [], "level_3": None, "workaround": None, "follow_up_of": None, "merged_into": None,
    "opened_at": "2026-11-09T09:00:00Z", "updated_at": "2026-11-09T09:00:00Z",
    "solved_at": None, "closed_at": None, "reopens_until": None,
    "next_due_at": "2026-11-09T12:00:00Z", "clocks": [CLOCK],
    "coming_check_ins": ["2026-11-10T17:00:00Z", "2026-11-11T17:00:00Z", "2026-11-12T17:00:00Z"], "version": 1,
    "url": "https://support.example/tickets/SUP-1042/",
}  # fmt: skip
MESSAGE = {
    "id": 97, "ticket": "SUP-1042", "author": {"name": "Léa Martin", "side": "agent"}, "kind": "reply",
    "channel": "desk", "body": "Which version of the phone is it?", "parts": None,
    "created_at": "2026-11-09T09:40:00Z",
    "attachments": [],
}  # fmt: skip
PARTS = {
    "changed": "The certificate was renewed.", "stands": "Two of three sites are back.",
    "next_step": "We renew it for Lyon.", "next_at": "2026-11-10T17:00:00Z",
}  # fmt: skip
CONSEQUENCE = {
    "validate_only": True,
    "changes": [{"kind": "response", "old_due_at": "2026-11-09T12:00:00Z", "new_due_at": "2026-11-09T18:00:00Z"}],
}
ATTACHMENT = {
    "id": "q0cJ4mB3Vv8sXw1nTz6yLr5kHd2gFp9aUe7iOQbNMjE", "name": "screen.png", "content_type": "image/png",
    "size": 48213, "url": "https://support.example/api/v1/attachments/q0cJ4mB3Vv8sXw1nTz6yLr5kHd2gFp9aUe7iOQbNMjE",
}  # fmt: skip
EXPLANATION = {
    "kind": "response", "tier": "gold", "basis": "seat", "priority": 3, "cause": "opened",
    "started_at": "2026-11-09T09:00:00+00:00", "counted_from": "2026-11-09T09:00:00+00:00", "coverage": "24x7",
    "check_in_rule": None, "target_minutes": 180,
    "calendar": {
        "region": "france", "name": {"en": "France", "fr": "France"}, "time_zone": "Europe/Paris", "version": 1,
        "weekly_hours": {str(day): [["09:00", "18:00"]] for day in range(5)},
    },
    "stretches": [{
        "starts_at": "2026-11-09T09:00:00+00:00", "ends_at": "2026-11-09T12:00:00+00:00", "seconds": 10800.0,
        "counted": True, "closed_because": None, "name": None, "clock_change_minutes": 0,
    }],
    "counted_seconds": 10800.0, "paused_at": None, "recounts": [],
        "due_at": "2026-11-09T12:00:00+00:00", "outcome": "running",
    "stopped_at": None, "breached_at": None, "sentences": ["Opened today 10:00.", "Due today 13:00."],
}  # fmt: skip
OUTLOOK = {
    "validate_only": True,
    "entitlement": {
        "tier": "gold", "account_tier": "gold", "basis": "seat",
        "reason": "You are a Premium contact of Acme (seat 2 of 3): Premium Gold targets apply.",
    },
    "priority": 3, "region": "france", "region_time_zone": "Europe/Paris", "language_choice": "english",
    "clocks": [{"kind": "response", "due_at": "2026-11-09T12:00:00Z", "explanation": EXPLANATION}],
    "check_ins": ["2026-11-10T17:00:00Z", "2026-11-11T17:00:00Z", "2026-11-12T17:00:00Z"],
}  # fmt: skip
TICKET_IN = {
    "subject": "Enrolment fails", "body": "Nothing happens after the QR code.", "priority": 3,
    "product": "Mobile 4.2", "followers": [], "attachments": [], "is_private": False,
}  # fmt: skip


def sent(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def answered(name: str, value: object, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])
