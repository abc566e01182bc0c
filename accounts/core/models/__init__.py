from accounts.core.models.account import Account, Region
from accounts.core.models.agent import Agent, AwayPeriod
from accounts.core.models.change import EntitlementChange
from accounts.core.models.contact import Contact
from accounts.core.models.contract import Contract
from accounts.core.models.seat import Seat, SeatMove
from accounts.core.models.terms import TierPrice, TierTerms
from accounts.core.models.user import User

__all__ = [
    "Account",
    "Agent",
    "AwayPeriod",
    "Contact",
    "Contract",
    "EntitlementChange",
    "Region",
    "Seat",
    "SeatMove",
    "TierPrice",
    "TierTerms",
    "User",
]
