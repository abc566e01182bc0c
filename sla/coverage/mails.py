"""Mails about on-call rotas: to team leads about holes, to agents about their shifts."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.models import Region, User
from portal.lib import outbox
from portal.lib.durations import say_by, say_with_day
from portal.lib.names import language_name
from portal.lib.outbox import Notice, Withdrawn
from portal.lib.zones import zone
from sla.coverage.models import Rota


@outbox.completes("rota_hole")
def rota_hole(notice: Notice) -> dict[str, Any]:
    """Of a rota, or of a region that has none."""
    rota, reader = _rota(notice) if notice.data["rota"] else None, notice.recipient
    region = rota.region if rota else _region(notice)
    language = rota.language if rota else notice.data["language"]
    with translation.override(reader.language):
        return _about(region, language, rota) | {
            "without_rota": rota is None,
            "starts": _dated(notice.data["starts_at"], reader, region),
            "ends": _dated(notice.data["ends_at"], reader, region) if notice.data["ends_at"] else "",
        }


@outbox.completes("on_call")
def on_call(notice: Notice) -> dict[str, Any]:
    rota, reader = _rota(notice), notice.recipient
    with translation.override(reader.language):
        return _about(rota.region, rota.language, rota) | {
            "planned": notice.data["what"] == "planned",
            "stretches": [
                {"starts": _own(starts_at, reader), "ends": _own(ends_at, reader)}
                for starts_at, ends_at in notice.data["shifts"]
            ],
        }


def _rota(notice: Notice) -> Rota:
    rota = Rota.objects.select_related("region").filter(pk=notice.data["rota"]).first()
    if rota is None:
        raise Withdrawn("the rota is gone")
    return rota


def _region(notice: Notice) -> Region:
    region = Region.objects.filter(pk=notice.data["region"]).first()
    if region is None:
        raise Withdrawn("the region is gone")
    return region


def _about(region: Region, language: str, rota: Rota | None) -> dict[str, Any]:
    page = reverse("admin:sla_rota_change", args=[rota.pk]) if rota else reverse("admin:sla_rota_changelist")
    return {"place": region.name, "language": language_name(language), "url": f"{settings.SITE_URL}{page}"}


def _dated(moment: str, reader: User, region: Region) -> str:
    return say_with_day(datetime.fromisoformat(moment), zone(reader.time_zone), zone(region.time_zone), say=say_by)


def _own(moment: str, reader: User) -> str:
    """By the reader's own clock alone: two ends with two zones each would have to be read twice."""
    here = zone(reader.time_zone)
    return say_with_day(datetime.fromisoformat(moment), here, here, say=say_by)
