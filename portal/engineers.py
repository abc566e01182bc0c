"""The designated engineers of an account, as its people see them: who, where, when, and how much they handled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Account, Agent, DesignatedEngineer, Region, TierTerms
from portal.lib.names import language_name
from sla.business_time import BusinessCalendar
from sla.core.domain.wording import week_words
from sla.coverage.domain.duty import Duty, duties
from tickets.core.domain.continuity import Share, continuity


@dataclass(frozen=True)
class Hours:
    """Where somebody works, and when, in words."""

    region: Region
    week: str


@dataclass(frozen=True)
class Person:
    """An engineer or a back-up. `back_at` None while they are on, or when nobody can tell."""

    name: str
    initials: str
    languages: str
    time_zone: str
    hours: list[Hours]
    is_on: bool
    is_away: bool
    until: datetime | None
    back_at: datetime | None


@dataclass(frozen=True)
class Engineer:
    """One region: its engineer, the back-up, and the share of its tickets that stayed with them."""

    region: Region
    person: Person | None
    backup: Person | None = None
    since: datetime | None = None
    handled: int = 0
    handled_by_both: int = 0
    tickets: int = 0


def engineers_card(account: Account, *, terms: TierTerms, now: datetime) -> dict[str, Any]:
    """What `accounts/_engineers.html` shows; `engineers` is empty on tiers without any."""
    if not terms.designated_engineer:
        return {"engineers": [], "now": now}
    rows = list(DesignatedEngineer.objects.current().filter(account=account).with_people())
    named = {agent.pk for row in rows for agent in (row.agent, row.backup) if agent}
    on = {duty.agent.pk: duty for duty in duties(Agent.objects.filter(pk__in=named), now=now)} if named else {}
    found = continuity(account, now)
    shown = [_engineer(row, on, found.regions.get(row.region_id, Share()), now=now) for row in rows]
    missing = {region.pk: region for region in (account.home_region, *account.regions.all())}
    shown += [Engineer(region, None) for pk, region in missing.items() if pk not in {row.region_id for row in rows}]
    return {
        "engineers": sorted(shown, key=lambda engineer: engineer.region.name),
        "handled": found.whole.by_engineer + found.whole.by_backup,
        "tickets": found.whole.tickets,
        "now": now,
    }


def _engineer(row: DesignatedEngineer, on: dict[int, Duty], share: Share, *, now: datetime) -> Engineer:
    return Engineer(
        region=row.region,
        person=_person(row.agent, on.get(row.agent_id), now=now),
        backup=_person(row.backup, on.get(row.backup_id or 0), now=now) if row.backup else None,
        since=row.started_at,
        handled=share.by_engineer,
        handled_by_both=share.by_engineer + share.by_backup,
        tickets=share.tickets,
    )


def _person(agent: Agent, duty: Duty | None, *, now: datetime) -> Person:
    posts = duty.open_posts(now) if duty else []
    ends = [off for post in posts if duty and (off := duty.off_at(now, post))]
    return Person(
        name=agent.name,
        initials=initials(agent.name),
        languages=", ".join(language_name(code) for code in agent.languages),
        time_zone=agent.user.time_zone,
        hours=[Hours(post.region, _week(post.hours)) for post in (duty.posts if duty else ())],
        is_on=bool(posts),
        is_away=bool(duty and duty.away_until(now)),
        until=max(ends, default=None),
        back_at=duty.next_on(now) if duty and not posts else None,
    )


def _week(hours: BusinessCalendar) -> str:
    return week_words({day: list(pairs) for day, pairs in hours.weekly_hours.items()})


def initials(name: str) -> str:
    """`Léa Fontaine` → `LF`."""
    words = [word for word in name.split() if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
