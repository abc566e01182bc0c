"""Promises on the desk: targets, calendars, the regions they belong to, and the clocks."""

from sla.attainment.desk.clock import ClockAdmin
from sla.calendars.desk.calendar import CalendarAdmin
from sla.calendars.desk.region import RegionAdmin
from sla.coverage.desk.rota import RotaAdmin
from sla.targets.desk import TargetAdmin

__all__ = ["CalendarAdmin", "ClockAdmin", "RegionAdmin", "RotaAdmin", "TargetAdmin"]
