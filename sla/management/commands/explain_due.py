"""`manage.py explain_due`: by when we would have to answer, and why, without any ticket."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.core.enums import Basis, Tier
from accounts.models import Region
from portal.lib.errors import DomainError
from sla.business_time import NoOpenTime
from sla.core.domain.explanation import Explanation, explain_terms
from sla.core.domain.terms import Terms, terms_for
from sla.core.domain.wording import lines
from sla.core.enums import ClockKind, Priority

# As argparse does: 2 is a question that cannot be asked, 1 one that has no answer here.
MISUSED = 2
EARLIEST, LATEST = 1970, 2200
# Seen from so much earlier every moment is said with its day; “today” would be the day of the question.
EARLIER = timedelta(days=3)


class Command(BaseCommand):
    help = "Explains when a reply would be due: explain_due --tier gold --priority 1 --region emea"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tier", required=True, help="standard, silver, gold or platinum")
        parser.add_argument("--priority", required=True, help="1 to 4, or P1 to P4")
        parser.add_argument("--region", required=True, help="code of a region, such as emea")
        parser.add_argument("--at", required=True, help="moment with its offset, such as 2026-03-27T15:30+01:00")
        parser.add_argument("--language", default="en", help="language of the sentences: en or fr")
        parser.add_argument("--kind", help="response or check_in; default: both")
        parser.add_argument(
            "--own-language", action="store_true", help="the requester chose another language than English"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="the structure instead of sentences")

    def handle(self, *args: Any, as_json: bool, **asked: Any) -> None:
        tier = Tier(_one_of("--tier", asked["tier"], Tier.values))
        priority = Priority(int(_one_of("--priority", asked["priority"].upper().removeprefix("P"), "1234")))
        region = self._region(asked["region"])
        at = _moment(asked["at"])
        language = _one_of("--language", asked["language"], ["en", "fr"])
        kinds = [ClockKind(_one_of("--kind", asked["kind"], ClockKind.values))] if asked["kind"] else list(ClockKind)
        try:
            terms = terms_for(
                tier=tier, basis=_basis(tier), priority=priority, region=region, own_language=asked["own_language"]
            )
            found = {kind: explain_terms(terms, kind, now=at) for kind in kinds}
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        except NoOpenTime:
            raise CommandError(f"The region {region.code} has no business hours in the year after {at}.") from None
        if as_json:
            answers = {kind.value: explanation and explanation.as_json() for kind, explanation in found.items()}
            self.stdout.write(json.dumps(answers, ensure_ascii=False, indent=2))
            return
        with translation.override(language):
            self.stdout.write("\n".join(_said(found, terms, at)))

    def _region(self, code: str) -> Region:
        codes = sorted(Region.objects.values_list("code", flat=True))
        if not codes:
            raise CommandError("There are no regions yet. Add them in the agent workspace, or load the sample data.")
        return Region.objects.get(code=_one_of("--region", code, codes))


def _said(found: dict[ClockKind, Explanation | None], terms: Terms, at: datetime) -> Iterable[str]:
    zone_name = terms.calendar.region.time_zone
    for kind, explanation in found.items():
        yield str(kind.label)
        if explanation is None:
            # P4 has no rhythm; the wording says so for every other rule.
            yield f"  {terms.check_in_rule.label}"
            continue
        for line in lines(explanation, now=at - EARLIER, zone_name=zone_name):
            yield f"  {line}"


def _basis(tier: Tier) -> Basis:
    """Without a person the tier itself is the reason."""
    return Basis.STANDARD_CONTRACT if tier == Tier.STANDARD else Basis.SEAT


def _one_of(option: str, value: str, known: Iterable[str]) -> str:
    if value not in (known := list(known)):
        _misused(f"{option} {value} is not known. Known: {', '.join(known)}.")
    return value


def _moment(words: str) -> datetime:
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        _misused(f"--at {words} is no moment. Write it like 2026-03-27T15:30+01:00.")
    if at.tzinfo is None:
        _misused(f"--at {words} names no offset, so it is no single moment. Write it like 2026-03-27T15:30+01:00.")
    if not EARLIEST < at.year < LATEST:
        _misused(f"--at {words} is too far away to be counted. Choose a year between {EARLIEST} and {LATEST}.")
    return at.astimezone(UTC)


def _misused(sentence: str) -> NoReturn:
    raise CommandError(sentence, returncode=MISUSED)
