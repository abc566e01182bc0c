"""The on-call rotas: planned in weeks, handed over at an hour of the region, changed shift by shift."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Agent, Region, User
from portal.lib.durations import say_moment
from portal.lib.errors import DomainError, Stale
from portal.lib.zones import zone
from sla.coverage.domain import rota_notices
from sla.coverage.models import Rota, Shift

WEEK = timedelta(days=7)
# A plan is made for half a year at most: people come and go.
MOST_WEEKS = 26


# --- Weeks ------------------------------------------------------------------------------------------------------------


def handover_on(rota: Rota, day: date) -> datetime:
    """The handover of the week that holds `day`, as UTC: always the same hour on the region's watches.

    An hour that a clock change leaves out takes the offset from before it; one that comes twice is its first.
    """
    day -= timedelta(days=(day.weekday() - rota.weekday) % 7)
    hour, minute = rota.hour.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), zone(rota.region.time_zone)).astimezone(UTC)


def next_free_week(rota: Rota, *, now: datetime) -> date:
    """The day on which the first week without a plan begins: this week's for a rota that has no shift yet."""
    here = zone(rota.region.time_zone)
    last: datetime | None = rota.shifts.aggregate(at=Max("ends_at"))["at"]
    if last is None or last <= now:
        return _begun(rota, now).astimezone(here).date()
    day = last.astimezone(here).date()
    begins = handover_on(rota, day)
    return (begins if begins >= last else handover_on(rota, day + WEEK)).astimezone(here).date()


def _begun(rota: Rota, at: datetime) -> datetime:
    """The last handover at or before `at`."""
    day = at.astimezone(zone(rota.region.time_zone)).date()
    begins = handover_on(rota, day)
    return begins if begins <= at else handover_on(rota, day - WEEK)


# --- Acts of team leads -----------------------------------------------------------------------------------------------


@transaction.atomic
def open_rota(region: Region, language: str, *, weekday: int, hour: str, by: User, now: datetime) -> Rota:
    """A rota for a region and a language that has none. Raises DomainError when there is one, or nobody speaks it."""
    if not _speaking(language):
        raise DomainError(_("No agent speaks this language."), code="nobody_speaks", field="language")
    rota = Rota(region=region, language=language, weekday=weekday, hour=hour, created_at=now)
    try:
        with transaction.atomic():
            rota.save()
    except IntegrityError:
        raise DomainError(
            _("This region already has a rota for this language. Open that rota."), code="exists", field="language"
        ) from None
    return rota


@transaction.atomic
def change_handover(rota: Rota, *, weekday: int, hour: str, by: User, now: datetime) -> Rota:
    """Weeks that are planned from now on begin then; shifts that are planned keep their moments."""
    rota = _locked(rota)
    rota.weekday, rota.hour = weekday, hour
    rota.save(update_fields=["weekday", "hour"])
    return rota


@transaction.atomic
def end_rota(rota: Rota, *, by: User, now: datetime) -> Rota:
    """Nobody is on call any more: coming shifts go, the one that runs ends now, what was stays."""
    rota = _locked(rota)
    for shift in rota.shifts.not_over(now):
        remove_shift(shift, by=by, now=now)
    rota.ended_at = now
    rota.save(update_fields=["ended_at"])
    return rota


@transaction.atomic
def plan_weeks(
    rota: Rota, order: Sequence[Agent], *, first_day: date, weeks: int, by: User, now: datetime
) -> list[Shift]:
    """`weeks` weeks from the one that holds `first_day`, the agents one after another in this order.

    The running week begins now. Raises DomainError for weeks that are over or planned, an empty order, or an agent who
    has left or does not speak the language.
    """
    rota = _locked(rota)
    if not order:
        raise DomainError(_("Select at least one agent."), code="empty", field="order")
    if not 1 <= weeks <= MOST_WEEKS:
        raise DomainError(
            _("Enter a number of weeks from 1 to %(most)d.") % {"most": MOST_WEEKS}, code="weeks", field="weeks"
        )
    for agent in order:
        _refuse_agent(agent, rota)
    bounds = [handover_on(rota, first_day + number * WEEK) for number in range(weeks + 1)]
    if bounds[1] <= now:
        raise DomainError(_("This week has ended. Select a later week."), code="past", field="first_day")
    bounds[0] = max(bounds[0], now)
    _refuse_planned(rota, bounds[0], bounds[-1], by=by, now=now)
    shifts = [
        Shift(
            rota=rota, agent=order[number % len(order)], starts_at=start, ends_at=end, changed_by=by, changed_at=now
        )
        for number, (start, end) in enumerate(zip(bounds, bounds[1:], strict=False))
    ]  # fmt: skip
    Shift.objects.bulk_create(shifts)
    rota_notices.notify_planned(shifts, by=by, now=now)
    return shifts


