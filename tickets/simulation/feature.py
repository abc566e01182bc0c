"""Previews and replays."""

from portal.lib.feature import Feature

feature = Feature(
    room="tickets.simulation",
    registers=("domain.what_if",),
)
