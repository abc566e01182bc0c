"""How often something may be done: counted in the database, so that a limit holds over all processes and restarts.

A window opens with the first hit and ends `per` later. Names of limits are code; the keys (addresses, networks) are
stored as keyed hashes only. When the database is away nothing is counted and nothing is let through: the error rises.
"""

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# Ended windows are removed this many at a time, whenever a new one opens.
TIDY = 100


class Limit(NamedTuple):
    """`amount` times in `per`, under a name."""

    name: str
    amount: int
    per: timedelta


class RateWindow(models.Model):
    """How often one key was used since its window opened."""

    key = models.CharField(_("key"), max_length=64, unique=True)
    name = models.CharField(_("limit"), max_length=40)
    count = models.PositiveIntegerField(_("count"), default=0)
    ends_at = models.DateTimeField(_("ends"), db_index=True)

    class Meta:
        app_label = "portal"
        verbose_name = _("rate window")
        verbose_name_plural = _("rate windows")

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


def _hashed(limit: Limit, key: str) -> str:
    secret = f"rate-window:{settings.SECRET_KEY}".encode()
    return hmac.new(secret, f"{limit.name}:{key}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def hit(limit: Limit, key: str, *, now: datetime) -> timedelta | None:
    """Count one use. None when it is within the limit, otherwise how long to wait; a refused use is not counted."""
    with transaction.atomic():
        window, is_new = RateWindow.objects.get_or_create(
            key=_hashed(limit, key), defaults={"name": limit.name, "count": 1, "ends_at": now + limit.per}
        )
        if is_new:
            _tidy(now)
            return None
        window = RateWindow.objects.select_for_update().get(pk=window.pk)
        if window.ends_at <= now:
            window.count, window.ends_at = 0, now + limit.per
        if window.count >= limit.amount:
            return window.ends_at - now
        window.count += 1
        window.save(update_fields=["count", "ends_at"])
    return None


def give_back(limit: Limit, key: str, *, now: datetime) -> None:
    """Take back one counted use that turned out well. The other uses of the key stay counted."""
    RateWindow.objects.filter(key=_hashed(limit, key), ends_at__gt=now, count__gt=0).update(count=models.F("count") - 1)


def _tidy(now: datetime) -> None:
    ended = RateWindow.objects.filter(ends_at__lt=now - timedelta(hours=1)).order_by("ends_at")
    RateWindow.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:TIDY])).delete()


def network_of(request: HttpRequest) -> str:
    """The network a request comes from: an IPv4 address, or the /64 of an IPv6 address, which one person owns whole.

    Headers count only when proxies of ours are configured, and then only the entry that the outermost of them wrote.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= proxies:
            address = hops[-proxies]
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
