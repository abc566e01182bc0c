"""What a ticket page says about level 3 and about the analysis of its cause."""

from typing import Any

from accounts.core.domain.entitlements import Entitlements
from accounts.core.enums import Tier
from accounts.models import TierTerms
from tickets.analyses.models import RootCauseAnalysis
from tickets.core.models import Ticket
from tickets.level_3.domain.escalation import last_escalation


def context(ticket: Ticket, entitlements: Entitlements) -> dict[str, Any]:
    """Three statements."""
    included = set(TierTerms.objects.filter(level_3_support=True).values_list("tier", flat=True))
    return {
        "escalation": last_escalation(ticket),
        "level_3_included": entitlements.tier in included,
        "level_3_tiers": [tier.label for tier in Tier if tier.value in included],
        "analysis": RootCauseAnalysis.objects.filter(ticket=ticket).first(),
    }
