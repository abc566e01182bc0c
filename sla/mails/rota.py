"""Mails about on-call rotas: to team leads about holes, to agents about their shifts."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.domain.engineers import language_name
from accounts.models import User
from portal.lib import outbox
from portal.lib.durations import say_with_day
from portal.lib.outbox import Notice, Withdrawn
from portal.lib.zones import zone
from sla.models import Rota


@outbox.completes("rota_hole")
def rota_hole(notice: Notice) -> dict[str, Any]:
    rota, reader = _rota(notice), notice.recipient
    with translation.override(reader.language):
        return _about(rota) | {
            "starts": _dated(notice.data["starts_at"], reader, rota),
            "ends": _dated(notice.data["ends_at"], reader, rota) if notice.data["ends_at"] else "",
        }


@outbox.completes("on_call")
def on_call(notice: Notice) -> dict[str, Any]:
    rota, reader = _rota(notice), notice.recipient
    with translation.override(reader.language):
        return _about(rota) | {
            "planned": notice.data["what"] == "planned",
            "stretches": [
                {"starts": _dated(starts_at, reader, rota), "ends": _dated(ends_at, reader, rota)}
                for starts_at, ends_at in notice.data["shifts"]
            ],
        }


def _rota(notice: Notice) -> Rota:
    rota = Rota.objects.select_related("region").filter(pk=notice.data["rota"]).first()
    if rota is None:
        raise Withdrawn("the rota is gone")
    return rota


def _about(rota: Rota) -> dict[str, Any]:
    return {
        "place": rota.region.name,
        "language": language_name(rota.language),
        "url": f"{settings.SITE_URL}{reverse('admin:sla_rota_change', args=[rota.pk])}",
    }


def _dated(moment: str, reader: User, rota: Rota) -> str:
    return say_with_day(datetime.fromisoformat(moment), zone(reader.time_zone), zone(rota.region.time_zone))
