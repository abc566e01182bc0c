"""The page of one ticket, its live part, and the page that explains its times."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from accounts.models import Contact
from portal.lib import drafts
from portal.lib.clock import now
from portal.lib.http import PortalRequest, wants_fragment
from tickets.analyses.models import RootCauseAnalysis
from tickets.core.domain.language import decides_language, has_language_choice
from tickets.core.domain.merging import survivor_of
from tickets.core.enums import EventKind
from tickets.core.forms import ReplyForm
from tickets.core.models import Follower, Message, Ticket
from tickets.core.pages.clock_box import clock_box, explain, mark_of
from tickets.core.pages.find import ticket_or_404
from tickets.core.pages.thread import thread_of
from tickets.core.pages.uploads import Uploads
from tickets.level_3.domain.escalation import answer_for_customers, last_escalation
from tickets.workarounds.domain import workaround_of

MOST_COLLEAGUES = 300


@require_GET
def ticket_detail(request: PortalRequest, number: str) -> HttpResponse:
    """The whole page; for htmx only the live part, or 204 when it would look the same."""
    at = now()
    ticket = ticket_or_404(request, number)
    if wants_fragment(request):
        if request.GET.get("mark") == mark_of(ticket, list(ticket.clocks.running()), now=at):
            return HttpResponse(status=204)
        response = render(request, "tickets/_live.html", live_context(request, ticket, at=at) | {"out_of_band": True})
    else:
        response = render(request, "tickets/detail.html", page_context(request, ticket, at=at))
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
def why(request: PortalRequest, number: str) -> HttpResponse:
    """Every promise of the ticket, newest first, each with its derivation: a page with an address of its own."""
    at = now()
    ticket = ticket_or_404(request, number)
    rows = ticket.clocks.select_related("calendar__region").prefetch_related("events").order_by("-pk")[:20]
    yours = ticket.requester.user_id == request.user.pk
    reasons = [explain(clock, now=at, zone_name=request.user.time_zone, yours=yours) for clock in rows]
    return render(request, "tickets/why.html", {"ticket": ticket, "reasons": reasons, "now": at})


def live_context(request: PortalRequest, ticket: Ticket, *, at: datetime) -> dict[str, Any]:
    """What refreshes by itself: turn, clock box and thread."""
    thread = thread_of(ticket, everything="all" in request.GET)
    escalation = last_escalation(ticket) if thread.may_tell(EventKind.LEVEL_3) else None
    workaround = workaround_of(ticket) if ticket.is_live and thread.may_tell(EventKind.WORKAROUND) else None
    return {
        "ticket": ticket,
        "workaround": workaround if workaround and workaround.is_in_place else None,
        "box": clock_box(
            ticket, now=at, zone_name=request.user.time_zone, yours=ticket.requester.user_id == request.user.pk
        ),
        "thread": thread,
        "level_3": escalation if escalation and not escalation.ended_at else None,
        "level_3_ended": escalation
        if escalation and escalation.ended_at and answer_for_customers(escalation)
        else None,
        "now": at,
    }


def page_context(
    request: PortalRequest,
    ticket: Ticket,
    *,
    at: datetime,
    form: ReplyForm | None = None,
    uploads: Uploads | None = None,
    newer: Message | None = None,
) -> dict[str, Any]:
    """What the page of a ticket shows: the live part, the answer form, the people."""
    live = live_context(request, ticket, at=at)
    people = people_around(ticket)
    survivor = survivor_of(ticket, request.contact)
    return live | {
        "survivor": survivor if survivor != ticket else None,
        "merged": live["thread"].merged,
        "may_choose_language": decides_language(ticket, request.contact) and has_language_choice(ticket, now=at),
        "form": form or ReplyForm(initial=drafts.draft_at(request, reverse("tickets:reply", args=[ticket.number]))),
        "uploads": uploads or Uploads(),
        "newer": newer,
        "seen": live["thread"].last_message,
        "followers": [contact for contact in people if contact.follows],
        "colleagues": [contact for contact in people if not contact.follows and contact.is_active],
        "follows": any(contact.follows and contact.pk == request.contact.pk for contact in people),
        "follow_ups": live["thread"].follow_ups,
        "analysis": RootCauseAnalysis.objects.visible_to(request.user, request.contact).filter(ticket=ticket).first()
        if live["thread"].may_tell(EventKind.ANALYSIS)
        else None,
    }


def people_around(ticket: Ticket) -> list[Any]:
    """The people of the account without the requester, each with `follows`: one query for both lists."""
    follows = Exists(Follower.objects.filter(ticket=ticket, contact=OuterRef("pk")))
    people = Contact.objects.filter(account=ticket.account_id).exclude(pk=ticket.requester_id)
    people = people.annotate(follows=follows).select_related("user").order_by("-follows", "user__name", "pk")
    return list(people[:MOST_COLLEAGUES])
