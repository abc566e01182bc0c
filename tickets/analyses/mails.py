"""The mails about root-cause analyses: to whoever writes, reviews or answers, and to those who may read them."""

from typing import Any, assert_never

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.core.enums import StaffRole
from accounts.models import Contact, User
from portal.lib import outbox
from portal.lib.outbox import Notice, Withdrawn
from tickets.analyses.models import AnalysisQuestion, AnalysisVersion, RootCauseAnalysis
from tickets.core.enums import AnalysisNews, AnalysisState
from tickets.core.mails.about import say_dated_by


@outbox.completes("analysis")
def analysis_mail(notice: Notice) -> dict[str, Any]:
    """One sentence on what changed, what comes next, and the words that belong to it."""
    with translation.override(notice.recipient.language):
        return _context(notice)


def _context(notice: Notice) -> dict[str, Any]:
    data, reader = notice.data, notice.recipient
    analysis = _analysis_for(reader, data["analysis"])
    ticket, what = analysis.ticket, AnalysisNews(data["what"])
    due = say_dated_by(analysis.due_at, reader, ticket.region.time_zone)
    values = {"number": ticket.number, "due": due, "account": ticket.account.name, "version": data.get("version", "")}
    title, said, following, words = _words(what, analysis, data)
    path = (
        reverse("admin:tickets_rootcauseanalysis_change", args=[ticket.number])
        if reader.is_staff
        else analysis.get_absolute_url()
    )
    return {
        "title": title % values,
        "said": said % values,
        "next": following % values,
        "sentences": [words] if words else [],
        "url": f"{settings.SITE_URL}{path}",
        "label": _("Open the analysis of %(number)s") % values,
        "because": _because(analysis, reader),
        "thread": f"ticket:{ticket.pk}",
    }


def _words(what: AnalysisNews, analysis: RootCauseAnalysis, data: dict[str, Any]) -> tuple[str, str, str, str]:
    """Title, what changed, what comes next, and what somebody wrote. Raises Withdrawn for what is no longer so."""
    review = _("Read it. If no changes are needed, pass it for approval; otherwise send it back with a comment.")
    match what:
        case AnalysisNews.OPENED:
            said = _("%(number)s of %(account)s is solved. Write its root-cause analysis.")
            return _("Root-cause analysis to write"), said, _("Publish it by %(due)s."), ""
        case AnalysisNews.REVIEW:
            _still(analysis.state == AnalysisState.IN_REVIEW)
            said = _("The root-cause analysis of %(number)s is waiting for review.")
            return _("Analysis to review"), said, review, ""
        case AnalysisNews.REVIEWED:
            _still(analysis.state == AnalysisState.IN_REVIEW)
            said = _("The root-cause analysis of %(number)s has been reviewed and is waiting for approval.")
            return _("Analysis to approve"), said, _("Publish it by %(due)s."), ""
        case AnalysisNews.SENT_BACK:
            said = _("The root-cause analysis of %(number)s was sent back after review.")
            return _("Analysis sent back"), said, _("Publish it by %(due)s."), analysis.sent_back
        case AnalysisNews.APPROVED:
            said = _("The root-cause analysis of %(number)s is approved.")
            return _("Analysis approved"), said, _("You can now publish it."), ""
        case AnalysisNews.PUBLISHED:
            version = AnalysisVersion.objects.get(analysis=analysis, number=data["version"])
            _still(version.withdrawn_at is None)
            said = _("You can now read our root-cause analysis of %(number)s (version %(version)s).")
            return _("Root-cause analysis published"), said, _("You can ask questions below it."), version.note
        case AnalysisNews.WITHDRAWN:
            version = AnalysisVersion.objects.get(analysis=analysis, number=data["version"])
            said = _("We have withdrawn version %(version)s of our root-cause analysis of %(number)s.")
            following = (
                _("The previous version is published again.")
                if analysis.current_version
                else _("We will let you know when a new version is published.")
            )
            return _("Root-cause analysis withdrawn"), said, following, version.withdrawn_because
        case AnalysisNews.QUESTION:
            question = AnalysisQuestion.objects.get(pk=data["question"])
            _still(question.answered_at is None)
            said = _("%(account)s has a question about the root-cause analysis of %(number)s.")
            return _("Question about an analysis"), said, _("Answer it below the analysis."), question.body
        case AnalysisNews.ANSWERED:
            answer = AnalysisQuestion.objects.get(pk=data["question"]).answer
            said = _("We have answered your question about the root-cause analysis of %(number)s.")
            return _("Answer to your question"), said, "", answer
        case AnalysisNews.OVERDUE:
            said = _("The root-cause analysis of %(number)s for %(account)s has been overdue since %(due)s.")
            return _("Root-cause analysis overdue"), said, _("Check who is writing it and what is missing."), ""
        case AnalysisNews.ACCEPTED:
            said = _("%(account)s has accepted version %(version)s of the root-cause analysis of %(number)s.")
            return _("Analysis accepted"), said, "", ""
        case AnalysisNews.DISPUTED:
            reason = AnalysisQuestion.objects.get(pk=data["question"])
            said = _("%(account)s disputes version %(version)s of the root-cause analysis of %(number)s.")
            following = _("Answer below the analysis, or write a new version.")
            return _("Analysis disputed"), said, following, reason.body
    assert_never(what)


def _still(is_so: bool) -> None:
    if not is_so:
        raise Withdrawn("it has gone on meanwhile")


def _analysis_for(reader: User, pk: int) -> RootCauseAnalysis:
    """The analysis, if the reader may still hear of it. Raises Withdrawn: who left since then is not told."""
    analysis = RootCauseAnalysis.objects.with_people().select_related("ticket__requester").filter(pk=pk).first()
    if analysis is None:
        raise Withdrawn("the analysis is gone")
    contact = Contact.objects.active().filter(user=reader, account=analysis.account_id).first()
    if not RootCauseAnalysis.objects.visible_to(reader, contact).filter(pk=pk).exists():
        raise Withdrawn("the reader no longer sees this analysis")
    return analysis


def _because(analysis: RootCauseAnalysis, reader: User) -> str:
    if reader.is_staff:
        if reader.pk == analysis.author_id:
            return _("You get this email because you are writing this analysis.")
        if reader.staff_role == StaffRole.AGENT:
            return _("You get this email because you are in the support team.")
        return _("You get this email because you are a team lead.")
    if analysis.ticket.requester.user_id == reader.pk:
        return _("You get this email because you opened the ticket.")
    return _("You get this email because you follow the ticket or administer the account.")
