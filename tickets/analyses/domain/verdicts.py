"""The customer accepts a published analysis, or disputes it with a reason that is answered below it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact
from portal.lib.errors import NotAllowed
from portal.lib.typed import required_text
from tickets.analyses.domain import notices
from tickets.analyses.domain.locking import Elsewhere, locked_in_state
from tickets.analyses.domain.questions import LONGEST, NotPublished
from tickets.analyses.models import AnalysisQuestion, AnalysisVerdict, AnalysisVersion, RootCauseAnalysis
from tickets.core.domain.history import record
from tickets.core.enums import AnalysisAct, EventKind, Verdict


def may_judge(analysis: RootCauseAnalysis, contact: Contact) -> bool:
    """The person who opened the ticket, and the administrators of the account."""
    return contact.pk == analysis.ticket.requester_id or contact.is_admin


@transaction.atomic
def accept(analysis: RootCauseAnalysis, *, version: int, by: Contact, now: datetime) -> AnalysisVerdict:
    """`version` is the number that was read.

    Raises NotPublished without one, Elsewhere when another version is current or this one was judged already, and
    NotAllowed for other readers.
    """
    analysis = locked_in_state(analysis)
    current = _current(analysis, version, by=by)
    return _give(analysis, current, Verdict.ACCEPTED, None, by=by, now=now)


@transaction.atomic
def dispute(analysis: RootCauseAnalysis, *, version: int, reason: str, by: Contact, now: datetime) -> AnalysisVerdict:
    """The reason becomes a question below the analysis, for the author and the leads; raises as `accept` does."""
    analysis = locked_in_state(analysis)
    current = _current(analysis, version, by=by)
    reason = required_text(reason, field="reason", most=LONGEST, missing=_("Enter what is not correct."))
    question = AnalysisQuestion.objects.create(analysis=analysis, asked_by=by.user, asked_at=now, body=reason)
    return _give(analysis, current, Verdict.DISPUTED, question, by=by, now=now)


def _current(analysis: RootCauseAnalysis, version: int, *, by: Contact) -> AnalysisVersion:
    if not may_judge(analysis, by):
        raise NotAllowed(_("The requester of the ticket and the account administrators can accept or dispute it."))
    if not analysis.is_published:
        raise NotPublished(_("The analysis is not published yet. Reply on the ticket instead."))
    current = analysis.versions.get(number=analysis.current_version)
    if current.number != version:
        raise Elsewhere(_("Version %(number)s is now the current version. Read it first.") % {"number": current.number})
    if given := AnalysisVerdict.objects.filter(version=current).select_related("given_by").first():
        raise Elsewhere(_("%(name)s has already answered for your account.") % {"name": given.given_by.name})
    return current


def _give(
    analysis: RootCauseAnalysis,
    version: AnalysisVersion,
    verdict: Verdict,
    question: AnalysisQuestion | None,
    *,
    by: Contact,
    now: datetime,
) -> AnalysisVerdict:
    given = AnalysisVerdict.objects.create(
        version=version, verdict=verdict, given_by=by.user, given_at=now, question=question
    )
    act = AnalysisAct.ACCEPTED if verdict == Verdict.ACCEPTED else AnalysisAct.DISPUTED
    record(analysis.ticket, EventKind.ANALYSIS, by=by.user, now=now, act=act, version=version.number)
    notices.notify_verdict(analysis, given, now=now)
    return given
