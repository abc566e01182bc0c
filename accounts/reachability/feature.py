"""Addresses that email does not reach."""

from portal.lib.feature import Feature

feature = Feature(
    room="accounts.reachability",
    registers=("mails",),
)
