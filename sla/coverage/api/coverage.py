"""Who is on now, by API: languages and regions, never names."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.lib.rest.moments import stamp
from portal.lib.rest.resource import ApiRequest, Resource
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import parameters
from sla.coverage.domain.duty import Coverage, OnNow, Opening, coverage_now
from sla.coverage.domain.on_call import OnCall


class OnNowOut(Shape):
    region = serializers.CharField(help_text="Code of the region.")
    time_zone = serializers.CharField(help_text="IANA name.")
    until = serializers.DateTimeField(allow_null=True, help_text="When the last of them stops; null: nobody can tell.")


class NextOut(Shape):
    region = serializers.CharField(help_text="Code of the region.")
    time_zone = serializers.CharField(help_text="IANA name.")
    at = serializers.DateTimeField()


class LanguageOut(Shape):
    language = serializers.CharField(help_text="Code, such as en.")
    on_now = OnNowOut(many=True)
    on_call = OnNowOut(many=True, help_text="Regions outside business hours with an agent on call, for 24/7 targets.")
    then = NextOut(allow_null=True, help_text="Who goes on when those stop; null while nobody is on.")
    next_opening = NextOut(allow_null=True, help_text="When somebody is on next; null while somebody is.")


class CoverageOut(Shape):
    at = serializers.DateTimeField()
    languages = LanguageOut(many=True)


class NowCoverage(Resource):
    """The desk at this moment, language by language."""

    route, tag = "coverage", "Targets"

    @extend_schema(
        operation_id="coverage", summary="Who is on duty now, per language and region", responses=CoverageOut,
        examples=[OpenApiExample("Tokyo is on", response_only=True, value={
            "at": "2026-11-10T06:30:00Z",
            "languages": [
                {
                    "language": "en",
                    "on_now": [{"region": "apac", "time_zone": "Asia/Tokyo", "until": "2026-11-10T09:00:00Z"}],
                    "on_call": [{"region": "emea", "time_zone": "Europe/London", "until": "2026-11-16T09:00:00Z"}],
                    "then": {"region": "emea", "time_zone": "Europe/London", "at": "2026-11-10T09:00:00Z"},
                    "next_opening": None,
                },
                {
                    "language": "fr", "on_now": [], "on_call": [], "then": None,
                    "next_opening": {"region": "france", "time_zone": "Europe/Paris", "at": "2026-11-10T08:00:00Z"},
                },
            ],
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        coverage = coverage_now(self.now)
        return Response({
            "at": stamp(self.now), "languages": [_language(language, coverage) for language in coverage.languages],
        })  # fmt: skip


def _language(language: str, coverage: Coverage) -> dict[str, Any]:
    rows = coverage.on_now(language)
    return {
        "language": language,
        "on_now": [_place(row) for row in rows],
        "on_call": [_place(row) for row in coverage.on_call(language)],
        "then": _opening(coverage.hand_over(language)),
        "next_opening": None if rows else _opening(coverage.next_opening(language)),
    }


def _place(row: OnNow | OnCall) -> dict[str, Any]:
    return {"region": row.region.code, "time_zone": row.region.time_zone, "until": stamp(row.until)}


def _opening(opening: Opening | None) -> dict[str, Any] | None:
    if opening is None:
        return None
    return {"region": opening.region.code, "time_zone": opening.region.time_zone, "at": stamp(opening.at)}
