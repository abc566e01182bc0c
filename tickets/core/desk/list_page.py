"""The queue page: views as tabs, filters in the address, rows in the order of what is due."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.core.enums import Tier
from accounts.models import Account, Region
from portal.lib.http import PortalRequest
from sla.core.enums import ClockKind, priority_choices
from tickets.core.domain import queue
from tickets.core.domain.queue import EMPTY, MOST_COUNTED, Filters, Reader, View
from tickets.core.enums import Status
from tickets.core.models import Ticket
from tickets.core.models.ticket import PREFIX, ticket_pk

# Everything the address may ask; another name is refused, so that the list is no oracle about columns.
PARAMETERS = frozenset({"view", "q", "priority", "status", "tier", "account", "region", "language", "after"})
# The select of accounts stops here; beyond it, the search finds an account by its name.
MOST_ACCOUNTS = 200


def reader_of(request: PortalRequest, now: datetime) -> Reader:
    return Reader(request.user, request.user.agent, now, timezone.get_current_timezone())  # type: ignore[arg-type]


def ticket_named(request: Any) -> Ticket | None:
    """The ticket whose number was typed into the search, if there is one."""
    text = request.GET.get("q", "").strip()
    pk = ticket_pk(text) if text.upper().startswith(PREFIX) or text.isdigit() else None
    return Ticket.objects.visible_to(request.user).filter(pk=pk).first() if pk else None


def context(request: Any, *, now: datetime) -> dict[str, Any]:
    """All that the template shows. Raises SuspiciousOperation (400) for a parameter that the page does not have."""
    unknown = set(request.GET) - PARAMETERS
    if unknown:
        raise SuspiciousOperation("unknown parameter")
    known = {view.value: view for view in View}
    view = known.get(request.GET.get("view", ""), View.MINE)
    filters, reader = Filters.read(request.GET), reader_of(request, now)
    page = queue.page(view, filters, reader, after=request.GET.get("after", ""))
    for row in page.tickets:
        # A customer who waits for an answer is answered: that is a check-in at once.
        row.owes_response = any(c.kind == ClockKind.RESPONSE for c in row.running_clocks)  # type: ignore[attr-defined]
    counts = queue.counts(reader)
    kept = {name: request.GET[name] for name in PARAMETERS - {"view", "after"} if request.GET.get(name)}
    return {
        "title": _("Queue"),
        "now": now,
        "view": view,
        "tabs": [
            {"view": tab, "count": _said(counts.get(tab)), "url": _url({**kept, "view": tab.value})} for tab in View
        ],
        "page": page,
        "rows": page.tickets,
        "filters": filters,
        "selects": _selects(filters),
        "empty": EMPTY[view],
        "next_url": _url({**kept, "view": view.value, "after": page.after}) if page.after else "",
        "first_url": _url({**kept, "view": view.value}) if request.GET.get("after") else "",
        "clear_url": _url({"view": view.value}) if filters.any else "",
        "refresh_url": request.get_full_path(),
        "can_take": view != View.DONE,
    }


def _selects(filters: Filters) -> list[dict[str, Any]]:
    """The filters as (name, label, options), each option with whether it is chosen."""
    accounts = Account.objects.order_by("name").values_list("pk", "name")[:MOST_ACCOUNTS]
    choices: list[tuple[str, str, list[tuple[Any, Any]], Any]] = [
        ("priority", _("Priority"), priority_choices(), filters.priority),
        ("status", _("Status"), [(s.value, s.label) for s in Status], filters.status),
        ("tier", _("Tier"), [(t.value, t.label) for t in Tier], filters.tier),
        ("account", _("Account"), list(accounts), filters.account),
        ("region", _("Region"), [(r.pk, r.name) for r in Region.objects.all()], filters.region),
        ("language", _("Language"), [("en", _("English")), ("fr", _("French"))], filters.language),
    ]
    return [
        {
            "name": name,
            "label": label,
            "options": [(value, text, value == chosen) for value, text in options],
            "is_set": chosen is not None,
        }
        for name, label, options, chosen in choices
    ]


def _said(count: int | None) -> str:
    if count is None:
        return ""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


def _url(values: dict[str, str]) -> str:
    return "?" + urlencode(sorted(values.items()))
