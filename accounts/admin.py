"""Customers and staff on the desk."""

from accounts.absences.desk import AwayPeriodAdmin
from accounts.contacts.desk import ContactAdmin
from accounts.contracts.desk import ContractAdmin
from accounts.core.desk.account import AccountAdmin
from accounts.core.desk.people import AgentAdmin, UserAdmin
from accounts.core.desk.terms import TierPriceAdmin, TierTermsAdmin
from accounts.hours.desk.engagement import EngagementAdmin
from accounts.hours.desk.hours import HoursYearAdmin
from accounts.identity.desk import ApiTokenAdmin
from accounts.seats.desk import SeatAdmin
from accounts.sponsorship.desk import MeetingAdmin

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
