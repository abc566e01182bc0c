"""Meetings from other times to their minutes and actions, by program."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.sponsorship.api.meetings import (
    ACTION,
    MEETING,
    TAG,
    MeetingActionOut,
    MeetingOut,
    action_out,
    meeting_out,
    meetings_seen_by,
)
from accounts.sponsorship.domain import meetings, record
from accounts.sponsorship.models import Meeting, MeetingAction
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.strict import StrictBoolean, StrictInteger, StrictMoment, StrictSerializer, StrictText, parameters


class OthersIn(StrictSerializer):
    text = StrictText(max_length=300, help_text="Which days or hours suit you.")


class ProposeIn(StrictSerializer):
    slots = serializers.ListField(
        child=StrictMoment(), min_length=1, max_length=10, required=False,
        help_text="Without them: times that suit both sides.",
    )  # fmt: skip


class MoveMeetingIn(StrictSerializer):
    starts_at = StrictMoment()


class LinkIn(StrictSerializer):
    join_url = StrictText(max_length=500, allow_blank=True, help_text="Begins with https://.")


class MeetingReasonIn(StrictSerializer):
    reason = StrictText(max_length=300)


class MinutesIn(StrictSerializer):
    minutes = StrictText(max_length=record.LONGEST, allow_blank=True, trim_whitespace=False, help_text="Markdown.")
    decisions = StrictText(max_length=record.LONGEST, allow_blank=True, trim_whitespace=False, help_text="Markdown.")
    version = StrictInteger(min_value=1, help_text="The version that was read; 409 `STALE` after another save.")
    publish = StrictBoolean(required=False, help_text="The customer reads them from now on, and is told once.")


class MeetingActionIn(StrictSerializer):
    text = StrictText(max_length=300)
    owner = StrictText(max_length=120, help_text="Who does it, by name.")
    due_on = serializers.DateField()


class _Step(Resource):
    tag = TAG

    def find(self, pk: int) -> Meeting:
        found: Meeting = get_object_or_404(meetings_seen_by(self), pk=pk)
        return found

    def shown(self, meeting: Meeting) -> Response:
        return Response(meeting_out(meetings_seen_by(self).get(pk=meeting.pk), staff=self.actor is None))


class AskForOthers(_Step):
    """None of the times suits."""

    route = "meeting-others"

    @extend_schema(
        operation_id="ask_for_other_times", summary="Ask for other times", request=OthersIn, responses=MeetingOut,
        description="Account administrators only. The sponsor reads it and proposes others.",
        examples=[
            OpenApiExample("Mornings", request_only=True, value={"text": "Mornings suit us, not Fridays."}),
            OpenApiExample("Asked", response_only=True, value={**MEETING, "state": "proposed", "starts_at": None}),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        found = self.find(meeting)
        return self.shown(
            meetings.ask_for_others(found, text=self.read(OthersIn)["text"], by=request.user, now=self.now)
        )


class Propose(_Step):
    """Other times to choose from."""

    route = "meeting-propose"

    @extend_schema(
        operation_id="propose_other_times", summary="Propose other times", request=ProposeIn, responses=MeetingOut,
        description="A confirmed appointment is taken back by it, and everybody’s calendar is told.",
        examples=[
            OpenApiExample("Two times", request_only=True, value={
                "slots": ["2026-11-24T09:00:00Z", "2026-11-25T14:00:00Z"],
            }),
            OpenApiExample("Proposed", response_only=True, value={
                **MEETING, "state": "proposed", "starts_at": None,
                "slots": ["2026-11-24T09:00:00Z", "2026-11-25T14:00:00Z"],
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        found, slots = self.find(meeting), self.read(ProposeIn).get("slots")
        return self.shown(meetings.propose_others(found, slots=slots, by=request.user, now=self.now))


class Move(_Step):
    """The time was agreed by other means."""

    route = "meeting-move"

    @extend_schema(
        operation_id="move_meeting", summary="Set the time", request=MoveMeetingIn, responses=MeetingOut,
        examples=[
            OpenApiExample("A time", request_only=True, value={"starts_at": "2026-11-24T09:00:00Z"}),
            OpenApiExample("Moved", response_only=True, value={**MEETING, "starts_at": "2026-11-24T09:00:00Z"}),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        found = self.find(meeting)
        return self.shown(meetings.move(found, self.read(MoveMeetingIn)["starts_at"], by=request.user, now=self.now))


class Link(_Step):
    """Where to join."""

    route = "meeting-link"

    @extend_schema(
        operation_id="meeting_link", summary="Set the link to join", request=LinkIn, responses=MeetingOut,
        examples=[
            OpenApiExample("A link", request_only=True, value={"join_url": "https://meet.example/abc"}),
            OpenApiExample("Set", response_only=True, value=MEETING),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        found = self.find(meeting)
        return self.shown(meetings.set_link(found, self.read(LinkIn)["join_url"], by=request.user, now=self.now))


class CancelMeeting(_Step):
    """It does not take place."""

    route = "meeting-cancel"

    @extend_schema(
        operation_id="cancel_meeting", summary="Cancel a meeting", request=MeetingReasonIn, responses=MeetingOut,
        description="Both sides are told the reason, and calendars remove it.",
        examples=[
            OpenApiExample("Why", request_only=True, value={"reason": "Public holiday in London."}),
            OpenApiExample("Cancelled", response_only=True, value={
                **MEETING, "state": "cancelled", "reason": "Public holiday in London.",
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        found, reason = self.find(meeting), self.read(MeetingReasonIn)["reason"]
        return self.shown(meetings.cancel(found, reason=reason, by=request.user, now=self.now))


class Hold(_Step):
    """It took place."""

    route = "meeting-hold"

    @extend_schema(
        operation_id="hold_meeting", summary="Record that it took place", request=None, responses=MeetingOut,
        examples=[OpenApiExample("Took place", response_only=True, value={**MEETING, "state": "held"})],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        return self.shown(meetings.record_meeting(self.find(meeting), by=request.user, now=self.now))


class Miss(_Step):
    """It did not take place, although it was due."""

    route = "meeting-miss"

    @extend_schema(
        operation_id="miss_meeting", summary="Record that it did not take place", request=MeetingReasonIn,
        responses=MeetingOut,
        examples=[
            OpenApiExample("Why", request_only=True, value={"reason": "Nobody joined."}),
            OpenApiExample("Missed", response_only=True, value={
                **MEETING, "state": "missed", "reason": "Nobody joined.",
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        found, reason = self.find(meeting), self.read(MeetingReasonIn)["reason"]
        return self.shown(meetings.miss(found, reason=reason, by=request.user, now=self.now))


class Minutes(_Step):
    """What was said and decided."""

    route = "meeting-minutes"

    @extend_schema(
        operation_id="write_minutes", summary="Save the minutes, and publish them", request=MinutesIn,
        responses=MeetingOut,
        examples=[
            OpenApiExample("Published", request_only=True, value={
                "minutes": "We spoke about **spring**.", "decisions": "Upgrade in March.", "version": 3,
                "publish": True,
            }),
            OpenApiExample("Saved", response_only=True, value={
                **MEETING, "state": "held", "minutes": "We spoke about **spring**.", "decisions": "Upgrade in March.",
                "version": 4,
            }),
        ],
    )  # fmt: skip
    def put(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        found, values = self.find(meeting), self.read(MinutesIn)
        publish = values.pop("publish", False)
        return self.shown(record.write_minutes(found, publish=publish, by=request.user, now=self.now, **values))


class Actions(_Step):
    """What somebody will do."""

    route = "meeting-actions"

    @extend_schema(
        operation_id="add_meeting_action", summary="Note an action", request=MeetingActionIn,
        responses={201: MeetingActionOut},
        examples=[
            OpenApiExample("A plan", request_only=True, value={
                "text": "Send the upgrade plan", "owner": "Nadia Benali", "due_on": "2026-12-01",
            }),
            OpenApiExample("Noted", response_only=True, status_codes=["201"], value=ACTION),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        found, values = self.find(meeting), self.read(MeetingActionIn)
        action = record.add_action(
            found, values["text"], owner_name=values["owner"], due_on=values["due_on"], by=request.user, now=self.now
        )
        return Response(action_out(action), status=201)


class FinishAction(_Step):
    """It is done."""

    route = "meeting-action-finish"

    @extend_schema(
        operation_id="finish_meeting_action", summary="Mark an action as done", request=None,
        responses=MeetingActionOut,
        examples=[OpenApiExample("Done", response_only=True, value={**ACTION, "done": True})],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int, action: int) -> Response:
        parameters(request)
        rows = MeetingAction.objects.select_related("meeting").filter(meeting=self.find(meeting), pk=action)
        found = rows.first()
        if found is None:
            raise Http404
        return Response(action_out(record.finish_action(found, by=request.user, now=self.now)))
