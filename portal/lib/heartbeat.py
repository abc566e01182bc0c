"""One row per periodic job: when it last ran to its end. The readiness page judges by it, without asking Celery."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The last good run of a job."""

    name = models.CharField(_("job"), max_length=40, unique=True)
    at = models.DateTimeField(_("last run"))

    class Meta:
        app_label = "portal"
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


def beat(name: str, *, now: datetime) -> None:
    """Note that the job `name` ran to its end at `now`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def age(name: str, *, now: datetime) -> timedelta | None:
    """How long ago the job ran; None when it never did."""
    last = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if last is None else now - last
