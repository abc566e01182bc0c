"""A customer's program accepts or disputes a published analysis."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.lib.rest.moments import stamp
from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import StrictInteger, StrictSerializer, StrictText, parameters
from tickets.analyses.api.analyses import AnalysisResource
from tickets.analyses.domain import verdicts
from tickets.analyses.domain.questions import LONGEST
from tickets.analyses.models import AnalysisVerdict
from tickets.core.api import examples
from tickets.core.enums import Verdict

_VERDICT = {
    "version": 1, "verdict": "accepted", "given_by": "Tom Hale", "given_at": "2026-11-13T08:00:00Z", "question": None,
}  # fmt: skip


class AcceptReportIn(StrictSerializer):
    version = StrictInteger(min_value=1, help_text="The version that was read.")


class DisputeIn(AcceptReportIn):
    reason = StrictText(max_length=LONGEST, help_text="What is not right. All who read the report see it.")


class VerdictOut(Shape):
    version = serializers.IntegerField()
    verdict = serializers.ChoiceField(Verdict.choices)
    given_by = serializers.CharField()
    given_at = serializers.DateTimeField()
    question = serializers.IntegerField(allow_null=True, help_text="Id of the question that gives the reason.")


class AcceptReport(AnalysisResource):
    """The analysis is good as it is."""

    route = "rca-report-accept"

    @extend_schema(
        operation_id="accept_rca_report", summary="Accept a published analysis", request=AcceptReportIn,
        responses={201: VerdictOut},
        description="By whoever opened the ticket, and account administrators; once for each version.",
        examples=[
            examples.sent("The version that was read", {"version": 1}),
            examples.answered("Accepted", _VERDICT, 201),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        given = verdicts.accept(self.find(number), by=self.actor, now=self.now, **self.read(AcceptReportIn))
        return Response(verdict_out(given), status=201)


class DisputeReport(AnalysisResource):
    """Something in the analysis is not right."""

    route = "rca-report-dispute"

    @extend_schema(
        operation_id="dispute_rca_report", summary="Dispute a published analysis", request=DisputeIn,
        responses={201: VerdictOut},
        description="The reason becomes a question of the report, which is answered there. For the requester of the "
        "ticket, and account administrators; once for each version.",
        examples=[
            examples.sent("What is not right", {"version": 1, "reason": "Lyon was down until noon."}),
            examples.answered("Disputed", {**_VERDICT, "verdict": "disputed", "question": 4}, 201),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        given = verdicts.dispute(self.find(number), by=self.actor, now=self.now, **self.read(DisputeIn))
        return Response(verdict_out(given), status=201)


def verdict_out(given: AnalysisVerdict) -> dict[str, object]:
    return {
        "version": given.version.number,
        "verdict": given.verdict,
        "given_by": given.given_by.name,
        "given_at": stamp(given.given_at),
        "question": given.question_id,
    }
