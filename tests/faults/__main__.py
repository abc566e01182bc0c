"""`python -m tests.faults`: the long proof that nothing is lost or doubled when anything dies.

Every act of the registry dies at every statement, commit and mail; then a working day with beats, workers and people
that are killed at random. `races --rounds 1000` lets acts meet. Each run makes a database of its own and drops it.
Ends with a table; the exit code is 1 when anything differs from what it must be, 2 when nothing could be run.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from tests.faults.place import NoServer, own_database


def main() -> int:
    asked = _arguments()
    # Whoever ends the run from outside leaves no database behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with own_database(sqlite=asked.sqlite, url=asked.database) as folder:
            return _run(asked, folder)
    except NoServer:
        print("No PostgreSQL answers. Name one with --database postgres://user@host:5432/, or choose --sqlite.")
        return 2


def _run(asked: argparse.Namespace, folder: Path) -> int:
    # These need the settings, which need the environment of above.
    from tests.faults import report

    begun = time.monotonic()
    name = "SQLite" if asked.sqlite else "PostgreSQL"
    if asked.what == "races":
        ok = report.all_races(name, folder, rounds=asked.rounds)
    else:
        tickets = asked.tickets or (300 if asked.sqlite else 1000)
        ok = report.kills(name, folder, tickets=tickets, seconds=asked.seconds, seed=asked.seed)
    print(f"{'All promises held' if ok else 'NOT ALL PROMISES HELD'} on {name}; {time.monotonic() - begun:.0f} s.")
    return 0 if ok else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["kills", "races"], default="kills")
    parser.add_argument("--sqlite", action="store_true", help="on a SQLite file instead of PostgreSQL")
    parser.add_argument("--database", help="URL of the server; by default the one that the suite finds")
    parser.add_argument("--rounds", type=int, default=1000, help="of each race")
    parser.add_argument("--tickets", type=int, help="open at the beginning of the day")
    parser.add_argument("--seconds", type=float, default=40, help="how long the day lasts")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the chances of the day; printed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
