"""The agents' desk: the Django admin under one site of ours, on the same permission table and in the same clothes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.boxes import filled
from portal.lib import clock
from portal.lib.access import STAFF
from portal.lib.desk import DeskAdmin
from portal.lib.http import PortalRequest
from portal.lib.permissions import DESK, TABLE
from portal.my_day import BOXES
from tickets.core.domain import queue
from tickets.core.domain.queue import Filters, Reader, View

# Routes of the admin that nothing here leads to.
LEFT_OUT = frozenset({"view_on_site"})


@dataclass(frozen=True)
class Link:
    """One entry of the desk's navigation."""

    label: str | Promise
    url: str
    is_current: bool


# What stands on the left, in groups: (label, route, right of a model or None for a route with its own rule).
NAVIGATION: list[tuple[str | Promise, list[tuple[str | Promise, str]]]] = [
    (
        _("Work"),
        [
            (_("Your day"), "admin:index"),
            (_("Queue"), "admin:tickets_ticket_changelist"),
            (_("Chat"), "admin:chat"),
            (_("Open a ticket"), "admin:tickets_ticket_open"),
            (_("Calls"), "admin:tickets_call_changelist"),
            (_("Incoming email"), "admin:tickets_incomingmail_changelist"),
        ],
    ),
    (
        _("Support team"),
        [
            (_("On duty"), "admin:sla_on_now"),
            (_("On-call rotas"), "admin:sla_rota_changelist"),
            (_("Needs cover"), "admin:tickets_ticket_cover"),
            (_("Absences"), "admin:accounts_awayperiod_changelist"),
        ],
    ),
    (
        _("Entitlements"),
        [
            (_("Premium seats"), "admin:accounts_seat_changelist"),
            (_("Professional services"), "admin:accounts_hoursyear_changelist"),
            (_("Engagements"), "admin:accounts_engagement_changelist"),
            (_("Root-cause analyses"), "admin:tickets_rootcauseanalysis_changelist"),
            (_("Meetings"), "admin:accounts_meeting_changelist"),
        ],
    ),
    (
        _("Customers"),
        [
            (_("Accounts"), "admin:accounts_account_changelist"),
            (_("Contacts"), "admin:accounts_contact_changelist"),
            (_("Contracts"), "admin:accounts_contract_changelist"),
        ],
    ),
    (
        _("Service levels"),
        [
            (pgettext_lazy("desk", "Targets"), "admin:sla_target_changelist"),
            (_("Business hours"), "admin:sla_calendar_changelist"),
            (_("Regions"), "admin:accounts_region_changelist"),
            (_("SLA clocks"), "admin:sla_clock_changelist"),
            (_("SLA report"), "admin:sla_attainment"),
        ],
    ),
    (
        _("Settings"),
        [
            (pgettext_lazy("desk", "Tiers"), "admin:accounts_tierterms_changelist"),
            (_("Prices"), "admin:accounts_tierprice_changelist"),
            (_("Agents"), "admin:accounts_agent_changelist"),
            (_("People"), "admin:accounts_user_changelist"),
            (_("API tokens"), "admin:accounts_apitoken_changelist"),
            (_("Notifications"), "admin:portal_notice_changelist"),
            (_("Self-checks"), "admin:tickets_verification_changelist"),
        ],
    ),
]


class Desk(admin.AdminSite):
    """The admin site. Only pages built on DeskAdmin stand on it: what libraries register for themselves is left out."""

    site_title = site_header = "Punctual"
    index_title = _("Your day")
    site_url = None
    # An address that no page has answers 404 to everybody, signed in or not.
    final_catch_all_view = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        if admin_class is not None and issubclass(admin_class, DeskAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[Any]:
        # By name: that package registers its pages on this site, which is being made now.
        ours = import_string("tickets.chat.desk.urls")
        return [*ours, *(route for route in super().get_urls() if getattr(route, "name", "") not in LEFT_OUT)]

    def has_permission(self, request: HttpRequest) -> bool:
        return getattr(request, "role", None) in STAFF

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "has_permission": self.has_permission(request),
            "is_popup": False,
            "is_nav_sidebar_enabled": False,
            "log_entries": None,
            "navigation": navigation(request),
        }

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Everybody signs in at one door."""
        return redirect("account_login")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """The navigation stands on every page; a list of one app's tables would say nothing more."""
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return TemplateResponse(request, "admin/index.html", {**self.each_context(request), **my_day(request)})


def navigation(request: HttpRequest) -> list[tuple[str | Promise, list[Link]]]:
    """The groups of pages that the reader's role opens."""
    role = getattr(request, "role", None)
    found = []
    for label, entries in NAVIGATION:
        links = [
            Link(title, reverse(route), _is_current(request, route))
            for title, route in entries
            if role in _who_may_see(route)
        ]
        if links:
            found.append((label, links))
    return found


def _who_may_see(route: str) -> frozenset[Any]:
    model = route.removeprefix("admin:").removesuffix("_changelist")
    return DESK[model].view if model in DESK else TABLE[route].get("GET", frozenset())


def _is_current(request: HttpRequest, route: str) -> bool:
    here = request.resolver_match.view_name if request.resolver_match else ""
    return here == route or (
        route.endswith("_changelist")
        and here.startswith(route.removesuffix("changelist"))
        and here not in {"admin:tickets_ticket_open", "admin:tickets_ticket_cover"}
    )


def my_day(request: PortalRequest) -> dict[str, Any]:  # type: ignore[override]
    """What an agent needs at the start of a shift, in a handful of statements."""
    now = clock.now()
    reader = Reader(request.user, request.user.agent, now, timezone.get_current_timezone())  # type: ignore[arg-type]
    mine = queue.page(View.MINE, Filters(), reader, size=8).tickets
    check_ins = [
        (ticket, promise)
        for ticket in mine
        for promise in ticket.running_clocks  # type: ignore[attr-defined]
        if promise.kind == "check_in" and promise.due_at <= reader.midnight
    ]
    unassigned = queue.page(View.UNASSIGNED, Filters(), reader, size=5).tickets
    return {
        "title": _("Your day"),
        "now": now,
        "next_ticket": next((rows[0] for rows in (mine, unassigned) if rows and rows[0].next_due_at), None),
        "mine": mine,
        "overdue": [ticket for ticket in mine if ticket.next_due_at and ticket.next_due_at <= now],
        "check_ins": sorted(check_ins, key=lambda pair: pair[1].due_at),
        "unassigned": unassigned,
        "boxes": filled(BOXES, request, now),
        "counts": queue.counts(reader),
        "midnight": reader.midnight,
    }
