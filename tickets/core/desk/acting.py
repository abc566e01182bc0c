"""What the acts on a ticket page share: run the verb, say what came of it, or show the page again with everything
that was written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.lib import clock
from portal.lib.errors import DomainError, Stale
from portal.lib.http import PortalRequest
from sla.core.enums import ClockKind
from tickets.core.desk import ticket_page
from tickets.core.desk.ticket_page import Unsent
from tickets.core.domain.attachments import accept_upload
from tickets.core.domain.locking import locked
from tickets.core.domain.merging import survivor_of
from tickets.core.models import Attachment, Ticket

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin

MOST_FILES = 10
# Where an act may lead back to, instead of the ticket's page.
QUEUES = frozenset({"check_ins"})


def run(
    site: "TicketAdmin", request: PortalRequest, number: str, act: Callable[[Ticket, datetime], str], *, to: str = ""
) -> HttpResponse:
    """Do `act` on the locked ticket and say what it returns; a refusal undoes it and is said instead."""
    ticket, now = ticket_page.find(request, number), clock.now()
    try:
        with transaction.atomic():
            said = act(locked(ticket), now)
    except DomainError as refusal:
        return again(site, request, ticket, refusal)
    messages.success(request, said)
    return back(ticket, to=to)


def uploads(request: PortalRequest, *, now: datetime) -> list[Attachment]:
    """The files of this form: those stored at an earlier attempt (by their keys) and the new ones."""
    kept = Attachment.objects.loose().filter(
        uploaded_by=request.user, key__in=request.POST.getlist("kept")[:MOST_FILES]
    )
    return [
        *kept,
        *(accept_upload(file, by=request.user, now=now) for file in request.FILES.getlist("files")[:MOST_FILES]),
    ]


def sent(ticket: Ticket, *, now: datetime) -> str:
    """That it left, and what it did to the promise."""
    name = ticket.requester.user.get_short_name()
    answered = (
        ticket.clocks.filter(kind=ClockKind.RESPONSE, stopped_at__gte=now).select_related("calendar__region").first()
    )
    if answered is None:
        return _("Reply sent to %(name)s.") % {"name": name}
    margin = ticket_page.margin(answered)
    if answered.breached_at is None:
        return _("Reply sent to %(name)s. Response target met, %(margin)s before its due time.") % {
            "name": name,
            "margin": margin,
        }
    return _("Reply sent to %(name)s. Response target missed by %(margin)s.") % {"name": name, "margin": margin}


def again(
    site: "TicketAdmin",
    request: PortalRequest,
    ticket: Ticket,
    refusal: DomainError | str,
    unsent: Unsent | None = None,
) -> HttpResponse:
    """The page as it stands now, the refusal on top, what was written still there."""
    ticket = ticket_page.find(request, ticket.number)
    if unsent and (moved := merged_into_page(site, request, ticket, unsent)):
        return moved
    context = ticket_page.context(request, ticket, now=clock.now(), refusal=refusal, unsent=unsent)
    return site.render(request, context, status=409 if isinstance(refusal, Stale) else 422)


def merged_into_page(
    site: "TicketAdmin", request: PortalRequest, ticket: Ticket, unsent: Unsent
) -> HttpResponse | None:
    """When somebody merged the ticket while this was being written: the survivor's page, with every word of it."""
    if not ticket.merged_into_id:
        return None
    survivor = survivor_of(ticket)
    try:
        files = unsent.uploads or uploads(request, now=clock.now())
    except DomainError:
        files = []  # a file that is not accepted is said when the words are sent
    refusal = Stale(
        _("%(number)s has been merged into this ticket. Your text is kept below: send it here.")
        % {"number": ticket.number}
    )
    return again(site, request, survivor, refusal, replace(unsent, uploads=files))


def what_is_wrong(form: Form) -> str:
    """Every error of the form in a sentence with the name of its field: the refusal stands far above the fields."""
    said = []
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        said += [
            _("%(field)s: %(error)s") % {"field": label, "error": error} if label else str(error) for error in errors
        ]
    return " ".join(said)


def back(ticket: Ticket, anchor: str = "", *, to: str = "") -> HttpResponse:
    """To the ticket's page, or to the queue that the act was begun from."""
    if to in QUEUES:
        return redirect(f"{reverse('admin:tickets_ticket_changelist')}?view={to}")
    return redirect(reverse("admin:tickets_ticket_change", args=[ticket.number]) + anchor)
