"""Opens the analysis of a P1 in the act that solves it, where the account's tier includes one."""

from datetime import datetime
from typing import Any, assert_never

from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import contract_in_force
from accounts.core.enums import Tier
from accounts.models import Account, TierTerms, User
from sla.core.enums import Priority
from tickets.analyses.domain import notices, timeline
from tickets.analyses.domain.deadlines import due_after
from tickets.analyses.models import RootCauseAnalysis
from tickets.core.domain.history import record, sentence_for
from tickets.core.enums import AnalysisAct, EventKind, Section
from tickets.core.models import Ticket


def includes_analyses(account: Account, *, now: datetime) -> bool:
    """The contract in force decides, not the seat of the requester: the analysis is for the account."""
    contract = contract_in_force(account, now)
    tier = Tier(contract.tier) if contract else Tier.STANDARD
    return TierTerms.objects.filter(tier=tier, p1_root_cause_analysis=True).exists()


def tiers_with_analyses() -> list[Tier]:
    order = list(Tier)
    included = TierTerms.objects.filter(p1_root_cause_analysis=True).values_list("tier", flat=True)
    return sorted((Tier(tier) for tier in included), key=order.index)


def open_when_solved(ticket: Ticket, *, by: User | None, now: datetime, merged: bool) -> None:
    """Open the analysis of a ticket that is being solved as a P1, where the tier includes one (a hook of core).

    The caller holds the ticket, so two who solve it at once open one. A ticket that was reopened and is solved again
    keeps the one that it has, with its target date. What is merged is analysed with the ticket that it goes into.
    """
    if merged or ticket.priority != Priority.URGENT:
        return
    if RootCauseAnalysis.objects.filter(ticket=ticket).exists() or not includes_analyses(ticket.account, now=now):
        return
    due_at = due_after(now, ticket.region)
    analysis = RootCauseAnalysis.objects.create(
        ticket=ticket, account=ticket.account, opened_at=now, due_at=due_at,
        author=ticket.assignee.user if ticket.assignee else None,
    )  # fmt: skip
    record(ticket, EventKind.ANALYSIS, by=None, now=now, act=AnalysisAct.OPENED, due=due_at.isoformat())
    analysis.sections = {Section.TIMELINE.value: timeline.as_markdown(ticket)}
    analysis.save(update_fields=["sections"])
    notices.notify_opened(analysis, now=now)


@sentence_for(EventKind.ANALYSIS)
def _said(data: dict[str, Any]) -> str:
    act = AnalysisAct(data["act"])
    match act:
        case AnalysisAct.OPENED:
            return _("opened the root-cause analysis")
        case AnalysisAct.PUBLISHED:
            return _("published version %(version)s of the root-cause analysis") % {"version": data["version"]}
        case AnalysisAct.WITHDRAWN:
            return _("withdrew version %(version)s of the root-cause analysis") % {"version": data["version"]}
        case AnalysisAct.ACCEPTED:
            return _("accepted version %(version)s of the root-cause analysis") % {"version": data["version"]}
        case AnalysisAct.DISPUTED:
            return _("disputed version %(version)s of the root-cause analysis") % {"version": data["version"]}
    assert_never(act)
