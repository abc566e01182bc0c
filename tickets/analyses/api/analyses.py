"""Root-cause analyses by program: the list, the version that stands with its questions, and asking one."""

from typing import Any

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.lib.rest.moments import stamp
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import StrictSerializer, StrictText, parameters
from tickets.analyses.domain import questions
from tickets.analyses.models import AnalysisQuerySet, AnalysisQuestion, RootCauseAnalysis
from tickets.core.api import examples
from tickets.core.enums import AnalysisState, Section, Verdict
from tickets.core.models.ticket import ticket_pk

Row = dict[str, Any]
# How we approve each other's work is ours.
STATES = tuple(state.value for state in AnalysisState if state != AnalysisState.APPROVED)

_REPORT = {
    "number": "SUP-1042", "subject": "Enrolment fails", "account": {"id": 3, "name": "Acme"}, "state": "published",
    "opened_at": "2026-11-09T11:00:00Z", "due_at": "2026-11-16T17:30:00Z", "breached_at": None,
    "published_at": "2026-11-12T09:00:00Z", "version": 1, "url": "https://support.example/analyses/SUP-1042/",
}  # fmt: skip
_QUESTION = {
    "id": 4, "asked_by": "Marc Petit", "asked_at": "2026-11-13T08:00:00Z", "body": "Can it happen elsewhere?",
    "answer": None, "answered_by": None, "answered_at": None,
}  # fmt: skip
_WHOLE = {
    **_REPORT,
    "sections": {"summary": "The kiosks were down.", "cause": "Two jobs ran in the wrong order."},
    "actions": [{"what": "Order the jobs", "owner": "Release team", "on": "2026-11-20"}],
    "versions": [{
        "number": 1, "note": "", "published_at": "2026-11-12T09:00:00Z", "withdrawn_at": None, "withdrawn_because": "",
        "verdict": None,
    }],
    "questions": [_QUESTION],
}  # fmt: skip


class QuestionIn(StrictSerializer):
    body = StrictText(max_length=questions.LONGEST, help_text="Markdown. All who read the report see it.")


class ReportOut(Shape):
    number = serializers.CharField(help_text="That of its ticket.")
    subject = serializers.CharField()
    account = NamedOut()
    state = serializers.ChoiceField(STATES)
    opened_at = serializers.DateTimeField(help_text="When the ticket was solved.")
    due_at = serializers.DateTimeField(help_text="The target for its first publication.")
    breached_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True, help_text="Of the first version.")
    version = serializers.IntegerField(allow_null=True, help_text="The current one.")
    url = serializers.URLField(help_text="The page for people.")


class ActionOut(Shape):
    what = serializers.CharField()
    owner = serializers.CharField()
    on = serializers.DateField()


class VersionOut(Shape):
    number = serializers.IntegerField()
    note = serializers.CharField(help_text="What changed.")
    published_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_because = serializers.CharField()
    verdict = serializers.ChoiceField(Verdict.choices, allow_null=True, help_text="What the customer said of it.")


class QuestionOut(Shape):
    id = serializers.IntegerField()
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    body = serializers.CharField(help_text="Markdown.")
    answer = serializers.CharField(allow_null=True, help_text="Markdown.")
    answered_by = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class WholeReportOut(ReportOut):
    """With its text, when a version stands."""

    sections = serializers.DictField(
        child=serializers.CharField(), allow_null=True,
        help_text=f"Markdown by section ({', '.join(Section.values)}). null: nothing is published.",
    )  # fmt: skip
    actions = ActionOut(many=True)
    versions = VersionOut(many=True)
    questions = QuestionOut(many=True)


class AnalysisResource(Resource):
    tag = "Root-cause analyses"

    def analyses(self) -> AnalysisQuerySet:
        """The only door."""
        return RootCauseAnalysis.objects.visible_to(self.request.user, self.actor)

    def find(self, number: str) -> RootCauseAnalysis:
        rows = self.analyses().with_people().with_versions()
        found = rows.filter(ticket=ticket_pk(number) or 0).first()
        if found is None:
            raise Http404
        return found


class Reports(AnalysisResource):
    """All that the reader may see."""

    route = "rca-report-list"
    pagination_class = Cursor

    @extend_schema(
        operation_id="rca_reports", summary="Root-cause analyses, newest first", responses=ReportOut(many=True),
        description="One for each P1 that was solved on a tier that includes them; an empty list on other tiers.",
        examples=[examples.answered("A published one", _REPORT)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        return Cursor().listing(self.analyses().select_related("ticket__account"), request, show=report_out)


class OneReport(AnalysisResource):
    """One of them, with its text."""

    route = "rca-report-detail"

    @extend_schema(
        operation_id="rca_report", summary="Read a root-cause analysis", responses=WholeReportOut,
        examples=[examples.answered("A published one", _WHOLE)],
    )  # fmt: skip
    def get(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        return Response(whole_out(self.find(number)))


class Questions(AnalysisResource):
    """A customer asks."""

    route = "rca-report-questions"

    @extend_schema(
        operation_id="ask_about_rca_report", summary="Ask about a published analysis", request=QuestionIn,
        responses={201: QuestionOut}, description="The answer is shown in the report and sent to you by email.",
        examples=[
            examples.sent("A question", {"body": "Can it happen elsewhere?"}),
            examples.answered("Asked", _QUESTION, 201),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        analysis = self.find(number)
        body = self.read(QuestionIn)["body"]
        question = questions.ask(analysis, body=body, by=self.actor, now=self.now)
        return Response(question_out(question), status=201)


def report_out(analysis: RootCauseAnalysis) -> Row:
    return {
        "number": analysis.number,
        "subject": analysis.ticket.subject,
        "account": {"id": analysis.account_id, "name": analysis.ticket.account.name},
        "state": analysis.shown_state.value,
        "opened_at": stamp(analysis.opened_at),
        "due_at": stamp(analysis.due_at),
        "breached_at": stamp(analysis.breached_at),
        "published_at": stamp(analysis.published_at),
        "version": analysis.current_version or None,
        "url": f"{settings.SITE_URL}{analysis.get_absolute_url()}",
    }


def whole_out(analysis: RootCauseAnalysis) -> Row:
    """With the text that stands; what is still being written is nobody's outside."""
    kept = analysis.kept_versions  # type: ignore[attr-defined]
    stands = next((version for version in kept if version.number == analysis.current_version), None)
    asked = analysis.questions.select_related("asked_by", "answered_by")
    return {
        **report_out(analysis),
        "sections": stands.sections if stands else None,
        "actions": stands.actions if stands else [],
        "versions": [
            {
                "number": version.number,
                "note": version.note,
                "published_at": stamp(version.published_at),
                "withdrawn_at": stamp(version.withdrawn_at),
                "withdrawn_because": version.withdrawn_because,
                "verdict": version.verdict.verdict if hasattr(version, "verdict") else None,
            }
            for version in kept
        ],
        "questions": [question_out(question) for question in asked],
    }


def question_out(question: AnalysisQuestion) -> Row:
    return {
        "id": question.pk,
        "asked_by": question.asked_by.name,
        "asked_at": stamp(question.asked_at),
        "body": question.body,
        "answer": question.answer or None,
        "answered_by": question.answered_by.name if question.answered_by else None,
        "answered_at": stamp(question.answered_at),
    }
