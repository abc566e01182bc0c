"""The long runs and their tables."""

import time
from pathlib import Path

from tests.faults import invariants, kill, live, meeting, races, world
from tests.faults.acts import ACTS
from tests.faults.mailbox import recording
from tests.faults.tables import restore, take

SHOWN = 40


def kills(name: str, folder: Path, *, tickets: int, seconds: float, seed: int) -> bool:
    """Every act at every step, then the day; prints what happened and returns whether all was well."""
    empty = take()
    with recording(folder / "sent") as mailbox:
        begun = time.monotonic()
        killer = kill.Killer(world.build(), mailbox)
        tallies = {}
        for number, act in enumerate(ACTS, 1):
            tallies[act] = tally = killer.kill(ACTS[act], kill.everywhere)
            verdict = f"{len(tally.differences)} differences" if tally.differences else "nothing lost or doubled"
            print(f"{number:>3} of {len(ACTS)}  {act}: {tally.kills} kills, {verdict}", flush=True)
        took = time.monotonic() - begun
        restore(empty, take())
        mailbox.put_back(b"")
        day = live.play(mailbox, tickets=tickets, seconds=seconds, faults=folder / "failed", seed=seed)
    found = [*killer.found_in_world, *(line for tally in tallies.values() for line in tally.differences)]
    print(f"\n{name}: {len(tallies)} acts killed at each of their {sum(t.steps for t in tallies.values())} steps")
    print(f"in {took:.0f} s; then a day of {seconds:.0f} s with {live.BEATS} beats and {live.WORKERS} workers")
    print(f"over {day.clocks} clocks, {day.flags} of them overdue, {day.mails} mails; {day.power_cuts} power cuts,")
    print(f"{day.cut_connections} times all database sessions cut (seed {seed}).\n")
    columns = ["", "kills", "flags lost", "flags doubled", "notices lost", "repeats (same key)", "differences"]
    rows = [
        ("at every step", sum(t.kills for t in tallies.values()), sum(t.repeats for t in tallies.values()), found),
        ("at random", day.kills, day.repeats, day.differences),
    ]
    print(" | ".join(columns))
    for title, killed, repeats, lines in rows:
        lost, doubled, untold = (sum(code in line for line in lines) for code in ("I2 ", "I1 ", "I6 "))
        untold += sum("I7 " in line or "was lost" in line for line in lines)
        figures = (killed, lost, doubled, untold, repeats, len(lines))
        cells = [f"{value:>{len(column)}}" for value, column in zip(figures, columns[1:], strict=True)]
        print(" | ".join([title, *cells]))
    _show([*found, *day.differences])
    missed = [act for act, tally in tallies.items() if tally.kills < tally.steps]
    if missed:
        print(f"Not killed at every step: {', '.join(missed)}")
    return not (found or day.differences or missed)


def _show(lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        print(f"  - {line[:700]}")
    if len(lines) > SHOWN:
        print(f"  … and {len(lines) - SHOWN} more")


def all_races(name: str, folder: Path, *, rounds: int) -> bool:
    """Every race, so many rounds; then the whole desk comes to rest and is judged."""
    found: list[str] = []
    with recording(folder / "sent") as mailbox:
        made = world.people()
        for race in meeting.RACES.values():
            begun = time.monotonic()
            wrong = meeting.run(race, made, rounds=rounds)
            found += wrong
            print(
                f"{race.name}: {rounds} rounds, {len(wrong)} differences, {time.monotonic() - begun:.0f} s", flush=True
            )
        found += meeting.repeated(mailbox.counts())
    now = races.LATE + 9 * world.DAY
    kill.drain(now, mail=False)
    found += invariants.differences(now)
    print(f"\n{name}: {len(meeting.RACES)} races of {rounds} rounds, {len(found)} differences")
    _show(found)
    return not found
