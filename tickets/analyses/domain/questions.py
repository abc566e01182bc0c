"""What customers ask about a published analysis, and our answers: both stand below it for all its readers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact, User
from portal.lib.errors import DomainError
from portal.lib.typed import required_text
from tickets.analyses.domain import notices
from tickets.analyses.domain.locking import Elsewhere, locked_in_state
from tickets.analyses.models import AnalysisQuestion, RootCauseAnalysis

LONGEST = 5000


class NotPublished(DomainError):
    """Not published yet, so nothing to ask about."""

    code = "not_published"


@transaction.atomic
def ask(analysis: RootCauseAnalysis, *, body: str, by: Contact, now: datetime) -> AnalysisQuestion:
    """The customer asks; whoever wrote it hears of it. Raises NotPublished before there is something to read."""
    body = _words(body, field="body")
    analysis = locked_in_state(analysis)
    if not analysis.is_published:
        raise NotPublished(_("The analysis is not published yet. Reply on the ticket instead."))
    question = AnalysisQuestion.objects.create(analysis=analysis, asked_by=by.user, asked_at=now, body=body)
    notices.notify_asked(analysis, question, now=now)
    return question


@transaction.atomic
def answer(question: AnalysisQuestion, *, body: str, by: User, now: datetime) -> AnalysisQuestion:
    """Our answer, once; everybody who reads the analysis sees it."""
    body = _words(body, field="body")
    analysis = locked_in_state(question.analysis)
    unanswered = AnalysisQuestion.objects.filter(pk=question.pk, answered_at=None)
    if not unanswered.update(answer=body, answered_by=by, answered_at=now):
        raise Elsewhere(_("A colleague has already answered this question. Reload the page."))
    question.refresh_from_db()
    notices.notify_answered(analysis, question, now=now)
    return question


def _words(text: str, *, field: str) -> str:
    return required_text(text, field=field, most=LONGEST, missing=_("Enter a sentence."))
