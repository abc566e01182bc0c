"""Who is on call, and when nobody is: what the rotas say at a moment.

A shift of an agent who is away, or has left, counts as a hole: nobody answers then.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Max

from accounts.models import Agent, AwayPeriod, Region
from sla.core.domain.calendars import business_calendar
from sla.core.models import Calendar
from sla.coverage.models import Rota, Shift

# How far ahead team leads hear of a hole.
AHEAD = timedelta(days=7)

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class OnCall:
    """Who is on call for a region and a language, and until when: the end of the shift, or of their being there."""

    region: Region
    language: str
    agent: Agent
    until: datetime


def on_call_now(now: datetime, *, region: Region | None = None, language: str | None = None) -> list[OnCall]:
    """Everybody who is on call at `now` and there. Two statements, whatever the size of the plan."""
    shifts = Shift.objects.covering(now).filter(rota__ended_at=None, agent__user__is_active=True)
    if region is not None:
        shifts = shifts.filter(rota__region=region)
    if language is not None:
        shifts = shifts.filter(rota__language=language)
    rows = list(shifts.select_related("rota__region", "agent__user").order_by("rota__region_id", "rota__language"))
    away = absences([row.agent_id for row in rows], now, max((row.ends_at for row in rows), default=now))
    found = []
    for row in rows:
        gone = [(start, end) for start, end in away.get(row.agent_id, []) if start < row.ends_at]
        if not any(start <= now < end for start, end in gone):
            until = min([row.ends_at, *(start for start, _end in gone)])
            found.append(OnCall(row.rota.region, row.rota.language, row.agent, until))
    return found


def on_call(region: Region, language: str, at: datetime) -> Agent | None:
    """Who is on call for a region and a language at a moment; None in a hole of the rota, or without one."""
    found = on_call_now(at, region=region, language=language)
    return found[0].agent if found else None


def next_on_call(region: Region, language: str, at: datetime) -> Agent | None:
    """Whoever takes over from the one who is on call at `at`: the backup where no other is named."""
    shifts = Shift.objects.filter(rota__region=region, rota__language=language, rota__ended_at=None)
    present = shifts.covering(at).values("agent")
    coming = shifts.filter(starts_at__gt=at, agent__user__is_active=True).exclude(agent__in=present)
    first = coming.select_related("agent__user").order_by("starts_at").first()
    return first.agent if first else None


@dataclass(frozen=True)
class Hole:
    """A stretch outside business hours in which nobody is on call. `agent`: who is planned, and away then.

    `ends_at` None: nothing is planned after it. `since`: its very beginning, when `starts_at` is only where one looked;
    None when nothing was ever planned. `rota` None: the region has none (rota_needs.py).
    """

    region: Region
    language: str
    starts_at: datetime
    ends_at: datetime | None
    since: datetime | None
    agent: Agent | None = None
    rota: Rota | None = None


def holes(rotas: Iterable[Rota], *, now: datetime, until: datetime) -> list[Hole]:
    """What nobody covers now, or from a moment before `until` on, in their order. Four statements, however many rotas.

    Business hours need nobody on call; a stretch that lies in them altogether is no hole.
    """
    rotas = list(rotas)
    by_rota: dict[int, list[Shift]] = {rota.pk: [] for rota in rotas}
    shifts = Shift.objects.filter(rota__in=rotas)
    for shift in shifts.not_over(now).select_related("agent__user").order_by("starts_at"):
        by_rota[shift.rota_id].append(shift)
    before = dict(shifts.filter(ends_at__lte=now).order_by().values_list("rota").annotate(at=Max("ends_at")))
    away = absences([shift.agent_id for rows in by_rota.values() for shift in rows], now, until)
    calendars = {row.region_id: row for row in Calendar.objects.filter(region__in={r.region_id for r in rotas})}
    found: list[Hole] = []
    for rota in rotas:
        calendar = calendars.get(rota.region_id)
        hours = business_calendar(calendar) if calendar else None
        for hole in _uncovered(rota, by_rota[rota.pk], away, before.get(rota.pk, rota.created_at), now):
            ends_at = hole.ends_at or hole.starts_at + AHEAD
            closed = hours is None or hours.between(hole.starts_at, ends_at) < ends_at - hole.starts_at
            if hole.starts_at < until and closed:
                found.append(hole)
    return sorted(found, key=lambda hole: (hole.starts_at, hole.region.pk, hole.language))


def _uncovered(
    rota: Rota, shifts: Sequence[Shift], away: dict[int, list[Stretch]], since: datetime, now: datetime
) -> Iterator[Hole]:
    """Between the shifts, after the last one, and the parts of shifts whose agent is away or has left."""
    hole = partial(Hole, rota.region, rota.language, rota=rota)
    at = since
    for shift in shifts:
        if max(at, now) < shift.starts_at:
            yield hole(max(at, now), shift.starts_at, at)
        at = shift.ends_at
        whole = (shift.starts_at, shift.ends_at)
        gone = away.get(shift.agent_id, []) if shift.agent.user.is_active else [whole]
        for start, end in gone:
            starts, ends = max(start, shift.starts_at), min(end, shift.ends_at)
            if max(starts, now) < ends:
                yield hole(max(starts, now), ends, starts, shift.agent)
    yield hole(max(at, now), None, at)


def absences(agents: Iterable[int], start: datetime, end: datetime) -> dict[int, list[Stretch]]:
    """When these agents are away, in order."""
    wanted, found = set(agents), dict[int, list[Stretch]]()
    if wanted:
        rows = AwayPeriod.objects.overlapping(start, end).filter(agent__in=wanted).order_by("starts_at")
        for agent, starts_at, ends_at in rows.values_list("agent", "starts_at", "ends_at"):
            found.setdefault(agent, []).append((starts_at, ends_at))
    return found
