from sla.attainment.models import TalliedMonth, Tally
from sla.core.models.calendar import Calendar, CalendarException, CalendarVersion, OpeningInterval
from sla.core.models.clock import Clock
from sla.core.models.event import ClockEvent
from sla.core.models.target import Target, TargetVersion
from sla.coverage.models import Rota, Shift

__all__ = [
    "Calendar",
    "CalendarException",
    "CalendarVersion",
    "Clock",
    "ClockEvent",
    "OpeningInterval",
    "Rota",
    "Shift",
    "Tally",
    "TalliedMonth",
    "Target",
    "TargetVersion",
]
