"""How promises were kept, for staff and their programs."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.enums import Tier
from accounts.models import Region
from portal.lib.rest.refusals import BadParameter
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import key, one_of, parameters
from sla.attainment.domain.attainment import Figures, Report, Times, report
from sla.attainment.domain.attainment_wording import Names
from sla.attainment.domain.endings import NOBODY, Filters, Key
from sla.attainment.domain.other_times import other_times
from sla.attainment.domain.periods import Period, read_period, utc_day
from sla.core.enums import ClockKind, GroupBy, Priority

USUAL_DAYS = 90
# The agent of promises that a customer or a job ended, in an address.
NONE = "none"


class TimesOut(Shape):
    median_seconds = serializers.IntegerField(allow_null=True)
    p90_seconds = serializers.IntegerField(allow_null=True, help_text="Both are exact to within 1 %.")


class FiguresOut(Shape):
    kind = serializers.ChoiceField(ClockKind.choices)
    attainment = serializers.FloatField(allow_null=True, help_text="kept / (kept + missed); null when there is none.")
    kept = serializers.IntegerField(help_text="Ended at or before due, updates on a change of status included.")
    missed = serializers.IntegerField(help_text="Ended after due.")
    cancelled = serializers.IntegerField(help_text="Fell away; in no percentage and no time.")
    skipped = serializers.IntegerField(help_text="Left out by an agent, with a reason; in no percentage and no time.")
    elapsed = TimesOut(help_text="From start to end.")
    business = TimesOut(help_text="From start to end, within the opening hours that the promise names.")
    late = TimesOut(help_text="From due to end, of the missed ones.")
    running = serializers.IntegerField(allow_null=True, help_text="At this moment; null where nobody can know.")
    overdue = serializers.IntegerField(allow_null=True, help_text="Running, and past due at this moment.")


class LineOut(FiguresOut):
    group = serializers.DictField(help_text="What the line is, by the words of group_by.")


class OtherTimeOut(TimesOut):
    code = serializers.CharField(help_text="workaround: from opening a P1 or P2 to its first workaround that held.")
    tickets = serializers.IntegerField()


class AttainmentOut(Shape):
    first_day = serializers.DateField(help_text="By UTC.")
    last_day = serializers.DateField(help_text="By UTC, included.")
    group_by = serializers.ChoiceField(GroupBy.choices)
    totals = FiguresOut(many=True)
    before = FiguresOut(many=True, help_text="The period before: the month before a month, else as many days.")
    other_times = OtherTimeOut(many=True, help_text="Times without a target; none when narrowed to one kind.")
    results = LineOut(many=True)


_FIGURES = {
    "kind": "response", "attainment": 0.9296, "kept": 383, "missed": 29, "cancelled": 12, "skipped": 0,
    "elapsed": {"median_seconds": 2460, "p90_seconds": 9120},
    "business": {"median_seconds": 1980, "p90_seconds": 7050},
    "late": {"median_seconds": 2460, "p90_seconds": 6030},
    "running": 17, "overdue": 1,
}  # fmt: skip
_BEFORE = _FIGURES | {"running": None, "overdue": None}
_ANSWER = {
    "first_day": "2026-08-12", "last_day": "2026-11-09", "group_by": "tier", "totals": [_FIGURES], "before": [_BEFORE],
    "other_times": [{"code": "workaround", "tickets": 14, "median_seconds": 5400, "p90_seconds": 19800}],
    "results": [{"group": {"tier": "gold"}, **_FIGURES}],
}  # fmt: skip
_DAYS = {"type": "string", "format": "date"}
_PARAMETERS = [
    OpenApiParameter("from", _DAYS, description="First day, by UTC. Without days: the last 90."),
    OpenApiParameter("to", _DAYS, description="Last day, by UTC, included. Without it: today."),
    OpenApiParameter("group_by", enum=GroupBy.values, default="tier", description="What the lines tell apart."),
    OpenApiParameter("kind", enum=ClockKind.values, description="Only answers, or only check-ins."),
    OpenApiParameter("tier", enum=Tier.values, description="Only this tier."),
    OpenApiParameter("priority", int, enum=Priority.values, description="Only this priority."),
    OpenApiParameter("account", int, description="Only this account, by its id."),
    OpenApiParameter("region", str, description="Only the region with this code."),
    OpenApiParameter("agent", str, description="Only what this agent ended, by id; `none`: a customer or a job."),
]


class Attainment(Resource):
    """The report about kept promises."""

    route, tag = "attainment", "Attainment"

    @extend_schema(
        operation_id="attainment", summary="Which promises were kept, and how long they took",
        responses=AttainmentOut, parameters=_PARAMETERS,
        description="A promise counts once, on the UTC day it ended. Running ones are in no percentage.",
        examples=[OpenApiExample("Answers by tier, one of the lines", response_only=True, value=_ANSWER)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        values = parameters(request, "from", "to", "group_by", "kind", "tier", "priority", "account", "region", "agent")
        group_by = GroupBy(one_of("group_by", values.get("group_by", GroupBy.TIER), GroupBy.values))
        period = days(values, today=utc_day(self.now))
        return Response(answer(report(period, group_by=group_by, filters=filters(values), now=self.now)))


def days(values: dict[str, str], *, today: date) -> Period:
    """From … to; one that is left out is 90 days before the last one, or today."""
    last = _day("to", values["to"]) if "to" in values else today
    first = _day("from", values["from"]) if "from" in values else last - timedelta(days=USUAL_DAYS - 1)
    if last < first:
        raise BadParameter(_("“from” is after “to”. Swap them."), pointer="from")
    return Period(first, last)


def _day(name: str, value: str) -> date:
    try:
        return read_period(f"{value}..{value}").first
    except ValueError:
        raise BadParameter(_("“%(name)s” must be a date, such as 2026-11-09.") % {"name": name}, pointer=name) from None


def filters(values: dict[str, str]) -> Filters:
    def chosen(name: str, allowed: list[str]) -> str | None:
        return one_of(name, values[name], allowed) if name in values else None

    kind, tier = chosen("kind", ClockKind.values), chosen("tier", Tier.values)
    priority = chosen("priority", [str(value) for value in Priority.values])
    return Filters(
        kind=ClockKind(kind) if kind else None,
        tier=Tier(tier) if tier else None,
        priority=Priority(int(priority)) if priority else None,
        account=_key("account", values),
        region=_region(values),
        agent=NOBODY if values.get("agent") == NONE else _key("agent", values),
    )


def _key(name: str, values: dict[str, str]) -> int | None:
    return key(name, values[name]) if name in values else None


def _region(values: dict[str, str]) -> int | None:
    if "region" not in values:
        return None
    known = dict(Region.objects.values_list("code", "pk"))
    return known[one_of("region", values["region"], sorted(known))]


def answer(found: Report) -> dict[str, Any]:
    names = Names(found)
    return {
        "other_times": [
            {"code": other.code, "tickets": other.count, **_times_out(other.times)}
            for other in other_times(found.period, found.filters)
        ],
        "first_day": found.period.first.isoformat(),
        "last_day": found.period.last.isoformat(),
        "group_by": found.group_by.value,
        "totals": [figures_out(table.kind, table.total) for table in found.tables],
        "before": [figures_out(kind, figures) for kind, figures in found.before.items()],
        "results": [
            {"group": group_out(found, line.key, names), **figures_out(table.kind, line.figures)}
            for table in found.tables
            for line in names.in_order(table)
        ],
    }


def group_out(found: Report, key: Key, names: Names) -> dict[str, Any]:
    """`{"tier": "gold", "priority": 1}`, `{"account": {"id": 7, "name": "Acme"}}`, `{"agent": null}`."""
    return {name: _place(name, value, names) for name, value in zip(found.dimensions, key, strict=True)}


def _place(name: str, value: Any, names: Names) -> Any:
    match name:
        case "month":
            return f"{value:%Y-%m}"
        case "account":
            return {"id": value, "name": names.of(name, value)}
        case "agent":
            return None if value == NOBODY else {"id": value, "name": names.of(name, value)}
        case "region":
            return {"code": names.regions[value].code, "name": names.of(name, value)}
    return value


def figures_out(kind: ClockKind, figures: Figures) -> dict[str, Any]:
    share = figures.attainment
    return {
        "kind": kind.value,
        "attainment": None if share is None else round(share, 4),
        "kept": figures.kept,
        "missed": figures.missed,
        "cancelled": figures.cancelled,
        "skipped": figures.skipped,
        "elapsed": _times_out(figures.elapsed),
        "business": _times_out(figures.business),
        "late": _times_out(figures.late),
        "running": figures.running,
        "overdue": figures.overdue,
    }


def _times_out(times: Times) -> dict[str, int | None]:
    def whole(seconds: float | None) -> int | None:
        return None if seconds is None else round(seconds)

    return {"median_seconds": whole(times.median), "p90_seconds": whole(times.p90)}
