"""What the desk's pages need beside the tags of the whole site: chips of both clocks, marks, moments."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal import chips
from portal.lib.durations import say_briefly, say_distance, say_moment, say_time
from portal.lib.zones import city, zone
from sla.enums import ClockKind, Priority
from sla.models import Clock
from tickets.enums import Status

register = template.Library()

# Shapes on a grid of 16: the state is told by shape, words, fill and border before it is told by colour.
ICONS = {
    "on_track": '<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.5"/>',
    "due_soon": '<path d="M4 2h8M4 14h8M5 2c0 3 2 4 3 6-1 2-3 3-3 6M11 2c0 3-2 4-3 6 1 2 3 3 3 6"/>',
    "overdue": '<path d="M8 2 15 14H1z"/><path d="M8 6.5v3.5M8 12v.1"/>',
    "paused": '<path d="M5.5 3v10M10.5 3v10"/>',
    "resting": '<path d="M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z"/>',
    "met": '<path d="m3 8.5 3.5 3.5L13 4.5"/>',
    "missed": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "ended": '<path d="M3.5 8h9"/>',
    "lock": '<rect x="3.5" y="7" width="9" height="6.5" rx="1"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>',
    "p1": '<path d="m3 8 5-5 5 5M3 13l5-5 5 5"/>',
    "p2": '<path d="m3 10.5 5-5 5 5"/>',
    "p3": '<path d="M3 8h10"/>',
    "p4": '<path d="m3 5.5 5 5 5-5"/>',
}  # fmt: skip


def svg(name: str) -> SafeString:
    """One icon; decoration, the words stand beside it."""
    return mark_safe(  # noqa: S308 - constants of this file
        '<svg class="d-icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor"'
        ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{ICONS[name]}</svg>"
    )


@register.simple_tag
def shape(name: str) -> SafeString:
    return svg(name)


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
    shown = chips.chip_of(clock, now=now, zone=here, for_staff=True)
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
    return _still("on_track", _("No reply owed"))


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
