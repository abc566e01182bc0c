"""The list of tickets: three tabs, filters in the address, pages by key."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.models import Contact
from portal.lib.clock import now
from portal.lib.http import PortalRequest, wants_fragment
from sla.core.enums import Priority
from tickets.core.enums import Status, Turn
from tickets.core.models import Ticket
from tickets.core.models.ticket import PREFIX, TicketQuerySet, ticket_pk
from tickets.core.pages.filters import LIVE_WORD, Tab, read_filters

PAGE = 25
# Counting stops here: the tab then says "99+", and costs the same however long the history.
COUNT_UP_TO = 99


@require_GET
def ticket_list(request: PortalRequest) -> HttpResponse:
    filters = read_filters(request.GET)
    visible = Ticket.objects.visible_to(request.user, request.contact)
    if filters.q.upper().startswith(PREFIX):
        # A whole number was typed: go there, when it is one the person may see.
        number = ticket_pk(filters.q)
        found = visible.filter(pk=number).first() if number is not None else None
        if found:
            return redirect(found)
    tabs = _tabs(request, visible)
    tickets = filters.apply(tabs[filters.tab])
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) <= 15:
        tickets = tickets.filter(pk__lt=int(before))
    elif before:
        before = ""
    rows = list(tickets.for_list().order_by("-pk")[: PAGE + 1])
    page = rows[:PAGE]
    context: dict[str, Any] = {
        "tickets": page,
        "filters": filters,
        "tags": filters.tags(),
        "tabs": [
            {
                "name": _tab_name(tab, request.contact),
                "count": _count(query),
                "address": filters.address(tab=tab.value),
                "here": tab == filters.tab,
            }
            for tab, query in tabs.items()
        ],
        "older": f"{filters.address()}&before={page[-1].pk}" if len(rows) > PAGE else "",
        "newest": filters.address() if before else "",
        "turns": Turn,
        "statuses": Status,
        "live_word": LIVE_WORD,
        "priorities": Priority,
        "now": now(),
    }
    template = "tickets/_rows.html" if wants_fragment(request) else "tickets/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _tab_name(tab: Tab, contact: Contact) -> str:
    match tab:
        case Tab.MINE:
            return pgettext("tickets", "Your tickets")
        case Tab.ORGANISATION:
            return _("All of %(account)s") % {"account": contact.account.name}
        case Tab.FOLLOWED:
            return pgettext("tickets", "Followed")


def _tabs(request: PortalRequest, visible: TicketQuerySet) -> dict[Tab, TicketQuerySet]:
    return {
        Tab.MINE: visible.requested_by(request.contact),
        Tab.ORGANISATION: visible,
        Tab.FOLLOWED: visible.followed_by(request.contact),
    }


def _count(tickets: TicketQuerySet) -> str:
    """How many tickets of a tab are not finished, as the tab says it."""
    number = tickets.live().order_by()[: COUNT_UP_TO + 1].count()
    return f"{COUNT_UP_TO}+" if number > COUNT_UP_TO else str(number)
