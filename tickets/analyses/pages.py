"""Root-cause analyses as customers read them: the list, the reader with its questions, the file to keep."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.lib.clock import now
from portal.lib.durations import say_moment
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from portal.lib.typed import as_id
from portal.lib.zones import zone
from tickets.analyses.domain import questions, texts, verdicts
from tickets.analyses.domain.opening import includes_analyses, tiers_with_analyses
from tickets.analyses.domain.timeline import LATER
from tickets.analyses.models import AnalysisQuerySet, AnalysisVersion, RootCauseAnalysis
from tickets.core.forms import DisputeForm, QuestionForm
from tickets.core.models.ticket import ticket_pk
from tickets.core.pages.uploads import add_refusal

PAGE = 50


@require_GET
def analyses(request: PortalRequest) -> HttpResponse:
    """Every analysis that the reader may see, newest first; without one, what they are and which tier has them."""
    at = now()
    rows, before = _visible(request), request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) <= 15:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows.select_related("ticket").order_by("-pk")[: PAGE + 1])
    context = {
        "analyses": page[:PAGE],
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "is_included": includes_analyses(request.contact.account, now=at),
        "tiers": [tier.label for tier in tiers_with_analyses()],
        "business_days": settings.ANALYSIS_BUSINESS_DAYS,
        "now": at,
    }
    return render(request, "tickets/analyses.html", context)


@require_GET
def analysis(request: PortalRequest, number: str) -> HttpResponse:
    """One analysis: the version that stands, or the one asked for; before the first, where it is and by when."""
    return _page(request, _analysis_or_404(request, number), QuestionForm())


@require_POST
def analysis_question(request: PortalRequest, number: str) -> HttpResponse:
    """Ask about it. A refusal shows the page again with every word."""
    at, found, form = now(), _analysis_or_404(request, number), QuestionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        questions.ask(found, body=form.cleaned_data["body"], by=request.contact, now=at)
    except DomainError as refusal:
        add_refusal(form, refusal)
        return _page(request, found, form, status=422)
    messages.success(request, _("Question sent. The answer will appear here and be sent to you by email."))
    return redirect(f"{found.get_absolute_url()}#questions")


@require_POST
def analysis_accept(request: PortalRequest, number: str) -> HttpResponse:
    """The analysis is good as it is."""
    found = _analysis_or_404(request, number)
    try:
        verdicts.accept(found, version=as_id(request.POST.get("version")) or 0, by=request.contact, now=now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Analysis accepted. Its author is notified."))
    return redirect(found)


@require_POST
def analysis_dispute(request: PortalRequest, number: str) -> HttpResponse:
    """Something in it is not right. A refusal shows the page again with every word."""
    at, found, form = now(), _analysis_or_404(request, number), DisputeForm(request.POST)
    if form.is_valid():
        try:
            verdicts.dispute(found, by=request.contact, now=at, **form.cleaned_data)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Message sent. Our reply will appear below the analysis."))
            return redirect(f"{found.get_absolute_url()}#questions")
    return _page(request, found, QuestionForm(), dispute=form, status=422)


@require_GET
def analysis_file(request: PortalRequest, number: str) -> HttpResponse:
    """The version as one file, HTML or Markdown: always a download, and nothing in it can run."""
    found = _analysis_or_404(request, number)
    version = _version(request, found)
    if version is None or version.withdrawn_at:
        raise Http404("no such version")
    title = _("Root-cause analysis of %(number)s") % {"number": found.number}
    ticket, here = found.ticket, zone(request.user.time_zone)
    facts = [
        f"{ticket.number} {ticket.subject}",
        ticket.account.name,
        _("Version %(number)s, published %(moment)s")
        % {
            "number": version.number,
            "moment": say_moment(version.published_at, version.published_at + LATER, here),
        },
    ]
    parts = texts.parts_of(version.sections, version.actions)
    if request.GET.get("as") == "markdown":
        body, kind, end = texts.as_markdown(title, facts, parts), "text/markdown", "md"
    else:
        values = {"title": title, "facts": facts, "parts": parts, "language": get_language()}
        body, kind, end = render_to_string("tickets/analysis_file.html", values), "text/html", "html"
    name = f"{slugify(title)}-v{version.number}.{end}"
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _page(
    request: PortalRequest,
    found: RootCauseAnalysis,
    form: QuestionForm,
    *,
    dispute: DisputeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    version = _version(request, found)
    shown = version if version and not version.withdrawn_at else None
    context: dict[str, Any] = {
        "analysis": found,
        "ticket": found.ticket,
        "version": shown,
        "withdrawn": version if version and version.withdrawn_at else None,
        "is_current": shown is not None and shown.number == found.current_version,
        "parts": texts.parts_of(shown.sections, shown.actions) if shown else [],
        "versions": found.kept_versions,  # type: ignore[attr-defined]
        "questions": list(found.questions.select_related("asked_by", "answered_by")),
        "form": form,
        "refused": dispute or form,
        "dispute": dispute or DisputeForm(initial={"version": found.current_version}),
        "disputing": dispute is not None,
        "may_judge": verdicts.may_judge(found, request.contact),
        "now": now(),
    }
    return render(request, "tickets/analysis.html", context, status=status)


def _version(request: PortalRequest, found: RootCauseAnalysis) -> AnalysisVersion | None:
    """The version that the address names, else the one that stands; 404 for one that never was.

    With none standing, the last one that was withdrawn, so that the page can say so.
    """
    kept: list[AnalysisVersion] = found.kept_versions  # type: ignore[attr-defined]
    asked = request.GET.get("version")
    if asked is not None:
        version = next((row for row in kept if str(row.number) == asked), None)
        if version is None:
            raise Http404("no such version")
        return version
    return next((row for row in kept if row.number == found.current_version), kept[0] if kept else None)


def _visible(request: PortalRequest) -> AnalysisQuerySet:
    return RootCauseAnalysis.objects.visible_to(request.user, request.contact)


def _analysis_or_404(request: PortalRequest, number: str) -> RootCauseAnalysis:
    found = _visible(request).with_people().with_versions().filter(ticket=ticket_pk(number) or 0).first()
    if found is None:
        raise Http404("no such analysis")
    return found
