"""Staff log hours, correct them, and take an engagement from its plan to its delivery, by program."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.core.api.accounts import account_or_404
from accounts.core.domain.agents import active_agent
from accounts.hours.api import hours as shown
from accounts.hours.domain import engagements, hours
from accounts.hours.models import HoursEntry, HoursYear
from portal.lib.errors import DomainError
from portal.lib.rest.pages import Cursor
from portal.lib.rest.resource import ApiRequest, Resource, repeatable
from portal.lib.rest.strict import StrictInteger, StrictMoment, StrictSerializer, StrictText, parameters

TAG = shown.TAG
_USED = {**shown.ENTRY, "kind": "use"}


@contextmanager
def _in_minutes(sentence: str = "") -> Iterator[None]:
    """People write hours, programs minutes: what the rules say of the field `hours` is said of `minutes` here."""
    try:
        yield
    except DomainError as refusal:
        if refusal.field == "hours":
            refusal.field = "minutes"
            if refusal.code == "amount":
                refusal.message = sentence or _("Minutes must be a multiple of 15, such as 15 or 90.")
        raise


class UseIn(StrictSerializer):
    minutes = StrictInteger(min_value=1, max_value=100_000, help_text="In quarters of an hour.")
    work = StrictText(max_length=200, help_text="What it was for. The customer reads it.")
    worked_on = serializers.DateField(required=False, help_text="Without it: today, in the home region.")
    reference = StrictText(max_length=80, required=False, help_text="Such as a ticket number.")


class CorrectionIn(StrictSerializer):
    minutes = StrictInteger(
        min_value=-100_000, max_value=100_000, help_text="What the balance changes by; a negative number reduces it."
    )
    reason = StrictText(max_length=200, help_text="The customer reads it.")
    corrects = StrictInteger(min_value=1, required=False, help_text="Id of the entry that was wrong.")


class PlanIn(StrictSerializer):
    plan = StrictText(max_length=5000)
    goals = StrictText(max_length=5000)
    minutes = StrictInteger(min_value=1, max_value=100_000, help_text="In quarters of an hour.")
    engineer = StrictInteger(required=False, help_text="Id of the agent who does it.")


class ScheduleIn(StrictSerializer):
    starts_at = StrictMoment()
    ends_at = StrictMoment()


class DeliverIn(StrictSerializer):
    minutes = StrictInteger(min_value=1, max_value=100_000, help_text="What it took; the rest is released.")
    result = StrictText(max_length=5000)


class CancelEngagementIn(StrictSerializer):
    reason = StrictText(max_length=2000, help_text="Both sides read it.")


class AccountBalance(Resource):
    """Where the contract year of an account stands."""

    route, tag = "account-ps-balance", TAG

    @extend_schema(
        operation_id="account_ps_balance", summary="The balance of an account", responses=shown.BalanceOut,
        description="404 when its contract includes no hours.",
        examples=[OpenApiExample("Two and a half of eight hours used", response_only=True, value=shown.BALANCE)],
    )  # fmt: skip
    def get(self, request: ApiRequest, account: int) -> Response:
        parameters(request)
        year = hours.year_in_force(account_or_404(self, account), self.now)
        if year is None:
            raise Http404
        return Response(shown.balance_out(year))


class AccountEntries(Resource):
    """The hours statement of an account, newest entry first."""

    route, tag = "account-ps-entry-list", TAG
    pagination_class = Cursor

    @extend_schema(
        operation_id="account_ps_entries", summary="The hours statement of an account",
        responses=shown.EntryOut(many=True),
        examples=[OpenApiExample("Work on a ticket", response_only=True, value=shown.ENTRY)],
    )  # fmt: skip
    def get(self, request: ApiRequest, account: int) -> Response:
        parameters(request)
        lines = HoursEntry.objects.visible_to(request.user).of(account_or_404(self, account))
        return Cursor().listing(lines.select_related("engineer__user", "corrects"), request, show=shown.entry_out)

    @extend_schema(
        operation_id="log_hours", summary="Log hours that were worked", request=UseIn, responses={201: shown.EntryOut},
        description="400 `NOT_ENOUGH_HOURS` names the balance.",
        examples=[
            OpenApiExample("A review", request_only=True, value={
                "minutes": 90, "work": "Review", "worked_on": "2026-11-09", "reference": "SUP-1042",
            }),
            OpenApiExample("Logged", response_only=True, status_codes=["201"], value=_USED),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, account: int) -> Response:
        parameters(request)
        of, values = account_or_404(self, account), self.read(UseIn)
        with _in_minutes():
            entry = hours.use(of, by=request.user, now=self.now, **values)
        return Response(shown.entry_out(entry), status=201)


class Corrections(Resource):
    """A correction of the balance."""

    route, tag = "account-ps-corrections", TAG

    @extend_schema(
        operation_id="correct_hours", summary="Correct the balance of the contract year in force",
        request=CorrectionIn, responses={201: shown.EntryOut},
        description="Agents correct up to two hours of an entry; the rest is for team leads: else 403 `NOT_ALLOWED`.",
        examples=[
            OpenApiExample("Logged twice", request_only=True, value={
                "minutes": 30, "reason": "Half an hour was logged twice.", "corrects": 31,
            }),
            OpenApiExample("Corrected", response_only=True, status_codes=["201"], value={
                **shown.ENTRY, "kind": "correct", "available_minutes": 30, "work": "Half an hour was logged twice.",
                "corrects_line": 4,
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, account: int) -> Response:
        parameters(request)
        of, values = account_or_404(self, account), self.read(CorrectionIn)
        corrects, year = None, hours.year_in_force(of, self.now)
        if "corrects" in values:
            corrects = HoursEntry.objects.of(of).filter(pk=values["corrects"]).select_related("year").first()
            if corrects is None:
                raise DomainError(_("This entry does not exist on this account."), code="no_entry", field="corrects")
            year = HoursYear.objects.get(pk=corrects.year_id)
        if year is None:
            raise Http404
        with _in_minutes(_("Send by how many minutes the balance changes. It cannot be 0.")):
            entry = hours.correct(
                year, values["minutes"], reason=values["reason"], corrects=corrects, by=request.user, now=self.now
            )
        return Response(shown.entry_out(entry), status=201)


class Plan(shown.EngagementResource):
    """What will be done."""

    route = "engagement-plan"

    @extend_schema(
        operation_id="plan_engagement", summary="Propose a plan", request=PlanIn, responses=shown.EngagementOut,
        description="The account’s administrator accepts it or sends it back; until then it may be replaced.",
        examples=[
            OpenApiExample("Four hours", request_only=True, value={
                "plan": "Review, rehearsal, upgrade.", "goals": "No downtime above 10 minutes.", "minutes": 240,
                "engineer": 3,
            }),
            OpenApiExample("Planned", response_only=True, value=shown.ENGAGEMENT),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, pk: int) -> Response:
        parameters(request)
        found, values = self.find(pk), self.read(PlanIn)
        engineer = active_agent(values.pop("engineer", None), field="engineer")
        with _in_minutes():
            planned = engagements.plan_engagement(found, engineer=engineer, by=request.user, now=self.now, **values)
        return Response(shown.engagement_out(planned))


class Schedule(shown.EngagementResource):
    """When it is done."""

    route = "engagement-schedule"

    @extend_schema(
        operation_id="schedule_engagement", summary="Set or move the dates", request=ScheduleIn,
        responses=shown.EngagementOut, description="Of a plan that was accepted.",
        examples=[
            OpenApiExample("An afternoon", request_only=True, value={
                "starts_at": "2026-12-01T13:00:00Z", "ends_at": "2026-12-01T17:00:00Z",
            }),
            OpenApiExample("Scheduled", response_only=True, value={
                **shown.ENGAGEMENT, "state": "scheduled", "starts_at": "2026-12-01T13:00:00Z",
                "ends_at": "2026-12-01T17:00:00Z", "version": 4,
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, pk: int) -> Response:
        parameters(request)
        found, values = self.find(pk), self.read(ScheduleIn)
        return Response(shown.engagement_out(engagements.schedule(found, by=request.user, now=self.now, **values)))


class Deliver(shown.EngagementResource):
    """It is done."""

    route = "engagement-deliver"

    @extend_schema(
        operation_id="deliver_engagement", summary="Record the delivery", request=DeliverIn,
        responses=shown.EngagementOut,
        description="The hours it took are used, what was reserved beyond them is released.",
        examples=[
            OpenApiExample("Three and a half hours", request_only=True, value={
                "minutes": 210, "result": "Version 5 runs everywhere.",
            }),
            OpenApiExample("Delivered", response_only=True, value={
                **shown.ENGAGEMENT, "state": "delivered", "result": "Version 5 runs everywhere.", "version": 5,
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, pk: int) -> Response:
        parameters(request)
        found, values = self.find(pk), self.read(DeliverIn)
        with _in_minutes():
            delivered = engagements.deliver(found, by=request.user, now=self.now, **values)
        return Response(shown.engagement_out(delivered))


class Cancel(shown.EngagementResource):
    """It does not take place."""

    route = "engagement-cancel"

    @extend_schema(
        operation_id="cancel_engagement", summary="Cancel an engagement and release its hours",
        request=CancelEngagementIn,
        responses=shown.EngagementOut, description="By either side, until it is delivered.",
        examples=[
            OpenApiExample("Why", request_only=True, value={"reason": "We upgrade next year."}),
            OpenApiExample("Cancelled", response_only=True, value={
                **shown.ENGAGEMENT, "state": "cancelled", "version": 3,
            }),
        ],
    )  # fmt: skip
    @repeatable
    def post(self, request: ApiRequest, pk: int) -> Response:
        parameters(request)
        found, reason = self.find(pk), self.read(CancelEngagementIn)["reason"]
        cancelled = engagements.cancel(found, words=reason, by=request.user, now=self.now)
        return Response(shown.engagement_out(cancelled))
