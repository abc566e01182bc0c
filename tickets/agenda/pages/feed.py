"""The calendar feed: read by programs that send no cookie and no header, so the token in its address opens it."""

import hashlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.feeds.domain import feed_owner
from portal.lib.clock import now
from portal.lib.limits import network_of
from portal.lib.rest.throttles import spend
from tickets.agenda.pages.agenda import agenda
from tickets.core.domain.feed import check_ins_for


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The coming check-ins of whoever made this address. Every other address is answered alike, whatever is wrong."""
    at = now()
    feed = feed_owner(token, now=at)
    if feed is None:
        return _private(_refusal(request, at=at))
    body = agenda(check_ins_for(feed.user, feed.contact, now=at), user=feed.user, contact=feed.contact, now=at)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="check-ins.ics"'
    response["Content-Language"] = feed.user.language
    response["ETag"] = quote_etag(hashlib.sha256(body).hexdigest())
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return _private(answer or response)


def _refusal(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """A short text instead of a page: who reads this is a program, or somebody who looks why it shows nothing."""
    budget = spend("bad_token", f"n{network_of(request)}", now=at)
    if budget.left < 0:
        response = HttpResponse(_("Too many attempts"), content_type="text/plain; charset=utf-8", status=429)
        response["Retry-After"] = str(budget.resets_in)
        return response
    words = _("This calendar link does not work. Create a new one in your profile.")
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=404)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """No cache keeps it, and no link in it tells the next site where the reader came from."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
