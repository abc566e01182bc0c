"""The replay of an account's history under another tier, for renewal talks with facts."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.core.domain.entitlements import contract_in_force
from accounts.core.enums import Tier
from accounts.models import Account
from portal.lib import clock
from tickets.simulation.domain.replay import replay

if TYPE_CHECKING:
    from tickets.core.desk.ticket import TicketAdmin

SHOWN = 200


def replay_account(desk: "TicketAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """What ended in the last 90 days, with the due moment it would have had; what differs stands first."""
    account = get_object_or_404(Account.objects.select_related("home_region"), pk=pk)
    now = clock.now()
    contract = contract_in_force(account, now)
    bought = Tier(contract.tier) if contract else Tier.STANDARD
    asked = request.GET.get("tier", "")
    if asked and asked not in Tier.values:
        raise Http404
    tier = Tier(asked) if asked else _next(bought)
    found = replay(account, tier, now=now)
    rows = sorted(found.rows, key=lambda row: not row.differs)
    context = {
        **desk.admin_site.each_context(request),
        "title": _("%(account)s with %(tier)s") % {"account": account.name, "tier": tier.label},
        "account": account,
        "bought": bought,
        "tier": tier,
        "tiers": list(Tier),
        "replay": found,
        "rows": rows[:SHOWN],
        "more": len(rows) > SHOWN,
        "now": now,
    }
    return TemplateResponse(request, "admin/tickets/ticket/replay.html", context)


def _next(bought: Tier) -> Tier:
    """The tier above the one that was bought; the highest one looks down."""
    tiers = list(Tier)
    place = tiers.index(bought)
    return tiers[place + 1] if place + 1 < len(tiers) else tiers[place - 1]
