"""Doors to the verbs, opened by Celery beat."""

from celery import shared_task

from accounts.domain import contracts, hours_years, renewals
from accounts.domain.sponsorship import keeping
from portal.lib.clock import now


@shared_task(name="accounts.watch_contracts")
def watch_contracts() -> int:
    return contracts.watch_contracts(now=now())


@shared_task(name="accounts.keep_hours")
def keep_hours() -> int:
    return hours_years.keep_years(now=now())


@shared_task(name="accounts.warn_of_ends")
def warn_of_ends() -> int:
    return renewals.warn_of_ends(now=now())


@shared_task(name="accounts.keep_meetings")
def keep_meetings() -> int:
    return keeping.keep_meetings(now=now())
