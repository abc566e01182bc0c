"""What the pages of analyses show, gathered in a bounded number of statements."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib.access import LEADS
from portal.lib.errors import DomainError
from tickets.analyses.desk.analysis_form import DraftForm
from tickets.analyses.domain import texts, timeline
from tickets.analyses.models import RootCauseAnalysis
from tickets.core.enums import WRITABLE, AnalysisState
from tickets.core.models.ticket import ticket_pk

MOST_UNFINISHED, MOST_PUBLISHED = 200, 30


@dataclass
class Column:
    """One state of the board with its analyses, the latest target first."""

    state: AnalysisState
    rows: list[RootCauseAnalysis] = field(default_factory=list)


def find(request: Any, number: str) -> RootCauseAnalysis:
    """The analysis of the ticket `SUP-1042` (or of a row's own key, as the admin's links have it); else 404."""
    analyses = RootCauseAnalysis.objects.visible_to(request.user).with_people().with_versions()
    analyses = analyses.select_related("ticket__requester__user", "reviewer", "approver", "sent_back_by")
    by_key = number.isascii() and number.isdigit() and len(number) <= 15
    found = analyses.filter(Q(pk=int(number)) if by_key else Q(ticket=ticket_pk(number) or 0)).first()
    if found is None:
        raise Http404
    return found


def board(request: Any, *, now: datetime) -> dict[str, Any]:
    """Every unfinished analysis in the column of its state, overdue first, and the latest that are published."""
    analyses = RootCauseAnalysis.objects.visible_to(request.user).with_people()
    analyses = analyses.annotate(open_questions=Count("questions", filter=Q(questions__answered_at=None)))
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    if text:
        named = Q(account__name__icontains=text) | Q(ticket__subject__icontains=text)
        analyses = analyses.filter(named | Q(ticket=ticket_pk(text) or 0))
    # What was published before is owed by nobody: a further version stands behind those that are.
    unfinished = analyses.unfinished().order_by("last_version", "due_at")[:MOST_UNFINISHED]
    columns = {state: Column(state) for state in AnalysisState}
    for row in unfinished:
        row.is_late = row.is_overdue(now)
        columns[AnalysisState(row.state)].rows.append(row)
    published = analyses.filter(state=AnalysisState.PUBLISHED).order_by("-open_questions", "-pk")
    columns[AnalysisState.PUBLISHED].rows = list(published[:MOST_PUBLISHED])
    return {
        "title": _("Root-cause analyses"), "now": now, "columns": list(columns.values()), "query": text,
        "is_empty": not any(column.rows for column in columns.values()),
    }  # fmt: skip


def context(
    request: Any,
    analysis: RootCauseAnalysis,
    *,
    now: datetime,
    form: DraftForm | None = None,
    refusal: DomainError | None = None,
) -> dict[str, Any]:
    """The page of one analysis: form or text, who may do what, versions, questions."""
    me = request.user.pk
    writes = analysis.state in WRITABLE and analysis.author_id in {None, me}
    wrote = me == analysis.author_id or me in analysis.writers
    in_review = analysis.state == AnalysisState.IN_REVIEW
    leads = request.role in LEADS
    shown = form or DraftForm.of(analysis)
    missing = texts.missing(shown.sections, shown.actions)
    return {
        "title": _("Root-cause analysis of %(number)s") % {"number": analysis.number},
        "analysis": analysis,
        "ticket": analysis.ticket,
        "now": now,
        "refusal": refusal,
        "words": request.POST.get("words", ""),
        "is_late": analysis.is_overdue(now),
        # Somebody else's words beside one's own, after both wrote.
        "stored": texts.parts_of(analysis.sections, analysis.actions) if form and refusal else None,
        "form": shown if writes or form else None,
        "parts": texts.parts_of(analysis.sections, analysis.actions),
        "missing": [(part, texts.label_of(part)) for part in missing] if analysis.state in WRITABLE else [],
        "timeline": _timeline(analysis) if writes or form else [],
        "may": {
            "take_over": analysis.state in WRITABLE and not writes,
            "review": in_review and not wrote and analysis.reviewer_id is None,
            "approve": in_review and not wrote and leads and analysis.reviewer_id not in {None, me},
            "send_back": in_review or analysis.state == AnalysisState.APPROVED,
            "publish": analysis.state == AnalysisState.APPROVED and leads,
            "begin": analysis.state == AnalysisState.PUBLISHED,
            "withdraw": leads,
        },
        "wrote": wrote,
        "versions": analysis.kept_versions,  # type: ignore[attr-defined]
        "questions": list(analysis.questions.select_related("asked_by", "answered_by")),
    }


def preview(analysis: RootCauseAnalysis, *, now: datetime) -> dict[str, Any]:
    return {
        "title": _("Preview of the analysis"),
        "analysis": analysis,
        "ticket": analysis.ticket,
        "parts": texts.parts_of(analysis.sections, analysis.actions),
        "now": now,
    }


def _timeline(analysis: RootCauseAnalysis) -> list[timeline.TimelineEntry]:
    """What happened on the ticket until now, with the reader's language and zone."""
    with timezone.override(analysis.ticket.region.time_zone):
        return timeline.entries_of(analysis.ticket)
