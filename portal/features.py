"""Every room that adds something to the site, once, in the order in which hooks call them."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from accounts.contracts import feature as accounts_contracts
from accounts.core import feature as accounts_core
from accounts.engineers import feature as accounts_engineers
from accounts.hours import feature as accounts_hours
from accounts.reachability import feature as accounts_reachability
from accounts.sponsorship import feature as accounts_sponsorship
from portal.lib.feature import Feature, Job
from sla.attainment import feature as sla_attainment
from sla.core import feature as sla_core
from sla.coverage import feature as sla_coverage
from tickets.agenda import feature as tickets_agenda
from tickets.analyses import feature as tickets_analyses
from tickets.calls import feature as tickets_calls
from tickets.chat import feature as tickets_chat
from tickets.core import feature as tickets_core
from tickets.cover import feature as tickets_cover
from tickets.level_3 import feature as tickets_level_3
from tickets.mail import feature as tickets_mail
from tickets.simulation import feature as tickets_simulation
from tickets.verification import feature as tickets_verification
from tickets.workarounds import feature as tickets_workarounds

JOBS_OF_A_DEMONSTRATION = [
    Job("let the time of the demonstration pass", "portal.pass_time", timedelta(seconds=2)),
]
SITE = Feature(
    room="portal",
    jobs=(
        Job("deliver notifications", "portal.deliver_notices", timedelta(seconds=5)),
        Job("forget keys and drafts that nobody uses again", "portal.forget_old", timedelta(hours=1)),
        *(JOBS_OF_A_DEMONSTRATION if settings.DEMO else ()),
    ),
)

# Level 3 ends before an analysis is opened: the history tells it in this order.
FEATURES: list[Feature] = [
    SITE,
    accounts_core.feature,
    accounts_contracts.feature,
    accounts_engineers.feature,
    accounts_hours.feature,
    accounts_reachability.feature,
    accounts_sponsorship.feature,
    sla_core.feature,
    sla_attainment.feature,
    sla_coverage.feature,
    tickets_core.feature,
    tickets_level_3.feature,
    tickets_analyses.feature,
    tickets_agenda.feature,
    tickets_calls.feature,
    tickets_chat.feature,
    tickets_cover.feature,
    tickets_mail.feature,
    tickets_simulation.feature,
    tickets_verification.feature,
    tickets_workarounds.feature,
]


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Every periodic job of the product, as Celery beat reads it."""
    return {
        f"{feature.room}: {job.sentence}": {
            "task": job.task, "schedule": job.every, "options": {"expires": job.expires},
        }
        for feature in FEATURES
        for job in feature.jobs
    }  # fmt: skip


def packages_with_tasks() -> list[str]:
    """Where Celery looks for a tasks.py."""
    return [feature.room for feature in FEATURES if feature.jobs]
