"""Tickets in the admin site: its routes lead to pages of ours, its rights stay those of the permission table."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib import clock, converters
from portal.lib.desk import DeskAdmin
from portal.lib.errors import DomainError
from portal.lib.http import wants_fragment
from portal.lib.typed import as_id
from tickets.core.desk import actions, changes, list_page, merging, opening, ticket_page
from tickets.core.desk.routes import TicketRoute, on_ticket, ticket_routes
from tickets.core.domain.routing import assign
from tickets.core.models import Ticket

# How many tickets one press of a button may take at most: a page of the queue.
MOST_AT_ONCE = 50


@admin.register(Ticket)
class TicketAdmin(DeskAdmin):
    """A ticket comes in through a channel that starts its clocks: it is neither added nor deleted here."""

    row_converter = converters.NUMBER
    # Looked up from other pages by number or subject.
    search_fields = ["subject"]

    def get_urls(self) -> list[Any]:
        def route(one: TicketRoute) -> Any:
            return path(one.route, partial(one.view, self), name=f"tickets_ticket_{one.name}")

        def act(name: str, view: Any) -> Any:
            return route(on_ticket(name, view))

        return [
            path("take/", actions.take_most_urgent, name="tickets_ticket_take"),
            path("open/", partial(opening.open_for_customer, self), name="tickets_ticket_open"),
            act("reply", actions.reply),
            act("note", actions.note),
            act("assign", actions.assign_to),
            act("status", actions.set_status),
            act("priority", actions.set_priority),
            act("check_in", actions.check_in),
            act("skip_check_in", actions.skip),
            act("region", changes.set_region),
            act("language", changes.set_language),
            act("follower", changes.follower),
            act("merge", merging.merge_into),
            *(route(one) for one in ticket_routes),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The queues. A number typed into the search leads straight to its ticket."""
        if request.method == "POST":
            return self._take(request)
        if found := list_page.ticket_named(request):
            return redirect(page_of(found))
        context = list_page.context(request, now=clock.now())
        name = "_rows.html" if wants_fragment(request) else "change_list.html"
        return TemplateResponse(
            request, f"admin/tickets/ticket/{name}", {**self.admin_site.each_context(request), **context}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The ticket page; every act on it has a route of its own."""
        if request.method == "POST":
            return redirect(request.get_full_path())
        ticket = ticket_page.find(request, object_id)
        return self.render(request, ticket_page.context(request, ticket, now=clock.now()))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The ticket's own history stands on its page."""
        return redirect(page_of(ticket_page.find(request, object_id)) + "#history")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        raise Http404

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404

    def render(self, request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """The ticket page with `context`; a refusal comes with its own status."""
        return TemplateResponse(
            request,
            "admin/tickets/ticket/change_form.html",
            {**self.admin_site.each_context(request), **context},
            status=status,
        )

    def _take(self, request: HttpRequest) -> HttpResponse:
        """Assign the ticked tickets to the agent who asks; what is refused is said one by one."""
        now, taken = clock.now(), 0
        named = (as_id(pk) for pk in request.POST.getlist("ticket")[:MOST_AT_ONCE])
        wanted = [pk for pk in named if pk is not None]
        tickets = list(Ticket.objects.visible_to(request.user).live().filter(pk__in=wanted))
        for ticket in tickets:
            try:
                assign(ticket, request.user.agent, by=request.user, now=now)
            except DomainError as refusal:
                messages.warning(
                    request, _("%(number)s: %(reason)s") % {"number": ticket.number, "reason": refusal.message}
                )
            else:
                taken += 1
        if not wanted:
            messages.warning(request, _("Select the tickets to take."))
        elif missing := len(set(wanted)) - len(tickets):
            messages.warning(
                request,
                ngettext(
                    "%(count)s ticket not assigned: it is already solved or closed.",
                    "%(count)s tickets not assigned: they are already solved or closed.",
                    missing,
                )
                % {"count": missing},
            )
        if taken:
            messages.success(
                request,
                ngettext("%(count)s ticket assigned to you.", "%(count)s tickets assigned to you.", taken)
                % {"count": taken},
            )
        return redirect(request.get_full_path())


def page_of(ticket: Ticket) -> str:
    """The address of a ticket on the desk."""
    return reverse("admin:tickets_ticket_change", args=[ticket.number])
