"""The proofs in their long versions: `python -m tests.long time_machine model` runs these, without a name all of them.

The suite looks at a deterministic sample that takes seconds; this looks at everything, for as long as it takes, on
the database that TEST_DATABASE_URL names (SQLite without one).
"""

import os
import subprocess
import sys
from pathlib import Path

LONG = os.environ.get("PROVE") == "long"

PROOFS = {
    "business_time": "tests/sla/test_business_time.py",
    "time_machine": "tests/sla/core/test_time_machine.py",
    "year": "tests/sla/core/test_year_of_a_desk.py",
    "model": "tests/tickets/core/test_model.py",
    "kills": "tests/faults/test_kills.py",
    "shown_sums": "tests/sla/core/test_shown_sums.py",
    "successive_hours": "tests/sla/core/test_successive_hours.py",
    "histories": "tests/tickets/core/test_true_histories.py",
    "faces": "tests/tickets/core/test_faces.py",
    "crawl": "tests/portal/test_crawl.py",
    "facts": "tests/portal/test_one_source.py",
}


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(PROOFS))
    if unknown:
        print(f"There is no proof called {', '.join(unknown)}. Choose from {', '.join(PROOFS)}.")
        return 2
    files = [PROOFS[name] for name in names or PROOFS]
    environment = os.environ | {"PROVE": "long", "HYPOTHESIS_PROFILE": "thorough"}
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", *files]
    return subprocess.run(command, cwd=Path(__file__).resolve().parent.parent, check=False, env=environment).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
