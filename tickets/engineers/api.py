"""The designated engineers of the account and how many tickets they handled, by API."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Agent, DesignatedEngineer
from portal.lib.rest.moments import stamp
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import parameters
from sla.coverage.domain.duty import Duty, duties
from tickets.core.domain.continuity import Share, continuity


class EngineerPersonOut(Shape):
    name = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    time_zone = serializers.CharField(help_text="IANA name.")
    is_on = serializers.BooleanField(help_text="There now: in business hours and not away.")
    back_at = serializers.DateTimeField(allow_null=True, help_text="null while they are on, or when nobody can tell.")


class ShareOut(Shape):
    tickets = serializers.IntegerField(help_text="Answered tickets of the last 90 days.")
    by_engineer = serializers.IntegerField(help_text="Those the engineer answered first or mostly.")
    by_backup = serializers.IntegerField(help_text="Those of the others that the back-up did.")


class EngineerOut(Shape):
    region = serializers.CharField(help_text="Code of the region.")
    engineer = EngineerPersonOut()
    backup = EngineerPersonOut(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    continuity = ShareOut()


class EngineersOut(Shape):
    results = EngineerOut(many=True)
    continuity = ShareOut(help_text="All regions together.")


_LEA = {
    "name": "Léa Fontaine", "languages": ["fr", "en"], "time_zone": "Europe/Paris", "is_on": True, "back_at": None,
}  # fmt: skip


class Engineers(Resource):
    """Who is designated for which region of the account."""

    route, tag = "engineer-list", "Account"

    @extend_schema(
        operation_id="engineers", summary="Your designated engineers, and their continuity", responses=EngineersOut,
        examples=[OpenApiExample("One region", response_only=True, value={
            "results": [{
                "region": "emea", "engineer": _LEA, "backup": None, "since": "2026-06-01T08:00:00Z",
                "continuity": {"tickets": 20, "by_engineer": 17, "by_backup": 0},
            }],
            "continuity": {"tickets": 20, "by_engineer": 17, "by_backup": 0},
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        rows = list(DesignatedEngineer.objects.current().filter(account=self.actor.account_id).with_people())
        named = {agent.pk for row in rows for agent in (row.agent, row.backup) if agent}
        on = {duty.agent.pk: duty for duty in duties(Agent.objects.filter(pk__in=named), now=self.now)}
        found = continuity(self.actor.account, self.now)
        return Response({
            "results": [
                {
                    "region": row.region.code,
                    "engineer": self._person(row.agent, on.get(row.agent_id)),
                    "backup": self._person(row.backup, on.get(row.backup_id or 0)) if row.backup else None,
                    "since": stamp(row.started_at),
                    "continuity": _share(found.regions.get(row.region_id, Share())),
                }
                for row in sorted(rows, key=lambda row: row.region.code)
            ],
            "continuity": _share(found.whole),
        })  # fmt: skip

    def _person(self, agent: Agent, duty: Duty | None) -> dict[str, Any]:
        is_on = bool(duty and duty.is_on(self.now))
        return {
            "name": agent.name,
            "languages": list(agent.languages),
            "time_zone": agent.user.time_zone,
            "is_on": is_on,
            "back_at": stamp(duty.next_on(self.now)) if duty and not is_on else None,
        }


def _share(share: Share) -> dict[str, int]:
    return {"tickets": share.tickets, "by_engineer": share.by_engineer, "by_backup": share.by_backup}
