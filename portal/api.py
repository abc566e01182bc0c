"""The API's table of contents, its machine-readable description and the page to try it on."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, re_path
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema

from accounts.core.api import accounts as account_rows
from accounts.core.api import as_of, tiers
from accounts.core.api import views as accounts
from accounts.hours.api import hours, hours_work
from accounts.identity.api import sign_in
from accounts.seats import api as seat_history
from accounts.sponsorship.api import meetings, meetings_work
from portal import demo_api
from portal.lib.rest.problems import TITLES, anchor
from portal.lib.rest.resource import VERSION, ApiRequest, Resource
from sla.attainment import api as attainment
from sla.core.api import priorities, targets
from sla.coverage.api import coverage, duty
from tickets.analyses.api import analyses, analysis_verdicts, analysis_work
from tickets.calls import api as calls
from tickets.chat import api as chats
from tickets.core.api import acts, changes, clocks, files, messages, routing, tickets
from tickets.engineers import api as engineers
from tickets.level_3.api import escalation, level_3
from tickets.simulation.api import replay, simulator
from tickets.workarounds import api as workarounds


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The description of every operation, as OpenAPI 3.1."""
    response = JsonResponse(_description(translation.get_language() or "en"))
    response["Content-Type"] = "application/vnd.oai.openapi+json; version=3.1"
    return response


