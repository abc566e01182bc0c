"""Clocks to look at: they are written by the promise engine only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.lib import clock
from portal.lib.desk import ReadOnlyAdmin
from sla.attainment.desk import attainment
from sla.attainment.desk.clock_filters import AccountFilter, AgentFilter, AmongFilter, EndedFilter, RegionFilter
from sla.core.models import Clock
from sla.coverage.desk import on_now


@admin.register(Clock)
class ClockAdmin(ReadOnlyAdmin):
    list_display = [
        "kind", "ticket_number", "account", "outcome", "priority", "tier", "due_at", "stopped_at", "ended_by",
    ]  # fmt: skip
    list_filter = [
        "kind", "outcome", AmongFilter, "priority", "tier", EndedFilter, AccountFilter, RegionFilter, AgentFilter,
    ]  # fmt: skip
    list_select_related = ["ticket", "account", "ended_by"]
    ordering = ["-pk"]
    sortable_by: list[str] = []
    fields = [
        "ticket_number", "account", "kind", "outcome", "cause", "started_at", "due_at", "due_soon_at", "stopped_at",
        "breached_at", "ended_by",
        "tier", "basis", "priority", "coverage", "rule", "target_minutes", "counted_from", "calendar",
        "calendar_version",
    ]  # fmt: skip
    readonly_fields = ["ticket_number"]

    def get_urls(self) -> list[Any]:
        return [
            path("attainment/", self.attainment, name="sla_attainment"),
            path("on-now/", self.on_now, name="sla_on_now"),
            *super().get_urls(),
        ]

    def on_now(self, request: HttpRequest) -> HttpResponse:
        """Who is there to keep these promises."""
        return on_now.page(request, self.admin_site)

    def attainment(self, request: HttpRequest) -> HttpResponse:
        """How these promises ended, in numbers that lead back to this list."""
        return attainment.page(request, self.admin_site, now=clock.now())

    @admin.display(description=_("ticket"))
    def ticket_number(self, promise: Clock) -> str:
        address = reverse("admin:tickets_ticket_change", args=[promise.ticket_id])
        return format_html('<a class="d-number" href="{}">{}</a>', address, promise.ticket.number)
