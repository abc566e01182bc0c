"""The filters of the list of clocks that reports link to: a number's own clocks, and exactly those."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Agent, Region
from portal.lib import clock
from sla.attainment.domain.attainment_wording import say_days
from sla.attainment.domain.periods import Period, read_period

# The agent of clocks that a customer or a job ended, in an address.
NONE = "none"


class _Given(admin.SimpleListFilter):
    """Stands beside the list only while the address carries it, with what it is narrowed to and a way out."""

    parameter_name: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = self.value()
        return [] if value is None else [(value, self.words(value))]

    def words(self, value: str) -> str:
        raise NotImplementedError


class EndedFilter(_Given):
    title, parameter_name = _("end date"), "ended"

    def words(self, value: str) -> str:
        return say_days(self.period(value))

    def period(self, value: str) -> Period:
        try:
            return read_period(value)
        except ValueError:
            raise SuspiciousOperation("unknown days") from None

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if value is None:
            return queryset
        period = self.period(value)
        return queryset.ended_between((period.start, period.end))


class _Row(_Given):
    """Narrows to one row of another table, by its key."""

    rows: QuerySet[Any]
    path: str

    def key(self, value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= 15):
            raise SuspiciousOperation("unknown row")
        return int(value)

    def words(self, value: str) -> str:
        row = self.rows.filter(pk=self.key(value)).first()
        return str(row or "–")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return queryset if value is None else queryset.filter(**{self.path: self.key(value)})


class AccountFilter(_Row):
    title, parameter_name, path, rows = _("account"), "account", "account", Account.objects.all()


class RegionFilter(_Row):
    title, parameter_name, path, rows = _("region"), "region", "calendar__region", Region.objects.all()


class AgentFilter(_Row):
    title, parameter_name, rows = _("ended by"), "agent", Agent.objects.select_related("user")

    def words(self, value: str) -> str:
        return str(_("customer or automatic task")) if value == NONE else super().words(value)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return queryset if value is None else queryset.ended_by_agent(None if value == NONE else self.key(value))


class AmongFilter(admin.SimpleListFilter):
    """What one outcome alone does not say: kept or missed together, timed ones, and overdue now."""

    title, parameter_name = _("figure of the SLA report"), "among"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("judged", _("met or missed")), ("timed", _("with a duration")), ("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now: datetime = clock.now()
        match self.value():
            case None:
                return queryset
            case "judged":
                return queryset.judged()
            case "timed":
                return queryset.timed()
            case "overdue":
                return queryset.overdue(now)
        raise SuspiciousOperation("unknown choice")
