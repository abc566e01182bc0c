"""Engagements on the desk: a board by state, and a page with the next step."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.core.enums import ENGAGEMENT_NEXT, EngagementState
from accounts.hours.domain import engagements, hours
from accounts.hours.forms import DatesForm, DeliverForm, PlanForm, WordsForm
from accounts.hours.models import Engagement
from portal.lib import clock
from portal.lib.desk import PageAdmin
from portal.lib.errors import DomainError

MOST = 50
OPEN = [state for state in EngagementState if ENGAGEMENT_NEXT[state]]


@admin.register(Engagement)
class EngagementAdmin(PageAdmin):
    """Open engagements in lanes; a step is a verb with its own form."""

    def get_urls(self) -> list[Any]:
        acts = {"plan": self.plan, "schedule": self.schedule, "deliver": self.deliver, "cancel": self.cancel}
        return [
            *(path(f"<id:pk>/{name}/", view, name=f"accounts_engagement_{name}") for name, view in acts.items()),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.GET:
            return redirect(request.path)
        found = list(Engagement.objects.open().for_page().order_by("requested_at")[: MOST * len(OPEN)])
        done = Engagement.objects.exclude(state__in=OPEN).for_page().order_by("-updated_at")[:MOST]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Engagements"),
            "lanes": [(state, [row for row in found if row.state == state]) for state in OPEN],
            "done": done,
        }
        return TemplateResponse(request, "admin/accounts/engagement/change_list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._page(request, self._find(object_id))

    def plan(self, request: HttpRequest, pk: int) -> HttpResponse:
        def act(found: Engagement, values: dict[str, Any]) -> None:
            engagements.plan_engagement(
                found, plan=values["plan"], goals=values["goals"], minutes=values["hours"],
                engineer=values["engineer"], by=request.user, now=clock.now(),
            )  # fmt: skip

        return self._do(request, pk, "plan", PlanForm(request.POST), act, _("Plan sent to the customer."))

    def schedule(self, request: HttpRequest, pk: int) -> HttpResponse:
        def act(found: Engagement, values: dict[str, Any]) -> None:
            engagements.schedule(found, by=request.user, now=clock.now(), **values)

        return self._do(request, pk, "schedule", DatesForm(request.POST), act, _("Dates saved."))

    def deliver(self, request: HttpRequest, pk: int) -> HttpResponse:
        def act(found: Engagement, values: dict[str, Any]) -> None:
            engagements.deliver(
                found, minutes=values["hours"], result=values["result"], by=request.user, now=clock.now()
            )

        return self._do(request, pk, "deliver", DeliverForm(request.POST), act, _("Delivered. Hours recorded."))

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        def act(found: Engagement, values: dict[str, Any]) -> None:
            engagements.cancel(found, words=values["words"], by=request.user, now=clock.now())

        form = WordsForm(request.POST, label=gettext_lazy("Reason"))
        return self._do(
            request, pk, "cancel", form, act, _("Engagement cancelled. Reserved hours are available again.")
        )

    def _do(
        self, request: HttpRequest, pk: int, name: str, form: Any,
        act: Callable[[Engagement, dict[str, Any]], Any], said: str,
    ) -> HttpResponse:  # fmt: skip
        found = self._find(str(pk))
        if form.is_valid():
            try:
                act(found, form.cleaned_data)
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, said)
                return redirect("admin:accounts_engagement_change", pk)
        return self._page(request, self._find(str(pk)), status=422, **{name: form})

    def _find(self, object_id: str) -> Engagement:
        found = Engagement.objects.for_page().filter(pk=object_id).first() if object_id.isdigit() else None
        if found is None:
            raise Http404
        return found

    def _page(self, request: HttpRequest, found: Engagement, *, status: int = 200, **forms: Any) -> HttpResponse:
        following = ENGAGEMENT_NEXT[EngagementState(found.state)]
        year = hours.year_in_force(found.account, clock.now())
        offered = []
        initial: dict[str, Any]
        if EngagementState.PLANNED in following:
            initial = {"plan": found.plan, "goals": found.goals, "engineer": found.engineer_id}
            if found.planned_minutes:
                initial["hours"] = f"{found.planned_minutes / 60:g}"
            offered.append(("plan", _("Propose a plan"), forms.get("plan") or PlanForm(initial=initial)))
        if EngagementState.SCHEDULED in following:
            initial = {"starts_at": found.starts_at, "ends_at": found.ends_at}
            offered.append(("schedule", _("Set dates"), forms.get("schedule") or DatesForm(initial=initial)))
        if EngagementState.DELIVERED in following:
            initial = {"hours": f"{(found.planned_minutes or 0) / 60:g}"}
            offered.append(("deliver", _("Mark as delivered"), forms.get("deliver") or DeliverForm(initial=initial)))
        if EngagementState.CANCELLED in following:
            form = forms.get("cancel") or WordsForm(label=gettext_lazy("Reason"))
            offered.append(("cancel", _("Cancel engagement"), form))
        for number, (_name, _title, form) in enumerate(offered):
            form.auto_id = f"e{number}_%s"
        context = {
            **self.admin_site.each_context(request),
            "title": found.topic,
            "engagement": found,
            "events": found.events.select_related("by"),
            "lines": found.entries.order_by("pk"),
            "year": year,
            "balance": hours.balance_of(year) if year else None,
            "offered": offered,
            "failed": next(iter(forms), ""),
        }
        return TemplateResponse(request, "admin/accounts/engagement/change_form.html", context, status=status)
