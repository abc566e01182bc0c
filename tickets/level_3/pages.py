"""A customer asks for level 3; where the tier does not hold it, the page explains what does and who can help."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.core.enums import ContactRole
from accounts.models import Contact
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from tickets.core.domain.merging import survivor_of
from tickets.core.forms import Level3Form
from tickets.core.pages.find import ticket_or_404
from tickets.core.pages.uploads import add_refusal
from tickets.level_3.domain.escalation import NotIncluded, ask_for_level_3, level_3_of, open_escalation

MOST_ADMINS = 5


@require_http_methods(["GET", "POST"])
def level_3(request: PortalRequest, number: str) -> HttpResponse:
    """The form, or why there is none: the tier, the wish that is under way, a finished ticket."""
    at = now()
    ticket = ticket_or_404(request, number)
    survivor = survivor_of(ticket, request.contact)
    if survivor != ticket:
        return redirect("tickets:level_3", survivor.number)
    form, status = Level3Form(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ask_for_level_3(ticket, reason=form.cleaned_data["reason"], by=request.user, now=at)
            except NotIncluded:
                status = 409  # the page says what the tier holds
            except DomainError as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("Request sent. The support team will decide and let you know."))
                return redirect(ticket)
    held = level_3_of(ticket, now=at)
    admins = Contact.objects.active().filter(account=ticket.account_id, role=ContactRole.ADMIN)
    context = {
        "ticket": ticket, "form": form, "level_3": held, "escalation": open_escalation(ticket), "now": at,
        "mine": ticket.requester_id == request.contact.pk,
        "admins": [] if held.is_included else list(admins.select_related("user")[:MOST_ADMINS]),
    }  # fmt: skip
    return render(request, "tickets/level_3.html", context, status=status)
