"""When agents are away: entered by themselves, or by leads for anybody. Two absences of a person never overlap."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.core.models import Agent, AwayPeriod, User
from portal.lib import outbox
from portal.lib.access import LEADS, Role
from portal.lib.durations import say_by
from portal.lib.errors import DomainError, NotAllowed, Stale
from portal.lib.typed import as_line
from portal.lib.zones import zone

# Longer than any leave; a slip of the year is told instead of stored.
LONGEST = timedelta(days=400)


@transaction.atomic
def go_away(
    agent: Agent, *, starts_at: datetime, ends_at: datetime, reason: str = "", by: User, now: datetime
) -> AwayPeriod:
    """Note that `agent` takes no new tickets between two moments.

    Raises NotAllowed for somebody else's absence unless a lead asks, DomainError for a period that is over, runs
    backwards or overlaps another one of theirs.
    """
    _refuse_others(agent, by)
    agent = _locked(agent)
    _refuse_period(agent, starts_at, ends_at, by=by, now=now)
    period = AwayPeriod.objects.create(agent=agent, starts_at=starts_at, ends_at=ends_at, reason=_line(reason))
    _notify("entered", period, by=by, now=now)
    return period


@transaction.atomic
def change_absence(
    period: AwayPeriod, *, starts_at: datetime, ends_at: datetime, reason: str, by: User, now: datetime
) -> AwayPeriod:
    """Move an absence that is not over. One that has begun keeps its beginning. Raises as `go_away`, and Stale."""
    _refuse_others(period.agent, by)
    agent = _locked(period.agent)
    period = _not_over(period, now)
    if period.starts_at <= now and starts_at != period.starts_at:
        raise DomainError(
            _("This absence has already begun. You can only change its end."), code="begun", field="starts_at"
        )
    _refuse_period(agent, starts_at, ends_at, by=by, now=now, besides=period)
    period.starts_at, period.ends_at, period.reason = starts_at, ends_at, _line(reason)
    period.save(update_fields=["starts_at", "ends_at", "reason"])
    _notify("changed", period, by=by, now=now)
    return period


@transaction.atomic
def cancel_absence(period: AwayPeriod, *, by: User, now: datetime) -> AwayPeriod | None:
    """Take back an absence: one that has not begun goes, one that has begun ends now and stays in the list.

    Returns what is left of it. Raises Stale for one that is over: what was is not rewritten.
    """
    _refuse_others(period.agent, by)
    _locked(period.agent)
    period = _not_over(period, now)
    _notify("removed", period, by=by, now=now)
    if period.starts_at >= now:
        period.delete()
        return None
    period.ends_at = now
    period.save(update_fields=["ends_at"])
    return period


def may_enter_for(agent: Agent, by: User) -> bool:
    """Everybody enters their own absences; leads enter those of all."""
    role = by.staff_role
    return role is not None and (agent.user_id == by.pk or Role(role.value) in LEADS)


def _notify(what: str, period: AwayPeriod, *, by: User, now: datetime) -> None:
    """Whose absence it is hears of it when somebody else enters, changes or removes it."""
    if period.agent.user_id == by.pk:
        return
    outbox.write(
        "absence",
        key=f"absence:{period.pk}:{what}:{now.isoformat()}",
        recipients=[period.agent.user_id],
        data={
            "what": what, "by": by.name,
            "starts_at": period.starts_at.isoformat(), "ends_at": period.ends_at.isoformat(),
        },
        now=now,
    )  # fmt: skip


def _refuse_others(agent: Agent, by: User) -> None:
    if not may_enter_for(agent, by):
        raise NotAllowed(_("You can enter your own absences only. Ask a team lead to enter absences of other agents."))


def _locked(agent: Agent) -> Agent:
    """The agent's row is the queue in which their absences are decided. A no-op read on SQLite."""
    return Agent.objects.select_for_update(of=("self",)).select_related("user").get(pk=agent.pk)


def _not_over(period: AwayPeriod, now: datetime) -> AwayPeriod:
    found = AwayPeriod.objects.not_over(now).select_related("agent__user").filter(pk=period.pk).first()
    if found is None:
        raise Stale(_("This absence has ended or was deleted. Reload the list."))
    return found


def _refuse_period(
    agent: Agent, starts_at: datetime, ends_at: datetime, *, by: User, now: datetime, besides: AwayPeriod | None = None
) -> None:
    if ends_at <= starts_at:
        raise DomainError(_("The end must be after the start. Select a later end."), code="backwards", field="ends_at")
    if ends_at <= now:
        raise DomainError(_("The end is in the past. Select an end in the future."), code="past", field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise DomainError(
            _("An absence can last up to one year. Check the year of the end."), code="too_long", field="ends_at"
        )
    others = AwayPeriod.objects.filter(agent=agent).overlapping(starts_at, ends_at)
    other = (others.exclude(pk=besides.pk) if besides else others).first()
    if other:
        here = zone(by.time_zone)
        raise DomainError(
            _("%(name)s already has an absence from %(start)s to %(end)s. Change that absence instead.")
            % {
                "name": agent.name,
                "start": say_by(other.starts_at, now, here),
                "end": say_by(other.ends_at, now, here),
            },
            code="overlaps", field="starts_at",
        )  # fmt: skip


def _line(text: str) -> str:
    return as_line(text)[:120]
