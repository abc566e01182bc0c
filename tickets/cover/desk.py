"""The page of tickets that need cover, and the form that hands chosen ones over."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Agent
from portal.lib import clock
from portal.lib.access import LEADS
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from tickets.core.models import Ticket
from tickets.cover.domain import hand_over, needs_cover

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin

MOST_AT_ONCE = 50


def cover(site: "TicketAdmin", request: PortalRequest) -> HttpResponse:
    """Leads see the tickets of all, everybody else their own."""
    if request.method == "POST":
        return _hand_over(request)
    now, leads = clock.now(), request.role in LEADS
    people = Agent.objects.present(now).select_related("user").order_by("user__name")
    context = {
        **site.admin_site.each_context(request),
        "title": _("Needs cover"),
        "rows": needs_cover(now=now, owner=None if leads else request.user.agent),
        "of_all": leads,
        "people": list(people[:200]),
        "now": now,
    }
    return TemplateResponse(request, "admin/tickets/ticket/cover.html", context)


def _hand_over(request: PortalRequest) -> HttpResponse:
    now, moved = clock.now(), 0
    wanted: Any = [pk for pk in request.POST.getlist("ticket")[:MOST_AT_ONCE] if _is_key(pk)]
    chosen = request.POST.get("to", "")
    to = Agent.objects.select_related("user").filter(pk=chosen).first() if _is_key(chosen) else None
    tickets = Ticket.objects.visible_to(request.user).live().filter(pk__in=wanted).exclude(assignee=None)
    if not wanted:
        messages.warning(request, _("Select the tickets to hand over."))
    elif to is None:
        messages.warning(request, _("Select the agent who takes over."))
    else:
        for ticket in tickets.select_related("assignee__user").order_by("pk"):
            try:
                hand_over(ticket, to, owner=ticket.assignee, by=request.user, now=now)  # type: ignore[arg-type]
            except DomainError as refusal:
                messages.warning(request, _("%(number)s: %(reason)s") % {"number": ticket.number, "reason": refusal})
            else:
                moved += 1
    if moved and to:
        said = ngettext(
            "%(count)s ticket handed over to %(name)s.", "%(count)s tickets handed over to %(name)s.", moved
        )
        messages.success(request, said % {"name": to.name, "count": moved})
    return redirect("admin:tickets_ticket_cover")


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
