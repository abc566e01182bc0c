from sla.models.calendar import Calendar, CalendarException, CalendarVersion, OpeningInterval
from sla.models.clock import Clock
from sla.models.event import ClockEvent
from sla.models.rota import Rota, Shift
from sla.models.tally import TalliedMonth, Tally
from sla.models.target import Target, TargetVersion

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
