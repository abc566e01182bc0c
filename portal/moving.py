"""The page that moves the time of a demonstration; the banner of both faces posts to it. Without DEMO it is a 404."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.demo import going, passing
from portal.demo.passing import CannotMove
from portal.lib import clock, demo_clock
from portal.lib.http import PortalRequest, is_own_path

# What a browser's field for a moment sends, and what somebody types who has none.
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


class MoveForm(forms.Form):
    """Where the time shall go: a step, the next due moment, a moment, back to the machine's, or no further."""

    move = forms.ChoiceField(
        choices=[(name, name) for name in (*STEPS, "due", "to", "back", "stop")],
        error_messages=dict.fromkeys(["required", "invalid_choice"], gettext_lazy("Choose a date and time.")),
    )
    to = forms.DateTimeField(
        label=gettext_lazy("Date and time"), required=False, input_formats=FORMATS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Enter a date and time such as 2026-11-10 17:30.")},
    )  # fmt: skip
    lay_anew = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("move") == "to" and not values.get("to") and "to" not in self.errors:
            self.add_error("to", _("Enter a date and time."))
        return values

    def goal(self) -> datetime:
        """The moment that is asked for. Raises CannotMove when nothing falls due."""
        move = self.cleaned_data["move"]
        if move in STEPS:
            return clock.now() + STEPS[move]
        if move == "due":
            return passing.next_due()
        if move == "to":
            asked: datetime = self.cleaned_data["to"]
            return asked
        return clock.machine_now()


@require_http_methods(["GET", "POST"])
def demo_clock_page(request: PortalRequest) -> HttpResponse:
    """Where the time stands, and what moves it; goes back to where one was as soon as the time is at rest."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        return _move(request)
    back = request.GET.get("next", "")
    if is_own_path(back) and not going.is_under_way():
        return HttpResponseRedirect(back)
    return _page(request, MoveForm(), back)


def _move(request: PortalRequest) -> HttpResponse:
    form, back = MoveForm(request.POST), request.POST.get("next", "")
    if not form.is_valid():
        return _page(request, form, back, status=422)
    if form.cleaned_data["move"] == "stop":
        if going.stop():
            messages.success(request, _("The clock was stopped. From here it runs normally."))
        return HttpResponseRedirect(back if is_own_path(back) else request.path)
    try:
        goal = form.goal()
        is_here = going.is_present(goal) and not form.cleaned_data["lay_anew"]
        is_there = going.go_to(goal, may_lay_anew=form.cleaned_data["lay_anew"])
    except going.LosesData:
        return _page(request, form, back, asks=form.goal())
    except CannotMove as refusal:
        form.add_error("to" if refusal.field == "to" and form.cleaned_data["move"] == "to" else None, str(refusal))
        return _page(request, form, back, status=409 if refusal.code in {"busy", "on_its_way"} else 422)
    if is_there:
        said = _("The clock already shows that time.") if is_here else _("The demonstration time has been changed.")
        messages.success(request, said)
    # Quoted: an address with a filter carries signs of its own.
    here = f"{request.path}?next={quote(back)}" if is_own_path(back) else request.path
    return HttpResponseRedirect(back if is_there and is_own_path(back) else here)


def _page(
    request: PortalRequest, form: MoveForm, back: str, *, status: int = 200, asks: datetime | None = None
) -> HttpResponse:
    """`asks`: the earlier moment for which the sample data would have to be laid anew."""
    known = demo_clock.current_row()
    context = {
        "form": form, "back": back if is_own_path(back) else "", "asks": asks, "known": known,
        "under_way": known.goal is not None or known.lay_at is not None,
    }  # fmt: skip
    return render(request, "portal/demo_clock.html", context, status=status)
