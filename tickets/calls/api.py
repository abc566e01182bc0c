"""Calls for programs: the free times, the wish, moving and cancelling it; and for staff its outcome."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.domain.entitlements import entitlements_of
from portal.lib.errors import DomainError
from portal.lib.rest.moments import stamp
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.shapes import Shape
from portal.lib.rest.strict import StrictBoolean, StrictInteger, StrictMoment, StrictSerializer, StrictText, parameters
from sla.core.enums import Priority
from tickets.calls.domain import asking, calling, slots
from tickets.calls.models import Call
from tickets.core.domain import clocks as promises
from tickets.core.enums import CallOutcome, CallState, LanguageChoice
from tickets.core.models import Ticket
from tickets.core.models.ticket import ticket_pk

TAG = "Calls"
_CALL = {
    "id": 9, "state": "waiting", "ticket": "SUP-1042", "number": "+33199001234", "topic": "The gate stays shut",
    "priority_phone": True, "slot_at": "2026-11-09T14:00:00Z", "next_try_at": "2026-11-09T14:00:00Z",
    "needs_number": False, "is_late": False, "region": "france",
    "asked_at": "2026-11-09T09:00:00Z", "ended_at": None, "attempts": [],
}  # fmt: skip


class AttemptOut(Shape):
    outcome = serializers.ChoiceField(CallOutcome.choices)
    at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(allow_null=True)


class CallOut(Shape):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(CallState.choices)
    ticket = serializers.CharField()
    number = serializers.CharField(help_text="E.164.")
    topic = serializers.CharField()
    priority_phone = serializers.BooleanField()
    slot_at = serializers.DateTimeField(allow_null=True, help_text="null: as soon as possible.")
    next_try_at = serializers.DateTimeField()
    needs_number = serializers.BooleanField(help_text="The number did not work; send another one.")
    is_late = serializers.BooleanField(help_text="It still waits, and should have been made by now.")
    region = serializers.CharField()
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    attempts = AttemptOut(many=True)


class SlotsOut(Shape):
    region = serializers.CharField()
    region_time_zone = serializers.CharField()
    expected_by = serializers.DateTimeField(help_text="By when a call without a slot should have been tried.")
    slots = serializers.ListField(child=serializers.DateTimeField())


class CallIn(StrictSerializer):
    number = StrictText(max_length=40, help_text="As people write it, or E.164.")
    topic = StrictText(max_length=200, required=False, help_text="Needed without a ticket.")
    ticket = StrictText(max_length=20, required=False, help_text="Its number; without one a ticket is opened.")
    priority = StrictInteger(min_value=1, max_value=4, required=False, help_text="Of the new ticket; 3 by default.")
    language_choice = serializers.ChoiceField(LanguageChoice.choices, required=False)
    slot_at = StrictMoment(required=False, help_text="One of /call-slots; left out: as soon as possible.")


class MoveIn(StrictSerializer):
    number = StrictText(max_length=40, required=False)
    slot_at = StrictMoment(required=False, allow_null=True, help_text="null or left out: as soon as possible.")


class CancelIn(StrictSerializer):
    close_ticket = StrictBoolean(required=False)


class OutcomeIn(StrictSerializer):
    outcome = serializers.ChoiceField(CallOutcome.choices)
    notes = StrictText(max_length=20000, required=False, help_text="Reached: our answer on the ticket, public.")
    solved = StrictBoolean(required=False)
    next_at = StrictMoment(required=False)


class Slots(Resource):
    """When we can call."""

    route, tag = "call-slots", TAG

    @extend_schema(
        operation_id="call_slots", summary="The half hours in which we can call you", responses=SlotsOut,
        parameters=[OpenApiParameter("language_choice", enum=LanguageChoice.values)],
        examples=[OpenApiExample("This afternoon", response_only=True, value={
            "region": "france", "region_time_zone": "Europe/Paris", "expected_by": "2026-11-09T09:30:00Z",
            "slots": ["2026-11-09T13:00:00Z", "2026-11-09T13:30:00Z"],
        })],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request, "language_choice")
        wanted = request.query_params.get("language_choice", LanguageChoice.ENGLISH)
        if wanted not in LanguageChoice.values:
            raise DomainError(_("Send english or own."), code="bad_parameter", field="language_choice")
        entitlements = entitlements_of(self.actor, self.now)
        region = promises.region_for(self.actor, entitlements)
        hours = slots.call_hours(entitlements, region, LanguageChoice(wanted))
        return Response({
            "region": region.code,
            "region_time_zone": region.time_zone,
            "expected_by": stamp(slots.expected_by(entitlements, hours, now=self.now)),
            "slots": [stamp(slot) for slot in slots.free_slots(region, hours, now=self.now)],
        })  # fmt: skip


class Calls(Resource):
    """Calls: one's own and those on the tickets that one may see."""

    route, tag = "call-list", TAG
    pagination_class = Cursor

    @extend_schema(
        operation_id="calls", summary="Calls, the newest first", responses=CallOut(many=True),
        examples=[OpenApiExample("A planned one", response_only=True, value=_CALL)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        parameters(request)
        seen = Call.objects.visible_to(request.user, self.actor).for_row()
        return Cursor().listing(seen, request, show=lambda call: call_out(call, now=self.now))

    @extend_schema(
        operation_id="ask_for_call", summary="Ask for a call", request=CallIn, responses={201: CallOut},
        description="The target for our answer runs from the request. 400 SLOT_TAKEN names the nearest free times.",
        examples=[
            OpenApiExample("This afternoon", request_only=True, value={
                "number": "01 99 00 12 34", "topic": "The gate stays shut", "slot_at": "2026-11-09T14:00:00Z",
            }),
            OpenApiExample("Planned", response_only=True, status_codes=["201"], value=_CALL),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest) -> Response:
        values = self.read(CallIn)
        call = asking.ask_for_call(
            by=self.actor,
            number=values["number"],
            topic=values.get("topic", ""),
            slot=values.get("slot_at"),
            ticket=self._ticket(values.get("ticket")),
            priority=Priority(values.get("priority", Priority.MEDIUM)),
            language_choice=LanguageChoice(values.get("language_choice", LanguageChoice.ENGLISH)),
            now=self.now,
        )
        return Response(
            call_out(call, now=self.now), status=201, headers={"Location": reverse("api:call-detail", args=[call.pk])}
        )

    def _ticket(self, number: str | None) -> Ticket | None:
        if number is None:
            return None
        seen = Ticket.objects.visible_to(self.request.user, self.actor).select_related("region")
        ticket = seen.filter(pk=ticket_pk(number) or 0).first()
        if ticket is None:
            raise Http404
        return ticket


class _One(Resource):
    tag = TAG

    def find(self, pk: int, *, own: bool = False) -> Call:
        calls = Call.objects.visible_to(self.request.user, self.actor).for_row()
        if own:
            calls = calls.filter(contact=self.actor)
        call = calls.filter(pk=pk).first()
        if call is None:
            raise Http404
        return call

    def show(self, pk: int) -> Response:
        return Response(call_out(self.find(pk), now=self.now))


class OneCall(_One):
    """One of them."""

    route = "call-detail"

    @extend_schema(
        operation_id="call", summary="One call", responses=CallOut,
        examples=[OpenApiExample("A planned one", response_only=True, value=_CALL)],
    )  # fmt: skip
    def get(self, request: ApiRequest, pk: int) -> Response:
        parameters(request)
        return self.show(pk)


class Move(_One):
    """Another time or number."""

    route = "call-reschedule"

    @extend_schema(
        operation_id="reschedule_call", summary="Move your call, or correct its number", request=MoveIn,
        responses=CallOut,
        examples=[
            OpenApiExample("Later", request_only=True, value={"slot_at": "2026-11-09T15:00:00Z"}),
            OpenApiExample("Moved", response_only=True, value={**_CALL, "slot_at": "2026-11-09T15:00:00Z"}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, pk: int) -> Response:
        call, values = self.find(pk, own=True), self.read(MoveIn)
        asking.reschedule(call, by=self.actor, number=values.get("number"), slot=values.get("slot_at"), now=self.now)
        return self.show(pk)


class Cancel(_One):
    """No call any more."""

    route = "call-cancel"

    @extend_schema(
        operation_id="cancel_call", summary="Cancel your call", request=CancelIn, responses=CallOut,
        examples=[
            OpenApiExample("It is solved", request_only=True, value={"close_ticket": True}),
            OpenApiExample("Cancelled", response_only=True, value={
                **_CALL, "state": "cancelled", "ended_at": "2026-11-09T10:00:00Z",
            }),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, pk: int) -> Response:
        call, values = self.find(pk, own=True), self.read(CancelIn)
        asking.cancel(call, by=self.actor, close_ticket=values.get("close_ticket", False), now=self.now)
        return self.show(pk)


class Outcome(_One):
    """Staff note how an attempt ended."""

    route = "call-outcome"

    @extend_schema(
        operation_id="record_call_outcome", summary="Note how an attempt ended (staff)", request=OutcomeIn,
        responses=CallOut, description="Reached: the notes are our answer on the ticket and stop its clocks.",
        examples=[
            OpenApiExample("Nobody there", request_only=True, value={"outcome": "voicemail"}),
            OpenApiExample("Tried", response_only=True, value={**_CALL, "attempts": [
                {"outcome": "voicemail", "at": "2026-11-09T14:00:00Z", "next_at": "2026-11-09T14:30:00Z"},
            ]}),
        ],
    )  # fmt: skip
    @repeatable
    @transaction.atomic
    def post(self, request: ApiRequest, pk: int) -> Response:
        call, values = self.find(pk), self.read(OutcomeIn)
        calling.record_attempt(
            call, CallOutcome(values["outcome"]), notes=values.get("notes", ""), solved=values.get("solved", False),
            next_at=values.get("next_at"), by=request.user, now=self.now,
        )  # fmt: skip
        return self.show(pk)


def call_out(call: Call, *, now: datetime) -> dict[str, Any]:
    def said(moment: datetime | None) -> str | None:
        return stamp(moment)

    return {
        "id": call.pk,
        "state": call.state,
        "ticket": call.ticket.number,
        "number": call.number,
        "topic": call.topic,
        "priority_phone": call.is_priority,
        "slot_at": said(call.slot_at),
        "next_try_at": said(call.next_try_at),
        "needs_number": call.needs_number,
        "is_late": calling.is_late(call, now=now),
        "region": call.region.code,
        "asked_at": said(call.asked_at),
        "ended_at": said(call.ended_at),
        "attempts": [
            {"outcome": row.outcome, "at": said(row.created_at), "next_at": said(row.next_at)}
            for row in call.attempts.all()
        ],
    }
