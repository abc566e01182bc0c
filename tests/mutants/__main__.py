"""`python -m tests.mutants`: puts small faults into the core and the permission table, and asks whether a test notices.

`--app sla --sample 200 --seed 7` looks at 200 faults of one app, the same ones every time; without a sample at all of
them, which takes hours. Each fault is put into a fork of one process, never into a file; only the tests that run its
line are run. Ends with the share noticed: the exit code is 1 below 95 %.
"""

import argparse
import sys

from tests.mutants.campaign import Asked, run
from tests.mutants.lines import bring_up_to_date, test_files
from tests.mutants.targets import APPS, SPECIMENS


def main() -> int:
    asked = _arguments()
    names = [SPECIMENS] if asked.app == "specimen" else test_files()
    bring_up_to_date(names)
    apps = [asked.app] if asked.app else [*APPS, "permissions"]
    wanted = {name: getattr(asked, name) for name in ("only", "sample", "seed", "workers", "again")}
    return run(Asked(apps=apps, budget=asked.seconds, **wanted), names)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "--app", choices=[*APPS, "permissions", "specimen"], help="only the core of this app, or the table"
    )
    parser.add_argument("--sample", type=int, default=0, help="how many faults of each app; all without it")
    parser.add_argument("--seed", type=int, default=1, help="of the lottery that draws the sample")
    parser.add_argument(
        "--only", default="", help="only places that begin so, between commas: files, or a file and a line"
    )
    parser.add_argument("--again", action="store_true", help="only what the last run did not notice")
    parser.add_argument("--workers", type=int, default=2, help="how many forks at once")
    parser.add_argument("--seconds", type=float, default=60, help="of work for one fault, then it is not noticed")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
