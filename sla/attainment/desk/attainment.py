"""The page about attainment: words first, then the numbers; every number leads to the clocks behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.lib.durations import say_distance, say_duration
from portal.lib.spreadsheets import csv_file
from sla.attainment.desk.attainment_form import BadDays, period_words, read, selects, usual
from sla.attainment.desk.clock_filters import NONE
from sla.attainment.domain import attainment_wording as wording
from sla.attainment.domain.attainment import Figures, Report, Table, Times, report
from sla.attainment.domain.endings import NOBODY, Key
from sla.attainment.domain.other_times import OtherTime, other_times
from sla.attainment.domain.periods import Period, utc_day
from sla.core.enums import ClockKind, GroupBy, Outcome

# The page shows so many lines; the file has all.
MOST_LINES = 100
BAR = 64


@dataclass(frozen=True)
class Number:
    """One number of a table: as text, with the list of clocks behind it when there are any, and another one below."""

    text: str
    url: str = ""
    below: str = ""
    below_url: str = ""


@dataclass(frozen=True)
class Row:
    """One line as it is drawn; `bar` is the kept part of BAR, None without a percentage."""

    label: str
    share: Number
    bar: float | None
    numbers: list[Number]


def page(request: HttpRequest, site: Any, *, now: datetime) -> HttpResponse:
    today = utc_day(now)
    bad_days = False
    try:
        question = read(request.GET, today=today)
    except BadDays:
        question, bad_days = usual(today=today), True
    answer = report(question.period, group_by=question.group_by, filters=question.filters, now=now)
    names = wording.Names(answer)
    if request.GET.get("format") == "csv" and not bad_days:
        return csv_file(f"attainment-{question.period.first}-{question.period.last}.csv", csv_rows(answer, names))
    context = {
        **site.each_context(request),
        "title": _("SLA report"),
        "question": question,
        "days": wording.say_days(question.period),
        "period": period_words(question.name),
        "lines_by": GroupBy(question.group_by).label,
        "tables": [table_context(table, answer, names) for table in answer.tables],
        "other_times": [measured(other) for other in other_times(question.period, question.filters)],
        "definitions": wording.definitions(),
        "selects": selects(question, today=today),
        "kept": {**question.narrowed, "by": question.group_by.value},
        "csv_url": question.url(format="csv"),
        "clear_url": question.url(**dict.fromkeys(question.narrowed, "")) if question.narrowed else "",
        "bad_days": bad_days,
        "bar": BAR,
    }
    return TemplateResponse(request, "admin/sla/attainment.html", context, status=422 if bad_days else 200)


def table_context(table: Table, answer: Report, names: wording.Names) -> dict[str, Any]:
    lines = names.in_order(table)
    link = Links(table.kind, answer)
    return {
        "kind": table.kind,
        "title": _("Replies") if table.kind == ClockKind.RESPONSE else _("Check-ins"),
        "sentence": wording.headline(table.kind, table.total),
        "before": wording.before(answer.period, answer.before[table.kind]),
        "rows": [row(names.of_line(line.key), line.figures, link.of(line.key)) for line in lines[:MOST_LINES]],
        "total": row(_("All"), table.total, link.of(None)),
        "hidden": len(lines) - MOST_LINES if len(lines) > MOST_LINES else 0,
    }


def measured(other: OtherTime) -> dict[str, Any]:
    """A time without a target, in words."""
    times = {"median": other.times.median, "p90": other.times.p90}
    said = {name: say_distance(wording.length(time)) for name, time in times.items() if time is not None}
    return {"label": other.label, "count": other.count, **said}


def row(label: str, figures: Figures, link: "Link") -> Row:
    share = figures.attainment
    late = figures.late.median
    below = _("missed by %(length)s") % {"length": say_distance(wording.length(late))} if late is not None else ""
    return Row(
        label,
        Number(wording.say_share(share), link(among="judged") if figures.judged else ""),
        None if share is None else round(share * BAR, 1),
        [
            count(figures.kept, link(outcome__exact=Outcome.MET)),
            count(figures.missed, link(outcome__exact=Outcome.MISSED), below),
            count(figures.cancelled, link(outcome__exact=Outcome.CANCELLED)),
            count(figures.skipped, link(outcome__exact=Outcome.SKIPPED)),
            lengths(figures.elapsed, link, say_distance),
            lengths(figures.business, link, say_duration),
            running(figures, link),
        ],
    )


def count(number: int | None, url: str, below: str = "") -> Number:
    if number is None:
        return Number("—")
    return Number(wording.say_number(number), url if number else "", below, url if below else "")


def running(figures: Figures, link: "Link") -> Number:
    """How many run, and how many of them are overdue below."""
    overdue = _("%(count)s overdue") % {"count": wording.say_number(figures.overdue)} if figures.overdue else ""
    number = count(figures.running, link.running(outcome__exact=Outcome.RUNNING))
    return replace(number, below=overdue, below_url=link.running(among="overdue"))


def lengths(times: Times, link: "Link", say: Callable[[timedelta], str]) -> Number:
    """The median, and the 90th percentile below it."""
    if times.median is None or times.p90 is None:
        return Number("—")
    url = link(among="timed")
    return Number(say(wording.length(times.median)), url, say(wording.length(times.p90)), url)


class Link:
    """Addresses of the lists behind the numbers of one line."""

    def __init__(self, place: dict[str, str], ended: Period) -> None:
        self.place, self.ended = place, ended

    def __call__(self, **more: str) -> str:
        return self.running(ended=str(self.ended), **more)

    def running(self, **more: str) -> str:
        return f"{reverse('admin:sla_clock_changelist')}?{urlencode(self.place | more)}"


class Links:
    """The lists behind the lines of one table: what the report was narrowed to, and what the line is."""

    NAMES = {"kind": "kind__exact", "tier": "tier__exact", "priority": "priority__exact"}

    def __init__(self, kind: ClockKind, answer: Report) -> None:
        self.kind, self.answer = kind, answer

    def of(self, key: Key | None) -> Link:
        """The lists of one line; None: of all."""
        place = self.answer.filters.given | {"kind": self.kind.value}
        ended = self.answer.period
        for name, value in zip(self.answer.dimensions, key or (), strict=False):
            if name == "month":
                ended = Period.month_of(value).within(ended)
            else:
                place[name] = value
        if place.get("agent") == NOBODY:
            place["agent"] = NONE
        return Link({self.NAMES.get(name, name): str(value) for name, value in place.items()}, ended)


CSV_HEAD = (
    "attainment", "kept", "missed", "cancelled", "skipped", "elapsed_median_seconds", "elapsed_p90_seconds",
    "business_median_seconds", "business_p90_seconds", "late_median_seconds", "running_now", "overdue_now",
)  # fmt: skip


def csv_rows(answer: Report, names: wording.Names) -> Iterator[list[object]]:
    """The whole report, one line per kind and group; words for programs in the head, names for people in the lines."""
    yield ["from", "to", "kind", *answer.dimensions, *CSV_HEAD]
    for table in answer.tables:
        for line in names.in_order(table):
            named = [
                f"{value:%Y-%m}" if name == "month" else names.of(name, value)
                for name, value in zip(answer.dimensions, line.key, strict=True)
            ]
            first, last = answer.period.first.isoformat(), answer.period.last.isoformat()
            yield [first, last, table.kind.value, *named, *csv_figures(line.figures)]


def csv_figures(figures: Figures) -> list[object]:
    share = figures.attainment
    times = (
        figures.elapsed.median, figures.elapsed.p90, figures.business.median, figures.business.p90, figures.late.median,
    )  # fmt: skip
    return [
        None if share is None else round(share, 4),
        figures.kept, figures.missed, figures.cancelled, figures.skipped,
        *(None if seconds is None else round(seconds) for seconds in times),
        figures.running, figures.overdue,
    ]  # fmt: skip
