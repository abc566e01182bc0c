"""What agents do about the workaround on a ticket page: record one, withdraw it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _

from portal.lib.http import PortalRequest
from tickets.core.desk import acting
from tickets.core.models import Ticket
from tickets.workarounds import domain as workarounds

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin


def record(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    def act(ticket: Ticket, now: datetime) -> str:
        description = request.POST.get("workaround", "")
        workarounds.record_workaround(ticket, description=description, by=request.user, now=now)
        return _("Workaround saved. The customer is notified. Targets and check-ins continue.")

    return acting.run(site, request, number, act)


def withdraw(site: "TicketAdmin", request: PortalRequest, number: str) -> HttpResponse:
    def act(ticket: Ticket, now: datetime) -> str:
        workarounds.withdraw_workaround(ticket, by=request.user, now=now)
        return _("Workaround removed. The customer is notified.")

    return acting.run(site, request, number, act)
