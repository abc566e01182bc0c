"""Phone: the number to call, and the wish to be called."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.core.domain.entitlements import Entitlements, entitlements_of
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from sla.business_time import ALWAYS_OPEN
from sla.core.enums import Priority
from sla.models import Calendar
from tickets.calls.domain import asking, calling, slots
from tickets.calls.domain.numbers import say_number
from tickets.calls.forms import CallForm, MoveForm
from tickets.calls.models import Call
from tickets.core.domain import clocks as promises
from tickets.core.enums import LanguageChoice
from tickets.core.models import Ticket
from tickets.core.pages.find import ticket_or_404

SHOWN = 10


@require_http_methods(["GET", "POST"])
def phone(request: PortalRequest) -> HttpResponse:
    """The number and its hours, my calls, and the form. `?ticket=SUP-1042` asks for a call about that ticket."""
    at, contact = now(), request.contact
    named = (request.POST if request.method == "POST" else request.GET).get("ticket", "")
    ticket = ticket_or_404(request, named) if named else None
    entitlements = entitlements_of(contact, at)
    region = ticket.region if ticket else promises.region_for(contact, entitlements)
    form = CallForm(
        request.POST or None,
        has_ticket=ticket is not None,
        chooses_language=promises.may_choose_language(entitlements, contact.user.language),
        initial={
            "number": asking.remembered_number(contact),
            "language_choice": request.GET.get("language", LanguageChoice.ENGLISH),
        },
    )
    first: list[datetime] = []
    if request.method == "POST" and form.is_valid():
        try:
            call = _ask(request, form.cleaned_data, ticket, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            first = [datetime.fromisoformat(text) for text in refusal.metadata.get("nearest", [])]
        else:
            messages.success(request, _("We will call you at %(number)s.") % {"number": say_number(call.number)})
            return redirect("tickets:phone")
    choice = _choice(form)
    context = _context(request, entitlements, region, choice, at=at) | {"form": form, "ticket": ticket}
    if context["hours_known"]:
        free = slots.free_slots(region, context["hours"], now=at)
        form.fields["slot"].offer(free, region_zone=region.time_zone, now=at, first=first)  # type: ignore[attr-defined]
    return render(request, "tickets/phone.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def call_move(request: PortalRequest, pk: int) -> HttpResponse:
    """Another time, or another number."""
    at, call = now(), _find(request, pk)
    form = MoveForm(
        request.POST or None,
        initial={"number": say_number(call.number), "slot": call.slot_at.isoformat() if call.slot_at else ""},
    )
    first: list[datetime] = []
    if request.method == "POST" and form.is_valid():
        try:
            asking.reschedule(
                call, by=request.contact, number=form.cleaned_data["number"], slot=form.cleaned_data["slot"], now=at
            )
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            first = [datetime.fromisoformat(text) for text in refusal.metadata.get("nearest", [])]
        else:
            messages.success(request, _("Call changed."))
            return redirect("tickets:phone")
    entitlements = entitlements_of(call.contact, at)
    hours = slots.call_hours(entitlements, call.region, LanguageChoice(call.language_choice))
    free = slots.free_slots(call.region, hours, now=at, but=call)
    form.fields["slot"].offer(free, region_zone=call.region.time_zone, now=at, first=first)  # type: ignore[attr-defined]
    return render(request, "tickets/call_move.html", {"form": form, "call": call}, status=422 if form.errors else 200)


@require_POST
def call_cancel(request: PortalRequest, pk: int) -> HttpResponse:
    call = _find(request, pk)
    try:
        asking.cancel(call, by=request.contact, now=now(), close_ticket="close" in request.POST)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Call cancelled and %(ticket)s solved.") % {"ticket": call.ticket.number}
            if "close" in request.POST
            else _("Call cancelled. %(ticket)s stays open.") % {"ticket": call.ticket.number},
        )
    return redirect("tickets:phone")


def _ask(request: PortalRequest, values: dict[str, Any], ticket: Ticket | None, *, at: datetime) -> Call:
    return asking.ask_for_call(
        by=request.contact,
        number=values["number"],
        topic=values["topic"],
        slot=values["slot"],
        ticket=ticket,
        priority=Priority(values.get("priority", Priority.MEDIUM)),
        language_choice=LanguageChoice(values.get("language_choice", LanguageChoice.ENGLISH)),
        now=at,
    )


def _choice(form: CallForm) -> LanguageChoice:
    wanted = form["language_choice"].value() if "language_choice" in form.fields else ""
    return LanguageChoice(wanted) if wanted in LanguageChoice.values else LanguageChoice.ENGLISH


def _context(
    request: PortalRequest, entitlements: Entitlements, region: Any, choice: LanguageChoice, *, at: datetime
) -> dict[str, Any]:
    mine = list(Call.objects.filter(contact=request.contact).for_row().order_by("-asked_at")[:SHOWN])
    late = {call.pk for call in mine if calling.is_late(call, now=at)}
    try:
        hours = slots.call_hours(entitlements, region, choice)
    except Calendar.DoesNotExist:
        return {"hours_known": False, "region": region, "calls": mine, "late": late, "hours": None}
    is_open = hours.is_open(at)
    return {
        "hours_known": True,
        "hours": hours,
        "region": region,
        "around_the_clock": hours is ALWAYS_OPEN,
        "open_until": hours.next_closing(at) if is_open and hours is not ALWAYS_OPEN else None,
        "opens_at": None if is_open else hours.next_opening(at),
        "is_priority": slots.is_priority(entitlements),
        "expected_by": slots.expected_by(entitlements, hours, now=at),
        "calls": mine,
        "late": late,
        "waits": any(call.state == "waiting" for call in mine),
        "now": at,
    }


def _find(request: PortalRequest, pk: int) -> Call:
    """A call of the person who asks: nobody moves the call of a colleague."""
    mine = Call.objects.visible_to(request.user, request.contact).filter(contact=request.contact)
    return get_object_or_404(
        mine.select_related("region", "contact__user", "contact__account__home_region", "ticket"), pk=pk
    )