@transaction.atomic
def reassign_shift(
    shift: Shift,
    to: Agent,
    *,
    by: User,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Shift:
    """Give a shift, or a stretch of it, to another agent; what is over of it stays with whoever had it.

    Returns the part that changed hands. Raises Stale when the shift is over or gone, DomainError for a stretch outside
    of it or an agent who has left or does not speak the language.
    """
    rota = _locked(shift.rota)
    found = rota.shifts.not_over(now).select_related("agent__user").filter(pk=shift.pk).first()
    if found is None:
        raise Stale(_("This shift has ended or was removed. Reload the page."))
    _refuse_agent(to, rota, field="agent")
    begins = max(starts_at or found.starts_at, found.starts_at, now if found.starts_at < now else found.starts_at)
    ends = ends_at or found.ends_at
    if starts_at and not found.starts_at <= starts_at < found.ends_at:
        raise DomainError(
            _("This time is outside the shift. Select a time within it."), code="outside", field="starts_at"
        )
    if not begins < ends <= found.ends_at:
        raise DomainError(_("The end must be after the start and within the shift."), code="outside", field="ends_at")
    if to.pk == found.agent_id:
        raise DomainError(_("%(name)s already has this shift.") % {"name": to.name}, code="unchanged", field="agent")
    had = found.agent.user_id
    done = _split(found, to, begins, ends, by=by, now=now)
    rota_notices.notify_reassigned(done, had=had, by=by, now=now)
    return done


def _split(shift: Shift, to: Agent, begins: datetime, ends: datetime, *, by: User, now: datetime) -> Shift:
    """The stretch goes to `to`; before and after it the shift stays as it is. Never two rows that share time."""
    before, after = shift.starts_at < begins, ends < shift.ends_at
    had, until = shift.planned_for_id or shift.agent_id, shift.ends_at
    kept = {"rota_id": shift.rota_id, "changed_by_id": shift.changed_by_id, "changed_at": shift.changed_at}
    if before:
        Shift.objects.filter(pk=shift.pk).update(ends_at=begins)
    if after:
        old = Shift(agent_id=shift.agent_id, planned_for_id=shift.planned_for_id, starts_at=ends, ends_at=until, **kept)
        if not before:
            Shift.objects.filter(pk=shift.pk).update(ends_at=ends)
        old.save()
    planned_for = None if had == to.pk else had
    if before:
        return Shift.objects.create(
            rota_id=shift.rota_id, agent=to, planned_for_id=planned_for, starts_at=begins, ends_at=ends,
            changed_by=by, changed_at=now,
        )  # fmt: skip
    Shift.objects.filter(pk=shift.pk).update(agent=to, planned_for_id=planned_for, changed_by=by, changed_at=now)
    return Shift.objects.select_related("agent").get(pk=shift.pk)


@transaction.atomic
def remove_shift(shift: Shift, *, by: User, now: datetime) -> None:
    """Take a coming shift out of the plan; one that runs ends now. Raises Stale for one that is over."""
    rota = _locked(shift.rota)
    found = rota.shifts.not_over(now).select_related("agent__user").filter(pk=shift.pk).first()
    if found is None:
        raise Stale(_("This shift has ended or was removed. Reload the page."))
    rota_notices.notify_removed(found, by=by, now=now)
    if found.starts_at >= now:
        found.delete()
        return
    found.ends_at, found.changed_by, found.changed_at = now, by, now
    found.save(update_fields=["ends_at", "changed_by", "changed_at"])


def _locked(rota: Rota) -> Rota:
    """The rota's row is the queue in which its shifts are decided. Raises Stale for one that has ended."""
    rows = Rota.objects.current().select_related("region")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=rota.pk).first()
    if found is None:
        raise Stale(_("This rota has ended. Open another one."))
    return found


def _refuse_agent(agent: Agent, rota: Rota, *, field: str = "order") -> None:
    if not agent.user.is_active:
        raise DomainError(
            _("%(name)s has left the team. Select another agent.") % {"name": agent.name}, code="left", field=field
        )
    if rota.language not in agent.languages:
        raise DomainError(
            _("%(name)s does not speak the language of this rota. Select another agent.") % {"name": agent.name},
            code="language", field=field,
        )  # fmt: skip


def _refuse_planned(rota: Rota, starts_at: datetime, ends_at: datetime, *, by: User, now: datetime) -> None:
    other = rota.shifts.overlapping(starts_at, ends_at).select_related("agent__user").order_by("starts_at").first()
    if other:
        here = zone(by.time_zone)
        raise DomainError(
            _("%(name)s is already on call from %(start)s to %(end)s. Start after that, or remove that "
              "shift first.")
            % {
                "name": other.agent.name,
                "start": say_moment(other.starts_at, now, here),
                "end": say_moment(other.ends_at, now, here),
            },
            code="planned", field="first_day",
        )  # fmt: skip


def _speaking(language: str) -> list[Agent]:
    return [agent for agent in Agent.objects.filter(user__is_active=True) if language in agent.languages]
