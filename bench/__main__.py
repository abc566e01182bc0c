"""One command for every measurement: `python -m bench`, `--only sweep`, `--quick`."""

import argparse
import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

import django

from bench.database import bench_database, bench_url, is_postgresql
from portal.environment import Environment

ROOT = Path(__file__).resolve().parent.parent
# What needs a database, and what runs in a process of its own.
WITH_DATABASE = ("pages", "sweep", "promises", "attainment")
ALONE = ("business_time",)


def main() -> int:
    asked = arguments()
    parts = asked.only or [*ALONE, *WITH_DATABASE]
    begun = time.monotonic()
    for part in ALONE:
        if part in parts:
            # A process of its own: its figures owe nothing to what was imported or loaded here.
            subprocess.run([sys.executable, "-m", f"bench.{part}"], cwd=ROOT, check=False)
    wanted = [part for part in WITH_DATABASE if part in parts]
    if wanted:
        env = Environment()
        env.read_env(ROOT / ".env")
        url = env.str("DATABASE_URL", default="")
        if not is_postgresql(url):
            print(
                f"bench: PostgreSQL is needed for {', '.join(wanted)}; set DATABASE_URL=postgres://user@host:5432/name."
            )
            return 2
        with bench_database(url, keep=asked.keep):
            os.environ["DATABASE_URL"] = bench_url(url)
            os.environ.setdefault("DEMO", "1")
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
            django.setup()
            _measure(wanted, quick=asked.quick)
    print(f"Measured in {time.monotonic() - begun:.0f} s.")
    return 0


def _measure(parts: list[str], *, quick: bool) -> None:
    # These need the settings, which need the environment of above.
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    from portal.lib import demo_clock  # noqa: PLC0415

    # Nobody moves the time of a measurement: no statement asks whether somebody did.
    demo_clock.cache_row(None, seconds=float("inf"))

    try:
        call_command("migrate", verbosity=0, interactive=False)
        for part in parts:
            importlib.import_module(f"bench.{part}").main(quick=quick)
    finally:
        connections.close_all()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=[*ALONE, *WITH_DATABASE], help="measure this alone")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, to see that it runs")
    parser.add_argument("--keep", action="store_true", help="leave the database behind, to look into it")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
