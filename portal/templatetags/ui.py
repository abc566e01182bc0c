"""Filters and tags that every template may use (a built-in library: no {% load %} needed)."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal import chips, demo
from portal.lib import clock as watch
from portal.lib import demo_clock, durations, names, zones
from portal.lib.access import STAFF
from portal.lib.text import to_html
from sla.core.domain.definitions import definition
from sla.core.enums import Priority
from sla.models import Clock
from tickets.calls.domain.numbers import say_number
from tickets.core.enums import Status

register = template.Library()

NOTHING = SafeString("")
KILO = 1000
MINUS = "\N{MINUS SIGN}"


def _time(value: datetime, words: str) -> SafeString:
    """`<time>` with the words inside, the full date as its title and the instant for machines."""
    local = timezone.localtime(value)
    here = names.city(str(timezone.get_current_timezone()))
    full = f"{durations.say_whole_day(local.date())} {local:%H:%M} ({here})"
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, words)


@register.filter
def language(code: str) -> str:
    """`fr` → “French”, “français”: as the reader calls it."""
    return names.language_name(code)


@register.inclusion_tag("ui/priorities.html")
def priority_definitions() -> dict[str, Any]:
    """What each priority means for the business of the customer: people choose by consequence."""
    return {"definitions": [(priority, definition(priority)) for priority in Priority]}


@register.simple_tag
def moment(value: datetime | None, now: datetime | None = None) -> SafeString:
    """`today 20:30`, `Tue 10 Nov 17:30` in the reader's zone."""
    if value is None:
        return NOTHING
    return _time(value, durations.say_moment(value, now or watch.now(), timezone.get_current_timezone()))


@register.simple_tag
def moment_on(value: datetime | None, now: datetime | None = None) -> SafeString:
    """`today at 20:30`, `on Tuesday 10 November at 17:30`: a moment inside a sentence."""
    if value is None:
        return NOTHING
    return _time(value, durations.say_on(value, now or watch.now(), timezone.get_current_timezone()))


@register.simple_tag
def moment_by(value: datetime | None, now: datetime | None = None) -> SafeString:
    """`today at 20:30`, `Tuesday 10 November at 17:30`: the same after by, since, until, from, to."""
    if value is None:
        return NOTHING
    return _time(value, durations.say_by(value, now or watch.now(), timezone.get_current_timezone()))


@register.simple_tag
def stretch(start: datetime, end: datetime | None, now: datetime) -> str:
    """`today 18:00 – 23:00`, `from Wed 2 Dec 18:00`: from when to when."""
    return durations.say_stretch(start, end, now, timezone.get_current_timezone())


@register.simple_tag
def due(value: datetime | None, now: datetime | None = None) -> SafeString:
    """`20:30 today (in 1 h 12 min)`: a due moment with its distance, which a script keeps fresh."""
    if value is None:
        return NOTHING
    return _time(value, durations.say_due(value, now or watch.now(), timezone.get_current_timezone()))


@register.simple_tag
def countdown(value: datetime, now: datetime | None = None) -> SafeString:
    """`in 1 h 12 min` or `14 min ago`; a script rewrites it every minute from the words that stand beside it."""
    return format_html(
        '<time datetime="{}" data-countdown="{}" data-late="{}">{}</time>',
        value.isoformat(),
        _("in %(distance)s") % {"distance": "%s"},
        _("%(distance)s ago") % {"distance": "%s"},
        durations.say_relative(value, now or watch.now()),
    )


@register.simple_tag
def in_zone(value: datetime | None, name: str, now: datetime | None = None) -> SafeString:
    """` · 20:30 in Paris`: the moment as a watch in the zone `name` shows it; nothing when that is what was said."""
    if value is None:
        return NOTHING
    said = durations.say_elsewhere(value, now or watch.now(), zones.zone(name), timezone.get_current_timezone())
    return format_html('<span class="elsewhere"> · {}</span>', said) if said else NOTHING


@register.filter
def duration(value: timedelta | int | None) -> str:
    """A timedelta, or minutes: `22 min`, `1 h 12 min`."""
    if value is None:
        return ""
    return durations.say_duration(value if isinstance(value, timedelta) else timedelta(minutes=value))


@register.filter
def phone(number: str | None) -> str:
    """`+33199001234` → `+33 1 99 00 12 34`."""
    return say_number(number) if number else ""


@register.filter
def hours(minutes: int | None) -> str:
    """Minutes as hours in figures: “5.5”, “−2”."""
    return "" if minutes is None else durations.say_hours(minutes).replace("-", MINUS)


@register.filter
def distance(value: timedelta | None) -> str:
    """Time as it passes outside: `22 min`, `1 day 3 h`."""
    return "" if value is None else durations.say_distance(value)


@register.filter
def city(value: str) -> str:
    """`Europe/Paris` → `Paris`."""
    return names.city(value)


