"""People, accounts and what they are entitled to."""

from portal.lib.feature import Feature

feature = Feature(
    room="accounts.core",
    registers=("mails",),
)
