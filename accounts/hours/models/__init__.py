from accounts.hours.models.engagement import Engagement, EngagementEvent
from accounts.hours.models.hours import HoursEntry, HoursQuestion, HoursYear

__all__ = ["Engagement", "EngagementEvent", "HoursEntry", "HoursQuestion", "HoursYear"]