@register.filter
def meeting_time(value: datetime, name: str) -> str:
    """`Tue 10 Nov 2026 14:00` on the clock of the zone called `name`: never “today”, it is read on another day."""
    return durations.say_meeting(value, zones.zone(name))


def _local_day(value: date | datetime) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value


@register.filter
def long_day(value: date | datetime | None) -> str:
    """`1 July 2026`, `1er juillet 2026`."""
    return durations.say_day_of_year(_local_day(value)) if value else ""


@register.filter
def whole_day(value: date | datetime | None) -> str:
    """`Tuesday 10 November 2026`, `mardi 10 novembre 2026`."""
    return durations.say_whole_day(_local_day(value)) if value else ""


@register.filter
def stamp(value: datetime | None) -> str:
    """`10 Nov 2026, 17:30` in the reader's zone."""
    return durations.say_stamp(value, timezone.get_current_timezone()) if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """`Tue 10 Nov`, `mar. 10 nov.`, with the year when it is not the present one."""
    if value is None:
        return ""
    today = timezone.localdate(watch.now())
    return durations.say_date(_local_day(value), today)


@register.filter
def relative(value: datetime | None) -> str:
    """`14 min ago`, `in 2 days`."""
    return durations.say_relative(value, watch.now()) if value else ""


def _for_staff(context: Context) -> bool:
    return context.get("role") in STAFF


def _chip(chip: chips.Chip) -> SafeString:
    return mark_safe(render_to_string("ui/chip.html", {"chip": chip}).strip())  # noqa: S308 - a rendered template


@register.simple_tag
def clock_chip(clock: Clock | None, now: datetime | None = None) -> SafeString:
    """How one promise stands; nothing for None."""
    if clock is None:
        return NOTHING
    here = timezone.get_current_timezone()
    return _chip(chips.chip_of(clock, now=now or watch.now(), zone=here))


@register.simple_tag(takes_context=True)
def paused_chip(context: Context) -> SafeString:
    return _chip(chips.paused(for_staff=_for_staff(context)))


@register.simple_tag
def sample_people() -> list[dict[str, str]]:
    """Whom one may sign in as in demonstration mode, with the published password; nobody otherwise."""
    if not settings.DEMO:
        return []
    return [
        {"name": name, "email": email, "words": str(words), "password": demo.PASSWORD}
        for name, email, words in demo.SIGN_INS
    ]


@register.simple_tag
def demo_time() -> dict[str, Any]:
    """What the banner of the demonstration says of its time, in the reader's zone; asks nothing of the database."""
    here = timezone.localtime(watch.now())
    name = str(timezone.get_current_timezone())
    return {
        "words": meeting_time(here, name), "city": names.city(name), "zone": name,
        # The present minute has begun already, and lies behind.
        "next_minute": f"{here + timedelta(minutes=1):%Y-%m-%dT%H:%M}", "known": demo_clock.current_row(),
    }  # fmt: skip


@register.simple_tag
def now_for_scripts() -> str:
    """The server's present, from which scripts count on: the reader's own watch may be wrong, or time was moved."""
    return watch.now().isoformat(timespec="milliseconds")


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A shape of the sprite; decoration, because the words stand beside it."""
    return format_html(
        '<svg class="icon{}" width="16" height="16" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def priority_badge(value: int) -> SafeString:
    """`P1 Urgent` with its arrow."""
    priority = Priority(value)
    return format_html(
        '<span class="priority priority--{}">{}<span><strong>{}</strong> {}</span></span>',
        priority.value,
        icon(f"p{priority.value}"),
        priority.code,
        priority.label,
    )


@register.simple_tag
def status_badge(ticket: Any) -> SafeString:
    return format_html('<span class="tag status-{}">{}</span>', ticket.status, Status(ticket.status).label)


@register.simple_tag
def turn_badge(ticket: Any) -> SafeString:
    return format_html('<span class="tag turn-{}">{}</span>', ticket.turn.value, ticket.turn.label)


@register.filter
def markdown(value: str | None) -> SafeString:
    """What a person wrote, as safe HTML."""
    return mark_safe(to_html(value or ""))  # noqa: S308 - cleaned by an allow-list


@register.filter
def filesize_short(value: int | None) -> str:
    """`340 kB`, `1.2 MB` (French `340 ko`, `1,2 Mo`): decimal units, as file managers show them."""
    size, unit = float(value or 0), 0
    units = ["o", "ko", "Mo", "Go"] if durations.is_french() else ["B", "kB", "MB", "GB"]
    while size >= KILO and unit < len(units) - 1:
        size, unit = size / KILO, unit + 1
    digits = 1 if unit > 1 and size < 10 else 0
    return f"{number_format(round(size, digits), digits)}{durations.NBSP}{units[unit]}"
