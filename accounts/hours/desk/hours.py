"""Professional-services hours on the desk: balances, ledgers with their bookings, a file for invoices."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.core.enums import HoursKind
from accounts.hours.domain import hours, hours_questions
from accounts.hours.forms import BookForm, CorrectForm
from accounts.hours.models import HoursEntry, HoursQuestion, HoursYear
from portal.lib import clock
from portal.lib.access import LEADS
from portal.lib.desk import PageAdmin
from portal.lib.errors import DomainError
from portal.lib.spreadsheets import csv_file
from portal.lib.typed import as_id, within

MOST = 200
MOST_LINES = 300
# Less than this share of the promised hours left is worth a word.
LOW = 0.25


MAX_ANSWER_CHARS = 5000


@admin.register(HoursYear)
class HoursYearAdmin(PageAdmin):
    """The list is every account's present year; a year's page is its ledger. Lines are written by verbs only."""

    search_fields = ["contract__account__name"]

    def get_urls(self) -> list[Any]:
        acts = {"book": self.book, "correct": self.correct, "answer": self.answer}
        return [
            path("export/", self.export, name="accounts_hoursyear_export"),
            *(path(f"<id:pk>/{name}/", view, name=f"accounts_hoursyear_{name}") for name, view in acts.items()),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if set(request.GET) - {"q"}:
            return redirect(request.path)
        last = HoursEntry.objects.filter(year=OuterRef("pk")).order_by("-number")
        rows = HoursYear.objects.filter(closed_at=None).annotate(
            available=Subquery(last.values("available_after")[:1]), reserved=Subquery(last.values("reserved_after")[:1])
        )
        text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        if text:
            rows = rows.filter(contract__account__name__icontains=text)
        shown = list(rows.select_related("contract__account").order_by("ends_on", "pk")[:MOST])
        for year in shown:
            year.is_low = (year.available or 0) < LOW * year.promised_minutes  # type: ignore[attr-defined]
        waiting = HoursQuestion.objects.filter(answered_at=None).select_related(
            "entry__year__contract__account", "asked_by"
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Professional services hours"),
            "rows": shown,
            "query": text,
            "waiting": waiting.order_by("asked_at")[:50],
            "may_export": request.role in LEADS,  # type: ignore[attr-defined]
            "month": (timezone.localtime(clock.now()).date().replace(day=1) - timedelta(days=1)).replace(day=1),
            "today": timezone.localtime(clock.now()).date(),
        }
        return TemplateResponse(request, "admin/accounts/hoursyear/change_list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        year = HoursYear.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        if year is None:
            raise Http404
        return self._page(request, year.pk)

    def book(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = BookForm(request.POST, auto_id="book_%s")

        def act(year: HoursYear) -> None:
            values = dict(form.cleaned_data)
            if not hours.is_in_force(year, clock.now()):
                raise DomainError(
                    _("This contract year is not current. Log hours on the current one."), code="other_year"
                )
            hours.use(year.contract.account, values.pop("hours"), by=request.user, now=clock.now(), **values)

        return self._do(request, pk, form, act, _("Hours logged."), forms={"book": form})

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        year = self._year(pk)
        form = CorrectForm(request.POST, year=year, auto_id="correct_%s")

        def act(year: HoursYear) -> None:
            values = form.cleaned_data
            hours.correct(
                year, values["hours"], reason=values["reason"], corrects=values["corrects"], by=request.user,
                now=clock.now(),
            )  # fmt: skip

        return self._do(request, pk, form, act, _("Correction saved."), forms={"correct": form})

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the question that the form names."""
        question = HoursQuestion.objects.filter(entry__year=pk, pk=as_id(request.POST.get("question"))).first()
        if question is None:
            raise Http404
        try:
            hours_questions.answer(
                question,
                answer=within(request.POST.get("answer", ""), most=MAX_ANSWER_CHARS, field="answer"),
                by=request.user,
                now=clock.now(),
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Answer sent."))
        return redirect("admin:accounts_hoursyear_change", pk)

    def export(self, request: HttpRequest) -> HttpResponse:
        """What was used between two days, of all accounts, for invoices; `?from=` and `?to=` include both days."""
        try:
            first, last = (date.fromisoformat(request.GET.get(name, "")) for name in ("from", "to"))
        except ValueError:
            messages.error(request, _("Enter a first and a last day."))
            return redirect("admin:accounts_hoursyear_changelist")
        zone = timezone.get_current_timezone()
        used = HoursEntry.objects.filter(
            kind=HoursKind.USE,
            created_at__gte=datetime.combine(first, time.min, zone),
            created_at__lt=datetime.combine(last, time.min, zone) + timedelta(days=1),
        )
        lines = used.select_related("year__contract__account", "engineer__user").order_by("created_at", "pk")
        head = [_("Account"), _("Date of the work"), _("Work"), _("Ticket or project"), _("Engineer"), _("Hours")]
        rows = (
            [
                line.year.contract.account.name, line.worked_on or line.created_at.date(), line.words, line.reference,
                line.engineer.name if line.engineer else "", -line.amount / 60,
            ]
            for line in lines.iterator(chunk_size=1000)
        )  # fmt: skip
        return csv_file(f"hours-{first}-{last}.csv", [head, *rows])

    def _do(
        self, request: HttpRequest, pk: int, form: Any, act: Callable[[HoursYear], Any], said: str,
        forms: dict[str, Any],
    ) -> HttpResponse:  # fmt: skip
        year = self._year(pk)
        if form.is_valid():
            try:
                act(year)
            except DomainError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                messages.success(request, said)
                return redirect("admin:accounts_hoursyear_change", pk)
        return self._page(request, pk, status=422, **forms)

    def _year(self, pk: int) -> HoursYear:
        return get_object_or_404(HoursYear.objects.select_related("contract__account__home_region"), pk=pk)

    def _page(self, request: HttpRequest, pk: int, *, status: int = 200, **forms: Any) -> HttpResponse:
        year = self._year(pk)
        lines = HoursEntry.objects.filter(year=year).for_statement().order_by(F("number").desc())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Hours of %(account)s") % {"account": year.contract.account.name},
            "year": year,
            "balance": hours.balance_of(year),
            "lines": lines[:MOST_LINES],
            "in_force": hours.is_in_force(year, clock.now()),
            "book": forms.get("book") or BookForm(auto_id="book_%s"),
            "correct": forms.get("correct") or CorrectForm(year=year, auto_id="correct_%s"),
            "failed": next(iter(forms), ""),
            "others": HoursYear.objects.filter(contract__account=year.contract.account).exclude(pk=year.pk)[:10],
        }
        return TemplateResponse(request, "admin/accounts/hoursyear/change_form.html", context, status=status)
