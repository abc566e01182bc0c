"""Designated engineers."""

from portal.lib.feature import Feature

feature = Feature(
    room="accounts.engineers",
    registers=("mails",),
)
