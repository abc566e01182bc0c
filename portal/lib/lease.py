"""A lease is one row that one process holds for a while: of several beats only its holder ticks."""

from datetime import datetime, timedelta

from django.db import IntegrityError, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Lease(models.Model):
    """Who may act under `name` until when."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    holder = models.CharField(_("holder"), max_length=80)
    until = models.DateTimeField(_("until"))

    class Meta:
        app_label = "portal"
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


def hold(name: str, *, holder: str, now: datetime, length: timedelta) -> bool:
    """Take or renew the lease; False when another process holds it."""
    free = Lease.objects.filter(Q(holder=holder) | Q(until__lt=now), name=name)
    if free.update(holder=holder, until=now + length):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        Lease.objects.create(name=name, holder=holder, until=now + length)
    except IntegrityError:
        return False
    return True
