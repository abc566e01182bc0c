"""`manage.py what_if`: the dry run of an edit: which promises would move, and what the last 90 days would have been."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.core.domain.entitlements import contract_in_force
from accounts.core.enums import Tier
from accounts.models import Account, Region, TierTerms
from portal.lib.clock import now
from portal.lib.zones import validate_time_zone
from sla.business_time import NoOpenTime
from sla.core.domain.what_if import Consequences, if_calendar, if_target, with_changes
from sla.core.enums import Coverage, Priority
from sla.core.models.calendar import HOUR, HOUR_OR_24
from sla.models import Calendar, Target
from tickets.core.models.ticket import FIRST_NUMBER, PREFIX
from tickets.simulation.domain.what_if import if_tier

MISUSED = 2
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Command(BaseCommand):
    help = "Shows what an edit of a calendar, a target or a tier would do; changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="calendar|target|tier")
        calendar = kinds.add_parser("calendar", help="other hours, closed days or another zone for a region")
        calendar.add_argument("--region", required=True, help="code of a region, such as emea")
        calendar.add_argument("--close", action="append", default=[], metavar="DAY", help="a closed day: 2026-12-24")
        calendar.add_argument(
            "--hours", action="append", default=[], metavar="WHEN",
            help="the whole week, one stretch each: mon-fri 09:00-17:00",
        )  # fmt: skip
        calendar.add_argument("--time-zone", help="another zone, such as Europe/Dublin")
        target = kinds.add_parser("target", help="other figures for a cell of the matrix")
        target.add_argument("--tier", required=True)
        target.add_argument("--priority", required=True, help="1 to 4, or P1 to P4")
        target.add_argument("--response-minutes", type=int)
        target.add_argument("--coverage", help="24x7 or business_hours")
        target.add_argument("--check-in-minutes", type=int)
        tier = kinds.add_parser("tier", help="another tier for an account")
        tier.add_argument("--account", required=True, help="the account's name")
        tier.add_argument("--to", required=True, help="standard, silver, gold or platinum")
        for part in (calendar, target, tier):
            part.add_argument("--json", action="store_true", dest="as_json", help="the structure instead of sentences")

    def handle(self, *args: Any, kind: str, as_json: bool, **asked: Any) -> None:
        at = now()
        found: Consequences = getattr(self, f"_{kind}")(asked, at)
        if as_json:
            self.stdout.write(json.dumps({"what": kind, "at": at.isoformat(), **found.as_json()}, indent=2))
            return
        for line in _said(found):
            self.stdout.write(line)

    def _calendar(self, asked: dict[str, Any], at: Any) -> Consequences:
        code = _one_of("--region", asked["region"], sorted(Region.objects.values_list("code", flat=True)))
        calendar = Calendar.objects.select_related("region").filter(region__code=code).first()
        if calendar is None:
            raise CommandError(f"The region {code} has no calendar. Enter its hours in the agent workspace first.")
        if zone := asked["time_zone"]:
            try:
                validate_time_zone(zone)
            except ValidationError:
                _misused(f"--time-zone {zone} is not known. Write it like Europe/Paris.")
        closed = {_day(word): ("Closed", "Fermé") for word in asked["close"]}
        weekly = _week(asked["hours"]) if asked["hours"] else None
        if not (closed or weekly or zone):
            _misused("Say what would change: --close, --hours or --time-zone.")
        try:
            return if_calendar(calendar, with_changes(calendar, closed=closed, weekly=weekly, time_zone=zone), now=at)
        except NoOpenTime:
            raise CommandError("With these hours and holidays the calendar stays closed for a whole year.") from None

    def _target(self, asked: dict[str, Any], at: Any) -> Consequences:
        tier = _one_of("--tier", asked["tier"], Tier.values)
        priority = Priority(int(_one_of("--priority", asked["priority"].upper().removeprefix("P"), list("1234"))))
        target = Target.objects.filter(tier=tier, priority=priority).first()
        if target is None:
            raise CommandError(f"There is no target for {tier} and {priority.code} yet.")
        was = Coverage(target.coverage)
        for name in ("response_minutes", "coverage", "check_in_minutes"):
            if asked[name] is not None:
                setattr(target, name, asked[name])
        try:
            target.full_clean()
        except ValidationError as error:
            _misused(" ".join(error.messages))
        return if_target(target, was=was, now=at)

    def _tier(self, asked: dict[str, Any], at: Any) -> Consequences:
        account = Account.objects.select_related("home_region").filter(name=asked["account"]).first()
        if account is None:
            _misused(f"--account {asked['account']} is not known. Write the name as on the desk.")
        tier = Tier(_one_of("--to", asked["to"], Tier.values))
        contract = contract_in_force(account, at)
        same = contract is not None and contract.tier == tier
        seats = contract.premium_contacts if same and contract else TierTerms.objects.get(tier=tier).premium_contacts
        return if_tier(account, tier, seats=seats, now=at)


def _said(found: Consequences) -> list[str]:
    lines = [
        f"{found.moved} of {found.running} running promises would move: {found.later} later, {found.earlier} earlier, "
        f"{found.ended} ended. {found.overdue} would be overdue at once."
    ]
    for move in found.moves:
        number = f"{PREFIX}{move.ticket_id + FIRST_NUMBER}"
        then = f"{move.new_due_at:%Y-%m-%d %H:%M}" if move.new_due_at else "none"
        late = ", overdue" if move.becomes_overdue else ""
        lines.append(f"  {number} {move.kind.value}: {move.old_due_at:%Y-%m-%d %H:%M} → {then} UTC{late}")
    for kind, past in found.past.items():
        lines.append(
            f"Last 90 days, {kind.value}: {past.kept_then} of {past.total} would have been kept, "
            f"in fact {past.kept} were."
        )
    return lines


def _week(words: list[str]) -> dict[int, list[tuple[str, str]]]:
    """`mon-fri 09:00-17:00` → weekday (0 is Monday) to its stretches."""
    weekly: dict[int, list[tuple[str, str]]] = {}
    for word in words:
        days, _space, hours = word.lower().partition(" ")
        first, _dash, last = days.partition("-")
        opens, dash, closes = hours.strip().partition("-")
        try:
            HOUR(opens)
            HOUR_OR_24(closes)
            span = range(DAYS.index(first), DAYS.index(last or first) + 1)
        except (ValidationError, ValueError):
            _misused(f"--hours {word} is not understood. Write it like mon-fri 09:00-17:00.")
        for day in span:
            weekly.setdefault(day, []).append((opens, closes))
    return weekly


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        _misused(f"--close {word} is no day. Write it like 2026-12-24.")


def _one_of(option: str, value: str, known: list[str]) -> str:
    if value not in known:
        _misused(f"{option} {value} is not known. Known: {', '.join(known)}.")
    return value


def _misused(sentence: str) -> NoReturn:
    raise CommandError(sentence, returncode=MISUSED)
