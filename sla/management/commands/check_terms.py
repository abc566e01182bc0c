"""`manage.py check_terms`: fails while a promise could not be made, because a figure or opening hours are missing."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from accounts.core.enums import Tier
from accounts.models import Region, TierTerms
from sla.core.domain.terms import missing_cells


class Command(BaseCommand):
    help = "Lists every target that is missing, every tier without terms and every region without business hours."

    def handle(self, *args: Any, **options: Any) -> None:
        known = set(TierTerms.objects.values_list("tier", flat=True))
        gaps = [f"No target for {tier.label} and {priority.code}." for tier, priority in missing_cells()]
        gaps += [f"No terms for {tier.label}." for tier in Tier if tier not in known]
        hours_missing = Region.objects.filter(calendar__intervals=None).order_by("code")
        gaps += [f"No opening hours for the region {region.code}." for region in hours_missing]
        for gap in gaps:
            self.stderr.write(gap)
        if gaps:
            sys.exit(1)
        self.stdout.write("Every tier, priority and region has its figures.")
