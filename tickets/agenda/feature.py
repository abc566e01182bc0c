"""Check-ins, meetings and calls in calendars."""

from portal.lib.feature import Feature

feature = Feature(
    room="tickets.agenda",
    registers=("domain",),
)
