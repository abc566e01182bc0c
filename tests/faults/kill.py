"""Kills one act at a step, restarts everything, lets it come to rest and judges what is left."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from accounts.contracts.domain.contracts import record_contract_changes
from portal.lib import outbox
from portal.lib.work import LOOK_AGAIN
from sla.core.domain import calendars
from sla.core.domain.sweep import sweep
from tests.faults import invariants, tables, victim
from tests.faults.acts import Act
from tests.faults.mailbox import Mailbox
from tests.faults.tables import IN_TWO_GOES, Snapshot
from tests.faults.world import NOW, World
from tickets.core.domain import recounts
from tickets.core.domain.alerts import notify_next_steps
from tickets.core.domain.clock_events import act_on_clock_events, plan_check_ins
from tickets.core.domain.closing import close_solved

Choice = Callable[[list[str]], Iterable[int]]


@dataclass
class Tally:
    """What a run did and found."""

    kills: int = 0
    steps: int = 0
    repeats: int = 0
    differences: list[str] = field(default_factory=list)


def everywhere(steps: list[str]) -> Iterable[int]:
    """Every step at which something differs: before the first statement, after each, around each commit and mail.

    Just before a statement is just after the one before it.
    """
    return [n for n, label in enumerate(steps) if n == 0 or label.startswith("after") or label == "before COMMIT"]


def handful(steps: list[str]) -> Iterable[int]:
    """In the middle or just before the commit, just after it, and on both sides of a mail."""
    labels = {"before COMMIT", victim.AFTER_COMMIT, "before the mail is accepted", "after the mail is accepted"}
    last = {label: n for n, label in enumerate(steps) if label in labels}
    one_commit = steps.count(victim.AFTER_COMMIT) == 1
    return sorted({*last.values(), *([] if one_commit else [len(steps) // 2, len(steps) - 1])})


def drain(now: datetime, *, mail: bool = True) -> None:
    """Beat and workers are back: run every periodic job until nothing is left to do, a second look included."""
    record_contract_changes(now=now)
    for at in (now, now + 2 * LOOK_AGAIN):
        recounts.recount_after_changes(now=at)
    while (
        any(sweep(now=now).values())
        or act_on_clock_events(now=now)
        or plan_check_ins(now=now)
        or notify_next_steps(now=now)
    ):
        pass
    while close_solved(now=now):
        pass
    if not mail:
        return
    at = now
    for _attempt in range(outbox.MAX_ATTEMPTS * 2):
        while outbox.deliver(now=at):
            pass
        waiting = outbox.Notice.objects.filter(sent_at=None, dead_at=None).order_by("-not_before").first()
        if waiting is None:
            return
        # What a dead process had in hand is free again when its lease is over.
        at = max(at, waiting.not_before)


@dataclass(frozen=True)
class Rest:
    """Where the world comes to rest: rows, mails, and what contradicts a promise."""

    rows: Snapshot
    mails: Counter[tuple[str, str]]
    differences: list[str]

    @property
    def repeats(self) -> int:
        """Mails that were sent again, each under the key of the first."""
        return sum(count - 1 for count in self.mails.values())

    def unlike(self, undisturbed: "Rest") -> list[str]:
        """Where it is not what it would have been without a kill."""
        lost, added = undisturbed.mails.keys() - self.mails.keys(), self.mails.keys() - undisturbed.mails.keys()
        return [
            *tables.differences(undisturbed.rows, self.rows, leave_out=IN_TWO_GOES),
            *[f"mail {mail} was lost" for mail in lost],
            *[f"mail {mail} was sent after a kill only" for mail in added],
        ]


class Killer:
    """The small world, and the ways to make its acts die. One database, one act at a time."""

    def __init__(self, world: World, mailbox: Mailbox, *, now: datetime = NOW) -> None:
        self.world, self.mailbox, self.now = world, mailbox, now
        self.present = self.busy = tables.take()
        self.busy_mail = mailbox.content
        drain(now)
        self.quiet, self.quiet_mail = self._seen(), mailbox.content
        self.found_in_world = self._judge()
        self.rests: dict[tuple[str, str, bytes], Rest] = {}

    def kill(self, act: Act, choose: Choice, *, to_rest: bool = True) -> Tally:
        """Kill `act` at the chosen steps, each time from the same start; returns what was found.

        Without `to_rest`, an act that is whole is judged by its rows alone: all of them, or none.
        """
        tally = Tally()
        self._back_to(*((self.busy, self.busy_mail) if act.busy else (self.quiet, self.quiet_mail)))
        act.before(self.world, self.now)
        before, mail = self._seen(), self.mailbox.content
        self._back_to(before, mail)
        undisturbed = self._run(act)
        if undisturbed.raised:
            tally.differences.append(f"{act.name}: fails without any kill: {undisturbed.raised}")
            return tally
        after = self._seen()
        commits = [n for n, label in enumerate(undisturbed.steps) if label == victim.AFTER_COMMIT]
        if act.whole and len(commits) > 1:
            tally.differences.append(f"{act.name} says that it is one transaction and commits {len(commits)} times")
        to_rest = to_rest or not act.whole
        rest = self._rest() if to_rest else Rest(after, self.mailbox.counts(), [])
        tally.differences += [f"{act.name}, undisturbed: {line}" for line in rest.differences]
        chosen = list(choose(undisturbed.steps))
        tally.steps = len(chosen)
        for step in chosen:
            self._back_to(before, mail)
            end = self._run(act, die_at=step)
            where = f"{act.name}, killed {undisturbed.steps[step]} (step {step + 1} of {len(undisturbed.steps)})"
            if not end.killed:
                tally.differences.append(f"{where}: did not die there: {end.raised or 'it came to its end'}")
                continue
            tally.kills += 1
            found = self._judge_file()
            if act.whole:
                committed = step >= commits[0] if commits else None
                found += _whole(self._seen(), before, after, committed)
                came_to = self._rest() if to_rest else rest
            else:
                tables.forget_drawn(before, self._seen())
                came_to = self._rest(again=act)
            found += came_to.differences
            if not act.whole:
                found += came_to.unlike(rest)
            tally.repeats += came_to.repeats
            if came_to.repeats > 1:
                found.append(f"one kill repeated {came_to.repeats} mails")
            tally.differences += [f"{where}: {line}" for line in found]
        return tally

    def _run(self, act: Act, die_at: int | None = None) -> victim.End:
        return victim.run(lambda: act.run(self.world, self.now), die_at=die_at)

    def _seen(self) -> Snapshot:
        """The tables as they are now; remembered, because the next step starts from them."""
        self.present = tables.look(self.present)
        return self.present

    def _rest(self, again: Act | None = None) -> Rest:
        """Come to rest from the rows last seen, and judge; `again`: the act that starts anew first.

        Equal rows and mails have an equal future: it is lived through once.
        """
        key = (again.name if again else "", self.present.digest, self.mailbox.content)
        if key not in self.rests:
            if again:
                again.run(self.world, self.now)
            drain(self.now)
            self.rests[key] = Rest(self._seen(), self.mailbox.counts(), self._judge())
        return self.rests[key]

    def _judge(self) -> list[str]:
        return invariants.differences(self.now, self.mailbox)

    def _judge_file(self) -> list[str]:
        """The SQLite file itself, after each single kill."""
        return list(invariants.intact()) if connection.vendor == "sqlite" else []

    def _back_to(self, wanted: Snapshot, mail: bytes) -> None:
        tables.restore(wanted, self.present)
        self.present = wanted
        self.mailbox.put_back(mail)
        # Numbers of calendars and their versions are used again, which in the product they never are.
        calendars.calendar_snapshot.cache_clear()


def _same(left: Snapshot, right: Snapshot) -> bool:
    return left is right or left.values() == right.values()


def _whole(left: Snapshot, before: Snapshot, after: Snapshot, committed: bool | None) -> list[str]:
    """What is wrong with the rows that a killed transaction left: they must be all of it, or none."""
    if committed is None:
        return (
            []
            if _same(left, before) or _same(left, after)
            else ["half of it happened", *tables.differences(before, left)]
        )
    wanted = after if committed else before
    if left is wanted:
        return []
    found = tables.differences(wanted, left)
    return [f"{'not all of it stayed' if committed else 'something of it stayed'}: {line}" for line in found]
