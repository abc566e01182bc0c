"""The desk's queue of calls: priority phone first, then age; a call's page with its outcome."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from accounts.models import Region
from portal.lib import clock
from portal.lib.desk import PageAdmin
from portal.lib.errors import DomainError
from tickets.calls.domain import calling
from tickets.calls.forms import OutcomeForm
from tickets.calls.models import Call
from tickets.core.enums import CallOutcome, CallState

MOST = 100
# A slot comes into the queue so long before it begins.
AHEAD = timedelta(minutes=15)


@admin.register(Call)
class CallAdmin(PageAdmin):
    """Calls are moved by verbs: take, and note how it ended."""

    def get_urls(self) -> list[Any]:
        return [
            path("<id:pk>/take/", self.take, name="tickets_call_take"),
            path("<id:pk>/outcome/", self.outcome, name="tickets_call_outcome"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if set(request.GET) - {"region"}:
            return redirect(request.path)
        now = clock.now()
        regions = list(Region.objects.order_by("name_en"))
        region = next((one for one in regions if one.code == request.GET.get("region")), None)
        calls = Call.objects.for_row()
        if region:
            calls = calls.filter(region=region)
        waiting = calls.waiting()
        now_rows = list(calls.to_make(now + AHEAD)[:MOST])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Calls"),
            "regions": regions,
            "region": region,
            "now_rows": now_rows,
            "late": {call.pk for call in now_rows if calling.is_late(call, now=now)},
            "later_rows": list(
                waiting.filter(needs_number=False, next_try_at__gt=now + AHEAD).order_by("next_try_at")[:MOST]
            ),
            "stuck_rows": list(waiting.filter(needs_number=True).order_by("asked_at")[:MOST]),
            "done_rows": list(calls.exclude(state=CallState.WAITING).order_by("-asked_at")[:20]),
        }
        return TemplateResponse(request, "admin/tickets/call/change_list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._page(request, self._find(object_id))

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        call = self._find(str(pk))
        try:
            calling.claim(call, by=request.user.agent, now=clock.now())
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:tickets_call_changelist")
        return redirect("admin:tickets_call_change", pk)

    def outcome(self, request: HttpRequest, pk: int) -> HttpResponse:
        call, form = self._find(str(pk)), OutcomeForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                calling.record_attempt(
                    call, CallOutcome(values["outcome"]), notes=values["notes"], solved=values["solved"],
                    next_at=values["next_at"], by=request.user, now=clock.now(),
                )  # fmt: skip
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, _("Result saved."))
                return redirect("admin:tickets_call_changelist")
        return self._page(request, self._find(str(pk)), form=form, status=422)

    def _find(self, object_id: str) -> Call:
        call = Call.objects.for_row().filter(pk=object_id).first() if object_id.isdigit() else None
        if call is None:
            raise Http404
        return call

    def _page(self, request: HttpRequest, call: Call, *, form: Any = None, status: int = 200) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Call %(name)s") % {"name": call.contact.name},
            "call": call,
            "is_late": calling.is_late(call, now=clock.now()),
            "form": form or OutcomeForm(),
            "me": request.user.agent.pk,
        }
        return TemplateResponse(request, "admin/tickets/call/change_form.html", context, status=status)
