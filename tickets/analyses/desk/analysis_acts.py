"""What people do with an analysis on the desk: one press, one verb. A refusal shows the page again."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.lib import clock
from portal.lib.errors import DomainError
from tickets.analyses.desk import analysis_page
from tickets.analyses.domain import approval, questions, writing
from tickets.analyses.models import AnalysisQuestion, AnalysisVersion, RootCauseAnalysis

if TYPE_CHECKING:
    from tickets.analyses.desk.analysis import AnalysisAdmin

Act = Callable[[Any, RootCauseAnalysis, datetime], str]


def _take_over(request: Any, analysis: RootCauseAnalysis, now: datetime) -> str:
    writing.take_over(analysis, by=request.user, now=now)
    return _("You are now the author of this analysis.")


def _review(request: Any, analysis: RootCauseAnalysis, now: datetime) -> str:
    approval.review(analysis, seen=_number(request, "seen"), by=request.user, now=now)
    return _("Review saved. Next: approval by a team lead who has not written or reviewed it.")


def _approve(request: Any, analysis: RootCauseAnalysis, now: datetime) -> str:
    approval.approve(analysis, seen=_number(request, "seen"), by=request.user, now=now)
    return _("Analysis approved. It can now be published.")


def _send_back(request: Any, analysis: RootCauseAnalysis, now: datetime) -> str:
    words = request.POST.get("words", "")
    writing.send_back(analysis, words=words, seen=_number(request, "seen"), by=request.user, now=now)
    return _("Analysis sent back. The author sees your comment.")


def _publish(request: Any, analysis: RootCauseAnalysis, now: datetime) -> str:
    note = request.POST.get("words", "")
    version = approval.publish(analysis, note=note, seen=_number(request, "seen"), by=request.user, now=now)
    return _("Version %(number)s published. The customer is notified.") % {"number": version.number}


def _begin(request: Any, analysis: RootCauseAnalysis, now: datetime) -> str:
    writing.begin_version(analysis, by=request.user, now=now)
    return _("You can now write the next version. The customer still sees the last one.")


def _withdraw(request: Any, analysis: RootCauseAnalysis, now: datetime) -> str:
    number = _number(request, "version")
    version = AnalysisVersion.objects.select_related("analysis__ticket").filter(analysis=analysis, number=number)
    found = version.first()
    if found is None:
        raise Http404
    approval.withdraw(found, reason=request.POST.get("words", ""), by=request.user, now=now)
    return _("Version %(number)s withdrawn. Its readers are notified.") % {"number": found.number}


def _answer(request: Any, analysis: RootCauseAnalysis, now: datetime) -> str:
    asked = AnalysisQuestion.objects.select_related("analysis__ticket")
    question = asked.filter(analysis=analysis, pk=_number(request, "question")).first()
    if question is None:
        raise Http404
    questions.answer(question, body=request.POST.get("words", ""), by=request.user, now=now)
    return _("Answer sent. %(name)s is notified.") % {"name": question.asked_by.name}


# The end of the route, and what it does.
ACTS: dict[str, Act] = {
    "take_over": _take_over, "review": _review, "approve": _approve, "send_back": _send_back, "publish": _publish,
    "begin": _begin, "withdraw": _withdraw, "answer": _answer,
}  # fmt: skip


def run(site: "AnalysisAdmin", request: Any, number: str, *, act: str) -> HttpResponse:
    """Do it and lead back to the page; what a verb refuses is said there, with the words that were written."""
    analysis = analysis_page.find(request, number)
    try:
        said = ACTS[act](request, analysis, clock.now())
    except DomainError as refusal:
        return site.render(request, analysis, refusal=refusal)
    messages.success(request, said)
    return redirect(reverse("admin:tickets_rootcauseanalysis_change", args=[analysis.number]))


def submit(site: "AnalysisAdmin", request: Any, analysis: RootCauseAnalysis, *, now: datetime) -> HttpResponse:
    """Hand a text that was just saved to review; what is missing is listed, and the text stays saved."""
    try:
        writing.submit(analysis, seen=analysis.revision, by=request.user, now=now)
    except DomainError as refusal:
        return site.render(request, analysis, refusal=refusal)
    messages.success(request, _("Submitted for review. Another person reviews it, then a team lead approves it."))
    return redirect(reverse("admin:tickets_rootcauseanalysis_change", args=[analysis.number]))


def _number(request: Any, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