@lru_cache(maxsize=4)
def _description(language: str) -> dict[str, Any]:
    """Made once per process and language: it changes with the code only."""
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return described


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI from our own files, and the list of reasons that problem details link to."""
    reasons = [{"code": reason, "anchor": anchor(reason), "title": title} for reason, title in TITLES.items()]
    return render(request, "portal/api_docs.html", {"reasons": reasons, "version": VERSION})


class Missing(Resource):
    """Every other address under /api/v1/: the same 404 as for a foreign object."""

    route = "missing"
    authentication_classes = []
    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request: ApiRequest, **kwargs: Any) -> HttpResponse:
        raise Http404

    post = put = patch = delete = get


app_name = "api"
TICKET, SEAT = "tickets/<number:number>", "accounts/<id:account>/seats/<id:number>"
MEETING, ENGAGEMENT = "meetings/<id:meeting>", "engagements/<id:pk>"
REPORT = "rca-reports/<number:number>"
urlpatterns = [
    path("schema", schema, name="schema"),
    path("docs", docs, name="docs"),
    path("token", sign_in.NewToken.as_view(), name="token"),
    path("token/current", sign_in.CurrentToken.as_view(), name="token-current"),
    path("me", accounts.Me.as_view(), name="me"),
    path("account", accounts.TheAccount.as_view(), name="account"),
    path("contacts", accounts.Contacts.as_view(), name="contact-list"),
    path("seats", accounts.Seats.as_view(), name="seat-list"),
    path("seats/history", seat_history.SeatHistory.as_view(), name="seat-history"),
    path("account/engineers", engineers.Engineers.as_view(), name="engineer-list"),
    path("coverage", coverage.NowCoverage.as_view(), name="coverage"),
    path("accounts", account_rows.Accounts.as_view(), name="account-list"),
    path("accounts/<id:account>", account_rows.OneAccount.as_view(), name="account-detail"),
    path("accounts/<id:account>/seats", account_rows.AccountSeats.as_view(), name="account-seat-list"),
    path(f"{SEAT}/approve", account_rows.ApproveSeat.as_view(), name="account-seat-approve"),
    path(f"{SEAT}/decline", account_rows.DeclineSeat.as_view(), name="account-seat-decline"),
    path(f"{SEAT}/withdraw", account_rows.WithdrawSeat.as_view(), name="account-seat-withdraw"),
    path(f"{SEAT}/region", account_rows.MoveSeat.as_view(), name="account-seat-region"),
    path("seats/<id:number>", accounts.OneSeat.as_view(), name="seat-detail"),
    path("ps-balance", hours.Balance.as_view(), name="ps-balance"),
    path("ps-entries", hours.Entries.as_view(), name="ps-entry-list"),
    path("ps-entries/<id:pk>/questions", hours.Questions.as_view(), name="ps-entry-questions"),
    path("meetings", meetings.Meetings.as_view(), name="meeting-list"),
    path("meetings/<id:meeting>", meetings.OneMeeting.as_view(), name="meeting-detail"),
    path("meetings/<id:meeting>/agenda", meetings.Agenda.as_view(), name="meeting-agenda"),
    path(f"{MEETING}/others", meetings_work.AskForOthers.as_view(), name="meeting-others"),
    path(f"{MEETING}/propose", meetings_work.Propose.as_view(), name="meeting-propose"),
    path(f"{MEETING}/move", meetings_work.Move.as_view(), name="meeting-move"),
    path(f"{MEETING}/link", meetings_work.Link.as_view(), name="meeting-link"),
    path(f"{MEETING}/cancel", meetings_work.CancelMeeting.as_view(), name="meeting-cancel"),
    path(f"{MEETING}/hold", meetings_work.Hold.as_view(), name="meeting-hold"),
    path(f"{MEETING}/miss", meetings_work.Miss.as_view(), name="meeting-miss"),
    path(f"{MEETING}/minutes", meetings_work.Minutes.as_view(), name="meeting-minutes"),
    path(f"{MEETING}/actions", meetings_work.Actions.as_view(), name="meeting-actions"),
    path(f"{MEETING}/actions/<id:action>/finish", meetings_work.FinishAction.as_view(), name="meeting-action-finish"),
    path("meetings/<id:meeting>/confirm", meetings.Confirm.as_view(), name="meeting-confirm"),
    path("engagements", hours.Engagements.as_view(), name="engagement-list"),
    path("engagements/<id:pk>", hours.OneEngagement.as_view(), name="engagement-detail"),
    path(f"{ENGAGEMENT}/plan", hours_work.Plan.as_view(), name="engagement-plan"),
    path(f"{ENGAGEMENT}/schedule", hours_work.Schedule.as_view(), name="engagement-schedule"),
    path(f"{ENGAGEMENT}/deliver", hours_work.Deliver.as_view(), name="engagement-deliver"),
    path(f"{ENGAGEMENT}/cancel", hours_work.Cancel.as_view(), name="engagement-cancel"),
    path("accounts/<id:account>/ps-balance", hours_work.AccountBalance.as_view(), name="account-ps-balance"),
    path("accounts/<id:account>/ps-entries", hours_work.AccountEntries.as_view(), name="account-ps-entry-list"),
    path("accounts/<id:account>/ps-corrections", hours_work.Corrections.as_view(), name="account-ps-corrections"),
    path("engagements/<id:pk>/accept", hours.Accept.as_view(), name="engagement-accept"),
    path("engagements/<id:pk>/send-back", hours.SendBack.as_view(), name="engagement-send-back"),
    path("tiers", tiers.Tiers.as_view(), name="tier-list"),
    path("priorities", priorities.Priorities.as_view(), name="priority-list"),
    path("duty", duty.DutyNow.as_view(), name="duty"),
    path("targets", targets.Targets.as_view(), name="target-list"),
    path("account/entitlements", as_of.OwnEntitlements.as_view(), name="own-entitlements"),
    path("accounts/<id:account>/entitlements", as_of.AccountEntitlements.as_view(), name="account-entitlements"),
    path("simulator", simulator.Simulator.as_view(), name="simulator"),
    path("account/replay", replay.OwnReplay.as_view(), name="own-replay"),
    path("accounts/<id:account>/replay", replay.AccountReplay.as_view(), name="account-replay"),
    path("attainment", attainment.Attainment.as_view(), name="attainment"),
    path("tickets", tickets.Tickets.as_view(), name="ticket-list"),
    path("tickets/<number:number>", tickets.OneTicket.as_view(), name="ticket-detail"),
    path("tickets/<number:number>/messages", messages.Messages.as_view(), name="ticket-messages"),
    path("tickets/<number:number>/clocks", clocks.Clocks.as_view(), name="ticket-clocks"),
    path("tickets/<number:number>/close", acts.Close.as_view(), name="ticket-close"),
    path("tickets/<number:number>/reopen", acts.Reopen.as_view(), name="ticket-reopen"),
    path("tickets/<number:number>/request-priority", acts.RequestPriority.as_view(), name="ticket-request-priority"),
    path("tickets/<number:number>/language", changes.Language.as_view(), name="ticket-language"),
    path("tickets/<number:number>/region", changes.OtherRegion.as_view(), name="ticket-region"),
    path("tickets/<number:number>/merge", changes.Merge.as_view(), name="ticket-merge"),
    path("tickets/<number:number>/skip-check-in", changes.SkipCheckIn.as_view(), name="ticket-skip-check-in"),
    path("tickets/<number:number>/escalate", escalation.Escalate.as_view(), name="ticket-escalate"),
    path(f"{TICKET}/level-3/take", level_3.TakeAtLevel3.as_view(), name="ticket-level-3-take"),
    path(f"{TICKET}/level-3/decline", level_3.DeclineLevel3.as_view(), name="ticket-level-3-decline"),
    path(f"{TICKET}/level-3/hand-back", level_3.HandBack.as_view(), name="ticket-level-3-hand-back"),
    path(f"{TICKET}/routing", routing.Routing.as_view(), name="ticket-routing"),
    path("tickets/<number:number>/workaround", workarounds.RecordWorkaround.as_view(), name="ticket-workaround"),
    path(
        "tickets/<number:number>/workaround/withdraw",
        workarounds.WithdrawWorkaround.as_view(),
        name="ticket-workaround-withdraw",
    ),
    path(
        "tickets/<number:number>/workaround/reject",
        workarounds.RejectWorkaround.as_view(),
        name="ticket-workaround-reject",
    ),
    path("rca-reports", analyses.Reports.as_view(), name="rca-report-list"),
    path("rca-reports/<number:number>", analyses.OneReport.as_view(), name="rca-report-detail"),
    path("rca-reports/<number:number>/questions", analyses.Questions.as_view(), name="rca-report-questions"),
    path(f"{REPORT}/accept", analysis_verdicts.AcceptReport.as_view(), name="rca-report-accept"),
    path(f"{REPORT}/dispute", analysis_verdicts.DisputeReport.as_view(), name="rca-report-dispute"),
    path(f"{REPORT}/draft", analysis_work.Draft.as_view(), name="rca-report-draft"),
    path(f"{REPORT}/take-over", analysis_work.TakeOver.as_view(), name="rca-report-take-over"),
    path(f"{REPORT}/submit", analysis_work.Submit.as_view(), name="rca-report-submit"),
    path(f"{REPORT}/review", analysis_work.Review.as_view(), name="rca-report-review"),
    path(f"{REPORT}/approve", analysis_work.Approve.as_view(), name="rca-report-approve"),
    path(f"{REPORT}/send-back", analysis_work.SendBackAnalysis.as_view(), name="rca-report-send-back"),
    path(f"{REPORT}/publish", analysis_work.Publish.as_view(), name="rca-report-publish"),
    path(f"{REPORT}/begin-version", analysis_work.BeginVersion.as_view(), name="rca-report-begin-version"),
    path(f"{REPORT}/withdraw", analysis_work.Withdraw.as_view(), name="rca-report-withdraw"),
    path(f"{REPORT}/questions/<id:question>/answer", analysis_work.Answer.as_view(), name="rca-report-answer"),
    path("call-slots", calls.Slots.as_view(), name="call-slots"),
    path("calls", calls.Calls.as_view(), name="call-list"),
    path("calls/<id:pk>", calls.OneCall.as_view(), name="call-detail"),
    path("calls/<id:pk>/reschedule", calls.Move.as_view(), name="call-reschedule"),
    path("calls/<id:pk>/cancel", calls.Cancel.as_view(), name="call-cancel"),
    path("calls/<id:pk>/outcome", calls.Outcome.as_view(), name="call-outcome"),
    path("chats", chats.Chats.as_view(), name="chat-list"),
    path("chats/<key:key>", chats.OneChat.as_view(), name="chat-detail"),
    path("chats/<key:key>/lines", chats.Lines.as_view(), name="chat-lines"),
    path("chats/<key:key>/take", chats.Take.as_view(), name="chat-take"),
    path("chats/<key:key>/end", chats.End.as_view(), name="chat-end"),
    path("chats/<key:key>/ticket", chats.IntoTicket.as_view(), name="chat-ticket"),
    path("attachments", files.Attachments.as_view(), name="attachment-list"),
    path("attachments/<key:key>", files.OneAttachment.as_view(), name="attachment-detail"),
    *([path("demo/clock", demo_api.TheClock.as_view(), name="demo-clock")] if settings.DEMO else []),
    re_path(r"", Missing.as_view(), name="missing"),
]
