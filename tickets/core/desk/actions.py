"""What agents do on a ticket page: each is a POST that calls one verb, then leads back to the page.

A refusal is no error page: the ticket page comes again with the sentence on top and every word that was written.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import Agent
from portal.lib import clock
from portal.lib.errors import DomainError, Stale
from portal.lib.http import PortalRequest
from portal.lib.typed import as_id, within
from sla.core.enums import Priority
from tickets.core.desk import acting, ticket_page
from tickets.core.desk.forms import CheckInForm, NoteForm, ReplyForm, moves
from tickets.core.desk.ticket_page import Unsent
from tickets.core.domain import routing
from tickets.core.domain.check_ins import LABELS, send_check_in
from tickets.core.domain.conversation import ReplyDetails, add_note, reply_as_agent, skip_check_in
from tickets.core.domain.lifecycle import change_priority, change_status
from tickets.core.domain.merging import survivor_of
from tickets.core.domain.preview import consequence
from tickets.core.domain.routing import assign
from tickets.core.enums import Status
from tickets.core.models import Attachment, Ticket

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin

# Why a priority was changed or a check-in left out, for the history.
MAX_REASON_CHARS = 500


def reply(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    """Send a public answer or a check-in. When somebody wrote meanwhile, it is shown first and the text kept."""
    ticket, now = ticket_page.find(request, number), clock.now()
    form = ReplyForm(request.POST, ticket=survivor_of(ticket))
    uploads: list[Attachment] = []
    if moved := acting.merged_into_page(site, request, ticket, Unsent(reply=form)):
        return moved
    if not form.is_valid():
        return acting.again(site, request, ticket, acting.what_is_wrong(form), Unsent(reply=form))
    try:
        uploads = acting.uploads(request, now=now)
        write: Any = send_check_in if request.POST.get("kind") == "check_in" else reply_as_agent
        write(
            ticket,
            body=form.cleaned_data["body"],
            by=request.user,
            now=now,
            status_after=Status(form.cleaned_data["status"]) if form.cleaned_data["status"] else None,
            details=_details(form, uploads),
        )
    except DomainError as refusal:
        return acting.again(site, request, ticket, refusal, Unsent(reply=form, uploads=uploads))
    messages.success(request, acting.sent(ticket, now=now))
    return acting.back(ticket, "#latest", to=request.POST.get("back", ""))


def check_in(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    """Send an enhanced check-in: four parts, each missing one named at its field."""
    ticket, now = ticket_page.find(request, number), clock.now()
    form, uploads = CheckInForm(request.POST), list[Attachment]()
    if moved := acting.merged_into_page(site, request, ticket, Unsent(check_in=form)):
        return moved
    if not form.is_valid():
        return acting.again(site, request, ticket, acting.what_is_wrong(form), Unsent(check_in=form))
    try:
        uploads = acting.uploads(request, now=now)
        parts = {name: form.cleaned_data[name] for name in LABELS}
        send_check_in(ticket, parts=parts, by=request.user, now=now, details=_details(form, uploads))
    except DomainError as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, str(refusal.message))
        return acting.again(site, request, ticket, refusal, Unsent(check_in=form, uploads=uploads))
    messages.success(request, _("Check-in sent to %(name)s.") % {"name": ticket.requester.user.get_short_name()})
    return acting.back(ticket, "#latest", to=request.POST.get("back", ""))


def _details(form: ReplyForm | CheckInForm, uploads: list[Attachment]) -> ReplyDetails:
    """The files of the form, and what its writer had read."""
    values = form.cleaned_data
    return ReplyDetails(attachments=uploads, seen_message=values["seen"], seen_note=values["seen_note"])


def note(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    ticket = ticket_page.find(request, number)
    form = NoteForm(request.POST)
    if moved := acting.merged_into_page(site, request, ticket, Unsent(note=form)):
        return moved
    if not form.is_valid():
        return acting.again(site, request, ticket, acting.what_is_wrong(form), Unsent(note=form))
    try:
        add_note(ticket, body=form.cleaned_data["note"], by=request.user, now=clock.now())
    except DomainError as refusal:
        return acting.again(site, request, ticket, refusal, Unsent(note=form))
    messages.success(request, _("Internal note added."))
    return acting.back(ticket, "#latest")


def assign_to(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    """To an agent, or back to the team when the choice is empty. Refused when somebody else was faster."""
    chosen, was = request.POST.get("agent", ""), request.POST.get("was")

    def act(ticket: Ticket, now: datetime) -> str:
        to = None
        if chosen:
            to = Agent.objects.select_related("user").filter(pk=as_id(chosen)).first()
            if to is None:
                raise DomainError(_("Select an agent from the list."))
        if was is not None and was != str(ticket.assignee_id or ""):
            raise Stale(
                _("%(name)s has just taken this ticket.") % {"name": ticket.assignee.name}
                if ticket.assignee
                else _("This ticket has just been unassigned.")
            )
        assign(ticket, to, by=request.user, now=now)
        if to is None:
            return _("Ticket unassigned.")
        if to.user_id == request.user.pk:
            return _("Ticket assigned to you.")
        return _("Ticket assigned to %(name)s.") % {"name": to.name}

    return acting.run(site, request, number, act)


def set_status(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    wanted, was = request.POST.get("status", ""), request.POST.get("was")

    def act(ticket: Ticket, now: datetime) -> str:
        if was is not None and was != ticket.status:
            raise Stale(
                _("The status has changed to “%(status)s”. Check the ticket, then try again.")
                % {"status": ticket.get_status_display()}
            )
        if wanted not in {move.value for move in moves(ticket)}:
            raise DomainError(_("Select a status from the list."), code="wrong_status")
        changed = change_status(ticket, Status(wanted), by=request.user, now=now)
        return _("Status changed to “%(status)s”.") % {"status": changed.get_status_display()}

    return acting.run(site, request, number, act)


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
            raise DomainError(_("Select a priority from the list."))
        if was is not None and was != str(ticket.priority):
            raise Stale(
                _("The priority has changed to P%(priority)s. Check the ticket, then try again.")
                % {"priority": ticket.priority}
            )
        reason = within(request.POST.get("reason", "").strip(), most=MAX_REASON_CHARS, field="reason")
        changed = change_priority(ticket, known[wanted], by=request.user, now=now, reason=reason)
        return _("Priority changed to %(code)s %(label)s.") % {
            "code": Priority(changed.priority).code,
            "label": Priority(changed.priority).label,
        }

    return acting.run(site, request, number, act)


def skip(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    reason = request.POST.get("reason", "")

    def act(ticket: Ticket, now: datetime) -> str:
        skip_check_in(ticket, reason=within(reason, most=MAX_REASON_CHARS, field="reason"), by=request.user, now=now)
        return _("Check-in skipped. The next one is calculated from now.")

    return acting.run(site, request, number, act, to=request.POST.get("back", ""))


def take_most_urgent(request: PortalRequest) -> HttpResponse:
    """From the page of the day: the unassigned ticket that is due first becomes the reader's, and opens."""
    ticket = routing.take_most_urgent(request.user.agent, now=clock.now())
    if ticket is None:
        messages.info(request, _("All tickets are assigned."))
        return redirect("admin:index")
    messages.success(request, _("%(number)s assigned to you.") % {"number": ticket.number})
    return redirect("admin:tickets_ticket_change", ticket.number)
