"""Customers and staff on the desk."""

from accounts.admin.account import AccountAdmin
from accounts.admin.contact import ContactAdmin
from accounts.admin.contract import ContractAdmin
from accounts.admin.people import AgentAdmin, ApiTokenAdmin, UserAdmin
from accounts.admin.seat import SeatAdmin
from accounts.admin.terms import TierPriceAdmin, TierTermsAdmin

__all__ = [
    "AccountAdmin",
    "AgentAdmin",
    "ApiTokenAdmin",
    "ContactAdmin",
    "ContractAdmin",
    "SeatAdmin",
    "TierPriceAdmin",
    "TierTermsAdmin",
    "UserAdmin",
]
