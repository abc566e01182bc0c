"""The copy deck for time: how lengths, moments and distances in time are said, in the active language.

Pure functions for pages, mails, the API and the command line. A moment is always said in a zone that the caller
names; `now` decides between "today", "tomorrow" and a date. English writes `1 h 12 min`, French `1 h 12`; both keep
a number and its unit on one line, and write hours as `17:30`.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from portal.lib.names import city, in_city, month, weekday

NBSP = "\N{NO-BREAK SPACE}"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Seen from so much later every moment is said with its day.
LATER = timedelta(days=3)


def is_french() -> bool:
    return (get_language() or "en").startswith("fr")


def say_duration(length: timedelta) -> str:
    """`22 min`, `3 h`, `1 h 12 min` (French `1 h 12`). Never days: a day of business time is not a day.

    Whole minutes, cut off; the sign is left to the words around it.
    """
    length = abs(length)
    if timedelta() < length < MINUTE:
        return _("less than 1 min").replace("1 ", f"1{NBSP}")
    hours, minutes = divmod(length // MINUTE, 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    if not minutes:
        return f"{hours}{NBSP}h"
    return f"{hours}{NBSP}h{NBSP}{minutes:02d}" if is_french() else f"{hours}{NBSP}h{NBSP}{minutes}{NBSP}min"


def as_shown(moment: datetime, zone: tzinfo = UTC) -> datetime:
    """The full minute that stands for `moment` wherever it is said: seconds are cut."""
    local = moment.astimezone(zone)
    return moment - timedelta(seconds=local.second, microseconds=local.microsecond)


def shown_between(start: datetime, end: datetime, zone: tzinfo = UTC) -> timedelta:
    """How long it is from `start` to `end` as both are shown, so that a reader who reckons gets what is said."""
    return as_shown(end, zone) - as_shown(start, zone)


def shown_margin(one: datetime, other: datetime) -> timedelta:
    """By how much two moments differ, as shown; within one minute as it is: less than a minute, not nothing."""
    return abs(shown_between(one, other)) or abs(other - one)


def say_distance(length: timedelta) -> str:
    """Like say_duration, for time as it passes outside: more than a day is said in days, `1 day 3 h`, `5 days`."""
    length = abs(length)
    if length <= DAY:
        return say_duration(length)
    days, rest = divmod(length, DAY)
    said = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    hours = rest // HOUR
    # From a week on, hours say nothing any more.
    return f"{said} {say_duration(hours * HOUR)}" if hours and days < 7 else said


def say_relative(moment: datetime, now: datetime) -> str:
    """`in 1 h 12 min`, `14 min ago`."""
    distance = say_distance(moment - now)
    if moment >= now:
        return _("in %(distance)s") % {"distance": distance}
    return _("%(distance)s ago") % {"distance": distance}


def say_time(moment: datetime, zone: tzinfo) -> str:
    """`17:30`, in both languages."""
    return f"{moment.astimezone(zone):%H:%M}"


def say_day(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """`today`, `tomorrow`, `yesterday`, `Tue 10 Nov` (`mar. 10 nov.`); with the year when it is another one."""
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    distance = (day - today).days
    if distance == 0:
        return pgettext("day", "today")
    if distance == 1:
        return pgettext("day", "tomorrow")
    if distance == -1:
        return pgettext("day", "yesterday")
    return say_date(day, today)


def say_date(day: date, today: date) -> str:
    """`Tue 10 Nov`, `mar. 10 nov.`, with the year when it is not the present one."""
    said = f"{weekday(day.weekday(), short=True)} {_number(day)} {month(day.month, short=True)}"
    return said if day.year == today.year else f"{said} {day.year}"


def say_day_of_year(day: date) -> str:
    """`1 July 2026`, `1er juillet 2026`: a day that is read without knowing when it was written."""
    return f"{_number(day)} {month(day.month)} {day.year}"


def say_whole_day(day: date) -> str:
    """`Tuesday 10 November 2026`, `mardi 10 novembre 2026`."""
    return f"{weekday(day.weekday())} {say_day_of_year(day)}"


def say_month(day: date) -> str:
    """`November 2026`, `novembre 2026`."""
    return f"{month(day.month)} {day.year}"


def say_stamp(moment: datetime, zone: tzinfo) -> str:
    """`10 Nov 2026, 17:30`, `10 nov. 2026, 17:30`: a moment in a column, read on any day."""
    day = moment.astimezone(zone).date()
    return f"{say_short_day(day)}, {say_time(moment, zone)}"


def say_meeting_in(moment: datetime, zones: Sequence[tzinfo]) -> str:
    """`Friday 4 December 2026 at 10:00 (Paris), 09:00 (London)`: with another day only where it is another one."""
    first, *others = zones
    day = moment.astimezone(first).date()
    said = [_("%(day)s at %(time)s (%(city)s)") % _place(moment, first)]
    for zone in others:
        same = moment.astimezone(zone).date() == day
        said.append((_("%(time)s (%(city)s)") if same else _("%(day)s at %(time)s (%(city)s)")) % _place(moment, zone))
    return ", ".join(said)


def _place(moment: datetime, zone: tzinfo) -> dict[str, str]:
    day = say_whole_day(moment.astimezone(zone).date())
    return {"day": day, "time": say_time(moment, zone), "city": city(str(zone))}


def say_meeting(moment: datetime, zone: tzinfo) -> str:
    """`Tue 10 Nov 2026 14:00`: never “today”, it is read on another day."""
    day = moment.astimezone(zone).date()
    return f"{weekday(day.weekday(), short=True)} {say_short_day(day)} {say_time(moment, zone)}"


def say_short_day(day: date) -> str:
    """`10 Nov 2026`, `1er déc. 2026`; of a moment its day in UTC."""
    return f"{_number(day)} {month(day.month, short=True)} {day.year}"


def _number(day: date) -> str:
    return "1er" if is_french() and day.day == 1 else str(day.day)


def say_moment(moment: datetime, now: datetime, zone: tzinfo, *, after: datetime | None = None) -> str:
    """`today 20:30`, `tomorrow 09:00`, `Tue 10 Nov 17:30`.

    `after`: an earlier moment that was just said; on its day only the hour is.
    """
    time = say_time(moment, zone)
    if after is not None and after.astimezone(zone).date() == moment.astimezone(zone).date():
        return time
    return f"{say_day(moment, now, zone)} {time}"


def say_on(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment inside a sentence: `today at 20:30`, `on Tuesday 10 November at 17:30`, `mardi 10 novembre à 17:30`."""
    near = {
        -1: pgettext("moment in a sentence", "yesterday at %(time)s"),
        0: pgettext("moment in a sentence", "today at %(time)s"),
        1: pgettext("moment in a sentence", "tomorrow at %(time)s"),
    }
    far = pgettext("moment in a sentence", "on %(day)s at %(time)s")
    return near.get(_days_ahead(moment, now, zone), far) % _said_in_a_sentence(moment, now, zone)


