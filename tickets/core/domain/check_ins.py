"""Check-ins that an agent writes. On tiers with enhanced check-ins each one has four parts (semantics §7)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.core.domain.entitlements import Entitlements, entitlements_of
from accounts.models import User
from portal.lib.durations import say_both, say_moment
from portal.lib.errors import DomainError
from portal.lib.typed import as_text
from portal.lib.zones import zone
from sla.core.domain import clocks
from sla.core.enums import ClockKind
from tickets.core.domain.clocks import terms_of
from tickets.core.domain.conversation import WRITTEN_ON_THE_PAGE, ReplyDetails, reply_as_agent
from tickets.core.enums import MessageKind, Status
from tickets.core.models import Message, Ticket

# The parts in the order in which they are written and read, as customers see them.
LABELS = {
    "changed": gettext_lazy("What changed"),
    "stands": gettext_lazy("Current status"),
    "next_step": gettext_lazy("Next step"),
    "next_at": gettext_lazy("Next check-in"),
}
A_WEEK = timedelta(days=7)
WORDS = ("changed", "stands", "next_step")


def has_parts(entitlements: Entitlements) -> bool:
    """Whether check-ins to this person are enhanced ones."""
    return entitlements.terms.enhanced_check_ins


def next_update(ticket: Ticket, entitlements: Entitlements, *, now: datetime) -> datetime | None:
    """When the check-in after one that is sent now would be due, in whole minutes; None without a rhythm (P4)."""
    terms = terms_of(ticket, now=now, bound=(entitlements.tier, entitlements.basis))
    due = terms.check_in_due(now)
    return due.replace(second=0, microsecond=0) if due else None


@transaction.atomic
def send_check_in(
    ticket: Ticket,
    *,
    parts: Mapping[str, Any] | None = None,
    body: str = "",
    by: User,
    now: datetime,
    status_after: Status | None = None,
    details: ReplyDetails = WRITTEN_ON_THE_PAGE,
) -> Message:
    """Tell the customer where things stand: `parts` (`next_at` a moment, the others Markdown), or a plain `body`.

    On tiers with enhanced check-ins only parts will do. Raises DomainError with the field that is missing or does not
    fit, and whatever reply_as_agent raises; then nothing is sent.
    """
    details = replace(details, kind=MessageKind.CHECK_IN)
    if parts is None:
        if has_parts(entitlements_of(ticket.requester, now)):
            raise DomainError(
                _("Enhanced check-ins have four parts: what changed, current status, next step and next "
                  "check-in."),
                code="parts_missing", field="parts",
            )  # fmt: skip
        return reply_as_agent(ticket, body=body, by=by, now=now, status_after=status_after, details=details)
    words, next_at = _complete(parts, now=now)
    details = replace(details, parts={**words, "next_at": next_at.isoformat()})
    text = _as_text(ticket, words, next_at)
    message = reply_as_agent(ticket, body=text, by=by, now=now, status_after=status_after, details=details)
    promised = clocks.running_clocks(ticket.pk).get(ClockKind.CHECK_IN)
    if promised and next_at > promised.due_at:
        raise DomainError(
            _("The next check-in is due by %(moment)s. Enter that time or an earlier one.")
            % {"moment": say_moment(promised.due_at, now, zone(by.time_zone))},
            code="later_than_promised", field="next_at", due_at=promised.due_at.isoformat(),
        )  # fmt: skip
    return message


def _complete(parts: Mapping[str, Any], *, now: datetime) -> tuple[dict[str, str], datetime]:
    """The words of each part and the moment. Raises DomainError for the first that is missing."""
    missing = {
        "changed": _("Enter what has changed since the last check-in, even if nothing has."),
        "stands": _("Enter the current status."),
        "next_step": _("Enter the next step."),
    }
    words = {name: as_text(str(parts.get(name) or "")) for name in WORDS}
    for name in WORDS:
        if not words[name]:
            raise DomainError(missing[name], code="empty", field=name)
    next_at = parts.get("next_at")
    if not isinstance(next_at, datetime):
        raise DomainError(_("Enter when the next check-in is due."), code="empty", field="next_at")
    if next_at <= now:
        raise DomainError(_("The next check-in is in the past. Enter a later time."), code="past", field="next_at")
    return words, next_at


def _as_text(ticket: Ticket, words: Mapping[str, str], next_at: datetime) -> str:
    """The parts as one Markdown text with headings, in the customer's language and time, for readers of plain text."""
    reader = ticket.requester.user
    with translation.override(reader.language):
        # Seen from later the moment is said with its day: the text may be read tomorrow.
        said = say_both(next_at, next_at + A_WEEK, zone(reader.time_zone), zone(ticket.region.time_zone))
        texts = {**words, "next_at": said}
        return "\n\n".join(f"### {label}\n\n{texts[name]}" for name, label in LABELS.items())
