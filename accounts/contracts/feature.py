"""Contracts that begin, end and are renewed."""

from datetime import timedelta

from portal.lib.feature import Feature, Job

feature = Feature(
    room="accounts.contracts",
    jobs=(
        Job("record contracts that begin and end", "accounts.record_contract_changes", timedelta(seconds=60)),
        Job("warn before a contract ends", "accounts.warn_of_ends", timedelta(hours=1)),
    ),
)
