"""What people hear of the on-call rotas: team leads of holes, a week ahead; agents of what was planned for them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.core.domain.people import leads
from accounts.models import User
from portal.lib import outbox
from sla.coverage.domain.on_call import AHEAD, Hole
from sla.coverage.domain.rota_needs import all_holes
from sla.coverage.models import Shift


@transaction.atomic
def warn_of_holes(*, now: datetime) -> int:
    """Tell the team leads of every hole of the coming week, each once, whoever runs this; return how many there are."""
    found = all_holes(now=now, until=now + AHEAD)
    to = leads() if found else []
    outbox.write_all([_draft(hole, to) for hole in found if to], now=now)
    return len(found)


def _draft(hole: Hole, recipients: list[int]) -> outbox.NoticeDraft:
    return outbox.NoticeDraft(
        "rota_hole",
        key=f"rota_hole:{_place(hole)}:{hole.since.isoformat() if hole.since else 'always'}",
        recipients=recipients,
        data={
            "rota": hole.rota.pk if hole.rota else None, "region": hole.region.pk, "language": hole.language,
            "starts_at": hole.starts_at.isoformat(),
            "ends_at": hole.ends_at.isoformat() if hole.ends_at else "",
            "name": hole.agent.name if hole.agent else "",
        },
    )  # fmt: skip


def _place(hole: Hole) -> str:
    return str(hole.rota.pk) if hole.rota else f"{hole.region.pk}:{hole.language}"


def notify_planned(shifts: Iterable[Shift], *, by: User, now: datetime) -> None:
    """Each agent hears once of the shifts that were planned for them; nobody of what they did themselves."""
    by_agent: dict[int, list[Shift]] = {}
    for shift in shifts:
        by_agent.setdefault(shift.agent.user_id, []).append(shift)
    letters = [_of_shifts("planned", rows, user, now=now) for user, rows in by_agent.items() if user != by.pk]
    outbox.write_all(letters, now=now)


def notify_reassigned(shift: Shift, *, had: int, by: User, now: datetime) -> None:
    """A shift went from one agent (`had`, a user) to another: both hear of it, unless they did it."""
    told = {"planned": shift.agent.user_id, "freed": had}
    letters = [_of_shifts(what, [shift], user, now=now) for what, user in told.items() if user != by.pk]
    outbox.write_all(letters, now=now)


def notify_removed(shift: Shift, *, by: User, now: datetime) -> None:
    """A shift goes out of the plan, or ends now: whoever has it hears of it."""
    if shift.agent.user_id != by.pk:
        outbox.write_all([_of_shifts("freed", [shift], shift.agent.user_id, now=now)], now=now)


def _of_shifts(what: str, shifts: list[Shift], user: int, *, now: datetime) -> outbox.NoticeDraft:
    first = shifts[0]
    return outbox.NoticeDraft(
        "on_call",
        key=f"on_call:{what}:{first.rota_id}:{first.starts_at.isoformat()}:{now.isoformat()}",
        recipients=[user],
        data={
            "what": what, "rota": first.rota_id,
            "shifts": [[shift.starts_at.isoformat(), shift.ends_at.isoformat()] for shift in shifts],
        },
    )  # fmt: skip
