"""Level 3: asked for by customers, passed on by agents, taken by a specialist and handed back. No clock ever moves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import Entitlements, entitlements_of
from accounts.core.enums import Tier
from accounts.models import Agent, TierTerms, User
from portal.lib.errors import DomainError, NotAllowed, Stale
from portal.lib.typed import required_text
from tickets.core.domain import alerts
from tickets.core.domain.history import record, sentence_for
from tickets.core.domain.locking import locked_live, touch
from tickets.core.enums import EscalationState, EventKind, RoutedBy
from tickets.core.models import Ticket
from tickets.level_3.domain import level_3_notices as notices
from tickets.level_3.models import Escalation

SPECIALIST = 3
LONGEST_REASON, LONGEST_WORDS = 500, 2000


class NotIncluded(DomainError):
    """The requester's tier has no level 3; `metadata` names the tier and those that have it."""

    code = "level_3_not_included"


class NoEscalation(DomainError):
    """Nothing was asked for, or it has ended."""

    code = "no_escalation"


@dataclass(frozen=True)
class Level3:
    """Whether level 3 is open to a ticket, and which tiers include it."""

    entitlements: Entitlements
    tiers: list[Tier]

    @property
    def is_included(self) -> bool:
        return self.entitlements.tier in self.tiers

    @property
    def names(self) -> str:
        return ", ".join(str(tier.label) for tier in self.tiers)

    @property
    def is_bought(self) -> bool:
        """The account has it, but not for this requester."""
        return self.entitlements.account_tier in self.tiers


def level_3_of(ticket: Ticket, *, now: datetime) -> Level3:
    """The tier of the requester decides, as for every promise (semantics §2)."""
    included = TierTerms.objects.filter(level_3_support=True).values_list("tier", flat=True)
    order = list(Tier)
    return Level3(entitlements_of(ticket.requester, now), sorted((Tier(tier) for tier in included), key=order.index))


def open_escalation(ticket: Ticket) -> Escalation | None:
    return ticket.escalations.open().for_detail().first()


def last_escalation(ticket: Ticket) -> Escalation | None:
    """The open one, or how the last one ended."""
    return ticket.escalations.for_detail().order_by("-pk").first()


def answer_for_customers(escalation: Escalation) -> str:
    """What level 3 found, or why it was declined; empty for customers who never asked."""
    is_theirs = escalation.state == EscalationState.RETURNED or escalation.asked_by_id is not None
    return escalation.answer if is_theirs else ""


@transaction.atomic
def ask_for_level_3(ticket: Ticket, *, reason: str, by: User, now: datetime) -> Escalation:
    """The customer asks for a specialist, with a reason; an agent decides.

    Raises NotIncluded, TicketClosed, or DomainError without a reason or when it was asked for already.
    """
    ticket = locked_live(ticket)
    reason = _words(reason, field="reason", most=LONGEST_REASON)
    _included(ticket, now=now)
    if found := open_escalation(ticket):
        raise DomainError(_already(found), code="already_escalated")
    escalation = Escalation.objects.create(
        ticket=ticket, state=EscalationState.ASKED, since=now, reason=reason, asked_by=by, asked_at=now
    )
    _noted(escalation, ticket, by=by, now=now, reason=reason)
    notices.notify_asked(escalation, now=now)
    return escalation


@transaction.atomic
def escalate(ticket: Ticket, *, reason: str, by: User, now: datetime) -> Escalation:
    """An agent passes the ticket on to the queue of level 3, also when the customer asked; `reason` is the team's."""
    ticket = locked_live(ticket)
    reason = _words(reason, field="reason", most=LONGEST_WORDS)
    found = open_escalation(ticket)
    if found and found.state != EscalationState.ASKED:
        raise DomainError(_already(found), code="already_escalated")
    if found is None:
        _included(ticket, now=now)
    escalation = found or Escalation(ticket=ticket)
    escalation.state, escalation.since = EscalationState.ESCALATED, now
    escalation.brief, escalation.escalated_by, escalation.escalated_at = reason, by, now
    escalation.save()
    _noted(escalation, ticket, by=by, now=now)
    notices.notify_wanted(escalation, by=by, now=now)
    return escalation


@transaction.atomic
def decline(ticket: Ticket, *, reason: str, by: User, now: datetime) -> Escalation:
    """Not needed, or not yet: the customer reads why. Also a specialist may say so, before taking it."""
    ticket = locked_live(ticket)
    reason = _words(reason, field="reason", most=LONGEST_REASON)
    escalation = _open(ticket, EscalationState.ASKED, EscalationState.ESCALATED)
    was_asked = escalation.asked_by_id is not None
    _end(escalation, EscalationState.DECLINED, words=reason, by=by, now=now)
    # Customers who never asked have nothing to hear of.
    _noted(escalation, ticket, by=by, now=now, reason=reason if was_asked else "")
    notices.notify_declined(escalation, by=by, now=now)
    return escalation


@transaction.atomic
def accept(ticket: Ticket, *, by: Agent, now: datetime) -> Escalation:
    """A specialist takes the ticket; it comes back to whoever has it now. Raises NotAllowed below level 3."""
    if by.level != SPECIALIST:
        raise NotAllowed(_("Only level 3 agents can take tickets from this queue. Ask one of them, or your team lead."))
    ticket = locked_live(ticket)
    escalation = _open(ticket, EscalationState.ASKED, EscalationState.ESCALATED)
    escalation.former, escalation.former_routed_by = ticket.assignee, ticket.routed_by
    escalation.state, escalation.since = EscalationState.TAKEN, now
    escalation.agent, escalation.taken_at = by, now
    escalation.save()
    if ticket.assignee_id != by.pk:
        record(ticket, EventKind.ASSIGNED, by=by.user, now=now, to=by.name, routed_by=RoutedBy.LEVEL_3.value)
    ticket.assignee, ticket.routed_by = by, RoutedBy.LEVEL_3
    _noted(escalation, ticket, by=by.user, now=now, agent=by.name)
    notices.notify_taken(escalation, now=now)
    return escalation


