"""A breaker is one row that keeps everybody from a service that does not answer, and lets one try it now and then.

While it is open, a thousand waiting rows cost one attempt a pause instead of a thousand.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

FIRST_PAUSE = timedelta(seconds=15)
# Also the longest time for which a service that is back is not used.
LONGEST_PAUSE = timedelta(minutes=5)
# While one process tries, the others stay away for so long.
TRIAL = timedelta(minutes=2)


class Breaker(models.Model):
    """What is known of a service that failed; no row, or one without `since`: it works."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    since = models.DateTimeField(_("fails since"), null=True)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    try_at = models.DateTimeField(_("next attempt"), null=True)
    cause = models.CharField(_("cause"), max_length=40, blank=True)

    class Meta:
        app_label = "portal"
        verbose_name = _("breaker")
        verbose_name_plural = _("breakers")

    def __str__(self) -> str:
        return f"{self.name}: {self.cause or 'works'}"


def look(name: str) -> Breaker | None:
    """The breaker of `name` while its service fails."""
    return Breaker.objects.filter(name=name, since__isnull=False).first()


def may_try(name: str, *, now: datetime) -> bool:
    """True when the service works, or when the pause is over and nobody else tries it at this moment."""
    if look(name) is None:
        return True
    return bool(
        Breaker.objects.filter(name=name, since__isnull=False, try_at__lte=now).update(try_at=now + TRIAL)
        or look(name) is None
    )


def trip(name: str, *, cause: str, now: datetime) -> Breaker:
    """The service failed once more: nobody asks it for a while, each time longer."""
    Breaker.objects.get_or_create(name=name)
    rows = Breaker.objects.filter(name=name)
    rows.filter(since=None).update(since=now, failures=0)
    rows.update(failures=F("failures") + 1, cause=cause[:40])
    found = rows.get()
    found.try_at = now + min(FIRST_PAUSE * 2 ** min(found.failures - 1, 10), LONGEST_PAUSE)
    rows.update(try_at=found.try_at)
    return found


def close(name: str) -> bool:
    """The service works again; True when it did not before."""
    return bool(
        Breaker.objects.filter(name=name, since__isnull=False).update(since=None, failures=0, try_at=None, cause="")
    )
