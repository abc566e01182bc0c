"""Which contracts include an executive sponsor, and the periods in which a meeting is owed."""

from datetime import date, datetime

from accounts.core.domain.entitlements import contract_day, contract_in_force
from accounts.core.models import Account, TierTerms
from accounts.sponsorship.models import Sponsorship


def includes_sponsor(account: Account, at: datetime) -> bool:
    """Whether the contract in force at `at` has an executive sponsor (Platinum)."""
    contract = contract_in_force(account, at)
    return contract is not None and TierTerms.objects.filter(tier=contract.tier, executive_sponsor=True).exists()


def sponsorship_of(account: Account) -> Sponsorship | None:
    """Who sponsors the account now, with everybody a page names."""
    live = Sponsorship.objects.live().filter(account=account)
    return live.select_related("account__home_region", "sponsor__user", "deputy__user", "host__user").first()


def period_of(day: date, months: int) -> date:
    """The first day of the period of `months` that holds `day`; periods are counted from January."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def present_period(sponsorship: Sponsorship, now: datetime) -> date:
    """The period of `now` on the calendar of the account’s home region."""
    return period_of(contract_day(sponsorship.account, now), sponsorship.rhythm_months)
