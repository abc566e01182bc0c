"""Who is on call at night: London for English, Paris for French, where the plan ends within a week."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sla.coverage.domain import rota as acts

if TYPE_CHECKING:
    from portal.demo.cast import Stage

WEEK = timedelta(days=7)
PLANNED_FOR = 10
# region, language, handover on (0 is Monday) and at, the order, whole weeks ahead
ROTAS = [
    ("emea", "en", 0, "09:00", ("sam", "lea"), 6),
    ("france", "fr", 2, "18:00", ("nadia", "lea"), 1),
]  # fmt: skip


def plan(stage: "Stage") -> None:
    """Nadia planned them ten weeks ago; last week she gave Léa's last night to Sam, or his to her."""
    nadia, then = stage.user("nadia"), stage.now - PLANNED_FOR * WEEK
    for code, language, weekday, hour, order, ahead in ROTAS:
        rota = acts.open_rota(stage.regions[code], language, weekday=weekday, hour=hour, by=nadia, now=then)
        agents = [stage.agents[key] for key in order]
        acts.plan_weeks(rota, agents, first_day=then.date(), weeks=PLANNED_FOR + ahead, by=nadia, now=then)
        last = rota.shifts.select_related("agent__user", "rota__region").order_by("-starts_at").first()
        if last and code == "emea":
            night = last.starts_at + timedelta(days=2, hours=9)
            other = next(agent for agent in agents if agent != last.agent)
            acts.reassign_shift(
                last, other, starts_at=night, ends_at=night + timedelta(hours=15), by=nadia, now=stage.now - WEEK
            )