def say_by(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """The same after a word such as by, since, until: `20:30 today`, `Tuesday 10 November at 17:30`."""
    near = {
        -1: pgettext("moment in a sentence after by, since, until", "%(time)s yesterday"),
        0: pgettext("moment in a sentence after by, since, until", "%(time)s today"),
        1: pgettext("moment in a sentence after by, since, until", "%(time)s tomorrow"),
    }
    far = pgettext("moment in a sentence after by, since, until", "%(day)s at %(time)s")
    return near.get(_days_ahead(moment, now, zone), far) % _said_in_a_sentence(moment, now, zone)


def _days_ahead(moment: datetime, now: datetime, zone: tzinfo) -> int:
    return (moment.astimezone(zone).date() - now.astimezone(zone).date()).days


def _said_in_a_sentence(moment: datetime, now: datetime, zone: tzinfo) -> dict[str, str]:
    day = moment.astimezone(zone).date()
    said = f"{weekday(day.weekday())} {_number(day)}{NBSP}{month(day.month)}"
    if day.year != now.astimezone(zone).year:
        said = f"{said} {day.year}"
    return {"day": said, "time": say_time(moment, zone)}


def say_from_to(start: datetime, end: datetime, now: datetime, zone: tzinfo) -> str:
    """A stretch of time inside a sentence: `today from 16:30 to 17:30`, `on Tuesday 10 November from 09:00 to 10:00`,
    `from Friday 6 November at 17:30 to Monday 9 November at 09:00`.
    """
    first, last, today = (moment.astimezone(zone).date() for moment in (start, end, now))
    if first != last:
        sentence = pgettext("moment in a sentence after by, since, until", "%(day)s at %(time)s")
        ends = [sentence % _said_in_a_sentence(moment, now, zone) for moment in (start, end)]
        return pgettext("stretch of time", "from %(start)s to %(end)s") % {"start": ends[0], "end": ends[1]}
    values = {"opens": say_time(start, zone), "closes": say_time(end, zone)}
    near = {
        -1: pgettext("stretch of time", "yesterday from %(opens)s to %(closes)s"),
        0: pgettext("stretch of time", "today from %(opens)s to %(closes)s"),
        1: pgettext("stretch of time", "tomorrow from %(opens)s to %(closes)s"),
    }
    far = pgettext("stretch of time", "on %(day)s from %(opens)s to %(closes)s")
    values["day"] = _said_in_a_sentence(start, now, zone)["day"]
    return near.get((first - today).days, far) % values


def say_stretch(start: datetime, end: datetime | None, now: datetime, zone: tzinfo) -> str:
    """`today 18:00 – 23:00`, `Wed 2 Dec 18:00 – Mon 7 Dec 09:00`; without an end `from Wed 2 Dec 18:00`."""
    said = say_moment(start, now, zone)
    if end is None:
        return _("from %(at)s") % {"at": said}
    return f"{said} – {say_moment(end, now, zone, after=start)}"


def say_briefly(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Like say_moment, but today goes without saying: `20:30`. For chips and columns."""
    return say_moment(moment, now, zone, after=now)


def say_briefly_by(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """The same after a word such as by: `20:30`, `Tue 10 Nov 17:30`, in French `à 20:30`, `mar. 10 nov. à 17:30`."""
    time = say_time(moment, zone)
    if not _days_ahead(moment, now, zone):
        return pgettext("moment in a chip", "%(time)s") % {"time": time}
    return pgettext("moment in a chip", "%(day)s %(time)s") % {"day": say_day(moment, now, zone), "time": time}


def say_due(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A due moment with its distance: `20:30 today (in 1 h 12 min)`, `tomorrow 09:00 (in 14 h)`, `Thu 12 Nov 09:00`.

    The distance is said while it is at most a day; beyond, only the date is clear.
    """
    if moment.astimezone(zone).date() == now.astimezone(zone).date():
        said = _("%(time)s today") % {"time": say_time(moment, zone)}
    else:
        said = say_moment(moment, now, zone)
    return said if abs(moment - now) > DAY else f"{said} ({say_relative(moment, now)})"


def same_hour(moment: datetime, one: tzinfo, other: tzinfo) -> bool:
    """True when watches in both zones show the same at `moment`."""
    return moment.astimezone(one).utcoffset() == moment.astimezone(other).utcoffset()


def say_elsewhere(moment: datetime, now: datetime, zone: tzinfo, reader: tzinfo) -> str:
    """`20:30 in Paris`; with the date when it is not the reader's there, because "today" would be heard as theirs.

    Empty when both zones show the same.
    """
    if same_hour(moment, zone, reader):
        return ""
    there, here = moment.astimezone(zone), moment.astimezone(reader)
    said = say_time(moment, zone)
    if there.date() != here.date():
        said = f"{say_date(there.date(), now.astimezone(reader).date())} {said}"
    return _("%(moment)s %(in_city)s") % {"moment": said, "in_city": in_city(str(zone))}


Say = Callable[[datetime, datetime, tzinfo], str]


def say_both(moment: datetime, now: datetime, reader: tzinfo, region: tzinfo, *, say: Say = say_moment) -> str:
    """The reader's time first, then the region's if it differs: `today 14:30 (Toronto), 20:30 in Paris`.

    `say`: the form of the reader's time; say_on or say_by inside a sentence.
    """
    said = say(moment, now, reader)
    elsewhere = say_elsewhere(moment, now, region, reader)
    if not elsewhere:
        return said
    values = {"moment": said, "city": city(str(reader)), "elsewhere": elsewhere}
    return _("%(moment)s (%(city)s), %(elsewhere)s") % values


def say_with_day(moment: datetime, reader: tzinfo, region: tzinfo, *, say: Say = say_moment) -> str:
    """`Tue 10 Nov 17:30 (Paris)`, or the reader's time first and the region's after it: for mails.

    Always with the day: a mail may be read tomorrow, when “today” has become another day.
    """
    said = say_both(moment, moment + LATER, reader, region, say=say)
    return f"{said} ({city(str(reader))})" if same_hour(moment, reader, region) else said


def say_business_hours(length: timedelta) -> str:
    """`1 business hour`, `4 business hours`, `2 h 30 min in business hours`: an amount of open time."""
    if length % HOUR:
        return _("%(length)s in business hours") % {"length": say_duration(length)}
    hours = length // HOUR
    return ngettext("%(hours)s business hour", "%(hours)s business hours", hours) % {"hours": hours}


def say_hours(minutes: int) -> str:
    """`330` → “5.5”, in French “5,5”: hours as a number without a unit."""
    text = number_format(Decimal(minutes) / 60, decimal_pos=2)
    return text.rstrip("0").rstrip(".,")
