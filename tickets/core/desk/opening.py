"""An agent opens a ticket for a customer: on the phone, in a chat, from a mail."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Contact
from portal.lib import clock
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from tickets.core.desk.forms import OpeningForm
from tickets.core.domain.opening import OpenTicket, open_ticket
from tickets.core.domain.preview import outlook
from tickets.core.enums import Channel

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin

MOST_PEOPLE = 30


def open_for_customer(site: "TicketAdmin", request: PortalRequest) -> HttpResponse:
    """First who is asking, then what; the four promises for this person stand beside the form."""
    now = clock.now()
    contact = _contact(request)
    if contact is None:
        return _page(site, request, {"people": _people(request), "query": request.GET.get("q", "").strip()[:100]})
    form = OpeningForm(request.POST or None, contact=contact)
    refusal: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            new = OpenTicket(
                requester=contact,
                subject=values["subject"],
                body=values["body"],
                priority=values["priority"],
                channel=Channel(values["channel"]),
                region=values["region"],
                live=values["live"],
            )
            ticket = open_ticket(new, by=request.user, now=now)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("%(number)s opened.") % {"number": ticket.number})
            return redirect(reverse("admin:tickets_ticket_change", args=[ticket.number]))
    try:
        promised: Any = outlook(contact, now=now)
    except DomainError as error:
        promised, refusal = None, refusal or error
    status = 422 if refusal or form.errors else 200
    context = {"contact_for": contact, "form": form, "refusal": refusal, "outlook": promised, "now": now}
    return _page(site, request, context, status=status)


def _contact(request: PortalRequest) -> Contact | None:
    pk = request.POST.get("contact") or request.GET.get("contact", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 16):
        return None
    people = Contact.objects.visible_to(request.user).active()
    return people.select_related("user", "account__home_region", "region").filter(pk=pk).first()


def _people(request: PortalRequest) -> list[Contact]:
    """Who may be meant: by name, address or account."""
    people = Contact.objects.visible_to(request.user).active().select_related("user", "account", "region")
    account, text = request.GET.get("account", ""), request.GET.get("q", "").replace("\x00", "").strip()[:100]
    if account.isascii() and account.isdigit() and len(account) < 16:
        people = people.filter(account=int(account))
    if text:
        people = people.filter(
            Q(user__name__icontains=text) | Q(user__email__icontains=text) | Q(account__name__icontains=text)
        )
    return list(people[:MOST_PEOPLE])


def _page(site: "TicketAdmin", request: PortalRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shown = {**site.admin_site.each_context(request), "title": _("Open a ticket for a customer"), **context}
    return TemplateResponse(request, "admin/tickets/ticket/open.html", shown, status=status)
