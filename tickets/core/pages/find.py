"""Finds the ticket of a page; what is foreign, private to others or missing is the same 404."""

from django.http import Http404

from portal.lib.http import PortalRequest
from tickets.core.models import Ticket
from tickets.core.models.ticket import ticket_pk


def ticket_or_404(request: PortalRequest, number: str) -> Ticket:
    """The visible ticket called `number`, with what its page shows beside the thread."""
    pk = ticket_pk(number)
    visible = Ticket.objects.visible_to(request.user, request.contact).for_detail()
    ticket = visible.filter(pk=pk).first() if pk is not None else None
    if ticket is None:
        raise Http404("no such ticket")
    return ticket
