"""Meetings with the executive sponsor for programs."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.enums import MeetingState
from accounts.sponsorship.domain import meetings, record
from accounts.sponsorship.models import AgendaItem, Meeting, MeetingAction
from portal.lib.errors import DomainError
from portal.lib.rest.moments import stamp
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.shapes import NamedOut, Shape
from portal.lib.rest.strict import StrictSerializer, StrictText, key, parameters

TAG = "Meetings"
_ITEM = {"number": 1, "text": "Plans for spring", "author": "Tom Hale", "done": False}
ACTION = {
    "id": 2, "text": "Send the upgrade plan", "owner": "Nadia Benali", "due_on": "2026-12-01", "done": False,
}  # fmt: skip
MEETING = {
    "id": 4, "account": {"id": 3, "name": "Acme"}, "version": 3,
    "state": "confirmed", "starts_at": "2026-11-17T14:00:00Z", "minutes_long": 60,
    "sponsor": {"id": 3, "name": "Nadia Benali"}, "join_url": "https://meet.example/abc", "slots": [],
    "agenda": [_ITEM], "minutes": "", "decisions": "", "actions": [], "reason": "",
}  # fmt: skip


class AgendaIn(StrictSerializer):
    text = StrictText(max_length=300)


class ConfirmIn(StrictSerializer):
    starts_at = serializers.DateTimeField(help_text="One of the moments in `slots`, with its offset.")


class AgendaOut(Shape):
    number = serializers.IntegerField()
    text = serializers.CharField()
    author = serializers.CharField()
    done = serializers.BooleanField()


class MeetingActionOut(Shape):
    id = serializers.IntegerField()
    text = serializers.CharField()
    owner = serializers.CharField()
    due_on = serializers.DateField()
    done = serializers.BooleanField()


class MeetingOut(Shape):
    id = serializers.IntegerField()
    account = NamedOut()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(MeetingState.choices)
    starts_at = serializers.DateTimeField(allow_null=True, help_text="null until a time is confirmed.")
    minutes_long = serializers.IntegerField()
    sponsor = NamedOut()
    join_url = serializers.CharField()
    slots = serializers.ListField(child=serializers.DateTimeField(), help_text="The proposed times to choose from.")
    agenda = AgendaOut(many=True)
    minutes = serializers.CharField(help_text="Markdown; empty until they are published.")
    decisions = serializers.CharField()
    actions = MeetingActionOut(many=True)
    reason = serializers.CharField(help_text="Why it was missed or cancelled.")


def meetings_seen_by(resource: Resource) -> Any:
    """Staff see those of every account, a customer those of the one they act for."""
    seen = Meeting.objects.visible_to(resource.request.user)
    if resource.actor is not None:
        seen = seen.filter(account=resource.actor.account_id)
    return seen.with_people().prefetch_related("agenda__author", "slots", "actions")


def item_out(item: AgendaItem) -> dict[str, Any]:
    return {"number": item.number, "text": item.text, "author": item.author.name, "done": item.done_at is not None}


def action_out(action: MeetingAction) -> dict[str, Any]:
    return {
        "id": action.pk, "text": action.text, "owner": action.owner_name, "due_on": action.due_on.isoformat(),
        "done": action.done_at is not None,
    }  # fmt: skip


def meeting_out(meeting: Meeting, *, staff: bool) -> dict[str, Any]:
    """Staff read the minutes before they are published."""
    published = staff or meeting.published_at is not None
    proposed = meeting.state == MeetingState.PROPOSED
    return {
        "id": meeting.pk,
        "account": {"id": meeting.account_id, "name": meeting.account.name},
        "version": meeting.version,
        "state": meeting.state,
        "starts_at": stamp(meeting.starts_at),
        "minutes_long": meeting.length_minutes,
        "sponsor": {"id": meeting.sponsor_id, "name": meeting.sponsor.name},
        "join_url": meeting.join_url,
        "slots": [stamp(slot.starts_at) for slot in meeting.slots.all()] if proposed else [],
        "agenda": [item_out(item) for item in meeting.agenda.all()],
        "minutes": meeting.minutes if published else "",
        "decisions": meeting.decisions if published else "",
        "actions": [action_out(action) for action in meeting.actions.all()],
        "reason": meeting.reason,
    }


class Meetings(Resource):
    """The meetings of the account."""

    route, tag = "meeting-list", TAG
    pagination_class = Cursor

    @extend_schema(
        operation_id="meetings", summary="The meetings with your executive sponsor", responses=MeetingOut(many=True),
        parameters=[OpenApiParameter("account", int, description="Only this account, by its id. For staff.")],
        examples=[OpenApiExample("A confirmed one", response_only=True, value=MEETING)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        values = parameters(request, *(["account"] if self.actor is None else []))
        rows = meetings_seen_by(self)
        if "account" in values:
            rows = rows.filter(account=key("account", values["account"]))
        return Cursor().listing(rows, request, show=lambda row: meeting_out(row, staff=self.actor is None))


class OneMeeting(Resource):
    """One meeting."""

    route, tag = "meeting-detail", TAG

    @extend_schema(
        operation_id="meeting", summary="One meeting, with its agenda, minutes and actions", responses=MeetingOut,
        examples=[OpenApiExample("A confirmed one", response_only=True, value=MEETING)],
    )  # fmt: skip
    def get(self, request: ApiRequest, meeting: int) -> Response:
        parameters(request)
        return Response(meeting_out(get_object_or_404(meetings_seen_by(self), pk=meeting), staff=self.actor is None))


class Agenda(Resource):
    """The subjects of a meeting."""

    route, tag = "meeting-agenda", TAG

    @extend_schema(
        operation_id="meeting_agenda", summary="Add to the agenda", request=AgendaIn, responses={201: AgendaOut},
        examples=[
            OpenApiExample("A subject", request_only=True, value={"text": "Plans for spring"}),
            OpenApiExample("Added", response_only=True, value=_ITEM, status_codes=["201"]),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        found = get_object_or_404(meetings_seen_by(self), pk=meeting)
        item = record.add_to_agenda(found, self.read(AgendaIn)["text"], by=request.user, now=self.now)
        headers = {"Location": reverse("api:meeting-detail", args=[found.pk])}
        return Response(item_out(item), status=201, headers=headers)


class Confirm(Resource):
    """The choice of a time."""

    route, tag = "meeting-confirm", TAG

    @extend_schema(
        operation_id="meeting_confirm", summary="Choose one of the proposed times", request=ConfirmIn,
        description="Account administrators only. Repeating the current choice changes nothing.",
        responses=MeetingOut,
        examples=[
            OpenApiExample("A time", request_only=True, value={"starts_at": "2026-11-17T14:00:00Z"}),
            OpenApiExample("Confirmed", response_only=True, value=MEETING),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, meeting: int) -> Response:
        found = get_object_or_404(meetings_seen_by(self), pk=meeting)
        chosen = self.read(ConfirmIn)["starts_at"]
        if chosen.tzinfo is None:
            raise DomainError(_("Choose one of the times."), code="required", field="starts_at")
        meetings.confirm(found, chosen, by=request.user, now=self.now)
        return Response(meeting_out(meetings_seen_by(self).get(pk=found.pk), staff=False))
