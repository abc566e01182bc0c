"""The runs of the self-check, to look at."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.lib.desk import ReadOnlyAdmin
from tickets.verification.domain import number_of
from tickets.verification.models import Verification


@admin.register(Verification)
class VerificationAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "finished_at", "clocks", "tickets", "differences"]
    sortable_by: list[str] = []
    fields = ["started_at", "finished_at", "clocks", "tickets", "differences", "first_ones"]
    readonly_fields = ["first_ones"]

    @admin.display(description=_("first differences"))
    def first_ones(self, run: Verification) -> SafeString | str:
        rows = ((number_of(row["ticket"]), row["cause"], row["stored"], row["rebuilt"]) for row in run.examples)
        return format_html_join("", "<p>{} · {}: {} ≠ {}</p>", rows) or "—"
