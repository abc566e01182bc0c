"""From rows to the shapes of tickets. Three statements however many tickets, and no model instances in lists."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from portal.lib.prepared import Prepared
from portal.lib.rest.moments import stamp
from sla.core.domain.calendars import calendar_snapshot
from sla.core.domain.coming import moments
from sla.core.enums import ClockKind, Outcome
from sla.models import Clock
from tickets.core.domain.closing import REOPEN_FOR
from tickets.core.enums import Status
from tickets.core.models import Follower, Message, Ticket
from tickets.core.models.ticket import FIRST_NUMBER, PREFIX

COLUMNS = (
    "pk", "subject", "status", "priority", "asked_priority", "tier", "channel", "language", "language_choice",
    "region__code", "product", "is_private", "requester_id", "requester__user__name", "assignee_id",
    "assignee__user__name", "follow_up_of_id", "merged_into_id", "opened_at", "updated_at", "solved_at",
    "closed_at", "next_due_at", "version",
    # Of TicketQuerySet.with_level_3().
    "open_escalation__state", "open_escalation__since", "open_escalation__agent_id",
    "open_escalation__agent__user__name",
    # Of TicketQuerySet.with_workaround().
    "current_workaround__id", "current_workaround__description", "current_workaround__recorded_at",
    "current_workaround__recorded_by__name",
)  # fmt: skip
STAFF_COLUMNS = ("account_id", "account__name", "requester__user__email", "routed_by")
CLOCK_COLUMNS = (
    "kind", "outcome", "started_at", "due_at", "due_soon_at", "stopped_at", "breached_at",
    "calendar__region__code", "calendar__region__time_zone", "coverage", "target_minutes", "rule", "tier", "priority",
)  # fmt: skip
# What the plan of the coming check-ins needs beside them.
PLAN_COLUMNS = ("calendar_id", "calendar__version")
TURNS = {status.value: Ticket(status=status).turn.value for status in Status}

Row = dict[str, Any]


def columns(*, staff: bool) -> tuple[str, ...]:
    """What `tickets_out` needs of each ticket."""
    return COLUMNS + STAFF_COLUMNS if staff else COLUMNS


def row_of(ticket: Ticket, *, staff: bool) -> Row:
    """The same values from an instance at hand, for an answer to the act that made it."""
    row: Row = {}
    for column in columns(staff=staff):
        value: Any = ticket
        for name in column.split("__"):
            value = getattr(value, name, None)
        row[column] = value
    return row


def tickets_out(rows: list[Row], *, staff: bool, now: datetime, followed: bool = True) -> list[Row]:
    """The tickets of `rows` (values of `columns`) with their running clocks and followers.

    `followed` False: nobody follows them, as on a ticket that was just opened without followers.
    """
    keys = [row["pk"] for row in rows]
    clocks, coming = _running(keys, now)
    followers = _followers(keys if followed else [])
    page = page_address(staff=staff)
    return [
        _ticket(
            row, clocks=clocks[row["pk"]], coming=coming.get(row["pk"], []), followers=followers[row["pk"]],
            page=page, staff=staff,
        )
        for row in rows
    ]  # fmt: skip


def ticket_out(pk: int, *, staff: bool, now: datetime) -> Row:
    """One ticket as it stands now."""
    rows = list(Ticket.objects.filter(pk=pk).with_level_3().with_workaround().values(*columns(staff=staff)))
    return tickets_out(rows, staff=staff, now=now)[0]


def number(pk: int) -> str:
    return f"{PREFIX}{pk + FIRST_NUMBER}"


def etag(pk: int, version: int) -> str:
    """Names one version of one ticket, for If-Match."""
    return f'"{number(pk)}-{version}"'


@cache
def page_address(*, staff: bool) -> str:
    """The address of the page about a ticket, with a place for its number."""
    path = reverse("admin:tickets_ticket_change" if staff else "tickets:detail", args=[f"{PREFIX}0"])
    return settings.SITE_URL + path.replace(f"{PREFIX}0", "%s")


def _ticket(
    row: Row, *, clocks: list[Row], coming: list[str | None], followers: list[Row], page: str, staff: bool
) -> Row:
    status, solved_at = row["status"], row["solved_at"]
    reopens = solved_at + REOPEN_FOR if status == Status.SOLVED and solved_at else None
    assignee = row["assignee_id"]
    follow_up_of, merged_into = row["follow_up_of_id"], row["merged_into_id"]
    shown = number(row["pk"])
    out = {
        "number": shown,
        "subject": row["subject"],
        "status": status,
        "turn": TURNS[status],
        "priority": row["priority"],
        "asked_priority": row["asked_priority"],
        "tier": row["tier"],
        "channel": row["channel"],
        "language": row["language"],
        "language_choice": row["language_choice"],
        "region": row["region__code"],
        "product": row["product"],
        "is_private": row["is_private"],
        "requester": {"id": row["requester_id"], "name": row["requester__user__name"]},
        "assignee": {"id": assignee, "name": row["assignee__user__name"]} if assignee else None,
        "followers": followers,
        "level_3": _level_3(row),
        "workaround": _workaround(row),
        "follow_up_of": number(follow_up_of) if follow_up_of else None,
        "merged_into": number(merged_into) if merged_into else None,
        "opened_at": stamp(row["opened_at"]),
        "updated_at": stamp(row["updated_at"]),
        "solved_at": stamp(solved_at),
        "closed_at": stamp(row["closed_at"]),
        "reopens_until": stamp(reopens),
        "next_due_at": stamp(row["next_due_at"]),
        "clocks": clocks,
        "coming_check_ins": coming,
        "version": row["version"],
        "url": page % shown,
    }
    if staff:
        out["account"] = {"id": row["account_id"], "name": row["account__name"]}
        out["requester_email"] = row["requester__user__email"]
        out["routed_by"] = row["routed_by"]
    return out


def _level_3(row: Row) -> Row | None:
    """The status of level 3, while it is requested, pending or in progress."""
    if not row["open_escalation__state"]:
        return None
    agent = row["open_escalation__agent_id"]
    return {
        "state": row["open_escalation__state"],
        "since": stamp(row["open_escalation__since"]),
        "agent": {"id": agent, "name": row["open_escalation__agent__user__name"]} if agent else None,
    }


def _workaround(row: Row) -> Row | None:
    """How the customer can go on meanwhile, while it is in place."""
    if not row["current_workaround__id"]:
        return None
    return {
        "id": row["current_workaround__id"],
        "description": row["current_workaround__description"],
        "recorded_at": stamp(row["current_workaround__recorded_at"]),
        "recorded_by": row["current_workaround__recorded_by__name"],
    }


# A page is read with one statement of a fixed length, so that its SQL is built once: 1, 32 or 128 keys.
_LENGTHS = (1, 32, 128)


def _clocks(*keys: int) -> QuerySet[Clock, Any]:
    clocks = Clock.objects.running().filter(ticket__in=keys).order_by("due_at", "pk")
    return clocks.values_list("ticket_id", *PLAN_COLUMNS, *CLOCK_COLUMNS)


def _following(*keys: int) -> QuerySet[Follower, Any]:
    followers = Follower.objects.filter(ticket__in=keys).order_by("pk")
    return followers.values_list("ticket_id", "contact_id", "contact__user__name")


_CLOCKS = {length: Prepared(_clocks, *range(-length, 0)) for length in _LENGTHS}
_FOLLOWING = {length: Prepared(_following, *range(-length, 0)) for length in _LENGTHS}


def _rows_for(prepared: dict[int, Prepared], keys: list[int]) -> list[Any]:
    """The rows for some keys; the last one is repeated until the length fits."""
    if not keys:
        return []
    length = next(length for length in _LENGTHS if length >= len(keys))
    return prepared[length].rows(*keys, *[keys[-1]] * (length - len(keys)))


def _running(keys: list[int], now: datetime) -> tuple[dict[int, list[Row]], dict[int, list[str | None]]]:
    """The running promises of each ticket, and its next three check-ins."""
    found: dict[int, list[Row]] = defaultdict(list)
    coming: dict[int, list[str | None]] = {}
    for ticket, calendar, version, *values in _rows_for(_CLOCKS, keys):
        found[ticket].append(clock_out(values, now=now))
        if values[0] == ClockKind.CHECK_IN:
            due_at, minutes, rule = values[3], values[10], values[11]
            planned = moments(due_at, rule, minutes, calendar_snapshot(calendar, version).hours, now=now)
            coming[ticket] = [stamp(moment) for moment in planned]
    return found, coming


def clock_out(values: Iterable[Any], *, now: datetime) -> Row:
    """One promise, from the values of CLOCK_COLUMNS."""
    (kind, outcome, started_at, due_at, due_soon_at, stopped_at, breached_at, region, zone, coverage, minutes, rule,
     tier, priority) = values  # fmt: skip
    late = outcome == Outcome.RUNNING and due_at <= now
    return {
        "kind": kind,
        "state": "overdue" if late else outcome,
        "started_at": stamp(started_at),
        "due_at": stamp(due_at),
        "due_soon_at": stamp(due_soon_at),
        "stopped_at": stamp(stopped_at),
        # The moment a promise falls due is the moment it is overdue, whether the sweep has noticed or not.
        "breached_at": stamp(breached_at or (due_at if late else None)),
        "calendar": region,
        "region_time_zone": zone,
        "coverage": coverage,
        "target_minutes": minutes,
        "check_in_rule": rule or None,
        "tier": tier,
        "priority": priority,
    }


def _followers(keys: list[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for ticket, contact, name in _rows_for(_FOLLOWING, keys):
        found[ticket].append({"id": contact, "name": name})
    return found


def message_out(message: Message, *, files: str) -> Row:
    """A message with its prefetched attachments; `files` is the address of an attachment with a place for its id."""
    return {
        "id": message.pk,
        "ticket": number(message.ticket_id),
        "author": {"name": message.author.name, "side": message.author_kind},
        "kind": message.kind,
        "channel": message.channel,
        "body": message.body,
        "parts": _parts(message),
        "created_at": stamp(message.created_at),
        "attachments": [attachment_out(attachment, files=files) for attachment in message.attachments.all()],
    }


def _parts(message: Message) -> Row | None:
    """The parts of an enhanced check-in, the moment as every moment here."""
    return {**message.parts, "next_at": stamp(message.next_update_at)} if message.parts else None


def attachment_out(attachment: Any, *, files: str) -> Row:
    return {
        "id": attachment.key,
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "url": files % attachment.key,
    }


@cache
def file_address() -> str:
    return settings.SITE_URL + reverse("api:attachment-detail", args=["KEY"]).replace("KEY", "%s")
