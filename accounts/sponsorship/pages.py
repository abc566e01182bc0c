"""Meetings with the executive sponsor: choose a time, put subjects on the agenda, read minutes and actions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.core.domain.entitlements import contract_day
from accounts.sponsorship.domain import meetings, record
from accounts.sponsorship.domain.invitation import PUBLISH, invitation, is_firm
from accounts.sponsorship.domain.rhythm import includes_sponsor, sponsorship_of
from accounts.sponsorship.domain.scheduling import say_reason
from accounts.sponsorship.models import AgendaItem, Meeting, MeetingEvent, MeetingQuerySet
from portal.lib.clock import now
from portal.lib.errors import DomainError, Stale
from portal.lib.http import PortalRequest
from portal.lib.names import city

PAST_SHOWN = 12
MOST_ACTIONS = 60


@require_safe
def meeting_list(request: PortalRequest) -> HttpResponse:
    """The next meeting, what is still to do, and the record of the earlier ones."""
    return _page(request)


@require_POST
def meeting_agenda(request: PortalRequest, pk: int) -> HttpResponse:
    text = request.POST.get("text", "")
    return _act(
        request,
        pk,
        lambda meeting, at: record.add_to_agenda(meeting, text, by=request.user, now=at),
        _("Added to the agenda."),
    )


@require_POST
def meeting_confirm(request: PortalRequest, pk: int) -> HttpResponse:
    """Choose one of the proposed times."""

    def act(meeting: Meeting, at: datetime) -> Any:
        chosen = read_moment(request.POST.get("slot", ""))
        if chosen is None:
            raise DomainError(_("Choose a time."), code="required", field="slot")
        return meetings.confirm(meeting, chosen, by=request.user, now=at)

    return _act(request, pk, act, _("Meeting confirmed. The invitation will be sent by email."))


@require_POST
def meeting_others(request: PortalRequest, pk: int) -> HttpResponse:
    text = request.POST.get("others", "")
    return _act(
        request,
        pk,
        lambda meeting, at: meetings.ask_for_others(meeting, text=text, by=request.user, now=at),
        _("Sent to your executive sponsor, who will propose other times."),
    )


@require_safe
def meeting_ics(request: PortalRequest, pk: int) -> HttpResponse:
    """The appointment as a file for a calendar application; a meeting without one has none."""
    meeting = get_object_or_404(_own(request).with_people().prefetch_related("agenda"), pk=pk)
    if not is_firm(meeting) or meeting.starts_at is None:
        raise Http404
    # Revised when its last event was written.
    last = MeetingEvent.objects.filter(meeting=meeting).order_by("-pk").values_list("at", flat=True).first()
    text = invitation(
        meeting, reader=request.user, method=PUBLISH, starts_at=meeting.starts_at, sequence=meeting.sequence,
        stamp=last or meeting.proposed_at,
    )  # fmt: skip
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting.pk}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


def read_moment(text: str) -> datetime | None:
    """An aware moment as our own forms write it (ISO 8601)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _own(request: PortalRequest) -> MeetingQuerySet:
    return Meeting.objects.visible_to(request.user).filter(account=request.contact.account_id)


def _act(request: PortalRequest, pk: int, act: Callable[[Meeting, datetime], Any], said: str) -> HttpResponse:
    """Do it, or show the page as it is now with the refusal and everything that was written."""
    meeting = get_object_or_404(_own(request), pk=pk)
    try:
        act(meeting, now())
    except DomainError as refusal:
        return _page(request, refusal=refusal, refused=pk, status=409 if isinstance(refusal, Stale) else 422)
    messages.success(request, said)
    return redirect("accounts:meetings")


def _page(
    request: PortalRequest, *, refusal: DomainError | None = None, refused: int | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    account = request.contact.account
    agenda = Prefetch("agenda", queryset=AgendaItem.objects.select_related("author"))
    coming = _own(request).coming().with_people().prefetch_related("slots", agenda).order_by("starts_at", "pk")
    past = _own(request).over().with_people().prefetch_related(agenda, "actions").order_by("-proposed_at", "-pk")
    sponsorship = sponsorship_of(account)
    shown = list(past[:PAST_SHOWN])
    for meeting in shown:
        meeting.why = say_reason(meeting) if meeting.reason else ""  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "included": includes_sponsor(account, at),
        "sponsorship": sponsorship,
        "coming": list(coming),
        "past": shown,
        "actions": record.open_actions(account.pk)[:MOST_ACTIONS],
        "today": contract_day(account, at),
        "decides": request.contact.is_admin,
        "my_city": city(request.user.time_zone),
        "refusal": refusal,
        "refused": refused,
        "text": request.POST.get("text", ""),
        "others": request.POST.get("others", ""),
        "now": at,
    }
    return render(request, "accounts/meetings.html", context, status=status)
