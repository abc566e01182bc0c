"""`manage.py verify_clocks`: reckons all promises anew from their history, says each difference, fails if any."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.lib.clock import now
from sla.verification.domain.verification import Difference
from tickets.verification import domain as verification
from tickets.verification.models import Verification


class Command(BaseCommand):
    help = "Rebuilds clocks, flags, due moments and reports from the events and names every difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        said = self._as_json if options["json"] else self._as_words
        # A run of its own from the beginning, whatever the nightly one is doing.
        Verification.objects.filter(finished_at=None).update(finished_at=now())
        run = verification.begin(now=now())
        while verification.go_on(run, now=now(), found=said):
            pass
        if run.differences:
            self.stderr.write(f"{run.differences} differences in {run.clocks} clocks and {run.tickets} tickets.")
            sys.exit(1)
        if not options["json"]:
            self.stdout.write(f"{run.clocks} SLA clocks and {run.tickets} tickets checked: no difference.")

    def _as_words(self, found: Difference) -> None:
        clock = f", clock {found.clock_id}" if found.clock_id else ""
        self.stdout.write(
            f"{verification.number_of(found.ticket_id)}{clock}: {found.cause}: "
            f"stored {found.stored}, rebuilt {found.rebuilt}"
        )

    def _as_json(self, found: Difference) -> None:
        self.stdout.write(json.dumps(found.as_json()))
