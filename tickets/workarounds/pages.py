"""A customer says that the workaround of a ticket does not work for them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from tickets.core.domain.merging import survivor_of
from tickets.core.enums import Channel
from tickets.core.forms import RejectWorkaroundForm
from tickets.core.pages.find import ticket_or_404
from tickets.core.pages.uploads import add_refusal
from tickets.workarounds.domain import reject_workaround, workaround_of


@require_http_methods(["GET", "POST"])
def reject(request: PortalRequest, number: str) -> HttpResponse:
    """The workaround with a form below it; a GET without one in place leads back to the ticket."""
    at = now()
    ticket = ticket_or_404(request, number)
    survivor = survivor_of(ticket, request.contact)
    if survivor != ticket:
        return redirect(survivor)
    form, status = RejectWorkaroundForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reject_workaround(
                    ticket, workaround=form.cleaned_data["workaround"], reason=form.cleaned_data["reason"],
                    by=request.contact, channel=Channel.PORTAL, now=at,
                )  # fmt: skip
            except DomainError as refusal:
                add_refusal(form, refusal)
                status = 409
            else:
                messages.success(request, _("Message sent. Our team will look for another solution."))
                return redirect(ticket)
    workaround = workaround_of(ticket)
    if request.method == "GET" and (workaround is None or not workaround.is_in_place or not ticket.is_live):
        messages.info(request, _("This ticket has no workaround."))
        return redirect(ticket)
    context = {"ticket": ticket, "form": form, "workaround": workaround, "now": at}
    return render(request, "tickets/workaround.html", context, status=status)
