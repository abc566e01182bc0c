"""Writes an analysis: one author at a time, saved over nobody's words, then handed to others."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from portal.lib.errors import NotAllowed
from portal.lib.typed import required_text
from tickets.analyses.domain import notices, texts
from tickets.analyses.domain.locking import locked_in_state, save
from tickets.analyses.models import RootCauseAnalysis
from tickets.core.enums import WRITABLE, AnalysisState

LONGEST_WORDS = 2000


@transaction.atomic
def take_over(analysis: RootCauseAnalysis, *, by: User, now: datetime) -> RootCauseAnalysis:
    """Become the author. Whoever wrote before stays one of the writers: they do not approve it."""
    analysis = locked_in_state(analysis, *WRITABLE)
    if analysis.author_id == by.pk:
        return analysis
    analysis.author = by
    save(analysis)
    return analysis


@transaction.atomic
def save_draft(
    analysis: RootCauseAnalysis,
    *,
    sections: Mapping[str, str],
    actions: Iterable[Mapping[str, str]],
    seen: int | None,
    by: User,
    now: datetime,
) -> RootCauseAnalysis:
    """Store the text, whole or half. Raises Stale when it was saved since revision `seen`, so that nothing is lost."""
    analysis = locked_in_state(analysis, *WRITABLE, seen=seen)
    _refuse_others(analysis, by)
    analysis.sections = texts.clean_sections(sections)
    analysis.actions = texts.clean_actions(actions)
    analysis.author, analysis.state = by, AnalysisState.DRAFT
    if by.pk not in analysis.writers:
        analysis.writers = [*analysis.writers, by.pk]
    save(analysis)
    return analysis


@transaction.atomic
def submit(analysis: RootCauseAnalysis, *, seen: int | None = None, by: User, now: datetime) -> RootCauseAnalysis:
    """Hand the draft to a reviewer and an approver. Raises Incomplete with the required parts that are empty."""
    analysis = locked_in_state(analysis, *WRITABLE, seen=seen)
    _refuse_others(analysis, by)
    texts.refuse_incomplete(analysis.sections, analysis.actions)
    analysis.state = AnalysisState.IN_REVIEW
    analysis.author = by
    if by.pk not in analysis.writers:
        analysis.writers = [*analysis.writers, by.pk]
    analysis.sent_back, analysis.sent_back_by = "", None
    save(analysis)
    notices.notify_review_wanted(analysis, now=now)
    return analysis


@transaction.atomic
def send_back(
    analysis: RootCauseAnalysis, *, words: str, seen: int | None = None, by: User, now: datetime
) -> RootCauseAnalysis:
    """From review or after approval back to the author, with what is to be done; review and approval begin anew."""
    words = required_text(words, field="comment", most=LONGEST_WORDS, missing=_("Enter the changes needed."))
    analysis = locked_in_state(analysis, AnalysisState.IN_REVIEW, AnalysisState.APPROVED, seen=seen)
    _back_to_draft(analysis)
    analysis.sent_back, analysis.sent_back_by = words, by
    save(analysis)
    notices.notify_sent_back(analysis, by=by.pk, now=now)
    return analysis


@transaction.atomic
def begin_version(analysis: RootCauseAnalysis, *, by: User, now: datetime) -> RootCauseAnalysis:
    """Begin the next version from the text of the last one; customers go on reading what is published."""
    analysis = locked_in_state(analysis, AnalysisState.PUBLISHED)
    _back_to_draft(analysis)
    analysis.author, analysis.writers = by, [by.pk]
    save(analysis)
    return analysis


def _back_to_draft(analysis: RootCauseAnalysis) -> None:
    analysis.state = AnalysisState.DRAFT
    analysis.reviewer = analysis.reviewed_at = analysis.approver = analysis.approved_at = None


def _refuse_others(analysis: RootCauseAnalysis, by: User) -> None:
    if analysis.author_id not in {None, by.pk}:
        raise NotAllowed(
            _("%(name)s is the author of this analysis. Take over writing first.") % {"name": analysis.author},
            field="author",
        )
