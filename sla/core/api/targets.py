"""The targets of each tier for each priority."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.enums import Tier
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import one_of, parameters
from sla.core.domain.terms import matrix
from sla.core.enums import CheckInRule, Coverage, Priority
from sla.core.models import Target


class TargetOut(Shape):
    tier = serializers.ChoiceField(Tier.choices)
    priority = serializers.ChoiceField(Priority.choices)
    response_minutes = serializers.IntegerField()
    coverage = serializers.ChoiceField(
        Coverage.choices, help_text="The hours in which the response target is calculated."
    )
    check_in_rule = serializers.ChoiceField(CheckInRule.choices)
    check_in_minutes = serializers.IntegerField(allow_null=True, help_text="In business hours, on every tier.")


class TargetsOut(Shape):
    results = TargetOut(many=True)


_GOLD = {
    "tier": "gold", "priority": 1, "response_minutes": 60, "coverage": "24x7",
    "check_in_rule": "every_business_hours", "check_in_minutes": 240,
}  # fmt: skip


class Targets(Resource):
    """The matrix of targets."""

    route, tag = "target-list", "Targets"

    @extend_schema(
        operation_id="targets", summary="The targets of every tier and priority", responses=TargetsOut,
        parameters=[OpenApiParameter("tier", enum=Tier.values, description="Only this tier.")],
        examples=[OpenApiExample("One of sixteen", response_only=True, value={"results": [_GOLD]})],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        values = parameters(request, "tier")
        wanted = one_of("tier", values["tier"], Tier.values) if "tier" in values else None
        cells = matrix()
        ordered = [(tier, priority) for tier in Tier for priority in Priority if (tier, priority) in cells]
        return Response({
            "results": [target_out(cells[cell]) for cell in ordered if wanted in {None, cell[0].value}]
        })  # fmt: skip


def target_out(target: Target) -> dict[str, Any]:
    return {
        "tier": target.tier,
        "priority": target.priority,
        "response_minutes": target.response_minutes,
        "coverage": target.coverage,
        "check_in_rule": target.check_in_rule,
        "check_in_minutes": target.check_in_minutes,
    }
