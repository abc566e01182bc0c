"""Professional-services hours for programs: the balance, the ledger, questions on its lines, and engagements."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.enums import EngagementState, HoursKind
from accounts.hours.domain import engagements, hours, hours_questions
from accounts.hours.models import Engagement, HoursEntry, HoursYear
from portal.lib.rest.moments import stamp
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import StrictInteger, StrictSerializer, StrictText, parameters

TAG = "Professional services"
BALANCE = {
    "starts_on": "2026-06-01", "ends_on": "2027-05-31", "granted_minutes": 480, "used_minutes": 150,
    "reserved_minutes": 0, "available_minutes": 330,
}  # fmt: skip
ENTRY = {
    "id": 31, "line": 4, "kind": "use", "available_minutes": -90, "reserved_minutes": 0,
    "available_after_minutes": 330, "reserved_after_minutes": 0, "work": "Review", "reference": "SUP-1042",
    "worked_on": "2026-11-09", "engineer": {"id": 3, "name": "Léa Martin"}, "engagement": None, "corrects_line": None,
    "created_at": "2026-11-09T09:00:00Z",
}  # fmt: skip
ENGAGEMENT = {
    "id": 7, "account": {"id": 3, "name": "Acme"},
    "topic": "Upgrade to version 5", "state": "planned", "wish": "We want to be on version 5 by spring.",
    "wished_dates": "January", "plan": "Review, rehearsal, upgrade.", "goals": "No downtime above 10 minutes.",
    "planned_minutes": 240, "engineer": {"id": 3, "name": "Léa Martin"}, "starts_at": None, "ends_at": None,
    "result": "", "version": 2, "requested_at": "2026-11-02T09:00:00Z",
}  # fmt: skip


class BalanceOut(Shape):
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    granted_minutes = serializers.IntegerField(help_text="With corrections.")
    used_minutes = serializers.IntegerField()
    reserved_minutes = serializers.IntegerField()
    available_minutes = serializers.IntegerField()


class EntryOut(Shape):
    id = serializers.IntegerField()
    line = serializers.IntegerField(help_text="Its number within the contract year.")
    kind = serializers.ChoiceField(HoursKind.choices)
    available_minutes = serializers.IntegerField(help_text="What the entry adds to the available minutes; signed.")
    reserved_minutes = serializers.IntegerField(help_text="What it adds to the reserved minutes; signed.")
    available_after_minutes = serializers.IntegerField()
    reserved_after_minutes = serializers.IntegerField()
    work = serializers.CharField()
    reference = serializers.CharField()
    worked_on = serializers.DateField(allow_null=True)
    engineer = NamedOut(allow_null=True)
    engagement = serializers.IntegerField(allow_null=True)
    corrects_line = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()


class HoursQuestionIn(StrictSerializer):
    question = StrictText(max_length=2000)


class HoursQuestionOut(Shape):
    id = serializers.IntegerField()
    question = serializers.CharField()
    asked_at = serializers.DateTimeField()


class EngagementIn(StrictSerializer):
    topic = StrictText(max_length=120)
    wish = StrictText(max_length=5000, help_text="What should be better afterwards.")
    wished_dates = StrictText(max_length=200, required=False)


class EngagementOut(Shape):
    id = serializers.IntegerField()
    account = NamedOut()
    topic = serializers.CharField()
    state = serializers.ChoiceField(EngagementState.choices)
    wish = serializers.CharField()
    wished_dates = serializers.CharField()
    plan = serializers.CharField()
    goals = serializers.CharField()
    planned_minutes = serializers.IntegerField(allow_null=True)
    engineer = NamedOut(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    result = serializers.CharField()
    version = serializers.IntegerField()
    requested_at = serializers.DateTimeField()


class AcceptIn(StrictSerializer):
    version = StrictInteger(min_value=1, help_text="The version of the engagement whose plan you have read.")


class SendBackIn(StrictSerializer):
    words = StrictText(max_length=2000, help_text="What should be different.")


class Balance(Resource):
    """Where the contract year stands."""

    route, tag = "ps-balance", TAG

    @extend_schema(
        operation_id="ps_balance", summary="The balance of the contract year in force", responses=BalanceOut,
        description="404 when the contract includes no hours.",
        examples=[OpenApiExample("Two and a half of eight hours used", response_only=True, value=BALANCE)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        year = hours.year_in_force(self.actor.account, self.now)
        if year is None:
            raise Http404
        return Response(balance_out(year))


class Entries(Resource):
    """The ledger, newest line first."""

    route, tag = "ps-entry-list", TAG
    pagination_class = Cursor

    @extend_schema(
        operation_id="ps_entries", summary="The entries of your hours statement", responses=EntryOut(many=True),
        examples=[OpenApiExample("Work on a ticket", response_only=True, value=ENTRY)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        lines = HoursEntry.objects.visible_to(request.user, self.actor).select_related("engineer__user", "corrects")
        return Cursor().listing(lines, request, show=entry_out)


class Questions(Resource):
    """Questions on a line."""

    route, tag = "ps-entry-questions", TAG

    @extend_schema(
        operation_id="ask_about_ps_entry", summary="Ask about an entry", request=HoursQuestionIn,
        responses={201: HoursQuestionOut},
        examples=[
            OpenApiExample("Why", request_only=True, value={"question": "Was this not part of the upgrade?"}),
            OpenApiExample("Asked", response_only=True, status_codes=["201"], value={
                "id": 5, "question": "Was this not part of the upgrade?", "asked_at": "2026-11-09T09:00:00Z",
            }),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, pk: int) -> Response:
        entry = HoursEntry.objects.visible_to(request.user, self.actor).filter(pk=pk).first()
        if entry is None:
            raise Http404
        asked = hours_questions.ask(entry, by=self.actor, now=self.now, **self.read(HoursQuestionIn))
        return Response({"id": asked.pk, "question": asked.question, "asked_at": stamp(asked.asked_at)}, status=201)


class Engagements(Resource):
    """Engagements of the account."""

    route, tag = "engagement-list", TAG
    pagination_class = Cursor

    @extend_schema(
        operation_id="engagements", summary="Your engagements", responses=EngagementOut(many=True),
        examples=[OpenApiExample("A plan to accept", response_only=True, value=ENGAGEMENT)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        seen = Engagement.objects.visible_to(request.user, self.actor).for_page()
        return Cursor().listing(seen, request, show=engagement_out)

    @extend_schema(
        operation_id="request_engagement", summary="Ask for professional services", request=EngagementIn,
        responses={201: EngagementOut},
        examples=[
            OpenApiExample("An upgrade", request_only=True, value={
                "topic": "Upgrade to version 5", "wish": "We want to be on version 5 by spring.",
            }),
            OpenApiExample("Requested", response_only=True, status_codes=["201"], value={
                **ENGAGEMENT, "state": "requested", "plan": "", "goals": "", "planned_minutes": None, "engineer": None,
                "version": 1,
            }),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest) -> Response:
        asked = engagements.request_engagement(by=self.actor, now=self.now, **self.read(EngagementIn))
        headers = {"Location": reverse("api:engagement-detail", args=[asked.pk])}
        return Response(engagement_out(asked), status=201, headers=headers)


class EngagementResource(Resource):
    """One engagement that the token may see."""

    tag = TAG

    def find(self, pk: int) -> Engagement:
        found = Engagement.objects.visible_to(self.request.user, self.actor).for_page().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class OneEngagement(EngagementResource):
    """One of them."""

    route = "engagement-detail"

    @extend_schema(
        operation_id="engagement", summary="One engagement", responses=EngagementOut,
        examples=[OpenApiExample("A plan to accept", response_only=True, value=ENGAGEMENT)],
    )  # fmt: skip
    def get(self, request: ApiRequest, pk: int) -> Response:
        parameters(request)
        return Response(engagement_out(self.find(pk)))


class Accept(EngagementResource):
    """The plan is good."""

    route = "engagement-accept"

    @extend_schema(
        operation_id="accept_engagement", summary="Accept the plan; its hours are set aside", request=AcceptIn,
        responses=EngagementOut, description="Account administrators only. 409 NOT_ENOUGH_HOURS names the balance.",
        examples=[
            OpenApiExample("The plan that was read", request_only=True, value={"version": 2}),
            OpenApiExample("Accepted", response_only=True, value={**ENGAGEMENT, "state": "accepted", "version": 3}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, pk: int) -> Response:
        found = self.find(pk)
        return Response(
            engagement_out(engagements.accept_plan(found, by=self.actor, now=self.now, **self.read(AcceptIn)))
        )


class SendBack(EngagementResource):
    """The plan should be another one."""

    route = "engagement-send-back"

    @extend_schema(
        operation_id="send_engagement_back", summary="Ask for another plan", request=SendBackIn,
        responses=EngagementOut, description="Account administrators only.",
        examples=[
            OpenApiExample("Shorter", request_only=True, value={"words": "Leave out the rehearsal."}),
            OpenApiExample("Sent back", response_only=True, value={**ENGAGEMENT, "state": "requested", "version": 3}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, pk: int) -> Response:
        found = self.find(pk)
        return Response(
            engagement_out(engagements.send_back(found, by=self.actor, now=self.now, **self.read(SendBackIn)))
        )


def balance_out(year: HoursYear) -> dict[str, Any]:
    balance = hours.balance_of(year)
    return {
        "starts_on": year.starts_on.isoformat(),
        "ends_on": year.ends_on.isoformat(),
        "granted_minutes": balance.granted,
        "used_minutes": balance.used,
        "reserved_minutes": balance.reserved,
        "available_minutes": balance.available,
    }


def entry_out(line: HoursEntry) -> dict[str, Any]:
    return {
        "id": line.pk,
        "line": line.number,
        "kind": line.kind,
        "available_minutes": line.available,
        "reserved_minutes": line.reserved,
        "available_after_minutes": line.available_after,
        "reserved_after_minutes": line.reserved_after,
        "work": line.words,
        "reference": line.reference,
        "worked_on": line.worked_on.isoformat() if line.worked_on else None,
        "engineer": {"id": line.engineer.pk, "name": line.engineer.name} if line.engineer else None,
        "engagement": line.engagement_id,
        "corrects_line": line.corrects.number if line.corrects else None,
        "created_at": stamp(line.created_at),
    }


def engagement_out(engagement: Engagement) -> dict[str, Any]:
    engineer = engagement.engineer
    return {
        "id": engagement.pk,
        "account": {"id": engagement.account_id, "name": engagement.account.name},
        "topic": engagement.topic,
        "state": engagement.state,
        "wish": engagement.wish,
        "wished_dates": engagement.wished_dates,
        "plan": engagement.plan,
        "goals": engagement.goals,
        "planned_minutes": engagement.planned_minutes,
        "engineer": {"id": engineer.pk, "name": engineer.name} if engineer else None,
        "starts_at": stamp(engagement.starts_at),
        "ends_at": stamp(engagement.ends_at),
        "result": engagement.result,
        "version": engagement.version,
        "requested_at": stamp(engagement.requested_at),
    }
