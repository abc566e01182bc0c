"""Staff write, check and publish an analysis by program, by the same acts as on the desk."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from portal.lib.rest.moments import stamp
from portal.lib.rest.resource import ApiRequest, repeatable
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import StrictInteger, StrictSerializer, StrictText, parameters
from tickets.analyses.api.analyses import AnalysisResource, QuestionOut, question_out
from tickets.analyses.domain import approval, questions, texts, writing
from tickets.analyses.models import AnalysisQuestion, AnalysisVersion, RootCauseAnalysis
from tickets.core.api import examples
from tickets.core.enums import AnalysisState, Section

_ACTION = {"what": "Order the jobs", "owner": "Release team", "on": "2026-11-20"}
_TEXT = {"sections": {"summary": "The kiosks were down."}, "actions": [_ACTION]}
_DRAFT = {
    "number": "SUP-1042", "state": "draft", "revision": 4, "author": {"id": 9, "name": "Léa Fontaine"},
    "reviewer": None, "approver": None, "sent_back": "", **_TEXT, "missing": ["impact", "timeline", "cause", "done"],
    "due_at": "2026-11-16T17:30:00Z", "version": None,
}  # fmt: skip
_SEEN = {"revision": 4}


class DraftActionIn(StrictSerializer):
    what = StrictText(max_length=texts.LONGEST_ACTION, allow_blank=True)
    owner = StrictText(max_length=texts.LONGEST_OWNER, allow_blank=True)
    on = StrictText(max_length=10, allow_blank=True, help_text="A day, such as 2026-11-20.")


class DraftIn(StrictSerializer):
    sections = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False),
        help_text=f"Markdown by section: {', '.join(Section.values)}. Sections not sent are emptied.",
    )  # fmt: skip
    actions = DraftActionIn(many=True)
    revision = StrictInteger(min_value=1, help_text="The revision that was read; 409 `STALE` after another save.")

    def validate_sections(self, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(Section.values)):
            raise serializers.ValidationError([f"Unknown: {', '.join(unknown)[:200]}"])
        return value


class SeenIn(StrictSerializer):
    revision = StrictInteger(min_value=1, help_text="The revision that was read; 409 `STALE` after another save.")


class SendBackAnalysisIn(SeenIn):
    reason = StrictText(max_length=writing.LONGEST_WORDS, help_text="What is to be changed.")


class PublishIn(SeenIn):
    note = StrictText(max_length=approval.LONGEST_NOTE, required=False, help_text="What changed; from version 2 on.")


class WithdrawIn(StrictSerializer):
    version = StrictInteger(min_value=1)
    reason = StrictText(max_length=approval.LONGEST_NOTE, help_text="The readers see it.")


class AnswerIn(StrictSerializer):
    body = StrictText(max_length=questions.LONGEST, help_text="Markdown. All who read the report see it.")


class DraftActionOut(Shape):
    what = serializers.CharField()
    owner = serializers.CharField()
    on = serializers.CharField(help_text="A day; empty while it is open.")


class DraftOut(Shape):
    number = serializers.CharField(help_text="That of its ticket.")
    state = serializers.ChoiceField(AnalysisState.choices)
    revision = serializers.IntegerField(help_text="Rises with every save and act.")
    author = NamedOut(allow_null=True)
    reviewer = NamedOut(allow_null=True)
    approver = NamedOut(allow_null=True)
    sent_back = serializers.CharField(help_text="Why it came back from review; empty when it did not.")
    sections = serializers.DictField(child=serializers.CharField())
    actions = DraftActionOut(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Required parts that are empty.")
    due_at = serializers.DateTimeField()
    version = serializers.IntegerField(allow_null=True, help_text="The one that customers read.")


class Draft(AnalysisResource):
    """The text in work, which customers never see."""

    route = "rca-report-draft"

    @extend_schema(
        operation_id="rca_draft", summary="Read the text in work", responses=DraftOut,
        examples=[examples.answered("A draft", _DRAFT)],
    )  # fmt: skip
    def get(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        return Response(draft_out(self.find(number)))

    @extend_schema(
        operation_id="save_rca_draft", summary="Save the text in work, whole or half", request=DraftIn,
        responses=DraftOut,
        examples=[
            examples.sent("A beginning", {**_TEXT, "revision": 3}),
            examples.answered("Saved", _DRAFT),
        ],
    )  # fmt: skip
    def put(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        analysis, values = self.find(number), self.read(DraftIn)
        seen = values.pop("revision")
        return Response(draft_out(writing.save_draft(analysis, seen=seen, by=request.user, now=self.now, **values)))


class TakeOver(AnalysisResource):
    """Become the author."""

    route = "rca-report-take-over"

    @extend_schema(
        operation_id="take_over_rca", summary="Become the author", request=None, responses=DraftOut,
        examples=[examples.answered("Yours", _DRAFT)],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        return Response(draft_out(writing.take_over(self.find(number), by=request.user, now=self.now)))


class Submit(AnalysisResource):
    """Others may check it."""

    route = "rca-report-submit"

    @extend_schema(
        operation_id="submit_rca", summary="Hand the draft to review", request=SeenIn, responses=DraftOut,
        description="409 `INCOMPLETE` names the required parts that are empty.",
        examples=[
            examples.sent("What was read", _SEEN),
            examples.answered("In review", {**_DRAFT, "state": "in_review", "missing": [], "revision": 5}),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        analysis, seen = self.find(number), self.read(SeenIn)["revision"]
        return Response(draft_out(writing.submit(analysis, seen=seen, by=request.user, now=self.now)))


class Review(AnalysisResource):
    """The text holds."""

    route = "rca-report-review"

    @extend_schema(
        operation_id="review_rca", summary="Say that the text is right", request=SeenIn, responses=DraftOut,
        description="By somebody who did not write on it: else 403 `SAME_PERSON`.",
        examples=[
            examples.sent("What was read", _SEEN),
            examples.answered("Reviewed", {
                **_DRAFT, "state": "in_review", "missing": [], "revision": 6,
                "reviewer": {"id": 4, "name": "Sam Okoro"},
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        analysis, seen = self.find(number), self.read(SeenIn)["revision"]
        return Response(draft_out(approval.review(analysis, seen=seen, by=request.user, now=self.now)))


class Approve(AnalysisResource):
    """It may be published."""

    route = "rca-report-approve"

    @extend_schema(
        operation_id="approve_rca", summary="Allow that it is published", request=SeenIn, responses=DraftOut,
        description="Team leads only. After the review, by somebody who neither wrote nor reviewed it.",
        examples=[
            examples.sent("What was read", _SEEN),
            examples.answered("Approved", {
                **_DRAFT, "state": "approved", "missing": [], "revision": 7,
                "approver": {"id": 2, "name": "Nadia Benali"},
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        analysis, seen = self.find(number), self.read(SeenIn)["revision"]
        return Response(draft_out(approval.approve(analysis, seen=seen, by=request.user, now=self.now)))


class SendBackAnalysis(AnalysisResource):
    """The author has something to change."""

    route = "rca-report-send-back"

    @extend_schema(
        operation_id="send_rca_back", summary="Send it back to the author", request=SendBackAnalysisIn,
        responses=DraftOut, description="Review and approval begin anew.",
        examples=[
            examples.sent("What to change", {**_SEEN, "reason": "Say why the retry was there."}),
            examples.answered("Sent back", {**_DRAFT, "sent_back": "Say why the retry was there.", "revision": 8}),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        analysis, values = self.find(number), self.read(SendBackAnalysisIn)
        return Response(
            draft_out(
                writing.send_back(
                    analysis, words=values["reason"], seen=values["revision"], by=request.user, now=self.now
                )
            )
        )


class Publish(AnalysisResource):
    """The customer reads it from now on."""

    route = "rca-report-publish"

    @extend_schema(
        operation_id="publish_rca", summary="Publish the approved text", request=PublishIn, responses=DraftOut,
        description="Team leads only. It becomes a version that never changes.",
        examples=[
            examples.sent("The first version", _SEEN),
            examples.answered("Published", {
                **_DRAFT, "state": "published", "missing": [], "revision": 9, "version": 1,
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        analysis, values = self.find(number), self.read(PublishIn)
        note, seen = values.get("note", ""), values["revision"]
        approval.publish(analysis, note=note, seen=seen, by=request.user, now=self.now)
        return Response(draft_out(self.find(number)))


class BeginVersion(AnalysisResource):
    """More is known."""

    route = "rca-report-begin-version"

    @extend_schema(
        operation_id="begin_rca_version", summary="Begin the next version", request=None, responses=DraftOut,
        description="From the text of the last one, which customers go on reading.",
        examples=[examples.answered("A draft again", {**_DRAFT, "revision": 10, "version": 1})],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        return Response(draft_out(writing.begin_version(self.find(number), by=request.user, now=self.now)))


class Withdraw(AnalysisResource):
    """A published version was wrong."""

    route = "rca-report-withdraw"

    @extend_schema(
        operation_id="withdraw_rca_version", summary="Withdraw a published version", request=WithdrawIn,
        responses=DraftOut, description="Team leads only. The version before it is current again.",
        examples=[
            examples.sent("Why", {"version": 1, "reason": "The cause is another one."}),
            examples.answered("Withdrawn", {**_DRAFT, "revision": 11}),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str) -> Response:
        parameters(request)
        analysis, values = self.find(number), self.read(WithdrawIn)
        versions = AnalysisVersion.objects.select_related("analysis__ticket")
        version = versions.filter(analysis=analysis, number=values["version"]).first()
        if version is None:
            raise Http404
        approval.withdraw(version, reason=values["reason"], by=request.user, now=self.now)
        return Response(draft_out(self.find(number)))


class Answer(AnalysisResource):
    """What the customer asked."""

    route = "rca-report-answer"

    @extend_schema(
        operation_id="answer_rca_question", summary="Answer a question", request=AnswerIn, responses=QuestionOut,
        description="Once; everybody who reads the report sees it.",
        examples=[
            examples.sent("The answer", {"body": "No: only these two jobs share the profile."}),
            examples.answered("Answered", {
                "id": 4, "asked_by": "Marc Petit", "asked_at": "2026-11-13T08:00:00Z",
                "body": "Can it happen elsewhere?", "answer": "No: only these two jobs share the profile.",
                "answered_by": "Léa Fontaine", "answered_at": "2026-11-13T09:00:00Z",
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, number: str, question: int) -> Response:
        parameters(request)
        asked = AnalysisQuestion.objects.select_related("analysis__ticket", "asked_by")
        found = asked.filter(analysis=self.find(number), pk=question).first()
        if found is None:
            raise Http404
        questions.answer(found, body=self.read(AnswerIn)["body"], by=request.user, now=self.now)
        return Response(question_out(asked.select_related("answered_by").get(pk=found.pk)))


def draft_out(analysis: RootCauseAnalysis) -> dict[str, Any]:
    return {
        "number": analysis.number,
        "state": analysis.state,
        "revision": analysis.revision,
        "author": _person(analysis.author),
        "reviewer": _person(analysis.reviewer),
        "approver": _person(analysis.approver),
        "sent_back": analysis.sent_back,
        "sections": analysis.sections,
        "actions": analysis.actions,
        "missing": texts.missing(analysis.sections, analysis.actions),
        "due_at": stamp(analysis.due_at),
        "version": analysis.current_version or None,
    }


def _person(user: Any) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.name} if user else None
