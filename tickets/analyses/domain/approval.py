"""Reviews, approves, publishes and withdraws: writing, reviewing and approving are done by three different people."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from portal.lib.errors import DomainError, NotAllowed
from portal.lib.typed import as_line
from tickets.analyses.domain import notices, texts
from tickets.analyses.domain.deadlines import flag
from tickets.analyses.domain.locking import Elsewhere, locked_in_state, save
from tickets.analyses.models import AnalysisVersion, RootCauseAnalysis
from tickets.core.domain.history import record
from tickets.core.enums import AnalysisAct, AnalysisState, EventKind

LONGEST_NOTE = 500


class SamePerson(NotAllowed):
    """Somebody else has to do this step."""

    code = "same_person"


@transaction.atomic
def review(analysis: RootCauseAnalysis, *, seen: int | None = None, by: User, now: datetime) -> RootCauseAnalysis:
    """Say that the text holds. Raises SamePerson for anybody who wrote on it, Elsewhere when somebody was faster."""
    analysis = locked_in_state(analysis, AnalysisState.IN_REVIEW, seen=seen)
    _refuse_writers(analysis, by)
    if analysis.reviewer_id is not None:
        raise Elsewhere(_("%(name)s has reviewed it. It is now waiting for approval.") % {"name": analysis.reviewer})
    analysis.reviewer, analysis.reviewed_at = by, now
    save(analysis)
    notices.notify_reviewed(analysis, now=now)
    return analysis


@transaction.atomic
def approve(analysis: RootCauseAnalysis, *, seen: int | None = None, by: User, now: datetime) -> RootCauseAnalysis:
    """Allow that it is published: after the review, and by somebody who neither wrote nor reviewed it."""
    analysis = locked_in_state(analysis, AnalysisState.IN_REVIEW, seen=seen)
    _refuse_writers(analysis, by)
    if analysis.reviewer_id is None:
        raise DomainError(_("It has not been reviewed yet. Another person must review it first."), code="not_reviewed")
    if analysis.reviewer_id == by.pk:
        raise SamePerson(_("You have reviewed this analysis. Another person must approve it."))
    analysis.state = AnalysisState.APPROVED
    analysis.approver, analysis.approved_at = by, now
    save(analysis)
    notices.notify_approved(analysis, now=now)
    return analysis


@transaction.atomic
def publish(
    analysis: RootCauseAnalysis, *, note: str = "", seen: int | None = None, by: User, now: datetime
) -> AnalysisVersion:
    """The customer reads it from now on, as a version that never changes. `note` says what changed since the last one.

    One that is late is flagged first, as a clock would be. Pressing twice publishes once: the second is Elsewhere.
    """
    analysis = locked_in_state(analysis, AnalysisState.APPROVED, seen=seen)
    texts.refuse_incomplete(analysis.sections, analysis.actions)
    note = as_line(note)[:LONGEST_NOTE]
    if analysis.last_version and not note:
        raise DomainError(_("Enter what has changed since the last version."), code="empty", field="note")
    flag(analysis, now=now)
    version = AnalysisVersion.objects.create(
        analysis=analysis, number=analysis.last_version + 1, sections=analysis.sections, actions=analysis.actions,
        note=note, published_at=now, published_by=by,
    )  # fmt: skip
    analysis.last_version = analysis.current_version = version.number
    analysis.state, analysis.published_at = AnalysisState.PUBLISHED, analysis.published_at or now
    save(analysis)
    record(analysis.ticket, EventKind.ANALYSIS, by=by, now=now, act=AnalysisAct.PUBLISHED, version=version.number)
    notices.notify_published(analysis, version, now=now)
    return version


@transaction.atomic
def withdraw(version: AnalysisVersion, *, reason: str, by: User, now: datetime) -> AnalysisVersion:
    """Take a published version back, with the reason, which its readers see; the one before stands again.

    With none left, the analysis is being written again.
    """
    reason = as_line(reason)[:LONGEST_NOTE]
    if not reason:
        raise DomainError(_("Enter the reason. Its readers see it."), code="empty", field="reason")
    analysis = locked_in_state(version.analysis)
    standing = AnalysisVersion.objects.standing().filter(analysis=analysis)
    # The condition travels inside the UPDATE, and the row itself is never saved again.
    if not standing.filter(pk=version.pk).update(withdrawn_at=now, withdrawn_by=by, withdrawn_because=reason):
        raise Elsewhere(_("This version has already been withdrawn."))
    analysis.current_version = standing.order_by("-number").values_list("number", flat=True).first() or 0
    if not analysis.current_version and analysis.state == AnalysisState.PUBLISHED:
        analysis.state = AnalysisState.DRAFT
        analysis.reviewer = analysis.reviewed_at = analysis.approver = analysis.approved_at = None
    save(analysis)
    record(analysis.ticket, EventKind.ANALYSIS, by=by, now=now, act=AnalysisAct.WITHDRAWN, version=version.number)
    notices.notify_withdrawn(analysis, version, now=now)
    version.refresh_from_db()
    return version


def _refuse_writers(analysis: RootCauseAnalysis, by: User) -> None:
    if by.pk in {analysis.author_id, *analysis.writers}:
        raise SamePerson(_("You have written part of this analysis. Another person must review and approve it."))
