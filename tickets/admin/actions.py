"""What agents do on a ticket page: each is a POST that calls one verb, then leads back to the page.

A refusal is no error page: the ticket page comes again with the sentence on top and every word that was written.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Agent
from portal.lib import clock
from portal.lib.errors import DomainError, Stale
from portal.lib.http import PortalRequest
from sla.enums import ClockKind, Priority
from tickets.admin import ticket_page
from tickets.admin.forms import NoteForm, ReplyForm, moves
from tickets.domain.attachments import accept_upload
from tickets.domain.conversation import add_note, reply_as_agent, skip_check_in
from tickets.domain.lifecycle import change_priority, change_status
from tickets.domain.locking import locked
from tickets.domain.preview import consequence
from tickets.domain.routing import assign
from tickets.enums import MessageKind, Status
from tickets.models import Attachment, Ticket

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin

MOST_FILES = 10


def reply(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    """Send a public answer or a check-in. When the customer wrote meanwhile, it is shown first and the text kept."""
    ticket, now = ticket_page.find(request, number), clock.now()
    form = ReplyForm(request.POST, ticket=ticket)
    uploads: list[Attachment] = []
    if not form.is_valid():
        return _again(
            site, request, ticket, _("Look at the answer again: one of its choices is no longer there."), reply=form
        )
    try:
        uploads = _uploads(request, now=now)
        reply_as_agent(
            ticket,
            body=form.cleaned_data["body"],
            by=request.user,
            now=now,
            status_after=Status(form.cleaned_data["status"]) if form.cleaned_data["status"] else None,
            kind=MessageKind.CHECK_IN if request.POST.get("kind") == "check_in" else MessageKind.REPLY,
            attachments=uploads,
            seen_message=form.cleaned_data["seen"],
        )
    except DomainError as refusal:
        return _again(site, request, ticket, refusal, reply=form, uploads=uploads)
    messages.success(request, _sent(ticket, now=now))
    return _back(ticket, "#latest")


def note(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    ticket = ticket_page.find(request, number)
    form = NoteForm(request.POST)
    try:
        form.is_valid()
        add_note(ticket, body=form.cleaned_data.get("note", ""), by=request.user, now=clock.now())
    except DomainError as refusal:
        return _again(site, request, ticket, refusal, note=form)
    messages.success(request, _("Note added. Only the team sees it."))
    return _back(ticket, "#latest")


def assign_to(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    """To an agent, or back to the team when the choice is empty. Refused when somebody else was faster."""
    chosen, was = request.POST.get("agent", ""), request.POST.get("was")

    def act(ticket: Ticket, now: datetime) -> str:
        to = None
        if chosen:
            to = Agent.objects.select_related("user").filter(pk=int(chosen) if chosen.isdigit() else 0).first()
            if to is None:
                raise DomainError(_("Choose an agent from the list."))
        if was is not None and was != str(ticket.assignee_id or ""):
            raise Stale(
                _("%(name)s took this ticket while you were looking at it.") % {"name": ticket.assignee.name}
                if ticket.assignee
                else _("The ticket went back to the team while you were looking at it.")
            )
        assign(ticket, to, by=request.user, now=now)
        if to is None:
            return _("The ticket waits for the team.")
        if to.user_id == request.user.pk:
            return _("The ticket is yours.")
        return _("The ticket is %(name)s’s now.") % {"name": to.name}

    return _run(site, request, number, act)


def set_status(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    wanted, was = request.POST.get("status", ""), request.POST.get("was")

    def act(ticket: Ticket, now: datetime) -> str:
        if was is not None and was != ticket.status:
            raise Stale(_("The status is “%(status)s” now. Look again.") % {"status": ticket.get_status_display()})
        if wanted not in {move.value for move in moves(ticket)}:
            raise DomainError(_("Choose a status from the list."), code="wrong_status")
        changed = change_status(ticket, Status(wanted), by=request.user, now=now)
        return _("The status is “%(status)s”.") % {"status": changed.get_status_display()}

    return _run(site, request, number, act)


def set_priority(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    """First press: what would happen to the promises. Second press, with `confirmed`: it happens."""
    wanted, was = request.POST.get("priority", ""), request.POST.get("was")
    known = {str(priority.value): priority for priority in Priority}
    if wanted in known and not request.POST.get("confirmed"):
        ticket, now = ticket_page.find(request, number), clock.now()
        if ticket.is_live and known[wanted] != ticket.priority:
            preview = consequence(ticket, known[wanted], now=now)
            return site.render(request, ticket_page.context(request, ticket, now=now, preview=preview))

    def act(ticket: Ticket, now: datetime) -> str:
        if wanted not in known:
            raise DomainError(_("Choose a priority from the list."))
        if was is not None and was != str(ticket.priority):
            raise Stale(_("The priority is P%(priority)s now. Look again.") % {"priority": ticket.priority})
        reason = request.POST.get("reason", "").strip()[:500]
        changed = change_priority(ticket, known[wanted], by=request.user, now=now, reason=reason)
        return _("The priority is %(code)s %(label)s.") % {
            "code": Priority(changed.priority).code,
            "label": Priority(changed.priority).label,
        }

    return _run(site, request, number, act)


def skip(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    reason = request.POST.get("reason", "")

    def act(ticket: Ticket, now: datetime) -> str:
        skip_check_in(ticket, reason=reason[:500], by=request.user, now=now)
        return _("Check-in skipped. The next one counts from now.")

    return _run(site, request, number, act)


def _run(
    site: "TicketAdmin", request: PortalRequest, number: str, act: Callable[[Ticket, datetime], str]
) -> HttpResponse:
    """Do `act` on the locked ticket and say what it returns; a refusal undoes it and is said instead."""
    ticket, now = ticket_page.find(request, number), clock.now()
    try:
        with transaction.atomic():
            said = act(locked(ticket), now)
    except DomainError as refusal:
        return _again(site, request, ticket, refusal)
    messages.success(request, said)
    return _back(ticket)


def _uploads(request: PortalRequest, *, now: datetime) -> list[Attachment]:
    """The files of this form: those stored at an earlier attempt (by their keys) and the new ones."""
    kept = Attachment.objects.loose().filter(
        uploaded_by=request.user, key__in=request.POST.getlist("kept")[:MOST_FILES]
    )
    return [
        *kept,
        *(accept_upload(file, by=request.user, now=now) for file in request.FILES.getlist("files")[:MOST_FILES]),
    ]


def _sent(ticket: Ticket, *, now: datetime) -> str:
    """That it left, and what it did to the promise."""
    name = ticket.requester.user.get_short_name()
    answered = (
        ticket.clocks.filter(kind=ClockKind.RESPONSE, stopped_at__gte=now).select_related("calendar__region").first()
    )
    if answered is None:
        return _("Sent to %(name)s.") % {"name": name}
    margin = ticket_page.margin(answered)
    if answered.overdue_at is None:
        return _("Sent to %(name)s. Response target met, %(margin)s before it was due.") % {
            "name": name,
            "margin": margin,
        }
    return _("Sent to %(name)s. The response target was missed by %(margin)s.") % {"name": name, "margin": margin}


def _again(
    site: "TicketAdmin", request: PortalRequest, ticket: Ticket, refusal: DomainError | str, **kept: Any
) -> HttpResponse:
    """The page as it stands now, the refusal on top, what was written still there."""
    ticket = ticket_page.find(request, ticket.number)
    context = ticket_page.context(request, ticket, now=clock.now(), refusal=refusal, **kept)
    return site.render(request, context, status=409 if isinstance(refusal, Stale) else 422)


def _back(ticket: Ticket, anchor: str = "") -> HttpResponse:
    return redirect(reverse("admin:tickets_ticket_change", args=[ticket.number]) + anchor)
