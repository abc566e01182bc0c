"""What the next tier would change for an account: each allowance and each target that differs, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.core.enums import PhoneModel, Tier
from accounts.models import TierTerms
from portal.lib.durations import say_business_hours, say_duration
from sla.core.domain.terms import MINUTE, matrix
from sla.core.enums import CheckInRule, Coverage, Priority
from sla.models import Target

Cells = dict[Priority, Target]


@dataclass(frozen=True)
class TargetChange:
    """One promise that the next tier makes differently, in words."""

    priority: Priority
    promise: str
    now: str
    then: str


@dataclass(frozen=True)
class NextTier:
    """The tier above; what it includes beyond this one, in sentences; and the targets that differ, by urgency."""

    tier: Tier
    allowances: list[str]
    targets: list[TargetChange]


def next_tier(bought: Tier) -> NextTier | None:
    """What the tier above `bought` has more of; None for the highest."""
    tiers = list(Tier)
    above = tiers[tiers.index(bought) + 1 :]
    if not above:
        return None
    terms = {row.tier: row for row in TierTerms.objects.filter(tier__in=[bought, above[0]])}
    cells = matrix()

    def of(tier: Tier) -> Cells:
        return {priority: cell for (owner, priority), cell in cells.items() if owner == tier}

    return NextTier(
        tier=above[0],
        allowances=list(_allowances(terms[bought], terms[above[0]])),
        targets=list(_targets(of(bought), of(above[0]))),
    )


def _allowances(now: TierTerms, then: TierTerms) -> Iterator[str]:
    if then.premium_contacts != now.premium_contacts:
        yield ngettext(
            "%(count)s Premium contact instead of %(now)s.",
            "%(count)s Premium contacts instead of %(now)s.",
            then.premium_contacts,
        ) % {"count": then.premium_contacts, "now": now.premium_contacts}
    hours, before = then.professional_services_hours, now.professional_services_hours
    if hours != before:
        yield ngettext(
            "%(count)s hour of professional services a contract year instead of %(now)s.",
            "%(count)s hours of professional services a contract year instead of %(now)s.",
            hours,
        ) % {"count": hours, "now": before}
    if then.phone_model != now.phone_model and then.phone_model == PhoneModel.PRIORITY:
        yield _("Your calls have priority over those of other customers.")
    gained = {
        "level_3_support": _("Level 3 support: a specialist takes your ticket if it needs one."),
        "round_the_clock": _("24/7 replies (day and night, every day of the year), in English."),
        "enhanced_check_ins": _("Enhanced check-ins: what changed, current situation, next step and next check-in."),
        "regional_premium_contacts": _("Each Premium contact has a region, with its business hours."),
        "p1_root_cause_analysis": _("A root-cause analysis after every P1 ticket."),
        "designated_engineer": _("A designated engineer in each of your regions."),
        "executive_sponsor": _("An executive sponsor who meets you every quarter."),
    }
    for name, sentence in gained.items():
        if getattr(then, name) and not getattr(now, name):
            yield sentence


def _targets(now: Cells, then: Cells) -> Iterator[TargetChange]:
    for priority in Priority:
        before, after = now.get(priority), then.get(priority)
        if before is None or after is None:
            continue
        if (before.response_minutes, before.coverage) != (after.response_minutes, after.coverage):
            yield TargetChange(priority, pgettext("target", "Reply"), _answer(before), _answer(after))
        if (before.check_in_rule, before.check_in_minutes) != (after.check_in_rule, after.check_in_minutes):
            yield TargetChange(priority, pgettext("target", "Check-in"), _check_in(before), _check_in(after))


def _answer(target: Target) -> str:
    length = target.response_minutes * MINUTE
    if target.coverage == Coverage.ALWAYS:
        return _("within %(length)s, 24/7") % {"length": say_duration(length)}
    return _("within %(amount)s") % {"amount": say_business_hours(length)}


def _check_in(target: Target) -> str:
    if target.check_in_rule == CheckInRule.BUSINESS_HOURS:
        amount = say_business_hours((target.check_in_minutes or 0) * MINUTE)
        return _("every %(amount)s") % {"amount": amount}
    if target.check_in_rule == CheckInRule.BUSINESS_DAY:
        return _("once per business day")
    return _("when the status changes")
