"""When a request would be due: any tier, priority, region and moment, without a ticket."""

from datetime import UTC

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.enums import Basis, Tier
from accounts.models import Region
from portal.lib.rest.moments import stamp
from portal.lib.rest.refusals import BadParameter
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import moment, one_of, parameters
from sla.business_time import NoOpenTime
from sla.core.domain.explanation import explain_terms
from sla.core.domain.terms import terms_for
from sla.core.enums import ClockKind, Priority
from tickets.core.api import examples, shapes
from tickets.core.api.outlook import explanation_out

EARLIEST, LATEST = 1971, 2199


class SimulatedOut(Shape):
    at = serializers.DateTimeField(help_text="When the request would come.")
    tier = serializers.ChoiceField(Tier.choices)
    priority = serializers.ChoiceField(Priority.choices)
    region = serializers.CharField(help_text="Code of the region whose business hours count.")
    region_time_zone = serializers.CharField(help_text="IANA name.")
    own_language = serializers.BooleanField()
    clocks = shapes.PreviewedClockOut(many=True, help_text="Without check-in where only a change of status tells.")


_PARAMETERS = [
    OpenApiParameter("tier", enum=Tier.values, required=True, description="Whose targets."),
    OpenApiParameter("priority", int, enum=Priority.values, required=True, description="1 is the most pressing."),
    OpenApiParameter("region", str, required=True, description="Code of the region whose business hours count."),
    OpenApiParameter(
        "at", {"type": "string", "format": "date-time"}, description="With its offset. Without it: this moment."
    ),
    OpenApiParameter(
        "own_language", enum=["true", "false"], default="false",
        description="The requester of a 24/7 tier chose their own language, which counts in business hours.",
    ),
]  # fmt: skip


class Simulator(Resource):
    """What would be promised. Nothing is stored, and no ticket is needed."""

    route, tag = "simulator", "Targets"

    @extend_schema(
        operation_id="simulate", summary="When a request would be due, and why", responses=SimulatedOut,
        parameters=_PARAMETERS,
        description="With the targets and calendars of today, also for another moment.",
        examples=[OpenApiExample("A P1 of Gold", response_only=True, value={
            "at": "2026-11-09T09:00:00Z", "tier": "gold", "priority": 1, "region": "france",
            "region_time_zone": "Europe/Paris", "own_language": False,
            "clocks": [
                {"kind": "response", "due_at": examples.CLOCK["due_at"], "explanation": examples.EXPLANATION}
            ],
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        values = parameters(request, "tier", "priority", "region", "at", "own_language")
        tier = Tier(one_of("tier", values.get("tier", ""), Tier.values))
        allowed = [str(priority) for priority in Priority.values]
        priority = Priority(int(one_of("priority", values.get("priority", ""), allowed)))
        codes = sorted(Region.objects.values_list("code", flat=True))
        region = Region.objects.get(code=one_of("region", values.get("region", ""), codes))
        own_language = one_of("own_language", values.get("own_language", "false"), ["true", "false"]) == "true"
        at = moment("at", values["at"]).astimezone(UTC) if "at" in values else self.now
        if not EARLIEST <= at.year <= LATEST:
            raise BadParameter(
                _("Enter a moment between the years %(first)s and %(last)s.") % {"first": EARLIEST, "last": LATEST},
                pointer="at",
            )
        basis = Basis.STANDARD_CONTRACT if tier == Tier.STANDARD else Basis.SEAT
        terms = terms_for(tier=tier, basis=basis, priority=priority, region=region, own_language=own_language)
        clocks = []
        for kind in ClockKind:
            try:
                explanation = explain_terms(terms, kind, now=at)
            except NoOpenTime:
                raise BadParameter(
                    _("This region has no business hours in the year after that moment."), pointer="at"
                ) from None
            if explanation is not None:
                shown = explanation_out(explanation, zone_name=request.user.time_zone, now=self.now)
                clocks.append({"kind": kind.value, "due_at": stamp(explanation.due_at), "explanation": shown})
        return Response({
            "at": stamp(at), "tier": tier.value, "priority": int(priority), "region": region.code,
            "region_time_zone": region.time_zone, "own_language": own_language, "clocks": clocks,
        })  # fmt: skip
