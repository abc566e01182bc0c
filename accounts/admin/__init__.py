"""Customers and staff on the desk."""

from accounts.admin.absence import AwayPeriodAdmin
from accounts.admin.account import AccountAdmin
from accounts.admin.contact import ContactAdmin
from accounts.admin.contract import ContractAdmin
from accounts.admin.engagement import EngagementAdmin
from accounts.admin.hours import HoursYearAdmin
from accounts.admin.meetings import MeetingAdmin
from accounts.admin.people import AgentAdmin, ApiTokenAdmin, UserAdmin
from accounts.admin.seat import SeatAdmin
from accounts.admin.terms import TierPriceAdmin, TierTermsAdmin

__all__ = [
    "AccountAdmin",
    "AgentAdmin",
    "ApiTokenAdmin",
    "AwayPeriodAdmin",
    "ContactAdmin",
    "ContractAdmin",
    "EngagementAdmin",
    "HoursYearAdmin",
    "MeetingAdmin",
    "SeatAdmin",
    "TierPriceAdmin",
    "TierTermsAdmin",
    "UserAdmin",
]
