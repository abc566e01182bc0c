"""What the desk's pages need beside the tags of the whole site: chips of both clocks, marks, moments."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from portal import account_360, chips
from portal.boxes import Box, filled
from portal.lib.durations import say_briefly, say_distance, say_moment, say_time
from portal.lib.names import city
from portal.lib.zones import zone
from portal.templatetags.ui import icon
from sla.attainment.domain.attainment_wording import say_share
from sla.core.enums import ClockKind, Priority
from sla.models import Clock
from tickets.core.domain.continuity import continuity
from tickets.core.enums import EscalationState, Status
from tickets.core.models.ticket import FIRST_NUMBER, PREFIX

register = template.Library()


def svg(name: str) -> SafeString:
    """A shape of the sprite, in the size of the desk."""
    return icon(name, "d-icon")


@register.simple_tag
def promise_chip(clock: Clock, now: datetime) -> SafeString:
    """The chip of one clock: state as icon and words, the exact due moment as its title."""
    state, words = chip(clock, now=now)
    return format_html(
        '<span class="d-chip d-chip--{}" title="{}">{}<span>{}</span></span>',
        state.replace("_", "-"),
        say_moment(clock.due_at, now, timezone.get_current_timezone()),
        svg(state),
        words,
    )


def chip(clock: Clock, *, now: datetime) -> tuple[str, str]:
    """State and words of a clock at `now`. Outside hours the agent reads two moments: due, and when it counts on."""
    here = timezone.get_current_timezone()
    shown = chips.chip_of(clock, now=now, zone=here)
    if shown.state != "resting":
        return shown.state, shown.words
    sentence = (
        _("Reply by %(moment)s · %(resumes)s")
        if clock.kind == ClockKind.RESPONSE
        else _("Check-in by %(moment)s · %(resumes)s")
    )
    resumes = shown.words[:1].lower() + shown.words[1:]
    return shown.state, sentence % {"moment": say_briefly(clock.due_at, now, here), "resumes": resumes}


@register.simple_tag
def ticket_chips(ticket: Any, now: datetime) -> SafeString:
    """The chips of both clocks of a ticket with `running_clocks`; a word when none runs."""
    shown = [promise_chip(clock, now) for clock in sorted(ticket.running_clocks, key=lambda clock: clock.due_at)]
    if not shown and ticket.status == Status.WAITING:
        shown = [_still("paused", chips.paused(for_staff=True).words)]
    return mark_safe(f'<span class="d-chips">{"".join(shown or [_still_word(ticket)])}</span>')  # noqa: S308 - each is escaped


def _still_word(ticket: Any) -> SafeString:
    if not ticket.is_live:
        return _still("met" if ticket.status == Status.SOLVED else "ended", ticket.get_status_display())
    return _still("on_track", _("No reply due"))


def _still(state: str, words: str) -> SafeString:
    return format_html(
        '<span class="d-chip d-chip--{}">{}<span>{}</span></span>', state.replace("_", "-"), svg(state), words
    )


@register.simple_tag
def priority_mark(value: int) -> SafeString:
    """`P1 Urgent` with its arrow."""
    priority = Priority(value)
    return format_html(
        '<span class="d-priority d-priority--{}">{}<span>{} {}</span></span>',
        priority.value,
        svg(f"p{priority.value}"),
        priority.code,
        priority.label,
    )


@register.simple_tag
def level_3_mark(state: str, name: str = "") -> SafeString:
    """`Level 3 asked for`, `Waits for level 3`, `With level 3: Kenji`: beside a ticket in a list or on its page."""
    words = _("Level 3 requested") if state == EscalationState.ASKED else EscalationState(state).label
    if name and state == EscalationState.TAKEN:
        words = _("With level 3: %(name)s") % {"name": name}
    return format_html('<span class="d-flag">{}</span>', words)


@register.simple_tag
def ago(value: datetime, now: datetime) -> SafeString:
    """`14 min ago`, with the full moment as its title."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        say_moment(value, now, timezone.get_current_timezone()),
        _("%(distance)s ago") % {"distance": say_distance(now - value)},
    )


@register.simple_tag
def local_time(now: datetime, zone_name: str) -> str:
    """`16:05 (Toronto)`: what the watch of somebody in that zone says."""
    return f"{say_time(now, zone(zone_name))} ({city(zone_name)})"


@register.simple_tag
def continuity_words(account: Account, now: datetime) -> str:
    """How many tickets of the last 90 days their engineer or the back-up handled; nothing without any."""
    whole = continuity(account, now).whole
    if not whole.tickets:
        return ""
    handled = {"handled": whole.by_engineer, "both": whole.by_engineer + whole.by_backup, "count": whole.tickets}
    return (
        ngettext(
            "Handled by the engineer in 90 days: %(handled)s of %(count)s ticket (%(both)s with the backup).",
            "Handled by the engineer in 90 days: %(handled)s of %(count)s tickets (%(both)s with the backup).",
            whole.tickets,
        )
        % handled
    )


@register.filter
def ticket_number(pk: int) -> str:
    """`42` → `SUP-1042`, where only the key of a ticket is known."""
    return f"{PREFIX}{pk + FIRST_NUMBER}"


@register.filter
def percent(share: float | None) -> str:
    """`0.934` → `93.4%`; a dash without a share."""
    return say_share(share)


@register.simple_tag
def account_boxes(request: Any, account: Any, now: datetime) -> list[Box]:
    """What the page of an account shows besides its form (portal/account_360.py)."""
    return filled(account_360.BOXES, request, account, now)
