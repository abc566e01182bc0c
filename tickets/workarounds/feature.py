"""Workarounds."""

from portal.lib.feature import Feature

feature = Feature(
    room="tickets.workarounds",
    registers=("mails",),
)
