from accounts.contracts.models import ContractWarning
from accounts.core.models.account import Account, Region
from accounts.core.models.agent import Agent, AwayPeriod
from accounts.core.models.change import EntitlementChange
from accounts.core.models.contact import Contact
from accounts.core.models.contract import Contract
from accounts.core.models.seat import Seat, SeatMove
from accounts.core.models.terms import TierPrice, TierTerms
from accounts.core.models.user import User
from accounts.engineers.models import DesignatedEngineer
from accounts.feeds.models import CalendarFeed
from accounts.hours.models.engagement import Engagement, EngagementEvent
from accounts.hours.models.hours import HoursEntry, HoursQuestion, HoursYear
from accounts.identity.models import ApiToken
from accounts.sponsorship.models import AgendaItem, Meeting, MeetingAction, MeetingEvent, MeetingSlot, Sponsorship

__all__ = [
    "Account",
    "AgendaItem",
    "Agent",
    "ApiToken",
    "AwayPeriod",
    "CalendarFeed",
    "Contact",
    "Contract",
    "ContractWarning",
    "DesignatedEngineer",
    "Engagement",
    "EngagementEvent",
    "EntitlementChange",
    "HoursEntry",
    "HoursQuestion",
    "HoursYear",
    "Meeting",
    "MeetingAction",
    "MeetingEvent",
    "MeetingSlot",
    "Region",
    "Seat",
    "SeatMove",
    "Sponsorship",
    "TierPrice",
    "TierTerms",
    "User",
]
