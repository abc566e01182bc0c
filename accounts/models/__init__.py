from accounts.models.account import Account, Region
from accounts.models.agent import Agent, AwayPeriod
from accounts.models.change import EntitlementChange
from accounts.models.contact import Contact
from accounts.models.contract import Contract
from accounts.models.engineer import DesignatedEngineer
from accounts.models.feed import CalendarFeed
from accounts.models.seat import Seat
from accounts.models.terms import TierPrice, TierTerms
from accounts.models.token import ApiToken
from accounts.models.user import User

__all__ = [
    "Account",
    "Agent",
    "ApiToken",
    "AwayPeriod",
    "CalendarFeed",
    "Contact",
    "Contract",
    "DesignatedEngineer",
    "EntitlementChange",
    "Region",
    "Seat",
    "TierPrice",
    "TierTerms",
    "User",
]