@transaction.atomic
def return_ticket(ticket: Ticket, *, answer: str, by: Agent, now: datetime) -> Escalation:
    """Level 3 is done: a sentence for both sides, and the ticket returns to whoever had it before.

    Unless somebody gave it to another agent meanwhile: then it stays there. Raises NotAllowed for anybody but the
    agent who took it, other specialists and leads.
    """
    ticket = locked_live(ticket)
    escalation = _open(ticket, EscalationState.TAKEN)
    if by.level != SPECIALIST and not Agent.objects.leads().filter(pk=by.pk).exists():
        raise NotAllowed(_("Only level 3 can hand back the ticket. Ask %(name)s.") % {"name": _name(escalation)})
    answer = _words(answer, field="answer", most=LONGEST_WORDS)
    _end(escalation, EscalationState.RETURNED, words=answer, by=by.user, now=now)
    if ticket.assignee_id == escalation.agent_id:
        _return(ticket, escalation, by=by.user, now=now)
    _noted(escalation, ticket, by=by.user, now=now, answer=answer)
    notices.notify_returned(escalation, by=by.user, now=now)
    return escalation


def end_with_ticket(ticket: Ticket, *, by: User | None, now: datetime, merged: bool) -> None:
    """The locked ticket is solved or merged away: nobody waits for level 3 any more (a hook of core)."""
    escalation = open_escalation(ticket)
    if escalation:
        _end(escalation, EscalationState.ENDED, words="", by=by, now=now)


def _return(ticket: Ticket, escalation: Escalation, *, by: User, now: datetime) -> None:
    former = escalation.former if escalation.former and escalation.former.user.is_active else None
    ticket.assignee = former
    ticket.routed_by = escalation.former_routed_by if former else RoutedBy.NOBODY
    if former is None or former.pk != escalation.agent_id:
        record(ticket, EventKind.ASSIGNED, by=by, now=now, to=former.name if former else "")
    alerts.begin(ticket, now=now)


def _included(ticket: Ticket, *, now: datetime) -> None:
    level_3 = level_3_of(ticket, now=now)
    if level_3.is_included:
        return
    sentence = (
        _(
            "%(name)s does not have a Premium seat, so level 3 is not included. An administrator of "
            "%(account)s can nominate %(name)s."
        )
        if level_3.is_bought
        else _("Level 3 support is included in %(tiers)s. An administrator of %(account)s can ask us for another tier.")
    )
    raise NotIncluded(
        sentence % {"name": ticket.requester.name, "account": ticket.account.name, "tiers": level_3.names},
        tier=level_3.entitlements.tier.value, tiers=[tier.value for tier in level_3.tiers],
    )  # fmt: skip


def _open(ticket: Ticket, *states: EscalationState) -> Escalation:
    found = open_escalation(ticket)
    if found is None:
        raise NoEscalation(_("This ticket is not waiting for level 3."))
    if found.state not in states:
        raise Stale(_already(found))
    return found


def _end(escalation: Escalation, to: EscalationState, *, words: str, by: User | None, now: datetime) -> None:
    escalation.state, escalation.since, escalation.answer = to, now, words
    escalation.ended_by, escalation.ended_at = by, now
    escalation.save()


def _noted(escalation: Escalation, ticket: Ticket, *, by: User, now: datetime, **more: Any) -> None:
    record(ticket, EventKind.LEVEL_3, by=by, now=now, state=EscalationState(escalation.state).value, **more)
    touch(ticket, now=now)
    escalation.ticket = ticket


def _words(text: str, *, field: str, most: int) -> str:
    return required_text(text, field=field, most=most, missing=_("Enter a sentence."))


def _name(escalation: Escalation) -> str:
    return escalation.agent.name if escalation.agent else ""


def _already(escalation: Escalation) -> str:
    state = EscalationState(escalation.state)
    match state:
        case EscalationState.TAKEN:
            return _("This ticket is already with level 3 (%(name)s).") % {"name": _name(escalation)}
        case EscalationState.ESCALATED:
            return _("The ticket is already waiting for level 3.")
        case EscalationState.ASKED | EscalationState.RETURNED | EscalationState.DECLINED | EscalationState.ENDED:
            return _("Level 3 has already been requested. An agent will decide.")
    assert_never(state)


@sentence_for(EventKind.LEVEL_3)
def _said(data: dict[str, Any]) -> str:
    state = EscalationState(data["state"])
    match state:
        case EscalationState.ASKED:
            return _("requested level 3: %(reason)s") % {"reason": data["reason"]}
        case EscalationState.ESCALATED:
            return _("escalated the ticket to level 3")
        case EscalationState.TAKEN:
            return _("took the ticket at level 3")
        case EscalationState.RETURNED:
            return _("replied for level 3: %(answer)s") % {"answer": data["answer"]}
        case EscalationState.DECLINED | EscalationState.ENDED:
            if data.get("reason"):
                return _("declined level 3: %(reason)s") % {"reason": data["reason"]}
            return _("removed the ticket from the level 3 queue")
    assert_never(state)
