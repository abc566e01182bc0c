"""`manage.py seed_demo`: four customers, their people and the tickets of their last weeks."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo import PASSWORD, SIGN_INS
from portal.demo.laying import create_sample_data, is_empty, moment
from portal.lib.clock import now as present


class Command(BaseCommand):
    help = "Loads the demonstration data into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", help="the moment that counts as now, such as 2026-11-10T17:30+01:00; default: the present"
        )

    def handle(self, *args: Any, at: str | None, verbosity: int, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "The demonstration data has published passwords and is not loaded on a server. Set DEMO=1 to try it."
            )
        now = moment(at, name="--at") if at else present().replace(second=0, microsecond=0)
        if not is_empty():
            raise CommandError("There are people or accounts already. Load the demonstration into an empty database.")
        tickets = create_sample_data(now)
        if verbosity:
            self.stdout.write(f"{tickets} tickets. Everybody signs in with the password: {PASSWORD}")
            for who, email, words in SIGN_INS:
                self.stdout.write(f"  {email:<28} {who}, {words}")
