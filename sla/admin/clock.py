"""Clocks to look at: they are written by the promise engine only."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.lib.desk import ReadOnlyAdmin
from sla.models import Clock


@admin.register(Clock)
class ClockAdmin(ReadOnlyAdmin):
    list_display = ["kind", "ticket_number", "outcome", "priority", "tier", "started_at", "due_at", "stopped_at"]
    list_filter = ["kind", "outcome", "priority", "tier"]
    list_select_related = ["ticket"]
    ordering = ["-pk"]
    sortable_by: list[str] = []
    fields = [
        "ticket_number", "kind", "outcome", "cause", "started_at", "due_at", "due_soon_at", "stopped_at", "overdue_at",
        "tier", "basis", "priority", "coverage", "rule", "target_minutes", "counted_from", "calendar",
        "calendar_version",
    ]  # fmt: skip
    readonly_fields = ["ticket_number"]

    @admin.display(description=_("ticket"))
    def ticket_number(self, clock: Clock) -> str:
        return format_html('<a href="../../tickets/ticket/{0}/change/">{0}</a>', clock.ticket.number)
