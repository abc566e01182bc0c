"""Which terms apply to a person at a moment, and why: the first question of every promise."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.core.enums import Basis, SeatState, Tier
from accounts.core.models import Account, Contact, Contract, Seat, TierTerms
from portal.lib.zones import zone


@dataclass(frozen=True)
class Entitlements:
    """The answer for one contact at one moment.

    `tier` is what applies to this person, `account_tier` what their account has bought; `contract` is None when none
    is in force; `seat` is the seat they hold (active, waiting or over the limit), or None.
    """

    contact: Contact
    tier: Tier
    basis: Basis
    account_tier: Tier
    contract: Contract | None
    seat: Seat | None

    @cached_property
    def terms(self) -> TierTerms:
        """What the person's own tier includes."""
        return TierTerms.objects.get(tier=self.tier)

    @property
    def has_seat(self) -> bool:
        return self.basis == Basis.SEAT

    @property
    def reason(self) -> str:
        """Why this tier, as one sentence to the person, in the active language."""
        return sentence_for(
            self.basis,
            tier=str(Tier(self.account_tier).label),
            account=self.contact.account.name,
            limit=self.contract.premium_contacts if self.contract else 0,
            number=self.seat.number if self.seat else 0,
        )


def sentence_for(basis: Basis, *, tier: str, account: str, limit: int, number: int) -> str:
    """The reason in words, in the active language; `limit` seats in the contract, `number` of the person's seat."""
    values = {"tier": tier, "account": account, "limit": limit, "number": number}
    sentences = {
        Basis.SEAT: _(
            "You are a Premium contact of %(account)s (seat %(number)s of %(limit)s): %(tier)s targets apply."
        ),
        Basis.NO_SEAT: _("You do not have a Premium seat of %(account)s, so Standard targets apply to you."),
        Basis.NOT_VALIDATED: _(
            "Your Premium seat of %(account)s is pending approval. Until then Standard targets apply to you."
        ),
        Basis.OVER_LIMIT: _(
            "Your Premium seat %(number)s is over the limit of %(limit)s in the contract of %(account)s, "
            "so Standard targets apply to you."
        ),
        Basis.STANDARD_CONTRACT: _("%(account)s has the Standard tier."),
        Basis.NO_CONTRACT: _("%(account)s has no contract in force today: Standard targets apply."),
    }
    return sentences[basis] % values


def contract_day(account: Account, at: datetime) -> date:
    """The day that counts for the contracts of `account`: the local day of its home region."""
    return at.astimezone(zone(account.home_region.time_zone)).date()


def contract_in_force(account: Account, at: datetime) -> Contract | None:
    """The contract that covers the moment `at`; None means Standard."""
    return Contract.objects.filter(account=account).in_force_on(contract_day(account, at)).first()


def entitlements_of(contact: Contact, at: datetime) -> Entitlements:
    """Which tier applies to `contact` at the moment `at`, with its reason.

    The account's tier applies to holders of a validated seat within the limit of a contract in force; everybody else
    has Standard.
    """
    contract = contract_in_force(contact.account, at)
    account_tier = Tier(contract.tier) if contract else Tier.STANDARD
    held = Seat.objects.taken().select_related("region").filter(contact=contact)
    seat = held.first() if account_tier != Tier.STANDARD else None
    basis = _basis(contract, account_tier, seat)
    return Entitlements(
        contact=contact,
        tier=account_tier if basis == Basis.SEAT else Tier.STANDARD,
        basis=basis,
        account_tier=account_tier,
        contract=contract,
        seat=seat,
    )


def _basis(contract: Contract | None, tier: Tier, seat: Seat | None) -> Basis:
    if contract is None:
        return Basis.NO_CONTRACT
    if tier == Tier.STANDARD:
        return Basis.STANDARD_CONTRACT
    if seat is None:
        return Basis.NO_SEAT
    if seat.state == SeatState.NOMINATED:
        return Basis.NOT_VALIDATED
    return Basis.SEAT if seat.number <= contract.premium_contacts else Basis.OVER_LIMIT


def following_of(contract: Contract) -> Contract | None:
    """The contract that begins on the next day; a later one leaves a gap without promises."""
    begins = contract.ends_on + timedelta(days=1)
    return Contract.objects.filter(account=contract.account_id, starts_on=begins).first()
