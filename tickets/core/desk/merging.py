"""The page that merges a ticket into another one: both side by side, what the survivor would promise, what moves."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from portal.lib import clock
from portal.lib.errors import DomainError, Stale
from portal.lib.http import PortalRequest
from tickets.core.desk import acting, ticket_page
from tickets.core.domain.locking import locked_all
from tickets.core.domain.merging import merge, mergeable
from tickets.core.domain.preview import merger
from tickets.core.models import Ticket

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin


def merge_into(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    """GET shows what would happen with the number that was typed, POST merges. Merging twice leads to the survivor."""
    now, asked = clock.now(), request.POST if request.method == "POST" else request.GET
    named = asked.get("into", "").strip()[:30]
    ticket, into, refusal, found = ticket_page.find(request, number), None, None, None
    try:
        if request.method == "POST" and not ticket.merged_into:
            into = mergeable(ticket, named, by=request.user)
            _merge(request, ticket, into, now=now)
            messages.success(
                request,
                _("%(number)s merged into this ticket, with its messages, files and followers.")
                % {"number": ticket.number},
            )
            return acting.back(into)
    except DomainError as error:
        refusal = error
        ticket = ticket_page.find(request, number)
    if ticket.merged_into:
        messages.info(
            request,
            _("%(number)s merged into %(into)s.") % {"number": ticket.number, "into": ticket.merged_into.number},
        )
        return acting.back(ticket.merged_into)
    if named and (refusal is None or isinstance(refusal, Stale)):
        try:
            into = mergeable(ticket, named, by=request.user)
            found = merger(ticket, into, now=now)
        except DomainError as error:
            refusal = error
    context: dict[str, Any] = {
        **site.admin_site.each_context(request),
        "title": _("Merge %(number)s into another ticket") % {"number": ticket.number},
        "ticket": ticket,
        "named": named,
        "refusal": refusal,
        "merger": found,
        "sides": [_side(row) for row in (ticket, into) if row] if found else [],
        "into": into,
        "was": _versions(ticket, into) if found and into else "",
        "now": now,
    }
    status = 200 if refusal is None else 409 if isinstance(refusal, Stale) else 422
    return TemplateResponse(request, "admin/tickets/ticket/merge.html", context, status=status)


@transaction.atomic
def _merge(request: PortalRequest, ticket: Ticket, into: Ticket, *, now: datetime) -> None:
    """Merge both as they were shown. Raises Stale when something happened on either since."""
    held = {row.pk: row for row in locked_all([ticket.pk, into.pk])}
    was = request.POST.get("was")
    if was is not None and was != _versions(held[ticket.pk], held[into.pk]):
        raise Stale(_("One of the two tickets has changed. Check both, then merge them."))
    merge(held[ticket.pk], into=held[into.pk], by=request.user, now=now)


def _versions(ticket: Ticket, into: Ticket) -> str:
    return f"{ticket.version}-{into.version}"


def _side(ticket: Ticket) -> Ticket:
    """A ticket with what its column shows."""
    running = ticket.clocks.running().select_related("calendar__region").order_by("due_at")
    ticket.running_clocks = list(running)  # type: ignore[attr-defined]
    ticket.last_message = ticket.messages.select_related("author").last()  # type: ignore[attr-defined]
    return ticket
