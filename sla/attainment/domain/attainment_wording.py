"""Reports about attainment in words, in the active language: lines, shares, sentences."""

import math
from datetime import date, timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.core.enums import Tier
from accounts.models import Account, Agent, Region
from portal.lib import durations
from portal.lib.durations import NBSP, is_french, say_day_of_year, say_distance
from sla.attainment.domain.attainment import Figures, Report, ReportRow, Table
from sla.attainment.domain.endings import NOBODY, Key
from sla.attainment.domain.periods import Period
from sla.core.enums import ClockKind, Priority

# Below this, “2 of 3” says more than “66.6%”.
FEW = 100


class Names:
    """What the keys of a report are called; one statement for accounts, regions or agents."""

    def __init__(self, report: Report) -> None:
        self._dimensions = report.dimensions
        values = {name: self._values(report, name) for name in ("account", "region", "agent")}
        self.accounts = dict(Account.objects.filter(pk__in=values["account"]).values_list("pk", "name"))
        self.regions = {region.pk: region for region in Region.objects.filter(pk__in=values["region"])}
        agents = Agent.objects.filter(pk__in=values["agent"])
        self.agents: dict[int, str] = dict(agents.values_list("pk", "user__name"))

    def _values(self, report: Report, name: str) -> set[Any]:
        if name not in self._dimensions:
            return set()
        place = self._dimensions.index(name)
        return {line.key[place] for table in report.tables for line in table.lines}

    def of(self, dimension: str, value: Any) -> str:
        match dimension:
            case "tier":
                return str(Tier(value).label)
            case "priority":
                return Priority(value).said
            case "account":
                return self.accounts.get(value, "–")
            case "region":
                return self.regions[value].name if value in self.regions else "–"
            case "agent":
                return _("customer or automatic task") if value == NOBODY else self.agents.get(value, "–")
        return say_month(value)

    def of_line(self, key: Key) -> str:
        return ", ".join(self.of(name, value) for name, value in zip(self._dimensions, key, strict=True))

    def in_order(self, table: Table) -> list[ReportRow]:
        """Tiers and priorities as they rank, months as they passed, accounts by what was missed, others by name."""
        return sorted(table.lines, key=lambda line: [self._rank(name, line) for name in self._ranked(line)])

    def _ranked(self, line: ReportRow) -> list[tuple[str, Any]]:
        return list(zip(self._dimensions, line.key, strict=True))

    def _rank(self, place: tuple[str, Any], line: ReportRow) -> Any:
        dimension, value = place
        match dimension:
            case "tier":
                return -list(Tier).index(Tier(value))
            case "account":
                return (-line.figures.missed, -line.figures.ended, self.of("account", value))
            case "region":
                return self.of("region", value)
            case "agent":
                return (value == NOBODY, self.of("agent", value))
        return value


def say_number(number: int) -> str:
    return number_format(number, force_grouping=True)


def say_share(share: float | None) -> str:
    """`93.1%`, `93,1 %`, cut off rather than rounded: 100 % means that nothing was missed. `—` for none."""
    if share is None:
        return "—"
    tenths = math.floor(share * 1000 + 1e-9)
    said = number_format(tenths / 10, 0 if tenths % 10 == 0 else 1)
    return f"{said}{NBSP}%" if is_french() else f"{said}%"


def say_month(first_day: date) -> str:
    return durations.say_month(first_day)


def say_days(period: Period) -> str:
    """`October 2026`, `9 November 2026`, `12 August 2026 – 9 November 2026`."""
    if period.is_month:
        return say_month(period.first)
    first, last = (say_day_of_year(day) for day in (period.first, period.last))
    return first if period.days == 1 else f"{first} – {last}"


def length(seconds: float) -> timedelta:
    """A median as a length to say: to the nearest minute, because more would only pretend."""
    return timedelta(minutes=round(seconds / 60)) if seconds > 60 else timedelta(seconds=seconds)


def headline(kind: ClockKind, figures: Figures) -> str:
    """What a table says: `Replies on time: 93% of 412. 29 missed their target, by a median of 41 min.`"""
    values = {
        "met": _say_met(figures),
        "count": say_number(figures.judged),
        "missed": say_number(figures.missed),
        "late": say_distance(length(figures.late.median or 0)),
    }
    answers = kind == ClockKind.RESPONSE
    if not figures.judged:
        said = _("No reply was due.") if answers else _("No check-in was due.")
    elif not figures.missed and answers:
        said = ngettext("The only reply was on time.", "All %(count)s replies were on time.", figures.judged)
    elif not figures.missed:
        said = ngettext("The only check-in was on time.", "All %(count)s check-ins were on time.", figures.judged)
    elif figures.judged == 1:
        said = (
            _("The only reply missed its target by %(late)s.")
            if answers
            else _("The only check-in missed its target by %(late)s.")
        )
    elif answers:
        said = ngettext(
            "Replies on time: %(met)s of %(count)s. One missed its target by %(late)s.",
            "Replies on time: %(met)s of %(count)s. %(missed)s missed their target, by a median of %(late)s.",
            figures.missed,
        )
    else:
        said = ngettext(
            "Check-ins on time: %(met)s of %(count)s. One missed its target by %(late)s.",
            "Check-ins on time: %(met)s of %(count)s. %(missed)s missed their target, by a median of %(late)s.",
            figures.missed,
        )
    return said % values


def _say_met(figures: Figures) -> str:
    """How many were met, as a number; as a percentage from 100 on, where it says more."""
    if figures.judged < FEW:
        return say_number(figures.judged - figures.missed)
    return say_share(figures.attainment)


def before(period: Period, figures: Figures) -> str:
    """`Previous period (14 May 2026 – 11 August 2026): 91% of 380.`"""
    values = {"period": say_days(period.before()), "met": _say_met(figures)}
    if not figures.judged:
        return _("Previous period (%(period)s): none.") % values
    return _("Previous period (%(period)s): %(met)s of %(count)s.") % (values | {"count": say_number(figures.judged)})


def definitions() -> list[tuple[str, str]]:
    """What the words and numbers of a report mean: (word, sentence)."""
    return [
        (
            _("What is counted"),
            _(
                "Every target counts once, on the day it ended in Coordinated Universal Time (UTC). A "
                "response target ends with our next public message, a check-in target with our next "
                "check-in."
            ),
        ),
        (_("Met and missed"), _("Met: ended by the due time. Missed: ended after it.")),
        (
            _("Share met"),
            _(
                "Targets met, divided by targets met and missed. Rounded down to one decimal: 100% means "
                "that no target was missed."
            ),
        ),
        (
            _("No longer due and skipped"),
            _(
                "Not counted in percentages or durations. No longer due: for example, the customer closed"
                " the ticket or we are waiting for their reply. Skipped: an agent skipped a check-in and "
                "gave the reason."
            ),
        ),
        (
            _("Real time and business hours"),
            _(
                "Duration of targets met and missed, from start to end, in real time (24/7) and in the "
                "business hours that apply. Median: half took no longer. 90th percentile: 9 in 10 took no"
                " longer. Both are exact to within 1%."
            ),
        ),
        (
            _("Check-ins on a change of status"),
            _(
                "P4 check-ins are sent by the change of status itself, so they count as met. They have no"
                " duration and are left out of the averages."
            ),
        ),
        (
            _("Running and overdue"),
            _(
                "Targets running now, whatever the dates selected. They are not in the percentages until "
                "they end, and belong to no agent and no month until then."
            ),
        ),
        (
            _("Tier, priority, region and agent"),
            _(
                "Tier, priority and region are those of the target when it ended. The agent is the one "
                "whose action ended it."
            ),
        ),
    ]
