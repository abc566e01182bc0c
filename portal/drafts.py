"""Drafts over HTTP: a page keeps what is typed a moment after it was typed, and asks for it when it is opened again."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.lib import clock, drafts
from portal.lib.errors import DomainError
from portal.lib.http import PortalRequest


@require_http_methods(["GET", "POST"])
def draft(request: PortalRequest) -> HttpResponse:
    """GET: one's own drafts at the places that are named. POST: keep this form; without JavaScript, its own button
    sends it here and leads back."""
    if request.method == "GET":
        found = drafts.of(request.user, request.contact, request.GET.getlist("place"))
        return JsonResponse({"drafts": {place: _shown(row) for place, row in found.items()}})
    place = request.POST.get("draft", "")
    try:
        kept = drafts.save(request.user, request.contact, place, drafts.draft_values(request.POST), now=clock.now())
    except DomainError as refusal:
        if _by_script(request):
            return JsonResponse({"detail": str(refusal)}, status=422)
        messages.error(request, str(refusal))
        return redirect(page_before(request))
    if _by_script(request):
        return JsonResponse({"saved_at": kept.updated_at.isoformat() if kept else None})
    messages.success(request, _("Draft saved."))
    return redirect(page_before(request))


def _shown(row: drafts.Draft) -> dict[str, Any]:
    return {"fields": row.fields, "saved_at": row.updated_at.isoformat()}


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def page_before(request: HttpRequest) -> str:
    """The page of ours on which the form stood; the start page when the browser does not say."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(referer)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
