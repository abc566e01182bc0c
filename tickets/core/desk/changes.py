"""Changes around a ticket: its region, the language of the answers, who follows it. What a change would do to the
promises is shown first; the second press does it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Contact, Region
from portal.lib import clock
from portal.lib.errors import DomainError, Stale
from portal.lib.http import PortalRequest
from tickets.core.desk import acting, ticket_page
from tickets.core.domain.followers import NotAColleague, add_follower, remove_follower
from tickets.core.domain.lifecycle import change_language, change_region
from tickets.core.domain.preview import Consequence, language_consequence, region_consequence
from tickets.core.enums import LanguageChoice
from tickets.core.models import Ticket

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin


def set_region(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    wanted, was = request.POST.get("region", ""), request.POST.get("was")
    to = Region.objects.filter(code=wanted, calendar__isnull=False).first()

    def act(ticket: Ticket, now: datetime) -> str:
        if to is None:
            raise DomainError(_("Select a region from the list."))
        if was is not None and was != ticket.region.code:
            raise Stale(
                _("The region has changed to %(region)s. Check the ticket, then try again.")
                % {"region": ticket.region.name}
            )
        change_region(ticket, to, by=request.user, now=now)
        return _("Business hours of %(region)s now apply to this ticket.") % {"region": to.name}

    def preview(ticket: Ticket, now: datetime) -> Consequence | None:
        return region_consequence(ticket, to, now=now) if to and to != ticket.region else None

    return _first_shown(site, request, number, preview, act)


def set_language(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    known = {choice.value: choice for choice in LanguageChoice}
    to, was = known.get(request.POST.get("language_choice", "")), request.POST.get("was")

    def act(ticket: Ticket, now: datetime) -> str:
        if to is None:
            raise DomainError(_("Select one of the two options."))
        if was is not None and was != ticket.language_choice:
            raise Stale(
                _("The choice has changed to “%(choice)s”. Check the ticket, then try again.")
                % {"choice": ticket.get_language_choice_display()}
            )
        change_language(ticket, to, by=request.user, now=now)
        return _("Language of replies: %(choice)s.") % {"choice": to.label}

    def preview(ticket: Ticket, now: datetime) -> Consequence | None:
        return language_consequence(ticket, to, now=now) if to and to != ticket.language_choice else None

    return _first_shown(site, request, number, preview, act)


def follower(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    """Let a colleague of the account hear of the ticket, or with `stop` no longer."""
    pk, stop = request.POST.get("contact", ""), "stop" in request.POST

    def act(ticket: Ticket, now: datetime) -> str:
        people = Contact.objects.filter(account=ticket.account_id).select_related("user")
        people = people if stop else people.active()
        found = people.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) <= 15 else None
        if found is None:
            raise NotAColleague(_("Select a contact of %(account)s.") % {"account": ticket.account.name})
        if stop:
            remove_follower(ticket, found, by=request.user, now=now)
            return _("%(name)s no longer follows the ticket.") % {"name": found.name}
        add_follower(ticket, found, by=request.user, now=now)
        return _("%(name)s now follows the ticket.") % {"name": found.name}

    return acting.run(site, request, number, act)


def _first_shown(
    site: "TicketAdmin",
    request: PortalRequest,
    number: str,
    preview: Callable[[Ticket, datetime], Consequence | None],
    act: Callable[[Ticket, datetime], str],
) -> HttpResponse:
    """First press: what would happen to the promises. Second press, with `confirmed`: it happens."""
    if not request.POST.get("confirmed"):
        ticket, now = ticket_page.find(request, number), clock.now()
        try:
            shown = preview(ticket, now) if ticket.is_live else None
        except DomainError as refusal:
            return acting.again(site, request, ticket, refusal)
        if shown:
            return site.render(request, ticket_page.context(request, ticket, now=now, preview=shown))
    return acting.run(site, request, number, act)
