"""`manage.py seed_demo`: four customers, their people and the tickets of their last weeks."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Account, Region, User
from portal.demo import PASSWORD, SIGN_INS
from portal.demo.cast import build_stage
from portal.demo.playing import catch_up, deliver_in_the_past, play
from portal.demo.scenes import SCENES
from portal.demo.stories import STORIES
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
        now = moment(at) if at else present().replace(second=0, microsecond=0)
        if any(model.objects.exists() for model in (Account, Region, User)):
            raise CommandError("There are people or accounts already. Load the demonstration into an empty database.")
        with transaction.atomic():  # all or nothing: `up` takes anybody who exists for a finished load
            stage = build_stage(now=now)
            tickets = play(STORIES, stage)
            for scene in SCENES:
                scene(stage)
            catch_up(now)
            deliver_in_the_past(now)
        if verbosity:
            self.stdout.write(f"{tickets} tickets. Everybody signs in with the password: {PASSWORD}")
            for who, email, words in SIGN_INS:
                self.stdout.write(f"  {email:<28} {who}, {words}")


def moment(words: str) -> datetime:
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise CommandError(f"--at {words} is no moment. Write it like 2026-11-10T17:30+01:00.") from None
    if found.tzinfo is None:
        raise CommandError(f"--at {words} names no time zone. Write it like 2026-11-10T17:30+01:00.")
    return found
