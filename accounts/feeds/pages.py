"""The address of one's calendar: made here, shown once, replaced and revoked here."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.feeds.domain import live_feed, renew_feed, revoke_feed
from portal.lib.clock import now
from portal.lib.http import PortalRequest


@require_http_methods(["GET", "POST"])
def calendar(request: PortalRequest) -> HttpResponse:
    """The state of the feed; after a POST also the new address, this one time."""
    feed, address = live_feed(request.user, request.contact), ""
    replaced = feed is not None
    if request.method == "POST":
        feed, token = renew_feed(request.user, request.contact, now=now())
        # Never taken from the request: the address outlives it.
        address = f"{settings.SITE_URL}{reverse('tickets:feed', args=[token])}"
    response = render(
        request, "accounts/calendar.html", {"feed": feed, "address": address, "replaced": replaced and bool(address)}
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def calendar_revoke(request: PortalRequest) -> HttpResponse:
    if revoke_feed(request.user, request.contact, now=now()):
        messages.success(request, _("Calendar link revoked. It no longer works."))
    return redirect("accounts:calendar")
