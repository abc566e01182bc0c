"""Opens tickets: what every entry hands in, and the act that starts clocks, assigns and notifies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import Entitlements, entitlements_of
from accounts.models import Contact, Region, User
from portal.lib.errors import DomainError
from sla.core.domain import clocks
from sla.core.domain.clocks import build_clock, save_clocks
from sla.core.domain.terms import Terms, terms_for
from sla.core.enums import ClockKind, Coverage, Priority, StartCause
from sla.models import Clock
from tickets.core.domain import alerts, notices
from tickets.core.domain import clocks as promises
from tickets.core.domain.attachments import attach
from tickets.core.domain.followers import add_all
from tickets.core.domain.history import record
from tickets.core.domain.routing import Need, Route, route
from tickets.core.enums import AuthorKind, Channel, EventKind, LanguageChoice, RoutedBy, Status
from tickets.core.models import Attachment, Message, Ticket


@dataclass(frozen=True, kw_only=True)
class OpenTicket:
    """What an entry (page, agent workspace, API, email, chat, call) knows of the ticket that it opens.

    `body` is Markdown. `region` None: that of the requester's seat, the contact or the account. `live`: opened by an
    agent while talking to the customer, so the response is given in the same moment. `asked_at`: when the customer
    asked, if that was before (in a chat): the message and the response clock start then, under the terms of that
    moment. Raises DomainError when the subject or the body is empty.
    """

    requester: Contact
    subject: str
    body: str
    priority: Priority
    channel: Channel
    language_choice: LanguageChoice = LanguageChoice.ENGLISH
    product: str = ""
    region: Region | None = None
    followers: Sequence[Contact] = ()
    attachments: Sequence[Attachment] = ()
    is_private: bool = False
    live: bool = False
    follow_up_of: Ticket | None = None
    cause: StartCause = StartCause.OPENED
    asked_at: datetime | None = None

    def __post_init__(self) -> None:
        # The only writes to a frozen object: the texts as they are stored.
        object.__setattr__(self, "subject", " ".join(self.subject.split()))
        object.__setattr__(self, "body", self.body.strip())
        if not self.subject or not self.body:
            field = "body" if self.subject else "subject"
            raise DomainError(_("Enter a subject and a description."), code="empty", field=field)

    def columns(self) -> dict[str, Any]:
        """What the row of the ticket stores as it was given."""
        return {
            "account": self.requester.account,
            "requester": self.requester,
            "subject": self.subject,
            "product": self.product,
            "priority": self.priority,
            "channel": self.channel,
            "is_private": self.is_private,
            "follow_up_of": self.follow_up_of,
        }


@dataclass(frozen=True)
class _Conditions:
    """What applies to the requester: entitlements, region, the language of replies, and the terms of the clocks."""

    entitlements: Entitlements
    region: Region
    language_choice: LanguageChoice
    language: str
    terms: Terms


@transaction.atomic
def open_ticket(new: OpenTicket, *, by: User, now: datetime) -> Ticket:
    """Open a ticket for its requester and start its clocks under the terms that apply to this person now.

    `by` is the person who writes it down: the requester, or an agent. Raises NoTarget when the matrix or the calendar
    has a gap, and DomainError for a foreign region or follower.
    """
    conditions = _conditions(new, now=now)
    way = _route(new, conditions, by=by, now=now)
    running = _build_clocks(new, conditions.terms, now=now)
    ticket = _create(new, conditions, way, running.values(), now=now)
    saved = save_clocks(ticket.pk, ticket.account_id, running.values(), by=by, now=now)
    response = next(clock for clock in saved if clock.kind == ClockKind.RESPONSE)
    _add_first_message(ticket, new, by=by, now=now)
    if new.live:
        clocks.stop(response, by=by, now=now)
    else:
        alerts.begin(ticket, response, now=now)
    add_all(ticket, new.followers, by=by, now=now)
    _record(ticket, new, way, by=by, now=now)
    notices.acknowledge(ticket, now=now)
    notices.notify_assignee(ticket, by=by, now=now)
    return ticket


def _conditions(new: OpenTicket, *, now: datetime) -> _Conditions:
    """What the requester is entitled to, in a chat that becomes a ticket at the moment of the question."""
    user = new.requester.user
    entitlements = entitlements_of(new.requester, new.asked_at or now)
    region = new.region or promises.region_for(new.requester, entitlements)
    has_choice = promises.may_choose_language(entitlements, user.language)
    choice = new.language_choice if has_choice else LanguageChoice.ENGLISH
    terms = terms_for(
        tier=entitlements.tier,
        basis=entitlements.basis,
        priority=new.priority,
        region=region,
        own_language=choice == LanguageChoice.OWN,
    )
    in_english = choice == LanguageChoice.ENGLISH and terms.coverage == Coverage.ALWAYS
    return _Conditions(entitlements, region, choice, "en" if in_english else user.language, terms)


def _route(new: OpenTicket, conditions: _Conditions, *, by: User, now: datetime) -> Route:
    """Who gets the ticket. When routing finds nobody: the agent who opens it while talking to the customer."""
    terms = conditions.terms
    way = route(
        Need(
            new.requester.account, conditions.region, conditions.entitlements, language=conditions.language,
            product=new.product, due_at=terms.response_due(now), round_the_clock=terms.coverage == Coverage.ALWAYS,
        ),
        now=now,
    )  # fmt: skip
    if new.live and way.agent is None and _is_by_agent(new, by) and by.staff_role:
        return Route(by.agent, RoutedBy.AGENT)
    return way


def _build_clocks(new: OpenTicket, terms: Terms, *, now: datetime) -> dict[ClockKind, Clock | None]:
    """One unsaved clock a kind; None where the terms have none."""
    cause = StartCause.LIVE if new.live else new.cause
    running = {kind: build_clock(kind, terms, cause=cause, now=now) for kind in ClockKind}
    if new.asked_at is not None:
        running[ClockKind.RESPONSE] = build_clock(ClockKind.RESPONSE, terms, cause=StartCause.CHAT, now=new.asked_at)
    return running


def _create(
    new: OpenTicket, conditions: _Conditions, way: Route, running: Iterable[Clock | None], *, now: datetime
) -> Ticket:
    """The row of the ticket, with the nearest due moment of its clocks: of a live one the response is given."""
    counted = [clock for clock in running if clock and not (new.live and clock.kind == ClockKind.RESPONSE)]
    return Ticket.objects.create(
        **new.columns(),
        language=conditions.language,
        language_choice=conditions.language_choice,
        region=conditions.region,
        tier=conditions.entitlements.tier,
        assignee=way.agent,
        routed_by=way.routed_by,
        status=Status.OPEN if new.live else Status.NEW,
        opened_at=now,
        updated_at=now,
        status_changed_at=now,
        next_due_at=min((clock.due_at for clock in counted), default=None),
    )


def _add_first_message(ticket: Ticket, new: OpenTicket, *, by: User, now: datetime) -> None:
    """The description, with its files: the customer's words, or the agent's when both are talking."""
    message = Message.objects.create(
        ticket=ticket,
        author=by if new.live else new.requester.user,
        author_kind=AuthorKind.AGENT if new.live and _is_by_agent(new, by) else AuthorKind.CUSTOMER,
        channel=new.channel,
        body=new.body,
        created_at=new.asked_at or now,
    )
    attach(new.attachments, message)


def _record(ticket: Ticket, new: OpenTicket, way: Route, *, by: User, now: datetime) -> None:
    """History: that it was opened, who got it and why, and on the ticket that it follows that it goes on here."""
    record(ticket, EventKind.OPENED, by=by, now=now, priority=int(new.priority), channel=new.channel, tier=ticket.tier)
    if way.agent or way.why:
        told = {"why": way.why} if way.why else {}
        to = way.agent.name if way.agent else ""
        record(ticket, EventKind.ASSIGNED, by=None, now=now, to=to, routed_by=way.routed_by, **told)
    if new.follow_up_of:
        record(new.follow_up_of, EventKind.FOLLOWED_UP, by=by, now=now, number=ticket.number)


def _is_by_agent(new: OpenTicket, by: User) -> bool:
    return by.pk != new.requester.user_id
