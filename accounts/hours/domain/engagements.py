"""Engagements: request → plan → accepted → scheduled → delivered. Each step is a verb with its line of history."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.domain.people import admins_of, leads
from accounts.core.enums import ENGAGEMENT_NEXT, HOLDS_HOURS, EngagementState
from accounts.core.models import Agent, Contact, User
from accounts.hours.domain import hours
from accounts.hours.models import Engagement, EngagementEvent
from portal.lib import outbox
from portal.lib.errors import DomainError, NotAllowed, Stale
from portal.lib.typed import as_text


class WrongStep(DomainError):
    """The table of steps has no such move."""

    code = "wrong_step"


@transaction.atomic
def request_engagement(*, by: Contact, topic: str, wish: str, now: datetime, wished_dates: str = "") -> Engagement:
    """A customer asks for professional services. Raises NoHours when the account has none in force."""
    if hours.year_in_force(by.account, now) is None:
        raise hours.NoHours(
            _("%(account)s has no professional services hours. Gold includes 8 a year, Platinum 24.")
            % {"account": by.account.name}
        )
    engagement = Engagement.objects.create(
        account=by.account,
        requested_by=by,
        topic=_text(topic, "topic")[:120],
        wish=_text(wish, "wish"),
        wished_dates=" ".join(wished_dates.split())[:200],
        requested_at=now,
        updated_at=now,
    )
    _record(engagement, by=by.user, now=now)
    _notify(engagement, leads(), now=now)
    return engagement


@transaction.atomic
def plan_engagement(
    engagement: Engagement, *, plan: str, goals: str, minutes: int, engineer: Agent | None, by: User, now: datetime
) -> Engagement:
    """Staff propose what will be done, towards which goals and in how many hours; the account's administrator decides.

    A plan may be replaced until it is accepted. Raises DomainError for an amount that is not in quarters of an hour.
    """
    engagement = _locked(engagement)
    if minutes <= 0 or minutes % hours.STEP:
        raise DomainError(_("Hours must be a multiple of 0.25, for example 0.25 or 1.5."), code="amount", field="hours")
    if engineer is not None and not engineer.user.is_active:
        raise DomainError(
            _("%(name)s has left the team. Select another person.") % {"name": engineer.name}, field="engineer"
        )
    engagement.plan, engagement.goals = _text(plan, "plan"), _text(goals, "goals")
    engagement.planned_minutes, engagement.engineer = minutes, engineer
    _move(engagement, EngagementState.PLANNED, by=by, now=now)
    _notify(engagement, [*admins_of(engagement.account_id), engagement.requested_by.user_id], now=now)
    return engagement


@transaction.atomic
def accept_plan(engagement: Engagement, *, version: int, by: Contact, now: datetime) -> Engagement:
    """An administrator of the account accepts the plan they read: its hours are set aside in the same step.

    Raises Stale when the plan was replaced meanwhile, NotEnoughHours when the balance does not hold it.
    """
    engagement = _locked(engagement)
    _needs_admin(engagement, by)
    if engagement.version != version:
        raise Stale(_("The plan has changed. Read the new plan before you decide."))
    _move(engagement, EngagementState.ACCEPTED, by=by.user, now=now)
    hours.reserve(engagement, engagement.planned_minutes or 0, by=by.user, now=now)
    _notify(engagement, _team(engagement), now=now)
    return engagement


@transaction.atomic
def send_back(engagement: Engagement, *, words: str, by: Contact, now: datetime) -> Engagement:
    """An administrator of the account wants another plan, and says which."""
    engagement = _locked(engagement)
    _needs_admin(engagement, by)
    words = _text(words, "words")
    _move(engagement, EngagementState.REQUESTED, by=by.user, now=now, words=words)
    _notify(engagement, _team(engagement), now=now)
    return engagement


@transaction.atomic
def schedule(engagement: Engagement, *, starts_at: datetime, ends_at: datetime, by: User, now: datetime) -> Engagement:
    """Staff set (or move) the dates of an accepted plan."""
    engagement = _locked(engagement)
    if ends_at <= starts_at:
        raise DomainError(_("The end is before the start. Select a later end."), code="dates", field="ends_at")
    if starts_at < now:
        raise DomainError(_("The start is in the past. Select a later start."), code="dates", field="starts_at")
    engagement.starts_at, engagement.ends_at = starts_at, ends_at
    _move(engagement, EngagementState.SCHEDULED, by=by, now=now)
    _notify(engagement, _customers(engagement), now=now)
    return engagement


@transaction.atomic
def deliver(engagement: Engagement, *, minutes: int, result: str, by: User, now: datetime) -> Engagement:
    """The work is done: the hours it took are used, what was set aside beyond them is released."""
    engagement = _locked(engagement)
    if minutes <= 0 or minutes % hours.STEP:
        raise DomainError(_("Hours must be a multiple of 0.25, for example 0.25 or 1.5."), code="amount", field="hours")
    engagement.result = _text(result, "result")
    _move(engagement, EngagementState.DELIVERED, by=by, now=now)
    hours.close_reservation(engagement, minutes, by=by, now=now)
    _notify(engagement, _customers(engagement), now=now)
    return engagement


@transaction.atomic
def cancel(engagement: Engagement, *, words: str, by: User, now: datetime) -> Engagement:
    """Either side gives it up, with a reason; hours that were set aside are released."""
    engagement = _locked(engagement)
    words = _text(words, "words")
    held = EngagementState(engagement.state) in HOLDS_HOURS
    _move(engagement, EngagementState.CANCELLED, by=by, now=now, words=words)
    if held:
        hours.close_reservation(engagement, 0, by=by, now=now)
    _notify(engagement, [*_customers(engagement), *_team(engagement)], now=now, but=by.pk)
    return engagement


def _locked(engagement: Engagement) -> Engagement:
    # First the lock, then the rows: PostgreSQL gives a statement that waited the joined rows of before.
    Engagement.objects.select_for_update().values("pk").get(pk=engagement.pk)
    return Engagement.objects.for_page().get(pk=engagement.pk)


def _move(engagement: Engagement, to: EngagementState, *, by: User, now: datetime, words: str = "") -> None:
    was = EngagementState(engagement.state)
    if to not in ENGAGEMENT_NEXT[was]:
        raise WrongStep(
            _("An engagement with the status “%(was)s” cannot change to “%(to)s”.")
            % {"was": was.label, "to": to.label},
            state=was.value,
        )
    engagement.state, engagement.updated_at = to, now
    engagement.version += 1
    engagement.save()
    _record(engagement, by=by, now=now, words=words)


def _record(engagement: Engagement, *, by: User, now: datetime, words: str = "") -> None:
    EngagementEvent.objects.create(engagement=engagement, state=engagement.state, words=words, by=by, created_at=now)


def _needs_admin(engagement: Engagement, by: Contact) -> None:
    if by.account_id != engagement.account_id or not by.is_admin:
        raise NotAllowed(_("Only an account administrator can decide on a plan. Ask one of them."))


def _text(text: str, field: str) -> str:
    text = as_text(text)
    if not text:
        raise DomainError(_("Enter a text."), code="empty", field=field)
    return text


def _team(engagement: Engagement) -> list[int]:
    return [engagement.engineer.user_id] if engagement.engineer else leads()


def _customers(engagement: Engagement) -> list[int]:
    return [engagement.requested_by.user_id, *admins_of(engagement.account_id)]


def _notify(engagement: Engagement, people: list[int], *, now: datetime, but: int = 0) -> None:
    outbox.write(
        "engagement",
        key=f"engagement:{engagement.pk}:{engagement.version}",
        recipients=[person for person in people if person != but],
        data={"engagement": engagement.pk, "state": engagement.state, "version": engagement.version},
        now=now,
    )
