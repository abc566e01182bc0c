"""`manage.py replay`: the last 90 days of an account at another tier."""

import json
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.core.enums import Tier
from accounts.models import Account
from portal.lib.clock import now
from sla.core.enums import ClockKind
from tickets.simulation.domain.replay import replay

MISUSED = 2


class Command(BaseCommand):
    help = (
        'Says which targets would have been missed with another tier: replay --account "Maple Freight" --tier platinum'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", required=True, help="the account's name")
        parser.add_argument("--tier", required=True, help="standard, silver, gold or platinum")
        parser.add_argument("--language", default="en", help="language of the sentences: en or fr")
        parser.add_argument("--json", action="store_true", dest="as_json", help="every target instead of sentences")

    def handle(self, *args: Any, account: str, tier: str, language: str, as_json: bool, **options: Any) -> None:
        if tier not in Tier.values:
            _misused(f"--tier {tier} is not known. Known: {', '.join(Tier.values)}.")
        if language not in {"en", "fr"}:
            _misused(f"--language {language} is not known. Known: en, fr.")
        found = Account.objects.filter(name=account).first()
        if found is None:
            _misused(f"--account {account} is not known. Write the name as on the desk.")
        with translation.override(language):
            replayed = replay(found, Tier(tier), now=now())
            if not as_json:
                self.stdout.write("\n".join([*replayed.sentences, *replayed.notes]).replace("\u00a0", " "))
                return
        rows = [
            {
                "ticket": row.ticket.number, "kind": row.kind.value, "priority": int(row.priority),
                "stopped_at": row.stopped_at.isoformat(), "due_at": row.due_at.isoformat(),
                "due_then": row.due_then.isoformat(), "was_late": row.was_late, "late_then": row.late_then,
            }
            for kind in ClockKind
            for row in replayed.of(kind)
        ]  # fmt: skip
        answer = {"account": found.name, "tier": tier, "is_cut": replayed.is_cut, "promises": rows}
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))


def _misused(sentence: str) -> NoReturn:
    raise CommandError(sentence, returncode=MISUSED)
