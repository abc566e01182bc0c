"""The matrix of targets: read as a grid, changed cell by cell."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy, pgettext

from accounts.core.enums import Tier
from portal.lib import clock
from portal.lib.preview import PreviewAdmin
from sla.core.domain.targets import save_target
from sla.core.domain.terms import matrix
from sla.core.domain.what_if import Consequences, if_target
from sla.core.enums import Coverage, Priority
from sla.core.models import Target

# The rule of domain/targets.py, in the words of every page that edits a target.
WHAT_AN_EDIT_DOES = gettext_lazy(
    "A shorter target also applies to running SLA clocks: the due time becomes the earlier of"
    " the current due time and the time of the change plus the new target. A longer target "
    "applies only to SLA clocks that start later."
)


@admin.register(Target)
class TargetAdmin(PreviewAdmin):
    saved = gettext_lazy("Target “%(name)s” saved.")
    readonly_fields = ["tier", "priority"]
    fieldsets = [
        (
            None,
            {
                "fields": ["tier", "priority", "response_minutes", "coverage", "check_in_rule", "check_in_minutes"],
                "description": WHAT_AN_EDIT_DOES,
            },
        )
    ]

    def save_model(self, request: HttpRequest, obj: Target, form: Any, change: bool) -> None:
        request.coverage_before = Coverage(form.initial["coverage"])  # type: ignore[attr-defined]
        save_target(obj, by=request.user, now=clock.now())

    def consequences(self, request: HttpRequest, obj: Target) -> Consequences:
        before: Coverage = request.coverage_before  # type: ignore[attr-defined]
        return if_target(obj, was=before, now=clock.now())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The 16 cells as people read them: tiers across, priorities down."""
        if request.GET:
            raise SuspiciousOperation("unknown parameter")
        cells = matrix()
        context = {
            **self.admin_site.each_context(request),
            "title": pgettext("desk", "Targets"),
            "what_an_edit_does": WHAT_AN_EDIT_DOES,
            "tiers": list(Tier),
            "rows": [(priority, [(tier, cells.get((tier, priority))) for tier in Tier]) for priority in Priority],
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/sla/target/change_list.html", context)
