"""The statement of professional-services hours: every line, the running balance, questions, and a file of it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.core.enums import Tier
from accounts.core.models import Contact, TierTerms
from accounts.hours.domain import hours, hours_questions
from accounts.hours.domain.hours import Balance
from accounts.hours.forms import WordsForm
from accounts.hours.models import Engagement, HoursEntry, HoursYear
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from portal.lib.spreadsheets import csv_file

# A year has a few dozen lines; more than this are in the file.
MOST_LINES = 200
BAR = 100


@dataclass(frozen=True)
class Part:
    """One part of the bar above the statement: its words, its hours, where it begins and how wide it is, of BAR."""

    name: str
    label: str
    minutes: int
    start: float
    width: float


@require_safe
def hours_statement(request: PortalRequest) -> HttpResponse:
    """The year in force, or an earlier one by `?year=`; `?format=csv` is the same as a file."""
    years = list(_years(request.contact))
    if not years:
        context = {"offers": TierTerms.objects.filter(professional_services_hours__gt=0), "tiers": Tier}
        return render(request, "accounts/hours_none.html", context)
    present = hours.year_in_force(request.contact.account, now())
    wanted = request.GET.get("year", "")
    chosen = {str(year.pk): year for year in years}.get(wanted) or present or years[0]
    if request.GET.get("format") == "csv":
        lines = _lines(request.contact, chosen)
        return csv_file(f"hours-{chosen.starts_on}-{chosen.ends_on}.csv", [_head(), *map(_row, reversed(list(lines)))])
    return render(request, "accounts/hours.html", _statement(request.contact, chosen, years))


@require_http_methods(["GET", "POST"])
def hours_question(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask about one line."""
    entry = get_object_or_404(HoursEntry.objects.visible_to(request.user, request.contact).for_statement(), pk=pk)
    form = WordsForm(request.POST or None, label=_("Your question"))
    if request.method == "POST" and form.is_valid():
        try:
            hours_questions.ask(entry, question=form.cleaned_data["words"], by=request.contact, now=now())
        except DomainError as refusal:
            form.add_error("words", str(refusal))
        else:
            messages.success(request, _("Question sent. The answer will appear next to the entry."))
            return redirect("accounts:hours")
    return render(
        request, "accounts/hours_question.html", {"form": form, "line": entry}, status=422 if form.errors else 200
    )


def _statement(contact: Contact, chosen: HoursYear, years: list[HoursYear]) -> dict[str, Any]:
    """What the page of a year shows."""
    balance = hours.balance_of(chosen)
    return {
        "year": chosen,
        "years": years,
        "balance": balance,
        "parts": parts(balance),
        "bar": BAR,
        "lines": _lines(contact, chosen)[:MOST_LINES],
        "engagements": Engagement.objects.visible_to(contact.user, contact).open().for_page()[:20],
    }


def parts(balance: Balance) -> list[Part]:
    """Used, set aside, available and expired, in this order, as parts of what was granted."""
    whole, start, found = max(balance.granted, 1), 0.0, []
    for name, label, minutes in (
        ("used", _("Used"), balance.used),
        ("reserved", _("Reserved"), balance.reserved),
        ("available", _("Available"), balance.available),
        ("expired", _("Expired"), balance.expired),
    ):
        width = round(BAR * minutes / whole, 2)
        found.append(Part(name, label, minutes, start, width))
        start += width
    return found


def _years(contact: Contact) -> Any:
    return HoursYear.objects.filter(contract__account=contact.account_id).select_related("contract")


def _lines(contact: Contact, year: HoursYear) -> Any:
    return HoursEntry.objects.visible_to(contact.user, contact).filter(year=year).for_statement().order_by("-number")


def _head() -> list[str]:
    return [
        _("Entry"), _("Date"), _("Kind"), _("Work"), _("Ticket or project"), _("Engineer"), _("Hours"), _("Reserved"),
        _("Available after"), _("Reserved after"),
    ]  # fmt: skip


def _row(line: HoursEntry) -> list[object]:
    return [
        line.number,
        (line.worked_on or line.created_at.date()).isoformat(),
        line.get_kind_display(),
        line.words,
        line.reference,
        line.engineer.name if line.engineer else "",
        line.available / 60,
        line.reserved / 60,
        line.available_after / 60,
        line.reserved_after / 60,
    ]
