"""What each priority means."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import parameters
from sla.core.domain.definitions import definition, example
from sla.core.enums import Priority


class PriorityOut(Shape):
    priority = serializers.ChoiceField(Priority.choices)
    code = serializers.CharField(help_text="As people say it: P1.")
    name = serializers.CharField()
    definition = serializers.CharField(help_text="What it means for the business of the customer.")
    example = serializers.CharField()


class PrioritiesOut(Shape):
    results = PriorityOut(many=True)


class Priorities(Resource):
    """The four priorities, in the language of Accept-Language."""

    route, tag = "priority-list", "Targets"

    @extend_schema(
        operation_id="priorities", summary="What each priority means", responses=PrioritiesOut,
        examples=[OpenApiExample("One of four", response_only=True, value={"results": [{
            "priority": 1, "code": "P1", "name": "Urgent",
            "definition": "Essential work has stopped for a whole site, service or business unit, and there is no way "
            "around it.",
            "example": "No device of the company can sign in since this morning.",
        }]})],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        return Response({
            "results": [
                {
                    "priority": priority.value, "code": priority.code, "name": priority.label,
                    "definition": definition(priority), "example": example(priority),
                }
                for priority in Priority
            ]
        })  # fmt: skip
