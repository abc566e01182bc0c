"""Promises on the desk: targets, calendars, the regions they belong to, and the clocks."""

from sla.admin.calendar import CalendarAdmin
from sla.admin.clock import ClockAdmin
from sla.admin.region import RegionAdmin
from sla.admin.rota import RotaAdmin
from sla.admin.target import TargetAdmin

__all__ = ["CalendarAdmin", "ClockAdmin", "RegionAdmin", "RotaAdmin", "TargetAdmin"]
