"""Lets acts meet: released together, round after round, each round on a ticket (or seat) of its own.

Threads on PostgreSQL, processes on SQLite, where a thread would wait for the interpreter rather than for the file.
"""

import multiprocessing
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection

from portal.lib.errors import DomainError
from tests.faults import victim
from tests.faults.world import World

DOMAIN, DONE = "refused", "done"

Act = Callable[[World, Any], Any]


@dataclass(frozen=True)
class Race:
    """`prepare` makes what a round is about, each of `acts` does something to it at once, `judge` says what is wrong
    with the outcome; it gets how many of the acts were refused."""

    name: str
    prepare: Callable[[World, int], Any]
    acts: tuple[Act, ...]
    judge: Callable[[Any, int], list[str]]


RACES: dict[str, Race] = {}


def race(prepare: Callable[[World, int], Any], *acts: Act) -> Callable[[Callable[[Any, int], list[str]]], None]:
    def register(judge: Callable[[Any, int], list[str]]) -> None:
        RACES[judge.__name__] = Race(judge.__name__, prepare, acts, judge)

    return register


def run(race: Race, world: World, *, rounds: int, chunk: int = 100) -> list[str]:
    """So many rounds; returns what went wrong, with the round."""
    found = []
    for first in range(0, rounds, chunk):
        subjects = [race.prepare(world, number) for number in range(first, min(first + chunk, rounds))]
        outcomes = _play(race, world, subjects)
        for number, (subject, ends) in enumerate(zip(subjects, outcomes, strict=True), first):
            failed = [end for end in ends if end not in {DOMAIN, DONE}]
            wrong = failed or race.judge(subject, ends.count(DOMAIN))
            found += [f"{race.name}, round {number}: {line}" for line in wrong]
    return found


def _play(race: Race, world: World, subjects: list[Any]) -> list[list[str]]:
    """For each subject, how each act ended."""
    count = len(race.acts)
    if connection.vendor == "postgresql":
        meet = threading.Barrier(count)

        def in_thread(act: Act) -> list[str]:
            try:
                return _one_side(act, world, subjects, meet)
            finally:
                connection.close()

        with ThreadPoolExecutor(count) as pool:
            sides = list(pool.map(in_thread, race.acts))
    else:
        meeting = multiprocessing.get_context("fork").Barrier(count)
        children = [victim.start(lambda a=act: _one_side(a, world, subjects, meeting)) for act in race.acts]
        sides = [victim.await_end(child).result for child in children]
    return [list(ends) for ends in zip(*sides, strict=True)]


def _one_side(act: Act, world: World, subjects: list[Any], meet: Any) -> list[str]:
    ends = []
    for subject in subjects:
        meet.wait(60)
        try:
            act(world, subject)
            ends.append(DONE)
        except DomainError:
            ends.append(DOMAIN)
        except Exception:  # noqa: BLE001 - the judge names the round
            ends.append(" | ".join(traceback.format_exc().strip().splitlines()[-3:]))
    return ends


def repeated(mails: Counter[tuple[str, str]]) -> list[str]:
    return [f"mail {mail} was sent {count} times" for mail, count in mails.items() if count > 1]
