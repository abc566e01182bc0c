from accounts.models.account import Account, Region
from accounts.models.agent import Agent, AwayPeriod
from accounts.models.change import EntitlementChange
from accounts.models.contact import Contact
from accounts.models.contract import Contract
from accounts.models.engagement import Engagement, EngagementEvent
from accounts.models.engineer import DesignatedEngineer
from accounts.models.feed import CalendarFeed
from accounts.models.hours import HoursEntry, HoursQuestion, HoursYear
from accounts.models.renewal import ContractWarning
from accounts.models.seat import Seat, SeatMove
from accounts.models.sponsor import AgendaItem, Meeting, MeetingAction, MeetingEvent, MeetingSlot, Sponsorship
from accounts.models.terms import TierPrice, TierTerms
from accounts.models.token import ApiToken
from accounts.models.user import User

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
