"""What would be promised, as an answer: for `validate_only`."""

from datetime import datetime
from typing import Any

from accounts.models import Contact, Region
from portal.lib.rest.moments import stamp
from sla.core.domain.explanation import Explanation
from sla.core.domain.wording import lines
from sla.core.enums import ClockKind, Priority
from tickets.core.domain.preview import outlook
from tickets.core.enums import LanguageChoice


def outlook_out(
    requester: Contact, *, priority: Priority, region: Region | None, language_choice: LanguageChoice, now: datetime
) -> dict[str, Any]:
    """The same moments as opening the ticket now would give. Reads only."""
    seen = outlook(requester, now=now, region=region, language_choice=language_choice)
    entitlements, promise = seen.entitlements, seen.promises[priority]
    clocks = []
    for kind in ClockKind:
        explanation = promise.explain(kind)
        if explanation:
            clocks.append({
                "kind": kind.value,
                "due_at": stamp(explanation.due_at),
                "explanation": explanation_out(explanation, zone_name=requester.user.time_zone, now=now),
            })  # fmt: skip
    choice = seen.language_choice if seen.may_choose_language else LanguageChoice.ENGLISH
    return {
        "validate_only": True,
        "entitlement": {
            "tier": entitlements.tier.value,
            "account_tier": entitlements.account_tier.value,
            "basis": entitlements.basis.value,
            "reason": entitlements.reason,
        },
        "priority": int(priority),
        "region": seen.region.code,
        "region_time_zone": seen.region.time_zone,
        "language_choice": choice.value,
        "clocks": clocks,
        "check_ins": [stamp(moment) for moment in promise.check_ins],
    }


def explanation_out(explanation: Explanation, *, zone_name: str, now: datetime) -> dict[str, Any]:
    """The explanation for programs, and the same in the sentences that people read."""
    said = lines(explanation, now=now, zone_name=zone_name)
    return {**explanation.as_json(), "sentences": [line.text for line in said]}
