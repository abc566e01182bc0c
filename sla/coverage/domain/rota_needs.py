"""Where contracts need somebody on call although the region has no rota: a rota elsewhere speaks for it, or nobody."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, Subquery

from accounts.models import Account, Contract, Region
from sla.business_time import BusinessCalendar
from sla.core.domain.calendars import business_calendar
from sla.core.enums import Coverage
from sla.core.models import Target
from sla.coverage.domain.on_call import AHEAD, Hole, Stretch, absences, holes
from sla.coverage.models import Rota, Shift

# Around the clock is promised in English; other languages are answered in business hours.
LANGUAGE = "en"


def current_rotas() -> list[Rota]:
    """Every rota, with its region and the hours of it."""
    return list(Rota.objects.current().select_related("region__calendar"))


def all_holes(*, now: datetime, until: datetime) -> list[Hole]:
    """The holes of every rota, and those of regions that need one and have none, in their order."""
    rotas = current_rotas()
    found = [*(holes(rotas, now=now, until=until) if rotas else []), *unserved(rotas, now=now, until=until)]
    return sorted(found, key=lambda hole: (hole.starts_at, hole.region.pk, hole.language))


def unserved(rotas: Iterable[Rota], *, now: datetime, until: datetime) -> list[Hole]:
    """What no rota of the language covers before `until`, for regions that need it and have no rota of their own.

    `rotas` are all that there are. The hours of the region need nobody on call, nor do those of the regions whose rotas
    speak for it. Three statements, however many regions and rotas.
    """
    speaking = [rota.region for rota in rotas if rota.language == LANGUAGE]
    regions = _in_need(speaking, now, until)
    if not regions:
        return []
    since: datetime | None = regions[0].last_shift
    gaps = [gap for gap in _gaps(since, now) if gap[1] < until]
    elsewhere = _hours(speaking)
    found: list[Hole] = []
    for region in regions:
        hours = [*_hours([region]), *elsewhere]
        for since, starts_at, ends_at in gaps:
            if not _is_open(hours, starts_at, ends_at or starts_at + AHEAD):
                found.append(Hole(region, LANGUAGE, starts_at, ends_at, since))
    return found


def _in_need(served: Iterable[Region], now: datetime, until: datetime) -> list[Any]:
    """Regions of accounts whose contracts promise replies around the clock, except `served`. One statement.

    `last_shift`: when the last shift of any rota of the language ended, the same for all.
    """
    tiers = Target.objects.filter(coverage=Coverage.ALWAYS).values("tier")
    contracts = Contract.objects.overlapping(now.date(), until.date()).filter(tier__in=tiers)
    accounts = Account.objects.filter(is_active=True, pk__in=contracts.values("account"))
    theirs = Q(pk__in=accounts.values("home_region")) | Q(pk__in=Account.regions.through.objects.filter(
        account__in=accounts.values("pk")).values("region"))  # fmt: skip
    over = Shift.objects.filter(rota__language=LANGUAGE, ends_at__lte=now).order_by("-ends_at")
    rows = Region.objects.filter(theirs).exclude(pk__in=[region.pk for region in served]).select_related("calendar")
    return list(rows.annotate(last_shift=Subquery(over.values("ends_at")[:1])).order_by("name_en", "pk"))


def _hours(regions: Iterable[Region]) -> list[BusinessCalendar]:
    calendars = [getattr(region, "calendar", None) for region in regions]
    return [business_calendar(calendar) for calendar in calendars if calendar]


def _gaps(since: datetime | None, now: datetime) -> list[tuple[datetime | None, datetime, datetime | None]]:
    """What the shifts of all rotas of the language together leave out from `now` on: since when (None: it was always
    so), from when, and until when (None: nothing is planned after it). Two statements.
    """
    shifts = Shift.objects.filter(rota__language=LANGUAGE, rota__ended_at=None, agent__user__is_active=True)
    coming = list(shifts.not_over(now).order_by("starts_at"))
    away = absences((row.agent_id for row in coming), now, max((row.ends_at for row in coming), default=now))
    covered = [part for row in coming for part in _present(row, away.get(row.agent_id, []))]
    found: list[tuple[datetime | None, datetime, datetime | None]] = []
    for starts_at, ends_at in sorted(covered):
        if max(since or now, now) < starts_at:
            found.append((since, max(since or now, now), starts_at))
        since = max(since or ends_at, ends_at)
    return [*found, (since, max(since or now, now), None)]


def _present(shift: Shift, away: Sequence[Stretch]) -> Iterator[Stretch]:
    """The parts of a shift whose agent is there."""
    at = shift.starts_at
    for start, end in away:
        if at < start < shift.ends_at:
            yield at, start
        at = max(at, end)
    if at < shift.ends_at:
        yield at, shift.ends_at


def _is_open(calendars: Sequence[BusinessCalendar], start: datetime, end: datetime) -> bool:
    """Whether the hours of these calendars together fill the whole stretch."""
    at = start
    for opens, closes in sorted(window for calendar in calendars for window in calendar.windows(start, end)):
        if opens > at:
            return False
        at = max(at, closes)
    return at >= end
