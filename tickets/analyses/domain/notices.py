"""Who hears of an analysis: rows of the outbox, written in the transaction of the verb."""

from datetime import datetime
from typing import Any

from accounts.core.domain.people import admins_of, leads
from accounts.models import Agent
from portal.lib import outbox
from tickets.analyses.models import AnalysisQuestion, AnalysisVerdict, AnalysisVersion, RootCauseAnalysis
from tickets.core.domain.notices import customers_of
from tickets.core.enums import AnalysisNews, Verdict


def notify_opened(analysis: RootCauseAnalysis, *, now: datetime) -> None:
    """Whoever solved the case should write it; nobody's ticket: the leads find somebody."""
    assignee = analysis.ticket.assignee
    _write(AnalysisNews.OPENED, analysis, [assignee.user_id] if assignee else leads(), now=now)


def notify_review_wanted(analysis: RootCauseAnalysis, *, now: datetime) -> None:
    """The leads, or everybody on the desk when no lead may review it."""
    _write(AnalysisNews.REVIEW, analysis, _others(analysis), now=now)


def notify_reviewed(analysis: RootCauseAnalysis, *, now: datetime) -> None:
    """It waits for approval now: by a lead who neither wrote nor reviewed it."""
    others = set(leads()) - {*analysis.writers, analysis.reviewer_id}
    _write(AnalysisNews.REVIEWED, analysis, sorted(others) or leads(), now=now)


def notify_sent_back(analysis: RootCauseAnalysis, *, by: int, now: datetime) -> None:
    _write(AnalysisNews.SENT_BACK, analysis, [user for user in _author(analysis) if user != by], now=now)


def notify_approved(analysis: RootCauseAnalysis, *, now: datetime) -> None:
    _write(AnalysisNews.APPROVED, analysis, _author(analysis), now=now)


def notify_published(analysis: RootCauseAnalysis, version: AnalysisVersion, *, now: datetime) -> None:
    _write(AnalysisNews.PUBLISHED, analysis, readers_of(analysis), now=now, version=version.number)


def notify_withdrawn(analysis: RootCauseAnalysis, version: AnalysisVersion, *, now: datetime) -> None:
    _write(AnalysisNews.WITHDRAWN, analysis, readers_of(analysis), now=now, version=version.number)


def notify_asked(analysis: RootCauseAnalysis, question: AnalysisQuestion, *, now: datetime) -> None:
    """The author answers; without one, the leads."""
    _write(AnalysisNews.QUESTION, analysis, _author(analysis) or leads(), now=now, question=question.pk)


def notify_answered(analysis: RootCauseAnalysis, question: AnalysisQuestion, *, now: datetime) -> None:
    _write(AnalysisNews.ANSWERED, analysis, [question.asked_by_id], now=now, question=question.pk)


def notify_verdict(analysis: RootCauseAnalysis, given: AnalysisVerdict, *, now: datetime) -> None:
    """The author hears of either; a dispute goes to the leads too."""
    disputed = given.verdict == Verdict.DISPUTED
    more = {"question": given.question_id} if disputed else {}
    _write(
        AnalysisNews.DISPUTED if disputed else AnalysisNews.ACCEPTED, analysis,
        list(dict.fromkeys([*_author(analysis), *(leads() if disputed else [])])) or leads(), now=now,
        version=given.version.number, **more,
    )  # fmt: skip


def notify_overdue(analysis: RootCauseAnalysis, *, now: datetime) -> None:
    """The leads, and the author beside them."""
    _write(AnalysisNews.OVERDUE, analysis, [*leads(), *_author(analysis)], now=now)


def readers_of(analysis: RootCauseAnalysis) -> list[int]:
    """The requester, the followers and the administrators of the account, as user ids."""
    return list(dict.fromkeys([*customers_of(analysis.ticket), *admins_of(analysis.account_id)]))


def _author(analysis: RootCauseAnalysis) -> list[int]:
    return [analysis.author_id] if analysis.author_id else []


def _others(analysis: RootCauseAnalysis) -> list[int]:
    able = set(leads()) - set(analysis.writers)
    if able:
        return sorted(able)
    agents = Agent.objects.filter(user__is_active=True).exclude(user__in=analysis.writers)
    return list(agents.values_list("user", flat=True))


def _write(
    what: AnalysisNews, analysis: RootCauseAnalysis, recipients: list[int], *, now: datetime, **more: Any
) -> None:
    outbox.write(
        "analysis",
        key=f"analysis:{what}:{analysis.pk}:{more.get('question') or analysis.revision}",
        recipients=recipients,
        data={"analysis": analysis.pk, "number": analysis.number, "subject": analysis.ticket.subject, "what": what}
        | more,
        now=now,
    )
