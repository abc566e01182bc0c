"""Engagements: a customer asks for professional services, reads the plan and decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.core.enums import ENGAGEMENT_NEXT, EngagementState
from accounts.hours.domain import engagements, hours
from accounts.hours.forms import RequestForm
from accounts.hours.models import Engagement
from portal.lib.clock import now
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest
from portal.lib.limits import Limit, hit
from portal.lib.typed import as_id, within

REQUESTS = Limit("engagement", 10, timedelta(days=1))
MAX_WORDS_CHARS = 2000


@require_http_methods(["GET", "POST"])
def engagement_new(request: PortalRequest) -> HttpResponse:
    at = now()
    year = hours.year_in_force(request.contact.account, at)
    if year is None:
        return redirect("accounts:hours")
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if hit(REQUESTS, str(request.contact.pk), now=at):
            form.add_error(None, _("You can send 10 requests a day. Open a ticket, or try again tomorrow."))
        else:
            asked = engagements.request_engagement(by=request.contact, now=at, **form.cleaned_data)
            messages.success(request, _("Request sent. We will reply with a plan, its goals and its hours."))
            return redirect("accounts:engagement", asked.pk)
    context = {"form": form, "balance": hours.balance_of(year)}
    return render(request, "accounts/engagement_new.html", context, status=422 if form.errors else 200)


@require_safe
def engagement_detail(request: PortalRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk))


@require_POST
def engagement_accept(request: PortalRequest, pk: int) -> HttpResponse:
    version = request.POST.get("version", "")

    def act(engagement: Engagement) -> None:
        engagements.accept_plan(engagement, version=as_id(version) or 0, by=request.contact, now=now())

    return _decide(request, pk, act, _("Plan accepted and hours reserved. We will contact you to agree on dates."))


@require_POST
def engagement_send_back(request: PortalRequest, pk: int) -> HttpResponse:
    def act(engagement: Engagement) -> None:
        engagements.send_back(engagement, words=_words(request), by=request.contact, now=now())

    return _decide(
        request, pk, act,
        _("Message sent. We will reply with another plan."),
    )  # fmt: skip


@require_POST
def engagement_cancel(request: PortalRequest, pk: int) -> HttpResponse:
    def act(engagement: Engagement) -> None:
        if not request.contact.is_admin and engagement.requested_by_id != request.contact.pk:
            raise DomainError(
                _("Only the contact who requested this engagement or an account administrator can cancel it.")
            )
        engagements.cancel(engagement, words=_words(request), by=request.user, now=now())

    return _decide(request, pk, act, _("Engagement cancelled. Reserved hours are available again."))


def _words(request: PortalRequest) -> str:
    return within(request.POST.get("words", ""), most=MAX_WORDS_CHARS, field="words")


def _decide(request: PortalRequest, pk: int, act: Callable[[Engagement], Any], said: str) -> HttpResponse:
    engagement = _find(request, pk)
    try:
        act(engagement)
    except DomainError as refusal:
        return _page(request, _find(request, pk), refusal=str(refusal), words=request.POST.get("words", ""))
    messages.success(request, said)
    return redirect("accounts:engagement", pk)


def _page(request: PortalRequest, engagement: Engagement, *, refusal: str = "", words: str = "") -> HttpResponse:
    year = hours.year_in_force(engagement.account, now())
    context = {
        "engagement": engagement,
        "events": engagement.events.select_related("by"),
        "lines": engagement.entries.select_related("engineer__user").order_by("pk"),
        "balance": hours.balance_of(year) if year else None,
        "decides": engagement.state == EngagementState.PLANNED and request.contact.is_admin,
        "waits_for_admin": engagement.state == EngagementState.PLANNED and not request.contact.is_admin,
        "may_cancel": EngagementState.CANCELLED in ENGAGEMENT_NEXT[EngagementState(engagement.state)]
        and (request.contact.is_admin or engagement.requested_by_id == request.contact.pk),
        "refusal": refusal,
        "words": words,
    }
    return render(request, "accounts/engagement.html", context, status=422 if refusal else 200)


def _find(request: PortalRequest, pk: int) -> Engagement:
    return get_object_or_404(Engagement.objects.visible_to(request.user, request.contact).for_page(), pk=pk)
