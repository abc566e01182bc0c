"""The registry of everything that a process may die in: `acts.py` says where the acts are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.faults.world import World

Step = Callable[[World, datetime], Any]


@dataclass(frozen=True)
class Act:
    """`run` does it. `before` prepares the world outside of the process that dies. `busy`: nothing was swept, told or
    mailed yet; otherwise the world is at rest.

    `whole`: one transaction, which a kill leaves either undone or done. Otherwise the act commits several times, and
    running it again after a kill must lead to what an undisturbed run leads to.
    """

    name: str
    run: Step
    before: Step
    whole: bool
    busy: bool


ACTS: dict[str, Act] = {}


def nothing(_world: World, _now: datetime) -> None:
    """What most acts need before."""


def act(*, whole: bool = True, busy: bool = False, before: Step = nothing) -> Callable[[Step], Step]:
    def register(run: Step) -> Step:
        ACTS[run.__name__] = Act(run.__name__, run, before, whole, busy)
        return run

    return register
