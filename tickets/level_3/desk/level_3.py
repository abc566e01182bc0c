"""What agents do about level 3 on a ticket page: four acts, one verb each."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _

from portal.lib.http import PortalRequest
from tickets.core.desk import acting
from tickets.core.models import Ticket
from tickets.level_3.domain import escalation

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin


def escalate(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    def act(ticket: Ticket, now: datetime) -> str:
        escalation.escalate(ticket, reason=_words(request), by=request.user, now=now)
        return _("Ticket escalated to level 3. The specialists are notified.")

    return acting.run(site, request, number, act)


def decline(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    def act(ticket: Ticket, now: datetime) -> str:
        escalation.decline(ticket, reason=_words(request), by=request.user, now=now)
        return _("Ticket not escalated.")

    return acting.run(site, request, number, act)


def take(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    def act(ticket: Ticket, now: datetime) -> str:
        escalation.accept(ticket, by=request.user.agent, now=now)
        return _("You took the ticket at level 3. The customer is notified.")

    return acting.run(site, request, number, act)


def hand_back(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    def act(ticket: Ticket, now: datetime) -> str:
        escalation.return_ticket(ticket, answer=_words(request), by=request.user.agent, now=now)
        return _("Ticket handed back. The customer sees your findings.")

    return acting.run(site, request, number, act)


def _words(request: PortalRequest) -> str:
    return request.POST.get("level_3_words", "")
