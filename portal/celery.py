"""The Celery application; its jobs are declared by the rooms (portal/features.py)."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

from portal.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("punctual")
app.config_from_object("django.conf:settings", namespace="CELERY")


def _packages() -> list[str]:
    # Asked for when the apps are loaded.
    from portal.features import packages_with_tasks  # noqa: PLC0415

    return packages_with_tasks()


app.autodiscover_tasks(_packages)


@worker_init.connect
@beat_init.connect
def examine_settings(**kwargs: Any) -> None:
    refuse_unsafe()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery leaves the logging to settings.LOGGING as soon as somebody listens here."""
