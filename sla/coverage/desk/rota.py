"""The on-call rotas on the desk: agents read them, team leads plan them. The domain decides; nothing is edited here."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from accounts.models import Agent
from portal.lib import clock
from portal.lib.access import LEADS
from portal.lib.desk import PageAdmin
from portal.lib.errors import DomainError
from portal.lib.names import language_name
from sla.coverage.desk.rota_forms import HandForm, HandOverForm, NewRotaForm, PlanForm
from sla.coverage.domain import rota as acts
from sla.coverage.domain.on_call import AHEAD, Hole, holes
from sla.coverage.domain.rota_needs import current_rotas, unserved
from sla.coverage.models import Rota, Shift

MOST = 60
MOST_OVER = 12
LIST = "admin:sla_rota_changelist"
PAGE = "admin:sla_rota_change"


@admin.register(Rota)
class RotaAdmin(PageAdmin):
    """A list of rotas with who is on call now, and a page for each: its weeks, its gaps and the acts of team leads."""

    def get_urls(self) -> list[Any]:
        return [
            path("new/", self.new, name="sla_rota_new"),
            path("<id:pk>/plan/", self.plan, name="sla_rota_plan"),
            path("<id:pk>/handover/", self.hand_over, name="sla_rota_handover"),
            path("<id:pk>/end/", self.end, name="sla_rota_end"),
            path("<id:pk>/shifts/<id:shift>/give/", self.give, name="sla_rota_give"),
            path("<id:pk>/shifts/<id:shift>/remove/", self.remove, name="sla_rota_remove"),
            *super().get_urls(),
        ]

    # --- pages ---------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return self._list(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._page(request, _found(int(object_id)))

    # --- acts of team leads --------------------------------------------------------------------------------------

    def new(self, request: HttpRequest) -> HttpResponse:
        form = NewRotaForm(request.POST, languages=_languages())
        if form.is_valid():
            values = form.cleaned_data
            try:
                rota = acts.open_rota(
                    values["region"], values["language"], weekday=values["weekday"], hour=values["hour"],
                    by=request.user, now=clock.now(),  # type: ignore[arg-type]
                )  # fmt: skip
            except DomainError as refusal:
                _show(refusal, form)
            else:
                messages.success(request, _("Rota created. Plan its weeks next."))
                return redirect(PAGE, rota.pk)
        return self._list(request, form)

    def plan(self, request: HttpRequest, pk: int) -> HttpResponse:
        rota = _found(pk)
        form = PlanForm(request.POST, agents=_speakers(rota))

        def act(now: datetime) -> None:
            values = form.cleaned_data
            acts.plan_weeks(
                rota, form.order(), first_day=values["first_day"], weeks=values["weeks"], by=request.user, now=now  # type: ignore[arg-type]
            )  # fmt: skip

        return self._do(request, rota, form, act, _("Weeks planned. The agents are notified."), plan=form)

    def hand_over(self, request: HttpRequest, pk: int) -> HttpResponse:
        rota, form = _found(pk), HandOverForm(request.POST)

        def act(now: datetime) -> None:
            acts.change_handover(rota, by=request.user, now=now, **form.cleaned_data)  # type: ignore[arg-type]

        said = _("Handover saved. It applies to weeks that you plan from now on.")
        return self._do(request, rota, form, act, said, handover=form)

    def give(self, request: HttpRequest, pk: int, shift: int) -> HttpResponse:
        rota, row = _found(pk), _shift(pk, shift)
        form = HandForm(request.POST, agents=_speakers(rota), auto_id=f"give-{shift}-%s")

        def act(now: datetime) -> None:
            values = form.cleaned_data
            # The field knows minutes only: what was not touched stays to the second.
            stretch = {name: values[name] for name in ("starts_at", "ends_at") if values[name]}
            acts.reassign_shift(row, values["agent"], by=request.user, now=now, **stretch)  # type: ignore[arg-type]

        return self._do(request, rota, form, act, _("Shift reassigned. Both agents are notified."), give=(shift, form))

    def remove(self, request: HttpRequest, pk: int, shift: int) -> HttpResponse:
        rota, row = _found(pk), _shift(pk, shift)
        return self._do(
            request, rota, forms.Form(request.POST),
            lambda now: acts.remove_shift(row, by=request.user, now=now),  # type: ignore[arg-type]
            _("Shift removed. The agent is notified."),
        )  # fmt: skip

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        rota = _found(pk)
        try:
            acts.end_rota(rota, by=request.user, now=clock.now())  # type: ignore[arg-type]
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Rota ended. Its agents are notified."))
        return redirect(LIST)

    def _do(
        self, request: HttpRequest, rota: Rota, form: Any, act: Callable[[datetime], Any], said: str, **shown: Any
    ) -> HttpResponse:
        """Do it and go back to the page; or show the page with what was typed and what stands against it."""
        if form.is_valid():
            try:
                act(clock.now())
            except DomainError as refusal:
                _show(refusal, form)
            else:
                messages.success(request, said)
                return redirect(PAGE, rota.pk)
        return self._page(request, rota, refused=form, **shown)

    # --- what the pages show -------------------------------------------------------------------------------------

    def _list(self, request: HttpRequest, form: NewRotaForm | None = None) -> HttpResponse:
        now = clock.now()
        rotas = current_rotas()
        gaps = holes(rotas, now=now, until=now + AHEAD)
        coming: dict[int, list[Shift]] = {rota.pk: [] for rota in rotas}
        shifts = Shift.objects.filter(rota__in=rotas).not_over(now).select_related("agent__user")
        for shift in shifts.order_by("starts_at"):
            coming[shift.rota_id].append(shift)
        context = {
            **self.admin_site.each_context(request),
            "title": _("On-call rotas"),
            "rows": [
                {
                    "rota": rota,
                    "language": language_name(rota.language),
                    "now": next((row for row in coming[rota.pk][:1] if row.starts_at <= now), None),
                    "next": next((row for row in coming[rota.pk] if row.starts_at > now), None),
                    "planned_until": coming[rota.pk][-1].ends_at if coming[rota.pk] else None,
                    "gaps": [gap for gap in gaps if gap.rota == rota],
                }
                for rota in rotas
            ],
            "unserved": [
                {"region": gap.region, "language": language_name(gap.language), "gap": gap}
                for gap in unserved(rotas, now=now, until=now + AHEAD)
            ],
            "form": (form or NewRotaForm(languages=_languages())) if _leads(request) else None,
            "refused": form,
            "now": now,
        }
        template = "admin/sla/rota/change_list.html"
        return TemplateResponse(request, template, context, status=422 if form else 200)

    def _page(
        self,
        request: HttpRequest,
        rota: Rota,
        *,
        refused: Any = None,
        plan: PlanForm | None = None,
        handover: HandOverForm | None = None,
        give: tuple[int, HandForm] | None = None,
    ) -> HttpResponse:
        now, speakers = clock.now(), _speakers(rota)
        shifts = list(rota.shifts.not_over(now).select_related("agent__user", "planned_for__user")[:MOST])
        until = max([now + AHEAD, *(shift.ends_at for shift in shifts)])
        over = rota.shifts.filter(ends_at__lte=now).select_related("agent__user").order_by("-starts_at")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{rota.region.name} · {language_name(rota.language)}",
            "rota": rota,
            "rows": _timeline(shifts, [] if rota.ended_at else holes([rota], now=now, until=until)),
            "over": list(over[:MOST_OVER]),
            "now": now,
            "refused": refused,
        }
        if _leads(request) and not rota.ended_at:
            first_day = acts.next_free_week(rota, now=now)
            opened, bound = give or (None, None)
            context |= {
                "plan": plan
                or PlanForm(agents=speakers, initial={"first_day": first_day, "weeks": 8}, auto_id="plan_%s"),
                "handover": handover or HandOverForm(initial={"weekday": rota.weekday, "hour": rota.hour}),
                "give": HandForm(agents=speakers, auto_id=False),
                "opened": opened,
                "bound": bound,
                "speakers": speakers,
            }
        template = "admin/sla/rota/change_form.html"
        return TemplateResponse(request, template, context, status=422 if refused is not None else 200)


def _timeline(shifts: Sequence[Shift], gaps: Sequence[Hole]) -> list[dict[str, Any]]:
    """Shifts and the gaps between them, in their order; an absence stands with the shift that it falls into."""
    rows = [
        {
            "shift": shift,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
            "absences": [
                gap
                for gap in gaps
                if gap.agent and gap.ends_at and gap.starts_at < shift.ends_at and gap.ends_at > shift.starts_at
            ],
        }
        for shift in shifts
    ]  # fmt: skip
    rows += [{"gap": gap, "starts_at": gap.starts_at, "ends_at": gap.ends_at} for gap in gaps if not gap.agent]
    return sorted(rows, key=lambda row: row["starts_at"])


def _found(pk: int) -> Rota:
    found: Rota = get_object_or_404(Rota.objects.select_related("region"), pk=pk)
    return found


def _shift(rota: int, pk: int) -> Shift:
    found: Shift = get_object_or_404(Shift.objects.select_related("rota__region", "agent__user"), pk=pk, rota=rota)
    return found


def _speakers(rota: Rota) -> list[Agent]:
    """Who can be on call: active agents who speak the language, those of the region first."""
    agents = Agent.objects.filter(user__is_active=True).select_related("user").prefetch_related("regions")
    speaking = [agent for agent in agents if rota.language in agent.languages]
    return sorted(speaking, key=lambda agent: (rota.region not in agent.regions.all(), agent.name))


def _languages() -> list[str]:
    spoken = {code for agent in Agent.objects.filter(user__is_active=True) for code in agent.languages}
    return sorted(spoken | {"en"}, key=lambda code: (code != "en", code))


def _show(refusal: DomainError, form: Any) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _leads(request: HttpRequest) -> bool:
    return getattr(request, "role", None) in LEADS
