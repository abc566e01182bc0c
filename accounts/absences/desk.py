"""Absences on the desk: everybody enters their own, leads enter those of all. Verbs decide, nothing is deleted here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.absences import domain as absences
from accounts.core.models import Agent, AwayPeriod
from portal.lib import clock
from portal.lib.access import LEADS
from portal.lib.desk import DeskAdmin
from portal.lib.errors import DomainError

# How many that are over stand below the others.
MOST_OVER = 20
MOST = 200


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, widget=widget, help_text=gettext_lazy("In your time zone."),
        error_messages={
            "required": gettext_lazy("Enter a date and a time."), "invalid": gettext_lazy("Enter a date and a time."),
        },
    )  # fmt: skip


class AbsenceForm(forms.Form):
    """Who, from when to when, and why; whose absence it is can only be chosen by leads, and only at first."""

    agent = forms.ModelChoiceField(label=gettext_lazy("Contact"), queryset=Agent.objects.none())
    starts_at = _moment(gettext_lazy("From"))
    ends_at = _moment(gettext_lazy("Until"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=120, required=False,
        help_text=gettext_lazy("Visible to the support team only. Customers see the end date."),
    )  # fmt: skip

    def __init__(self, *args: Any, agents: QuerySet[Agent] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if agents is None:
            del self.fields["agent"]
        else:
            self.fields["agent"].queryset = agents  # type: ignore[attr-defined]


@admin.register(AwayPeriod)
class AwayPeriodAdmin(DeskAdmin):
    """The list is the page: what runs and comes, a form for one more, and what is over below."""

    def get_urls(self) -> list[Any]:
        cancel = path("<id:pk>/cancel/", self.cancel, name="accounts_awayperiod_cancel")
        return [cancel, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AwayPeriod]:
        rows = super().get_queryset(request).select_related("agent__user")
        return rows if _leads(request) else rows.filter(agent__user=request.user.pk)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        everybody = Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name")
        agents = everybody if _leads(request) else None
        own: Any = request.user.agent  # type: ignore[union-attr]
        form = AbsenceForm(request.POST or None, agents=agents, initial={"agent": own})
        if request.method == "POST" and form.is_valid():
            values, now = form.cleaned_data, clock.now()
            try:
                absences.go_away(
                    values.get("agent") or own, starts_at=values["starts_at"], ends_at=values["ends_at"],
                    reason=values["reason"], by=request.user, now=now,  # type: ignore[arg-type]
                )  # fmt: skip
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Absence added. New tickets go to other agents until it ends."))
                return redirect("admin:accounts_awayperiod_changelist")
        return self._page(request, form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        period = self._find(request, object_id)
        initial = {"starts_at": period.starts_at, "ends_at": period.ends_at, "reason": period.reason}
        form = AbsenceForm(request.POST or None, agents=None, initial=initial)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            # The field knows minutes only: what was not touched stays to the second.
            starts_at = values["starts_at"] if "starts_at" in form.changed_data else period.starts_at
            ends_at = values["ends_at"] if "ends_at" in form.changed_data else period.ends_at
            try:
                absences.change_absence(
                    period, starts_at=starts_at, ends_at=ends_at, reason=values["reason"], by=request.user,  # type: ignore[arg-type]
                    now=clock.now(),
                )  # fmt: skip
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Absence saved."))
                return redirect("admin:accounts_awayperiod_changelist")
        return self._page(request, form, period=period)

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take it back: one that has begun ends now."""
        period = self._find(request, str(pk))
        try:
            left = absences.cancel_absence(period, by=request.user, now=clock.now())  # type: ignore[arg-type]
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            said = _("Absence of %(name)s ended.") if left else _("Absence of %(name)s deleted.")
            messages.success(request, said % {"name": period.agent.name})
        return redirect("admin:accounts_awayperiod_changelist")

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:accounts_awayperiod_changelist")

    def _find(self, request: HttpRequest, object_id: str) -> AwayPeriod:
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 16):
            raise Http404
        period: AwayPeriod = get_object_or_404(self.get_queryset(request), pk=int(object_id))
        return period

    def _page(self, request: HttpRequest, form: AbsenceForm, *, period: AwayPeriod | None = None) -> HttpResponse:
        now, rows = clock.now(), self.get_queryset(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Absences") if _leads(request) else _("Your absences"),
            "form": form,
            "period": period,
            "rows": list(rows.not_over(now).order_by("starts_at", "pk")[:MOST]),  # type: ignore[attr-defined]
            "over": list(rows.filter(ends_at__lte=now).order_by("-ends_at", "-pk")[:MOST_OVER]),
            "of_all": _leads(request),
            "now": now,
        }
        template = "admin/accounts/awayperiod/change_list.html"
        return TemplateResponse(request, template, context, status=422 if form.errors else 200)


def _leads(request: HttpRequest) -> bool:
    return getattr(request, "role", None) in LEADS
