"""Who of the agents is on duty, by name, for staff."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Agent
from portal.lib.rest.moments import stamp
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import parameters
from sla.coverage.domain.duty import Duty, duties
from sla.coverage.domain.on_call import OnCall, on_call_now


class AwayOut(Shape):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class OnCallOut(Shape):
    region = serializers.CharField(help_text="Code of the region.")
    language = serializers.CharField(help_text="Code, such as en.")
    until = serializers.DateTimeField(help_text="When the shift ends, or an absence begins in it.")


class DutyOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    level = serializers.IntegerField()
    languages = serializers.ListField(child=serializers.CharField())
    regions = serializers.ListField(child=serializers.CharField(), help_text="Codes of the regions with hours.")
    products = serializers.ListField(child=serializers.CharField())
    is_on = serializers.BooleanField(help_text="In business hours of one of the regions, and not away.")
    next_on = serializers.DateTimeField(allow_null=True, help_text="null while they are on, or when nobody can tell.")
    away = AwayOut(many=True, help_text="Absences that have begun or are to come.")
    on_call = OnCallOut(many=True, help_text="On-call rotas on which they have the present shift.")


class DutiesOut(Shape):
    at = serializers.DateTimeField()
    results = DutyOut(many=True)


class DutyNow(Resource):
    """All active agents at this moment."""

    route, tag = "duty", "Targets"

    @extend_schema(
        operation_id="duty", summary="Which agents are on duty now", responses=DutiesOut,
        examples=[OpenApiExample("One of them", response_only=True, value={
            "at": "2026-11-09T09:30:00Z",
            "results": [{
                "id": 3, "name": "Léa Fontaine", "level": 2, "languages": ["fr", "en"], "regions": ["france"],
                "products": ["Orlin Fleet"], "is_on": True, "next_on": None,
                "away": [{"starts_at": "2026-12-21T08:00:00Z", "ends_at": "2027-01-04T08:00:00Z"}],
                "on_call": [{"region": "emea", "language": "en", "until": "2026-11-16T09:00:00Z"}],
            }],
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        found, called = duties(Agent.objects.all(), now=self.now), on_call_now(self.now)
        return Response({"at": stamp(self.now), "results": [self._out(duty, called) for duty in found]})

    def _out(self, duty: Duty, called: list[OnCall]) -> dict[str, Any]:
        is_on = duty.is_on(self.now)
        return {
            "id": duty.agent.pk,
            "name": duty.agent.name,
            "level": duty.agent.level,
            "languages": list(duty.agent.languages),
            "regions": sorted(post.region.code for post in duty.posts),
            "products": list(duty.agent.skills),
            "is_on": is_on,
            "next_on": None if is_on else stamp(duty.next_on(self.now)),
            "away": [{"starts_at": stamp(start), "ends_at": stamp(end)} for start, end in duty.away],
            "on_call": [
                {"region": row.region.code, "language": row.language, "until": stamp(row.until)}
                for row in called
                if row.agent.pk == duty.agent.pk
            ],
        }
